<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;

/**
 * The totals that the relay asks for with the status of the binding.
 *
 * The status is some minutes old at times, and a report may fail. So the same wish is served every ten minutes at most.
 */
class WantedTotals
{
    private const TAKEN = 'shop_report.wanted';
    private const AGAIN_AFTER_MINUTES = 10;

    public function __construct(
        private readonly BindingStatusRepository $statuses,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * @return array<int, array{string, string}> first and last days; none if there is nothing to do now
     */
    public function take(): array
    {
        $wanted = $this->statuses->last()?->wantedTotals ?? [];
        $taken = json_decode((string) $this->values->get(self::TAKEN), true);
        if ($wanted === []) {
            if ($taken !== null) {
                $this->values->remove(self::TAKEN);
            }

            return [];
        }
        $now = $this->clock->now();
        $age = abs($now->getTimestamp() - (int) ($taken['at'] ?? 0));
        if (($taken['wanted'] ?? null) === $wanted && $age < self::AGAIN_AFTER_MINUTES * 60) {
            return [];
        }
        $this->values->set(self::TAKEN, (string) json_encode(['wanted' => $wanted, 'at' => $now->getTimestamp()]));

        return $wanted;
    }
}
