<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

/**
 * A step of the set-up, as the configuration page shows it.
 */
class SetUpStep
{
    public const DONE = 'done';
    public const NOW = 'now';
    public const LATER = 'later';

    /**
     * @param string $state one of the constants above
     * @param string $text how far it is, or what to do
     * @param ?array{string, string} $link address and words
     */
    public function __construct(
        public readonly string $state,
        public readonly string $title,
        public readonly string $text,
        public readonly ?array $link = null
    ) {
    }

    /**
     * The state for people who see no colours.
     */
    public function stateText(): string
    {
        return (string) match ($this->state) {
            self::DONE => __('Done'),
            self::NOW => __('Next'),
            default => __('Later'),
        };
    }
}
