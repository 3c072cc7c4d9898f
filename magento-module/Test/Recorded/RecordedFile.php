<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;

/**
 * A file of rows recorded from a real Magento: JSON with a list `events`, each a snapshot of tables.
 *
 * Reads the file's frame only; each event is checked when it is used, so that one damaged event leaves the others.
 */
class RecordedFile
{
    /** Recorded rows that do not say where the store is come from our own test shop in Great Britain. */
    public const DEFAULT_TIME_ZONE = 'Europe/London';

    private const TIME_ZONE_SETTING = 'general/locale/timezone';

    /**
     * @param mixed[] $events
     */
    private function __construct(
        private readonly array $events,
        private readonly string $timeZone
    ) {
    }

    /**
     * @throws CanonicalDataException when the text is not such a file
     */
    public static function fromJson(string $text): self
    {
        $document = JsonObjectText::decode(JsonObjectText::withoutByteOrderMark($text));
        if (!array_key_exists('events', $document)) {
            throw new CanonicalDataException('events', 'missing');
        }
        if (!is_array($document['events']) || !array_is_list($document['events'])) {
            throw new CanonicalDataException('events', 'expected a list');
        }

        return new self($document['events'], self::timeZoneOf($document));
    }

    public function count(): int
    {
        return count($this->events);
    }

    /**
     * @param int $index counted from 0, as in messages
     */
    public function event(int $index): RecordedEvent
    {
        $location = 'events[' . $index . ']';
        $event = $this->events[$index];
        if (!is_array($event) || (array_is_list($event) && $event !== [])) {
            throw new CanonicalDataException($location, 'expected an object');
        }

        return new RecordedEvent($event, $location, $index + 1, $this->timeZone);
    }

    /**
     * @param array<string, mixed> $document
     */
    private static function timeZoneOf(array $document): string
    {
        $config = $document['config'] ?? null;
        $timeZone = is_array($config) ? ($config[self::TIME_ZONE_SETTING] ?? null) : null;

        return is_string($timeZone) && $timeZone !== '' ? $timeZone : self::DEFAULT_TIME_ZONE;
    }
}
