<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Status\HealthSentence;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\Status\StatusReport;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * The data and actions of the status panel on the configuration page.
 */
class StatusPanel implements ArgumentInterface
{
    public function __construct(
        private readonly StatusReader $reader,
        private readonly SetUpSteps $steps,
        private readonly DisplayFormat $format,
        private readonly AuthorizationInterface $authorization,
        private readonly UrlInterface $url
    ) {
    }

    /**
     * A time as screens show it; '' for none.
     */
    public function time(?string $text): string
    {
        return $this->format->time($text);
    }

    /**
     * @return SetUpStep[]
     */
    public function steps(StatusReport $report): array
    {
        return $this->steps->of($report);
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
