<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

/**
 * Everything that the admin shows of one entity: a row for each aspect, and whether it is on hold.
 */
class EntitySyncState
{
    /**
     * @param SyncStateRow[] $rows
     */
    public function __construct(
        public readonly string $entityType,
        public readonly int $magentoId,
        public readonly array $rows = [],
        public readonly ?HoldMode $hold = null
    ) {
    }

    public function aspect(string $aspect): ?SyncStateRow
    {
        foreach ($this->rows as $row) {
            if ($row->aspect === $aspect) {
                return $row;
            }
        }

        return null;
    }

    /**
     * Whether a result is still to come.
     */
    public function isPending(): bool
    {
        $statuses = array_map(static fn (SyncStateRow $row): SyncStatus => $row->status, $this->rows);

        return in_array(SyncStatus::Pending, $statuses, true);
    }

    /**
     * Identifies what is shown, so that an open page notices a change.
     */
    public function digest(): string
    {
        return hash('sha256', (string) json_encode([
            $this->hold?->value,
            array_map(static fn (SyncStateRow $row): array => [
                $row->aspect,
                $row->status->value,
                $row->feedCursor,
                $row->reasonCode,
            ], $this->rows),
        ]));
    }

    public function document(): ?SyncStateRow
    {
        return $this->aspect(SyncAspect::DOCUMENT);
    }

    /**
     * The rows of a customer's contacts, one for each currency.
     *
     * @return SyncStateRow[]
     */
    public function currencies(): array
    {
        return array_values(array_filter(
            $this->rows,
            static fn (SyncStateRow $row): bool => SyncAspect::isCurrency($row->aspect)
        ));
    }

    /**
     * The status that matters most among all parts; null if nothing is known, or if the document is void.
     */
    public function overall(): ?SyncStatus
    {
        if ($this->aspect(SyncAspect::CANCELLATION)?->status === SyncStatus::Synced) {
            return null;
        }
        $statuses = array_map(static fn (SyncStateRow $row): SyncStatus => $row->status, $this->rows);
        foreach (SyncStatus::BY_IMPORTANCE as $status) {
            if (in_array($status, $statuses, true)) {
                return $status;
            }
        }

        return null;
    }
}
