<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Connection\Installation;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\Status\StatusReport;
use Byte8\SageAccounting\Model\Status\Troubles;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * What the status panel of the config page shows and offers.
 */
class StatusPanel implements ArgumentInterface
{
    private const DEAD_SHOWN = 5;

    public function __construct(
        private readonly StatusReader $reader,
        private readonly OutboxEditorInterface $outbox,
        private readonly Installation $installation,
        private readonly Troubles $troubles,
        private readonly AuthorizationInterface $authorization,
        private readonly UrlInterface $url
    ) {
    }

    public function report(): StatusReport
    {
        return $this->reader->read();
    }

    /**
     * @return OutboxRecord[] the newest events that were given up or refused
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

    /**
     * Address of the shop that this one looks like a copy of, or '' when another installation is served; null
     * otherwise.
     */
    public function copiedFrom(): ?string
    {
        $original = $this->installation->copiedFrom();
        if ($original !== null) {
            return $original;
        }
        $code = $this->troubles->of(Troubles::CONNECTION)?->code;

        return $code === RelayException::OTHER_INSTALLATION ? '' : null;
    }

    public function movedUrl(): string
    {
        return $this->url->getUrl('byte8_sage/connection/moved');
    }

    public function disconnectUrl(): string
    {
        return $this->url->getUrl('byte8_sage/connection/disconnect');
    }

    public function selfTestUrl(): string
    {
        return $this->url->getUrl('byte8_sage/connection/selfTest');
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
