<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Reason\ReasonCatalog;
use Byte8\SageAccounting\Model\Records\RecordNumbers;
use Byte8\SageAccounting\Model\SentContent\SentContent;
use Byte8\SageAccounting\Model\SentContent\SentContentReader;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\FeedOnDemand;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\App\RequestInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\Data\Form\FormKey;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * The data and actions of the block on the page of an invoice, credit memo or order.
 */
class SyncInfo implements ArgumentInterface
{
    private const ORDER = 'order';

    private ?EntitySyncState $state = null;

    /** @var ?SyncInfoLine[] */
    private ?array $documents = null;

    /** @var ?OutboxRecord[] */
    private ?array $records = null;

    /**
     * @param string $entityType invoice, creditmemo or order
     * @param string $idParameter parameter of the page that holds the entity's id
     */
    public function __construct(
        private readonly SyncStateStoreInterface $syncState,
        private readonly OutboxEditorInterface $outbox,
        private readonly SyncInfoLines $lines,
        private readonly SentContentReader $sent,
        private readonly RecordNumbers $numbers,
        private readonly RequestInterface $request,
        private readonly AuthorizationInterface $authorization,
        private readonly UrlInterface $url,
        private readonly FormKey $formKey,
        private readonly OrderSetting $orderSetting,
        public readonly StatusChip $chip,
        public readonly LedgerLinks $ledger,
        public readonly DisplayFormat $format,
        public readonly ExplanationView $explanation,
        private readonly string $entityType,
        private readonly string $idParameter
    ) {
    }

    public function isVisible(): bool
    {
        return $this->entityId() > 0
            && $this->may('view')
            && (!$this->isOrder()
                || $this->orderSetting->isEnabled()
                || $this->state()->rows !== []
                || $this->documents() !== []);
    }

    public function isOrder(): bool
    {
        return $this->entityType === self::ORDER;
    }

    public function state(): EntitySyncState
    {
        return $this->state ??= $this->syncState->find($this->entityType, [$this->entityId()])[$this->entityId()]
            ?? new EntitySyncState($this->entityType, $this->entityId());
    }

    /**
     * The parts of the document, and of an order also its documents.
     *
     * @return SyncInfoLine[]
     */
    public function lines(): array
    {
        return [...$this->lines->parts($this->state(), $this->currency()), ...$this->documents()];
    }

    /**
     * Whether the record itself is sent: an order only if the settings say so.
     */
    public function isSent(): bool
    {
        return !$this->isOrder() || $this->orderSetting->isEnabled() || $this->state()->rows !== [];
    }

    /**
     * @return OutboxRecord[] newest first
     */
    public function records(): array
    {
        return $this->records ??= $this->outbox->ofEntity($this->entityType, $this->entityId());
    }

    /**
     * @return SentContent[]
     */
    public function sent(): array
    {
        return $this->sent->of($this->records());
    }

    public function currency(): string
    {
        return $this->numbers->of($this->entityType, [$this->entityId()])[$this->entityId()][1] ?? '';
    }

    /**
     * Why an event was not sent, or what is remarkable of it, in a few words.
     */
    public function remark(OutboxRecord $record): string
    {
        $entry = $record->entry;
        $warnings = json_decode($entry->warningsJson, true) ?: [];

        return ReasonCatalog::titles($entry->reasonCode, $entry->reasonMessage, $warnings);
    }

    public function may(string $resource): bool
    {
        return $this->authorization->isAllowed('Byte8_SageAccounting::' . $resource);
    }

    public function resyncUrl(SyncInfoLine $line): string
    {
        return $this->url->getUrl(
            'byte8_sage/entity/resync',
            ['type' => $line->entityType, 'entity' => $line->entityId]
        );
    }

    /**
     * @param string $action a controller of this module, such as `entity/hold`
     */
    public function actionUrl(string $action): string
    {
        return $this->url->getUrl(
            'byte8_sage/' . $action,
            ['type' => $this->entityType, 'entity' => $this->entityId()]
        );
    }

    /**
     * What the page needs to notice a result by itself, as JSON; null where none is to come.
     */
    public function pollOptions(EntitySyncState $state): ?string
    {
        return $state->isPending() ? (string) json_encode(['Byte8_SageAccounting/js/poll_status' => [
            'url' => $this->actionUrl('entity/status'),
            'digest' => $state->digest(),
            'seconds' => FeedOnDemand::SECONDS,
        ]]) : null;
    }

    public function formKey(): string
    {
        return $this->formKey->getFormKey();
    }

    /**
     * @return SyncInfoLine[]
     */
    private function documents(): array
    {
        return $this->documents ??= $this->isOrder() ? $this->lines->documents($this->entityId()) : [];
    }

    private function entityId(): int
    {
        return (int) $this->request->getParam($this->idParameter);
    }
}
