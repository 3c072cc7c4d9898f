<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Byte8\SageAccounting\Model\Status\Health;
use Byte8\SageAccounting\Model\Status\Trouble;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\Escaper;
use Magento\Framework\Notification\MessageInterface;
use Magento\Framework\Stdlib\DateTime\TimezoneInterface;

/**
 * Says on every page of the admin that events do not flow, to those who may see it.
 *
 * Asked on every page, so it reads a few rows by their keys and tries nothing.
 */
class AdminMessage implements MessageInterface
{
    /** @var string[]|null */
    private ?array $texts = null;

    public function __construct(
        private readonly Health $health,
        private readonly TimezoneInterface $timezone,
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

    private function since(Trouble $trouble): string
    {
        if ($trouble->since === '') {
            return '';
        }

        return (string) __('(since %1)', $this->timezone->formatDateTime(
            new \DateTime($trouble->since),
            \IntlDateFormatter::SHORT,
            \IntlDateFormatter::SHORT
        ));
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
                fn (Trouble $trouble): string => trim($trouble->message . ' ' . $this->since($trouble) . ' '
                    . $trouble->suggestion),
                $this->health->troubles()
            );
            $number = $this->health->needsPerson();
        } catch (\Exception) {
            // A broken table must not break every page of the admin; the page behind the link names it.
            return [(string) __('The module\'s tables cannot be read.')];
        }
        if ($number > 0) {
            $texts[] = (string) ($number < Health::MOST
                ? __('%1 documents need a person.', $number)
                : __('More than %1 documents need a person.', Health::MOST));
        }

        return array_values(array_unique($texts));
    }
}
