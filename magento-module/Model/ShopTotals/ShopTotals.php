<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopTotals;

use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;

/**
 * What the shop itself has for some days: net and tax by percentage, payments and refunds by method, and every
 * document's total.
 * docs/contracts.md, section 10. It comes from Magento's tables alone, so that it can be compared with the ledger.
 */
class ShopTotals
{
    private const SCHEMA = '1';
    private const KINDS = ['invoice', 'creditmemo'];
    private const DAY = '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/D';

    public function __construct(
        private readonly TotalsRows $rows,
        private readonly DocumentParts $parts,
        private readonly StoreTimeZone $timeZone,
        private readonly CanonicalJson $json
    ) {
    }

    /**
     * Days in the time zone of the shop's default scope.
     *
     * @throws \InvalidArgumentException when the days are none, or the wrong way round
     */
    public function range(string $from, string $to): TotalsRange
    {
        return TotalsRange::of($from, $to, $this->timeZone());
    }

    public function timeZone(): \DateTimeZone
    {
        return new \DateTimeZone($this->timeZone->ofInstallation());
    }

    public function json(TotalsRange $range): string
    {
        return $this->json->encode($this->values($range));
    }

    /**
     * @return array<string, mixed> as the contract says
     */
    public function values(TotalsRange $range): array
    {
        $totals = [];
        $documents = [];
        foreach (self::KINDS as $kind) {
            $items = $this->rows->items($kind, $range);
            $orderItems = $this->rows->orderItems($kind, $range);
            $shippingRates = $this->rows->shippingRates($kind, $range);
            foreach ($this->rows->documents($kind, $range) as $document) {
                $id = (int) $document['entity_id'];
                $documents[] = $described = $this->document($kind, $document, $range);
                $parts = $this->parts->split(
                    $document,
                    $items[$id] ?? [],
                    $orderItems[(int) $document['order_id']] ?? [],
                    isset($shippingRates[$id]) ? (string) $shippingRates[$id] : null
                );
                foreach ($parts as $rate => $part) {
                    $place = [
                        'day' => $described['day'],
                        'kind' => $kind,
                        'currency' => $described['currency'],
                        'rate' => (string) $rate,
                    ];
                    $this->add($totals, $place, $part);
                }
            }
        }

        return [
            'schema' => self::SCHEMA,
            'from' => $range->from,
            'to' => $range->to,
            'time_zone' => $range->zone->getName(),
            'totals' => $this->sorted($totals),
            'payments' => $this->payments($range),
            'refunds' => $this->refunds($range),
            'documents' => $documents,
        ];
    }

    /**
     * @param array<string, ?string> $document
     * @return array<string, bool|int|string>
     */
    private function document(string $kind, array $document, TotalsRange $range): array
    {
        $row = [
            'kind' => $kind,
            'entity_id' => (int) $document['entity_id'],
            'increment_id' => (string) $document['increment_id'],
            'day' => $range->dayOf((string) $document['created_at']),
            'currency' => (string) $document['order_currency_code'],
            'total' => $this->parts->total($document),
            'tax' => bcadd((string) ($document['tax_amount'] ?? '0'), '0', DocumentParts::PLACES),
        ] + $this->decision($document);
        if ($kind === 'invoice') {
            $row['paid'] = (int) $document['state'] === TotalsRows::PAID;
        }

        return $row;
    }

    /**
     * Why the document was not sent, where the core decided so.
     *
     * @param array<string, ?string> $document
     * @return array<string, string>
     */
    private function decision(array $document): array
    {
        $status = SyncStatus::tryFrom((string) $document['sync_status']);
        $code = (string) $document['reason_code'];

        return match (true) {
            $code === '' => [],
            $status === SyncStatus::Skipped => ['skipped' => $code],
            $status === SyncStatus::Failed && (string) $document['run_id'] === '' => ['rejected' => $code],
            default => [],
        };
    }

    /**
     * @return array<int, array<string, int|string>>
     */
    private function payments(TotalsRange $range): array
    {
        $payments = [];
        foreach ($this->rows->paidInvoices($range) as $invoice) {
            $day = $this->paymentDay($invoice, $range);
            if (!$range->has($day)) {
                continue;
            }
            $this->addMoney($payments, $day, $invoice);
        }

        return $this->sorted($payments);
    }

    /**
     * @return array<int, array<string, int|string>>
     */
    private function refunds(TotalsRange $range): array
    {
        $refunds = [];
        foreach ($this->rows->refundedMemos($range) as $memo) {
            $this->addMoney($refunds, $range->dayOf((string) $memo['created_at']), $memo);
        }

        return $this->sorted($refunds);
    }

    /**
     * @param array<string, array<string, int|string>> $sums
     * @param array<string, ?string> $document
     */
    private function addMoney(array &$sums, string $day, array $document): void
    {
        $amounts = ['grand_total' => (string) $document['method']];
        $amounts += array_combine(DocumentParts::TENDERS, DocumentParts::TENDERS);
        foreach ($amounts as $column => $method) {
            $amount = (string) ($document[$column] ?? '0');
            if (bccomp($amount, '0', DocumentParts::PLACES) !== 0) {
                $currency = (string) $document['order_currency_code'];
                $place = ['day' => $day, 'currency' => $currency, 'method' => $method];
                $this->add($sums, $place, ['amount' => $amount]);
            }
        }
    }

    /**
     * @param array<string, ?string> $invoice
     */
    private function paymentDay(array $invoice, TotalsRange $range): string
    {
        $day = (string) $invoice['paid_day'];

        return preg_match(self::DAY, $day) === 1
            ? $day
            : $range->dayOf((string) ($invoice['captured_at'] ?? $invoice['created_at']));
    }

    /**
     * @param array<string, array<string, int|string>> $sums
     * @param array<string, string> $place
     * @param array<string, string> $amounts
     */
    private function add(array &$sums, array $place, array $amounts): void
    {
        $key = implode(' ', $place);
        $sums[$key] ??= $place + array_map(static fn (): string => '0', $amounts) + ['count' => 0];
        foreach ($amounts as $name => $amount) {
            $sums[$key][$name] = bcadd((string) $sums[$key][$name], $amount, DocumentParts::PLACES);
        }
        $sums[$key]['count']++;
    }

    /**
     * @param array<string, array<string, int|string>> $sums
     * @return array<int, array<string, int|string>>
     */
    private function sorted(array $sums): array
    {
        ksort($sums, SORT_STRING);

        return array_values($sums);
    }
}
