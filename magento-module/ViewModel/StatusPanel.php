<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Status\HealthSentence;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\Status\StatusReport;
use Byte8\SageAccounting\Model\Status\UtcText;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * The data and actions of the status panel on the configuration page.
 */
class StatusPanel implements ArgumentInterface
{
    private const DEAD_SHOWN = 5;

    public function __construct(
        private readonly StatusReader $reader,
        private readonly OutboxEditorInterface $outbox,
        private readonly AuthorizationInterface $authorization,
        private readonly UrlInterface $url
    ) {
    }

    /**
     * A time as screens show it.
     */
    public function time(string $since): string
    {
        $instant = UtcText::instant($since);

        return $instant === null ? '' : (string) __('(since %1 UTC)', UtcText::of($instant));
    }

    /**
     * The same in a table; '' for none.
     */
    public function at(?string $text): string
    {
        $instant = UtcText::instant($text);

        return $instant === null ? '' : (string) __('%1 UTC', UtcText::of($instant));
    }

    public function report(): StatusReport
    {
        return $this->reader->read();
    }

    public function sentence(StatusReport $report): string
    {
        return HealthSentence::of($report)->text;
    }

    public function overviewUrl(): string
    {
        return $this->url->getUrl('byte8_sage/overview/index');
    }

    /**
     * @return OutboxRecord[] the newest events that need attention
     */
    public function dead(): array
    {
        try {
            return $this->outbox->list([OutboxState::Dead, OutboxState::Rejected], self::DEAD_SHOWN);
        } catch (\Exception) {
            // The report says that the table cannot be read.
            return [];
        }
    }

    public function mayConnect(): bool
    {
        return $this->authorization->isAllowed('Byte8_SageAccounting::connection');
    }

    public function mayRequeue(): bool
    {
        return $this->authorization->isAllowed('Byte8_SageAccounting::resync');
    }

    public function codeUrl(): string
    {
        return $this->url->getUrl('byte8_sage/connection/newCode');
    }

    public function disconnectUrl(): string
    {
        return $this->url->getUrl('byte8_sage/connection/disconnect');
    }

    public function movedUrl(): string
    {
        return $this->url->getUrl('byte8_sage/connection/moved');
    }

    public function selfTestUrl(): string
    {
        return $this->url->getUrl('byte8_sage/connection/selfTest');
    }

    public function reportUrl(): string
    {
        return $this->url->getUrl('byte8_sage/connection/report');
    }

    public function requeueUrl(): string
    {
        return $this->url->getUrl('byte8_sage/outbox/requeue');
    }

    public function dryRunUrl(): string
    {
        return $this->url->getUrl('byte8_sage/dryRun/index');
    }
}
