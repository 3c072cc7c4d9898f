<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\DistinctRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the customer and the address book.
 *
 * Leaves out whatever a ledger has no use for: birthday, gender, passwords, newsletter.
 */
class CustomerBlock
{
    private const CUSTOMER_TEXTS = [
        'email',
        'created_at',
        'updated_at',
        'prefix',
        'firstname',
        'middlename',
        'lastname',
        'suffix',
        'taxvat',
    ];

    private const ADDRESS_TEXTS = [
        'prefix',
        'firstname',
        'middlename',
        'lastname',
        'suffix',
        'company',
        'street',
        'city',
        'region',
        'postcode',
        'country_id',
        'telephone',
        'vat_id',
    ];

    /**
     * @return array<string, mixed>
     */
    public function build(Row $customer): array
    {
        return [
            'entity_id' => $customer->integer('entity_id'),
            'website_id' => $customer->integer('website_id'),
            'store_id' => $customer->nullableInteger('store_id'),
            'group_id' => $customer->nullableInteger('group_id'),
            'default_billing' => $customer->nullableInteger('default_billing'),
            'default_shipping' => $customer->nullableInteger('default_shipping'),
        ] + $this->texts($customer, self::CUSTOMER_TEXTS);
    }

    /**
     * @param Row[] $addresses
     * @return array<int, array<string, mixed>>
     */
    public function buildAddresses(array $addresses): array
    {
        $blocks = [];
        foreach (DistinctRows::byId($addresses, 'entity_id') as $entityId => $address) {
            $blocks[] = ['entity_id' => $entityId] + $this->texts($address, self::ADDRESS_TEXTS);
        }

        return $blocks;
    }

    /**
     * @param string[] $columns
     * @return array<string, ?string>
     */
    private function texts(Row $row, array $columns): array
    {
        $texts = [];
        foreach ($columns as $column) {
            $texts[$column] = $row->text($column);
        }

        return $texts;
    }
}
