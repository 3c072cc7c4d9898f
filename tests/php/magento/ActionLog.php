<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

/**
 * What somebody did from the beginning to the end of a way, when, and how it looked.
 */
class ActionLog
{
    private float $begun = 0.0;

    /** @var array<int, array{place: string, what: string, seconds: float}> */
    private array $actions = [];

    private int $pictures = 0;

    /**
     * @param string $name of the way, for its pictures
     */
    public function __construct(private readonly string $folder, private readonly string $name)
    {
    }

    /**
     * Forgets what was done before: the way begins now.
     */
    public function begin(): void
    {
        $this->begun = microtime(true);
        $this->actions = [];
    }

    public function add(string $place, string $what): void
    {
        $this->actions[] = ['place' => $place, 'what' => $what, 'seconds' => $this->seconds()];
    }

    public function seconds(): float
    {
        return microtime(true) - $this->begun;
    }

    /**
     * How many actions there were at some places.
     */
    public function number(string ...$places): int
    {
        return count(array_filter(
            $this->actions,
            static fn (array $action): bool => in_array($action['place'], $places, true)
        ));
    }

    /**
     * The file of the next picture.
     */
    public function picture(string $name): string
    {
        return sprintf('%s/%s-%02d-%s.png', $this->folder, $this->name, ++$this->pictures, $name);
    }

    public function print(): void
    {
        foreach ($this->actions as $action) {
            printf("      %6.1f s  %s: %s\n", $action['seconds'], $action['place'], $action['what']);
        }
    }
}
