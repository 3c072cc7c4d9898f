<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the envelope: what happened, to which entity, where and when.
 *
 * The core has no clock and no time zones, so the local date is worked out here.
 */
class EnvelopeBlock
{
    public const SCHEMA = '1';

    private const DATABASE_FORMAT = 'Y-m-d H:i:s';

    /**
     * @param Row $subject the row whose created_at or updated_at is the event's instant
     * @return array<string, mixed>
     */
    public function build(CapturedEvent $event, Row $subject, int $websiteId, int $storeId, string $timeZone): array
    {
        $instant = $this->instant($subject, $event->name->instantColumn());

        return [
            'schema' => self::SCHEMA,
            'event' => $event->name->value,
            'magento_entity_id' => $event->entityId,
            'sequence' => $event->sequence,
            'website_id' => $websiteId,
            'store_id' => $storeId,
            'occurred_at' => $instant->format('Y-m-d\TH:i:s\Z'),
            'local_date' => $instant->setTimezone($this->zone($timeZone, $subject->location))->format('Y-m-d'),
        ];
    }

    private function instant(Row $subject, string $column): \DateTimeImmutable
    {
        $text = $subject->text($column) ?? '';
        $instant = \DateTimeImmutable::createFromFormat(
            '!' . self::DATABASE_FORMAT,
            $text,
            new \DateTimeZone('UTC')
        );
        if ($instant === false || $instant->format(self::DATABASE_FORMAT) !== $text) {
            throw $subject->problem($column, sprintf(
                'expected a UTC date and time such as "2026-11-21 18:21:49", found "%s"',
                $text
            ));
        }

        return $instant;
    }

    private function zone(string $timeZone, string $location): \DateTimeZone
    {
        try {
            return new \DateTimeZone($timeZone);
        } catch (\Exception $exception) {
            throw new CanonicalDataException(
                $location,
                sprintf('the store\'s time zone "%s" is unknown', $timeZone),
                $exception
            );
        }
    }
}
