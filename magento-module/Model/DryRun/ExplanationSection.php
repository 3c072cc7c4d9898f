<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

/**
 * One section of an explanation while it is read.
 */
class ExplanationSection
{
    /** @var array<int, array{label: string, texts: string[]}> a sentence has no label */
    public array $entries = [];

    /** @var string[] names of the columns */
    public array $head = [];

    /** @var array<int, string[]> */
    public array $rows = [];

    public function __construct(public readonly string $title)
    {
    }

    public function addFact(string $label, string $text): void
    {
        $this->entries[] = ['label' => $label, 'texts' => [$text]];
    }

    public function addSentence(string $text): void
    {
        $this->addFact('', $text);
    }

    public function addToFact(string $text): void
    {
        if ($this->entries === []) {
            $this->addSentence($text);
        } else {
            $this->entries[array_key_last($this->entries)]['texts'][] = $text;
        }
    }

    public function continueText(string $text): void
    {
        if ($this->entries === []) {
            $this->addSentence($text);
        } else {
            $texts = &$this->entries[array_key_last($this->entries)]['texts'];
            $texts[array_key_last($texts)] .= ' ' . $text;
        }
    }

    /**
     * Whether a column of the table holds numbers only.
     */
    public function isNumber(int $column): bool
    {
        $cells = array_filter(array_column($this->rows, $column), 'strlen');

        return $cells !== [] && preg_grep('/^-?[0-9][0-9.,]*$/D', $cells, PREG_GREP_INVERT) === [];
    }

    public function isEmpty(): bool
    {
        return $this->entries === [] && $this->rows === [];
    }
}
