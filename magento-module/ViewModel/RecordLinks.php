<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Magento\Backend\Model\UrlInterface;

/**
 * Addresses of records in the admin.
 */
class RecordLinks
{
    /** Route and the parameter for the id. */
    private const ROUTES = [
        'invoice' => ['sales/invoice/view', 'invoice_id'],
        'creditmemo' => ['sales/creditmemo/view', 'creditmemo_id'],
        'order' => ['sales/order/view', 'order_id'],
        'customer' => ['customer/index/edit', 'id'],
        'product' => ['catalog/product/edit', 'id'],
    ];

    public function __construct(private readonly UrlInterface $url)
    {
    }

    public function has(string $type): bool
    {
        return isset(self::ROUTES[$type]);
    }

    public function to(string $type, int $id): string
    {
        [$route, $parameter] = self::ROUTES[$type];

        return $this->url->getUrl($route, [$parameter => $id]);
    }
}
