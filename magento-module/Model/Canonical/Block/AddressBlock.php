<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the addresses of an order, always from the order: an invoice may be saved before its addresses have ids.
 *
 * Cuts and cleans nothing; the street keeps its line feeds.
 */
class AddressBlock
{
    private const COLUMNS = [
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
        'email',
        'vat_id',
    ];

    /**
     * @param Row[] $addresses
     * @param string $location how messages name the whole event
     * @return array<string, ?string>
     */
    public function buildBilling(array $addresses, string $location): array
    {
        return $this->buildType($addresses, 'billing') ?? throw new CanonicalDataException(
            ltrim($location . '.order_addresses', '.'),
            'no row has the address_type "billing"'
        );
    }

    /**
     * @param Row[] $addresses
     * @return ?array<string, ?string> null for a virtual order
     */
    public function buildShipping(array $addresses): ?array
    {
        return $this->buildType($addresses, 'shipping');
    }

    /**
     * @param Row[] $addresses
     * @return ?array<string, ?string>
     */
    private function buildType(array $addresses, string $type): ?array
    {
        $found = null;
        foreach ($addresses as $address) {
            if ($address->text('address_type') !== $type) {
                continue;
            }
            if ($found !== null) {
                throw $address->problem('address_type', sprintf('"%s" comes twice', $type));
            }
            $found = [];
            foreach (self::COLUMNS as $column) {
                $found[$column] = $address->text($column);
            }
        }

        return $found;
    }
}
