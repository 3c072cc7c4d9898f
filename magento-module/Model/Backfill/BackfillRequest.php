<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

/**
 * What a person asked for in the admin: the records of some kinds that were created in a range of days.
 */
class BackfillRequest
{
    /** All kinds, in the order in which they are sent: a credit memo needs its invoice. */
    public const TYPES = ['invoice', 'creditmemo', 'order', 'customer', 'product'];

    /**
     * @param string $from first day, such as 2026-11-01
     * @param string $to last day
     * @param array<string, int> $records number of records when it was started, by kind
     * @param string $person who started it
     * @param string $startedAt UTC in ISO 8601
     * @param bool $isStopped whether a person stopped it
     */
    public function __construct(
        public readonly string $id,
        public readonly string $from,
        public readonly string $to,
        public readonly array $records,
        public readonly string $person,
        public readonly string $startedAt,
        public readonly bool $isStopped = false
    ) {
    }

    public function with(bool $isStopped): self
    {
        return new self(
            $this->id,
            $this->from,
            $this->to,
            $this->records,
            $this->person,
            $this->startedAt,
            $isStopped
        );
    }

    /**
     * @return ?self null if the text is none
     */
    public static function fromJson(?string $json): ?self
    {
        $values = json_decode((string) $json, true);

        return is_array($values) ? new self(...$values) : null;
    }

    public function toJson(): string
    {
        return json_encode(get_object_vars($this), JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
    }
}
