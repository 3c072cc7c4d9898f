<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\DryRun\Explanation;
use Magento\Framework\Escaper;

/**
 * Lays the core's explanation out: a heading for each section, its facts and tables, and the rules folded away.
 */
class ExplanationView
{
    private const RULES = 'Rules that applied';

    /** Titles, labels and heads of the core's, which can be translated. Other texts of the core stay as they are. */
    private const PHRASES = [
        'Contact', 'Contact, every currency variant that exists', 'Sales invoice', 'Sales credit note',
        'Sales estimate', 'Sales quote', 'Lines', 'Shipping', 'VAT', 'Currency', 'Service', 'Stock item', 'Product',
        'Stock', 'Payment received', 'Refund paid', 'Set off', 'Void', 'Estimate', self::RULES, 'Warnings',
        'Reference', 'Credits', 'Valid until', 'Notes', 'Magento total', 'Sage total', 'Name', 'Only if',
        'VAT number', 'Item code', 'Description', 'Price', 'Rate', 'Cost', 'Sales', 'Purchases', 'Active', 'Quantity',
        'Amount', 'Into', 'Out of', 'Because', 'Reason', 'Why', 'Code', 'What', 'Where', 'What to do', 'Waits for',
        'Dated', 'Settles', 'Unit price', 'Discount', 'Net', 'Tax',
    ];

    private const MONEY_COLUMNS = ['unit price', 'discount', 'net', 'tax', 'amount'];
    private const MONEY = '/^-?[0-9]+\.[0-9]{2,}$/D';

    public function __construct(private readonly Escaper $escaper, private readonly DisplayFormat $format)
    {
    }

    /**
     * @param string $currency of the document, '' where it has none
     */
    public function html(Explanation $explanation, string $currency): string
    {
        $html = '';
        foreach ($explanation->sections as $section) {
            $entries = implode('', array_map(
                fn (array $entry): string => $this->entry($entry, $currency),
                $section['entries']
            ));
            $title = $this->phrase($section['title']);
            $html .= $section['title'] === self::RULES
                ? '<details class="byte8-fold"><summary>' . $title . '</summary>' . $entries . '</details>'
                : ($title === '' ? '' : '<h3>' . $title . '</h3>') . $entries;
        }

        return $html;
    }

    /**
     * All words, untranslated.
     *
     * @return string[]
     */
    public static function phrases(): array
    {
        return self::PHRASES;
    }

    /**
     * @param array<string, mixed> $entry
     */
    private function entry(array $entry, string $currency): string
    {
        if (is_array($entry['rows'] ?? null)) {
            return $this->table($entry['rows'], (array) ($entry['columns'] ?? []), $currency);
        }
        if (!isset($entry['label'])) {
            return '<p>' . $this->text($entry['line'] ?? '') . '</p>';
        }
        $html = '<dl class="byte8-explained"><dt>' . $this->phrase((string) $entry['label']) . '</dt>';
        foreach (array_values((array) ($entry['text'] ?? [])) as $position => $text) {
            $html .= '<dd' . ($position > 0 ? ' class="byte8-quiet"' : '') . '>' . $this->text($text) . '</dd>';
        }

        return $html . '</dl>';
    }

    /**
     * @param array<int, string[]> $rows the first is the head
     * @param array<int, string> $columns text, id or number
     */
    private function table(array $rows, array $columns, string $currency): string
    {
        $head = array_values((array) array_shift($rows));
        $html = '<div class="byte8-scroll"><table class="byte8-facts byte8-list"><thead><tr>';
        foreach ($head as $column => $cell) {
            $html .= '<th scope="col"' . $this->alignment($columns, $column) . '>' . $this->phrase((string) $cell)
                . '</th>';
        }
        $html .= '</tr></thead><tbody>';
        foreach ($rows as $row) {
            $html .= '<tr>';
            foreach (array_values((array) $row) as $column => $cell) {
                $isMoney = in_array($head[$column] ?? '', self::MONEY_COLUMNS, true)
                    && preg_match(self::MONEY, (string) $cell) === 1;
                $html .= '<td' . $this->alignment($columns, $column) . '>'
                    . $this->text($isMoney ? $this->format->amount((string) $cell, $currency) : $cell) . '</td>';
            }
            $html .= '</tr>';
        }

        return $html . '</tbody></table></div>';
    }

    /**
     * @param array<int, string> $columns
     */
    private function alignment(array $columns, int $column): string
    {
        return ($columns[$column] ?? '') === 'number' ? ' class="byte8-amount"' : '';
    }

    private function phrase(string $words): string
    {
        return $words === '' ? '' : $this->text(__(ucfirst($words)));
    }

    private function text(mixed $text): string
    {
        return (string) $this->escaper->escapeHtml((string) $text);
    }
}
