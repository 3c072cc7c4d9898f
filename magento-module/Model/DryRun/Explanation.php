<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

/**
 * The core's explanation of a decision, read from its text so that a page can lay it out: a headline, and sections of
 * facts, sentences and a table. What does not have this form stays a sentence, so nothing is lost.
 */
class Explanation
{
    /** The core breaks lines at this width. */
    private const WIDTH = 120;

    /** Where the text of a fact begins. */
    private const FACT_INDENT = 18;

    /** The head of a table begins with this. */
    private const TABLE = '  #  ';

    /**
     * @param array<int, ExplanationSection> $sections
     */
    private function __construct(public readonly string $headline, public readonly array $sections)
    {
    }

    /**
     * What the core decided: post, skip or reject; '' if the headline does not say so.
     */
    public function outcome(): string
    {
        return preg_match('/^(POST|SKIP|REJECT) /', $this->headline, $parts) === 1 ? strtolower($parts[1]) : '';
    }

    public static function of(string $text): self
    {
        $headline = '';
        $sections = [];
        $section = new ExplanationSection('');
        $previous = '';
        $table = null;
        foreach (explode("\n", rtrim($text)) as $position => $line) {
            $indent = strspn($line, ' ');
            if (trim($line) === '') {
                $table = null;
            } elseif ($position === 0) {
                $headline = $line;
            } elseif ($indent === 0) {
                $sections[] = $section;
                $section = new ExplanationSection($line);
            } elseif (str_starts_with($line, self::TABLE)) {
                $table = self::columns($line);
                $section->head = array_column($table, 2);
            } elseif ($table !== null) {
                $section->rows[] = self::cells($line, $table);
            } else {
                self::read($section, $line, $indent, self::continues($previous, $line));
            }
            $previous = $line;
        }
        $sections[] = $section;

        return new self($headline, array_values(array_filter(
            $sections,
            static fn (ExplanationSection $section): bool => !$section->isEmpty()
        )));
    }

    private static function read(ExplanationSection $section, string $line, int $indent, bool $continues): void
    {
        if ($continues && $indent > 2) {
            $section->continueText(trim($line));
        } elseif ($indent >= self::FACT_INDENT) {
            $section->addToFact(trim($line));
        } elseif (preg_match('/^  \S.{13}  (?=\S)/u', $line) === 1) {
            $section->addFact(trim(mb_substr($line, 0, self::FACT_INDENT)), mb_substr($line, self::FACT_INDENT));
        } else {
            $section->addSentence(trim($line));
        }
    }

    /**
     * Whether the first word would not have fitted into the line before.
     */
    private static function continues(string $previous, string $line): bool
    {
        $word = (string) strtok(trim($line), ' ');

        return mb_strlen($previous) + 1 + mb_strlen($word) > self::WIDTH;
    }

    /**
     * @return array<int, array{int, int, string}> beginning, end and name of each column
     */
    private static function columns(string $head): array
    {
        return array_map(
            static fn (array $part): array => [$part[0], $part[0] + mb_strlen($part[1]), $part[1]],
            self::parts($head)
        );
    }

    /**
     * Numbers end and texts begin below the name of their column, so each cell overlaps it.
     *
     * @param array<int, array{int, int, string}> $columns
     * @return string[]
     */
    private static function cells(string $line, array $columns): array
    {
        $cells = array_fill(0, count($columns), '');
        foreach (self::parts($line) as [$begin, $text]) {
            foreach ($columns as $position => [$left, $right]) {
                if ($begin < $right && $begin + mb_strlen($text) > $left) {
                    $cells[$position] = trim($cells[$position] . ' ' . $text);
                    break;
                }
            }
        }

        return $cells;
    }

    /**
     * @return array<int, array{int, string}> beginning and text of what two spaces separate
     */
    private static function parts(string $line): array
    {
        $parts = [];
        $begin = 0;
        foreach (preg_split('/( {2,})/u', $line, -1, PREG_SPLIT_DELIM_CAPTURE) ?: [] as $part) {
            if (trim($part) !== '') {
                $parts[] = [$begin, $part];
            }
            $begin += mb_strlen($part);
        }

        return $parts;
    }
}
