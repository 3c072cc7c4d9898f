<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Canonical\UtcInstant;

/**
 * Builds the envelope: what happened, to which entity, where and when.
 */
class EnvelopeBlock
{
    public const SCHEMA = '1';

    /**
     * @param Row $subject the row whose created_at or updated_at is the event's instant
     * @return array<string, mixed>
     */
    public function build(CapturedEvent $event, Row $subject, int $websiteId, int $storeId, string $timeZone): array
    {
        $instant = UtcInstant::ofColumn($subject, $event->name->instantColumn());

        return [
            'schema' => self::SCHEMA,
            'event' => $event->name->value,
            'magento_entity_id' => $event->entityId,
            'sequence' => $event->sequence,
            'website_id' => $websiteId,
            'store_id' => $storeId,
            'occurred_at' => $instant->inUtc(),
            'local_date' => $instant->localDate($timeZone),
        ];
    }
}
