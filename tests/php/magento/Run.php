<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

/**
 * One end-to-end run: its programs, the documents created so far, and the findings.
 */
class Run
{
    public int $checks = 0;

    /** @var string[] */
    public array $failures = [];

    /** @var array<string, mixed> what was made before the shop was paired */
    public array $early = [];

    public string $baseUrl = '';

    public function __construct(public readonly Programs $programs)
    {
    }

    public function part(string $title): void
    {
        echo '--- ', $title, "\n";
    }

    public function leftOut(string $why): void
    {
        echo '      left out: ', $why, "\n";
    }

    public function check(bool $isGood, string $what, mixed $seen = null): void
    {
        $this->checks++;
        echo $isGood ? 'ok    ' : 'FAIL  ', $what, "\n";
        if (!$isGood) {
            $this->failures[] = $what;
            echo '      ', substr(is_string($seen) ? $seen : (string) json_encode($seen), 0, 1500), "\n";
        }
    }

    /**
     * Why nothing can be done in a browser; null when it can.
     */
    public function browserObstacle(): ?string
    {
        return $this->programs->url('shop') . '/' === $this->baseUrl
            ? null
            : "the shop's address is not a free one on 127.0.0.1";
    }

    public function adminUrl(): string
    {
        return $this->baseUrl . $this->programs->environment()['backend']['frontName'];
    }

    /**
     * @return array<string, string> states of outbox rows by key, of several the newest
     */
    public function states(): array
    {
        $states = [];
        foreach ($this->programs->drive('rows') as $row) {
            [$key, $state] = explode(' ', $row);
            $states[$key] = $state;
        }

        return $states;
    }

    /**
     * @return array<string, int> how many outbox rows each key has
     */
    public function rows(): array
    {
        return array_count_values(array_map(
            static fn (string $row): string => explode(' ', $row)[0],
            $this->programs->drive('rows')
        ));
    }

    /**
     * Runs sync cycles until nothing waits.
     *
     * @return array<int, array<string, mixed>> what still waits when the time is up
     */
    public function waitingAfterRuns(int $seconds = 90): array
    {
        return $this->waiting($seconds, fn () => $this->programs->magento(['byte8:sage:outbox:run']));
    }

    /**
     * Waits, without running anything, until no record of a type is pending in the mirror.
     *
     * @return array<int, array<string, mixed>>
     */
    public function waitingUntouched(string $entityType, int $seconds = 60): array
    {
        return $this->waiting($seconds, static fn () => null, $entityType);
    }

    /**
     * Every document is in Sage once, with Magento's total.
     *
     * @param array<string, mixed> $documents
     */
    public function agrees(array $documents): void
    {
        $ledger = $this->programs->ledger();
        foreach (['sales_invoices', 'sales_credit_notes'] as $collection) {
            foreach ($documents[$collection] ?? [] as $number => $total) {
                $found = array_values(array_filter(
                    $ledger[$collection] ?? [],
                    static fn (array $object): bool => ($object['reference'] ?? '') === (string) $number
                ));
                $this->check(
                    count($found) === 1 && bccomp((string) $found[0]['total_amount'], (string) $total, 2) === 0,
                    sprintf('%s %s stands once in Sage with %s', $collection, $number, $total),
                    $found
                );
            }
        }
    }

    public function chip(string $entityType, int $entityId): string
    {
        return $this->programs->drive('chip', $entityType, (string) $entityId)['html'];
    }

    /**
     * @param callable(): mixed $meanwhile
     * @return array<int, array<string, mixed>>
     */
    private function waiting(int $seconds, callable $meanwhile, ?string $entityType = null): array
    {
        $deadline = time() + $seconds;
        do {
            $meanwhile();
            $waiting = array_filter(
                $this->programs->drive('mirror'),
                static fn (array $row): bool => $row['sync_status'] === 'pending'
                    && ($entityType === null || $row['entity_type'] === $entityType)
            );
        } while ($waiting !== [] && time() < $deadline && usleep(300_000) === null);

        return array_values($waiting);
    }
}
