<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

/**
 * The core's explanation of a decision, for a page that lays it out: docs/contracts.md, section 5.
 */
class Explanation
{
    /**
     * @param array<int, array{title: string, entries: array<int, array<string, mixed>>}> $sections an entry has a line,
     *     or a label and text, or columns and rows, whose first row is the head
     */
    public function __construct(public readonly string $headline, public readonly array $sections = [])
    {
    }

    public static function fromJson(string $json): self
    {
        $values = json_decode($json, true);
        $sections = is_array($values) && is_array($values['sections'] ?? null) ? $values['sections'] : [];
        $known = [];
        foreach (array_filter($sections, 'is_array') as $section) {
            $entries = is_array($section['entries'] ?? null) ? $section['entries'] : [];
            $known[] = [
                'title' => (string) ($section['title'] ?? ''),
                'entries' => array_values(array_filter($entries, 'is_array')),
            ];
        }

        return new self(is_array($values) ? (string) ($values['headline'] ?? '') : '', $known);
    }

    /**
     * What the core decided: post, skip or reject; '' if the headline does not say so.
     */
    public function outcome(): string
    {
        return preg_match('/^(POST|SKIP|REJECT)( |$)/', $this->headline, $parts) === 1 ? strtolower($parts[1]) : '';
    }
}
