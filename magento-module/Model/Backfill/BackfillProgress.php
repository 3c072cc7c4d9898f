<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

/**
 * How far a backfill has come. Only cron writes it.
 */
class BackfillProgress
{
    /**
     * @param string $id of the request
     * @param array<string, int> $checked number of records by kind
     * @param int $queued number of events
     * @param int $lastId last record of the current kind
     * @param string[] $finished kinds that are complete
     * @param ?string $finishedAt UTC in ISO 8601; null while it is not complete
     */
    public function __construct(
        public readonly string $id,
        public readonly array $checked = [],
        public readonly int $queued = 0,
        public readonly int $lastId = 0,
        public readonly array $finished = [],
        public readonly ?string $finishedAt = null
    ) {
    }

    public function after(string $type, BackfillBatch $batch): self
    {
        $checked = $this->checked;
        $checked[$type] = ($checked[$type] ?? 0) + $batch->entities;

        return new self(
            $this->id,
            $checked,
            $this->queued + $batch->queued,
            $batch->lastId,
            $this->finished
        );
    }

    public function finishing(string $type): self
    {
        return new self($this->id, $this->checked, $this->queued, 0, [...$this->finished, $type]);
    }

    public function complete(string $at): self
    {
        return new self($this->id, $this->checked, $this->queued, 0, $this->finished, $at);
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
        return json_encode(get_object_vars($this), JSON_THROW_ON_ERROR);
    }
}
