<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

/**
 * Third-party totals in columns of the document row, as listed in di.xml.
 *
 * For a total that is stored elsewhere, implement the port. A missing column means that the other module is not
 * installed; null means that it charged nothing.
 */
class ConfiguredThirdPartyTotals implements ThirdPartyTotalsInterface
{
    /**
     * @param array<string, array{title: string, amount: string, tax_amount?: string, tax_percent?: string}> $totals
     *     column names by total code
     */
    public function __construct(private readonly array $totals = [])
    {
    }

    public function ofDocument(Row $document): array
    {
        $found = [];
        foreach ($this->totals as $code => $columns) {
            $amount = $document->optionalMoney($columns['amount']);
            if ($amount === null) {
                continue;
            }
            $found[] = [
                'code' => (string) $code,
                'title' => $columns['title'],
                'amount' => $amount,
                'tax_amount' => $this->optional($document, $columns['tax_amount'] ?? null),
                'tax_percent' => $this->optional($document, $columns['tax_percent'] ?? null),
            ];
        }

        return $found;
    }

    private function optional(Row $document, ?string $column): ?string
    {
        return $column === null ? null : $document->optionalMoney($column);
    }
}
