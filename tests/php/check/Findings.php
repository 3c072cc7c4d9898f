<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Check;

/**
 * What the checks covered, and the errors they found.
 */
class Findings
{
    /** @var array<string, int> things looked at, by kind */
    public array $looked = [];

    /** @var string[] */
    public array $wrong = [];

    public function looked(string $kind): void
    {
        $this->looked[$kind] = ($this->looked[$kind] ?? 0) + 1;
    }

    public function wrong(string $file, string $what): void
    {
        $this->wrong[] = $file . ': ' . $what;
    }
}
