<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Model\Status\Trouble;
use Byte8\SageAccounting\Model\Status\Troubles;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\Escaper;
use Magento\Framework\Notification\MessageInterface;

/**
 * Says on every page of the admin that events do not flow, to those who may see it.
 *
 * Asked on every page, so it reads a few rows by their keys and tries nothing.
 */
class AdminMessage implements MessageInterface
{
    private const MOST = 1000;

    /** @var string[]|null */
    private ?array $texts = null;

    public function __construct(
        private readonly OutboxEditorInterface $outbox,
        private readonly Troubles $troubles,
        private readonly CaptureFailure $captureFailure,
        private readonly AuthorizationInterface $authorization,
        private readonly UrlInterface $url,
        private readonly Escaper $escaper
    ) {
    }

    public function getIdentity(): string
    {
        return hash('sha256', 'byte8_sage_accounting ' . implode(' ', $this->texts()));
    }

    public function isDisplayed(): bool
    {
        return $this->texts() !== [];
    }

    public function getText(): string
    {
        $words = array_map(fn (string $text): string => $this->escaper->escapeHtml($text), $this->texts());

        return (string) __('Sage Accounting:') . ' ' . implode(' ', $words) . ' <a href="'
            . $this->escaper->escapeUrl($this->url->getUrl('adminhtml/system_config/edit', ['section' => 'byte8']))
            . '">' . $this->escaper->escapeHtml((string) __('See the status')) . '</a>';
    }

    public function getSeverity(): int
    {
        return self::SEVERITY_MAJOR;
    }

    /**
     * @return string[]
     */
    private function texts(): array
    {
        return $this->texts ??= $this->read();
    }

    /**
     * @return string[]
     */
    private function read(): array
    {
        if (!$this->authorization->isAllowed('Byte8_SageAccounting::view')) {
            return [];
        }
        try {
            $texts = array_map(
                static fn (Trouble $trouble): string => $trouble->message . ' ' . $trouble->suggestion,
                array_merge(array_filter([$this->captureFailure->trouble()]), $this->troubles->all())
            );
            $dead = count($this->outbox->ids(OutboxState::Dead, self::MOST));
        } catch (\Exception) {
            // A broken table must not break every page of the admin; the page behind the link names it.
            return [(string) __('The module\'s tables cannot be read.')];
        }
        if ($dead > 0) {
            $texts[] = (string) __('%1 dead-lettered events.', $dead);
        }

        return array_values(array_unique($texts));
    }
}
