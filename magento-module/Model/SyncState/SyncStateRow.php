<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * The known status of one aspect of one entity in the ledger, immutable.
 */
class SyncStateRow
{
    /**
     * @param string $entityType invoice, creditmemo, order, customer or product
     * @param string $aspect one of SyncAspect, or a currency of a contact
     * @param ?string $lastSyncAt UTC, as in the database; null while the ledger has not answered
     * @param ?string $expectedTotal decimal text, in the document's currency
     * @param ?string $ledgerTotal decimal text, in the document's currency
     * @param string $reasonPointer JSON pointer into the event or the settings
     * @param ?int $feedCursor position in the relay's feed; null for a status from this shop itself
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
     * The status pending: the reason of an earlier attempt is removed, the ledger's results stay.
     */
    public static function pending(EventName $name, int $entityId): self
    {
        return new self($name->entityType(), $entityId, SyncAspect::of($name), SyncStatus::Pending);
    }

    /**
     * Whether the result of a run is known, so that sending it again brings nothing new.
     */
    public function hasResponseFor(string $runId): bool
    {
        return $this->runId === $runId && $this->lastSyncAt !== null && $this->status !== SyncStatus::Pending;
    }
}
