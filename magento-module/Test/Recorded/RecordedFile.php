<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;

/**
 * A file of rows recorded from a real Magento: JSON with a list `events`, each a snapshot of tables.
 *
 * Reads only the file's outer structure. Each event is checked when it is used, so that a damaged one does not affect
 * the others.
 */
class RecordedFile
{
    private readonly RecordedDocuments $documents;

    /**
     * @param mixed[] $events
     * @param array<string, mixed> $config
     */
    private function __construct(
        private readonly array $events,
        private readonly array $config
    ) {
        $this->documents = new RecordedDocuments($events);
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

        $config = $document['config'] ?? [];
        if (!is_array($config) || (array_is_list($config) && $config !== [])) {
            throw new CanonicalDataException('config', 'expected an object of settings by their path');
        }

        return new self($document['events'], $config);
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

        return new RecordedEvent(
            new RecordedTables($event, $location),
            $index,
            $this->config,
            $this->documents
        );
    }
}
