<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * The field of the configuration page for the key from the relay. It never gets the stored key.
 */
class RelayKeyField implements ArgumentInterface
{
    public const PARAMETER = 'relay_key';

    /** The id that the field's label names. */
    public const HTML_ID = 'byte8_sage_accounting_relay_key';

    public function __construct(
        private readonly ConnectionStoreInterface $connections,
        private readonly AuthorizationInterface $authorization,
        private readonly UrlInterface $url
    ) {
    }

    public function mayConnect(): bool
    {
        return $this->authorization->isAllowed('Byte8_SageAccounting::connection');
    }

    public function isConnected(): bool
    {
        return $this->connections->load() !== null;
    }

    public function connectUrl(): string
    {
        return $this->url->getUrl('byte8_sage/connection/connect');
    }
}
