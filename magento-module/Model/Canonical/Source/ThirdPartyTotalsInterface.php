<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

/**
 * Port that names the totals other modules add to a document, such as a payment fee.
 *
 * It does not look for unexplained differences; the core finds those.
 *
 * @api
 */
interface ThirdPartyTotalsInterface
{
    /**
     * @return array<int, array{
     *     code: string, title: string, amount: ?string, tax_amount: ?string, tax_percent: ?string
     * }>
     */
    public function ofDocument(Row $document): array;
}
