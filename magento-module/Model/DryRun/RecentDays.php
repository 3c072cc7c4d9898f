<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\Clock;
use Magento\Store\Model\StoreManagerInterface;

/**
 * The last days that are over, in the time zone of the default store view.
 */
class RecentDays
{
    public function __construct(
        private readonly StoreManagerInterface $storeManager,
        private readonly StoreTimeZone $timeZone,
        private readonly Clock $clock
    ) {
    }

    /**
     * @return array<string, BackfillFilter> documents created on a day, by day such as 2026-11-30, newest first
     */
    public function filters(int $days): array
    {
        $utc = new \DateTimeZone('UTC');
        $end = $this->clock->now()->setTimezone($this->zone())->setTime(0, 0);
        $filters = [];
        for (; $days > 0; $days--) {
            $begin = $end->modify('-1 day')->setTime(0, 0);
            $filters[$begin->format('Y-m-d')] = new BackfillFilter(
                [],
                $begin->setTimezone($utc)->format('Y-m-d H:i:s'),
                $end->setTimezone($utc)->format('Y-m-d H:i:s')
            );
            $end = $begin;
        }

        return $filters;
    }

    private function zone(): \DateTimeZone
    {
        $store = $this->storeManager->getDefaultStoreView();

        return new \DateTimeZone($store === null
            ? $this->timeZone->ofInstallation()
            : $this->timeZone->ofStore((int) $store->getId()));
    }
}
