<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

/**
 * Converts rows of the mirror to statuses; the only place that knows the columns.
 */
class SyncStateRows
{
    public const PROVIDER = 'sage_accounting';

    /**
     * @return array<string, mixed> null for fields without a value
     */
    public function columns(SyncStateRow $row): array
    {
        return [
            'entity_type' => $row->entityType,
            'magento_id' => $row->magentoId,
            'provider' => self::PROVIDER,
            'aspect' => $row->aspect,
            'sync_status' => $row->status->value,
            'last_sync_at' => $row->lastSyncAt,
            'ledger_id' => $row->ledgerId,
            'ledger_reference' => $row->ledgerReference,
            'run_id' => $row->runId,
            'feed_cursor' => $row->feedCursor,
            'expected_total' => $row->expectedTotal,
            'ledger_total' => $row->ledgerTotal,
            'reason_code' => $row->reasonCode,
            'reason_pointer' => mb_substr($row->reasonPointer, 0, 255),
            'reason_message' => $row->reasonMessage,
            'reason_suggestion' => $row->reasonSuggestion,
        ];
    }

    /**
     * @param array<string, mixed> $columns
     */
    public function row(array $columns): SyncStateRow
    {
        return new SyncStateRow(
            $columns['entity_type'],
            (int) $columns['magento_id'],
            $columns['aspect'],
            SyncStatus::tryFrom($columns['sync_status']) ?? SyncStatus::Review,
            $columns['last_sync_at'],
            $columns['ledger_id'],
            $columns['ledger_reference'],
            $columns['run_id'],
            $columns['expected_total'],
            $columns['ledger_total'],
            (string) $columns['reason_code'],
            (string) $columns['reason_pointer'],
            (string) $columns['reason_message'],
            (string) $columns['reason_suggestion'],
            $columns['feed_cursor'] === null ? null : (int) $columns['feed_cursor']
        );
    }
}
