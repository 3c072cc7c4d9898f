<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;

/**
 * The dry run of all documents of the last days. Customers and products are no documents.
 *
 * The newest day comes first. If the time is up, the days that are complete are the result, so that its numbers are
 * true for the days it names.
 */
class DryRunRange
{
    public const DAYS = 30;

    private const TYPES = ['invoice', 'creditmemo'];
    private const ORDER = 'order';

    public function __construct(
        private readonly DryRun $dryRun,
        private readonly RecentDays $days,
        private readonly OrderSetting $orderSetting,
        private readonly SettingsRepository $settings,
        private readonly Clock $clock
    ) {
    }

    /**
     * @param int $days up to yesterday
     * @param ?\DateTimeImmutable $until when to be content with fewer days, but one at least; null for never
     * @param ?callable(): void $progress called after every day
     * @throws BridgeException when the core is not available or there are no settings
     */
    public function run(int $days, ?\DateTimeImmutable $until = null, ?callable $progress = null): DryRunSummary
    {
        $filters = $this->days->filters(max(1, $days));
        $types = $this->orderSetting->isEnabled() ? [...self::TYPES, self::ORDER] : self::TYPES;
        $summary = new DryRunSummary((string) array_key_first($filters), $this->settings->digest());
        foreach ($filters as $day => $filter) {
            $withDay = clone $summary;
            $withDay->from = (string) $day;
            foreach ($types as $type) {
                foreach ($this->dryRun->lines($type, $filter) as $line) {
                    if ($summary->from !== '' && $until !== null && $this->clock->now() >= $until) {
                        return $summary;
                    }
                    $withDay->add($line);
                }
            }
            $summary = $withDay;
            if ($progress !== null) {
                $progress();
            }
        }

        return $summary;
    }
}
