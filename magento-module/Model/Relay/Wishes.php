<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;

/**
 * What the relay asks for with the status of the binding.
 *
 * The status is some minutes old at times, and what is asked for may fail. So the same wish is served every ten minutes
 * at most.
 */
class Wishes
{
    private const AGAIN_AFTER_MINUTES = 10;

    public function __construct(
        private readonly BindingStatusRepository $statuses,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * @return array<int, array{string, string}> first and last days of totals; none if there is nothing to do now
     */
    public function takeTotals(): array
    {
        return $this->take('shop_report.wanted', $this->statuses->last()?->wantedTotals ?? []);
    }

    /**
     * @return array<int, array{string, int}> types and ids of documents; none if there is nothing to do now
     */
    public function takeDocuments(): array
    {
        return $this->take('documents.wanted', $this->statuses->last()?->wantedDocuments ?? []);
    }

    /**
     * @template Wish of array
     * @param string $key where it is kept what was taken, and when
     * @param Wish $wanted
     * @return Wish
     */
    private function take(string $key, array $wanted): array
    {
        $taken = json_decode((string) $this->values->get($key), true);
        if ($wanted === []) {
            if ($taken !== null) {
                $this->values->remove($key);
            }

            return [];
        }
        $now = $this->clock->now();
        $age = abs($now->getTimestamp() - (int) ($taken['at'] ?? 0));
        if (($taken['wanted'] ?? null) === $wanted && $age < self::AGAIN_AFTER_MINUTES * 60) {
            return [];
        }
        $this->values->set($key, (string) json_encode(['wanted' => $wanted, 'at' => $now->getTimestamp()]));

        return $wanted;
    }
}
