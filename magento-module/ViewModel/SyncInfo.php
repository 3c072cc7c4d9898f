<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\FeedOnDemand;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\App\RequestInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\Data\Form\FormKey;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * The data and actions of the info block on the page of a document.
 */
class SyncInfo implements ArgumentInterface
{
    private const ORDER = 'order';

    /**
     * @param string $entityType invoice, creditmemo or order
     * @param string $idParameter parameter of the page that holds the entity's id
     */
    public function __construct(
        private readonly SyncStateStoreInterface $syncState,
        private readonly OutboxEditorInterface $outbox,
        private readonly ModuleConfig $config,
        private readonly RequestInterface $request,
        private readonly AuthorizationInterface $authorization,
        private readonly UrlInterface $url,
        private readonly FormKey $formKey,
        private readonly StatusChip $chip,
        private readonly OrderSetting $orderSetting,
        private readonly string $entityType,
        private readonly string $idParameter
    ) {
    }

    public function isVisible(): bool
    {
        return $this->entityId() > 0
            && $this->authorization->isAllowed('Byte8_SageAccounting::view')
            && ($this->entityType !== self::ORDER || $this->orderSetting->isEnabled() || $this->isKnown());
    }

    public function state(): EntitySyncState
    {
        return $this->syncState->find($this->entityType, [$this->entityId()])[$this->entityId()]
            ?? new EntitySyncState($this->entityType, $this->entityId());
    }

    /**
     * @return OutboxRecord[] newest first
     */
    public function records(): array
    {
        return $this->outbox->ofEntity($this->entityType, $this->entityId());
    }

    public function chip(): StatusChip
    {
        return $this->chip;
    }

    /**
     * The aspects that say something of what is in the ledger now. Of an order's estimate nothing is left there after
     * its cancellation, and an order that is open again is not invoiced.
     *
     * @return SyncStateRow[]
     */
    public function rows(EntitySyncState $state): array
    {
        if ($this->entityType !== self::ORDER) {
            return $state->rows;
        }

        return array_values(array_filter($state->rows, fn (SyncStateRow $row): bool => !match ($row->aspect) {
            SyncAspect::DOCUMENT => $row->status === SyncStatus::Synced
                && $state->aspect(SyncAspect::CANCELLATION)?->status === SyncStatus::Synced,
            SyncAspect::INVOICED => $row->status === SyncStatus::Synced && $this->chip->isOpenAgain($state),
            default => false,
        }));
    }

    /**
     * Both totals and whether they agree; null for an event that promised no total, such as the end of an order.
     */
    public function totals(SyncStateRow $row): ?string
    {
        if ($row->expectedTotal === null) {
            return null;
        }
        $expected = AmountText::of($row->expectedTotal);

        return match ($row->ledgerTotal) {
            null => $expected . ' / ?',
            $row->expectedTotal => $expected . ' = ' . $expected,
            default => $expected . ' ≠ ' . AmountText::of($row->ledgerTotal),
        };
    }

    public function runUrl(?string $runId): ?string
    {
        return $this->config->runUrl($runId);
    }

    public function mayResync(): bool
    {
        return $this->authorization->isAllowed('Byte8_SageAccounting::resync');
    }

    public function mayHold(): bool
    {
        return $this->authorization->isAllowed('Byte8_SageAccounting::hold');
    }

    public function mayDryRun(): bool
    {
        return $this->authorization->isAllowed('Byte8_SageAccounting::dry_run');
    }

    public function resyncUrl(): string
    {
        return $this->url->getUrl('byte8_sage/entity/resync', $this->parameters());
    }

    public function holdUrl(): string
    {
        return $this->url->getUrl('byte8_sage/entity/hold', $this->parameters());
    }

    /**
     * What the page needs to notice a result by itself, as JSON; null where none is to come.
     */
    public function pollOptions(EntitySyncState $state): ?string
    {
        return $state->isPending() ? (string) json_encode(['Byte8_SageAccounting/js/poll_status' => [
            'url' => $this->url->getUrl('byte8_sage/entity/status', $this->parameters()),
            'digest' => $state->digest(),
            'seconds' => FeedOnDemand::SECONDS,
        ]]) : null;
    }

    public function dryRunUrl(): string
    {
        return $this->url->getUrl('byte8_sage/dryRun/index', $this->parameters());
    }

    public function formKey(): string
    {
        return $this->formKey->getFormKey();
    }

    private function entityId(): int
    {
        return (int) $this->request->getParam($this->idParameter);
    }

    private function isKnown(): bool
    {
        return $this->syncState->find($this->entityType, [$this->entityId()]) !== [];
    }

    /**
     * @return array<string, int|string>
     */
    private function parameters(): array
    {
        return ['type' => $this->entityType, 'entity' => $this->entityId()];
    }
}
