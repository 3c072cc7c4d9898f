<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Model\Status\HealthCheck;
use Byte8\SageAccounting\Model\Status\Problem;
use Byte8\SageAccounting\ViewModel\DisplayFormat;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\Escaper;
use Magento\Framework\Notification\MessageInterface;

/**
 * Shows a message on every page of the admin when events are blocked, to users with permission.
 *
 * Asked on every page, so it reads a few rows by their keys and tries nothing.
 */
class AdminMessage implements MessageInterface
{
    /** @var array<string, string>|null by what stays the same while a trouble lasts */
    private ?array $texts = null;

    public function __construct(
        private readonly HealthCheck $health,
        private readonly CaptureFailure $captureFailure,
        private readonly AuthorizationInterface $authorization,
        private readonly UrlInterface $url,
        private readonly Escaper $escaper,
        private readonly DisplayFormat $format
    ) {
    }

    public function getIdentity(): string
    {
        return hash('sha256', 'byte8_sage_accounting ' . implode(' ', array_keys($this->texts())));
    }

    public function isDisplayed(): bool
    {
        return $this->texts() !== [];
    }

    public function getText(): string
    {
        $words = array_map(fn (string $text): string => $this->escaper->escapeHtml($text), $this->texts());

        return (string) __('Sage Accounting:') . ' ' . implode(' ', $words) . ' <a href="'
            . $this->escaper->escapeUrl($this->url->getUrl('byte8_sage/overview/index'))
            . '">' . $this->escaper->escapeHtml((string) __('See the status')) . '</a>';
    }

    public function getSeverity(): int
    {
        return self::SEVERITY_MAJOR;
    }

    /**
     * @return array<string, string>
     */
    private function texts(): array
    {
        return $this->texts ??= $this->read();
    }

    /**
     * @return array<string, string>
     */
    private function read(): array
    {
        if (!$this->authorization->isAllowed('Byte8_SageAccounting::view')) {
            return [];
        }
        try {
            $problems = array_merge(array_filter([$this->captureFailure->problem()]), $this->health->read()->alarms);
        } catch (\Exception) {
            // A broken table must not break every page of the admin; the linked page shows the details.
            return ['unreadable' => (string) __('The module\'s tables cannot be read.')];
        }
        $texts = [];
        foreach ($problems as $problem) {
            $texts[$problem->code . ' ' . $problem->since] = $this->text($problem);
        }

        return array_unique($texts);
    }

    private function text(Problem $problem): string
    {
        $since = $this->format->time($problem->since);

        return $problem->message . ' ' . $problem->suggestion
            . ($since === '' ? '' : ' ' . __('Since %1', $since) . '.');
    }
}
