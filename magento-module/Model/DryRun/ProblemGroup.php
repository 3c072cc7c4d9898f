<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

/**
 * Events with the same problem; what is told of it is that of the first one.
 */
class ProblemGroup
{
    public const WARNING = 'warning';

    /** @var array<string, DryRunLine> by document, so that an invoice and its payment count once */
    public array $documents = [];

    /**
     * @param string $outcome skip, reject or warning
     */
    public function __construct(
        public readonly string $outcome,
        public readonly string $code,
        public readonly string $message,
        public readonly string $suggestion
    ) {
    }

    public function add(DryRunLine $line): void
    {
        $this->documents[$line->entityType() . ' ' . $line->entityId()] ??= $line;
    }

    /**
     * The problems of some events: first what needs attention, then warnings, then what is skipped; the most frequent
     * first.
     *
     * @param DryRunLine[] $lines
     * @return self[]
     */
    public static function of(array $lines): array
    {
        $groups = [];
        foreach ($lines as $line) {
            if ($line->code !== '') {
                $groups[$line->outcome . ' ' . $line->code]
                    ??= new self($line->outcome, $line->code, $line->message, $line->suggestion);
                $groups[$line->outcome . ' ' . $line->code]->add($line);
            }
            foreach ($line->warnings as $warning) {
                $key = self::WARNING . ' ' . $warning['code'];
                $groups[$key] ??= new self(self::WARNING, $warning['code'], $warning['message'], '');
                $groups[$key]->add($line);
            }
        }
        $order = array_flip(['reject', self::WARNING, 'skip']);
        uasort($groups, static fn (self $one, self $other): int =>
            [$order[$one->outcome] ?? 0, count($other->documents)]
                <=> [$order[$other->outcome] ?? 0, count($one->documents)]);

        return array_values($groups);
    }
}
