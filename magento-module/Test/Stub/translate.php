<?php

declare(strict_types=1);

/**
 * Stands in for Magento's translation of a phrase: the phrase itself, with its arguments.
 */
function __(string $phrase, mixed ...$arguments): string
{
    foreach ($arguments as $position => $argument) {
        $phrase = str_replace('%' . ($position + 1), (string) $argument, $phrase);
    }

    return $phrase;
}
