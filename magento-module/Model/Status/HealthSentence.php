<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

/**
 * The status in one sentence.
 */
class HealthSentence
{
    public const GOOD = 'good';
    /** Nothing is broken, but nothing is sent before a person has done something. */
    public const WAITING = 'waiting';
    public const BAD = 'bad';

    private function __construct(public readonly string $grade, public readonly string $text)
    {
    }

    public static function of(StatusReport $report): self
    {
        if ($report->problems !== []) {
            return new self(self::BAD, self::problems($report));
        }
        if (!$report->isConnected) {
            return new self(
                self::WAITING,
                (string) __('This shop is not connected to the ledger yet. Until then its documents are queued.')
            );
        }
        if ($report->settingsDigest === '') {
            return new self(
                self::WAITING,
                (string) __('Connected. Documents are queued until the set-up in the ledger is finished.')
            );
        }
        if (!$report->isLive) {
            return new self(self::WAITING, (string) __(
                'Ready: %1 events wait until you go live in the ledger.',
                $report->waiting()
            ));
        }
        if (!$report->isDeliveryEnabled) {
            return new self(self::WAITING, (string) __(
                'Sending is switched off in the settings. %1 events wait.',
                $report->waiting()
            ));
        }

        return new self(self::GOOD, (string) match ($report->pending()) {
            0 => __('All is well: everything that belongs in Sage is there.'),
            1 => __('All is well: one record is on its way to Sage.'),
            default => __('All is well: %1 records are on their way to Sage.', $report->pending()),
        });
    }

    private static function problems(StatusReport $report): string
    {
        $areas = array_values(array_unique(array_column(array_map('get_object_vars', $report->problems), 'area')));
        if ($areas === [HealthCheck::DOCUMENTS]) {
            return $report->problems[0]->message . ' ' . __('Everything else reaches Sage.');
        }
        $others = count($report->problems) - 1;

        return $report->problems[0]->message . match ($others) {
            0 => '',
            1 => ' ' . __('There is one more problem.'),
            default => ' ' . __('There are %1 more problems.', $others),
        };
    }
}
