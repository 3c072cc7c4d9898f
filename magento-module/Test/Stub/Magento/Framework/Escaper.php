<?php

declare(strict_types=1);

namespace Magento\Framework;

/**
 * Stands in for Magento's escaping of texts for pages.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class Escaper
{
    public function escapeHtml($data, $allowedTags = null)
    {
        return htmlspecialchars((string) $data, ENT_QUOTES | ENT_SUBSTITUTE);
    }

    public function escapeHtmlAttr($string, $escapeSingleQuote = true)
    {
        return htmlspecialchars((string) $string, ENT_QUOTES | ENT_SUBSTITUTE);
    }

    public function escapeUrl($string)
    {
        return htmlspecialchars((string) $string, ENT_QUOTES | ENT_SUBSTITUTE);
    }
}
