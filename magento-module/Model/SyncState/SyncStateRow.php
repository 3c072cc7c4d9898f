<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * What is known about one aspect of one entity in the ledger, immutable.
 */
class SyncStateRow
{
    /**
     * @param string $entityType invoice, creditmemo, customer or product
     * @param string $aspect one of SyncAspect, or a currency of a contact
     * @param ?string $lastSyncAt UTC, as in the database; null while the ledger has not answered
     * @param ?string $expectedTotal decimal text, in the document's currency
     * @param ?string $ledgerTotal decimal text, in the document's currency
     * @param string $reasonPointer JSON pointer into the event or the settings
     * @param ?int $feedCursor place in the relay's feed; null for what this shop decided itself
     */
    public function __construct(
        public readonly string $entityType,
        public readonly int $magentoId,
        public readonly string $aspect,
        public readonly SyncStatus $status,
        public readonly ?string $lastSyncAt = null,
        public readonly ?string $ledgerId = null,
        public readonly ?string $ledgerReference = null,
        public readonly ?string $runId = null,
        public readonly ?string $expectedTotal = null,
        public readonly ?string $ledgerTotal = null,
        public readonly string $reasonCode = '',
        public readonly string $reasonPointer = '',
        public readonly string $reasonMessage = '',
        public readonly string $reasonSuggestion = '',
        public readonly ?int $feedCursor = null
    ) {
    }

    /**
     * Says that something is on its way; a reason of an earlier attempt goes, what the ledger has said stays.
     */
    public static function pending(EventName $name, int $entityId): self
    {
        return new self($name->entityType(), $entityId, SyncAspect::of($name), SyncStatus::Pending);
    }

    /**
     * Whether the ledger has said what has become of a run, so that sending the same again tells nothing new.
     */
    public function hasResponseFor(string $runId): bool
    {
        return $this->runId === $runId && $this->lastSyncAt !== null && $this->status !== SyncStatus::Pending;
    }
}
