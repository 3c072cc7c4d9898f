<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Relay\SettingsAnswer;

/**
 * A relay that records what it receives and responds as the test defines.
 */
class FakeRelay implements RelayClientInterface
{
    /** @var array<int, string[]> plans of every request */
    public array $requests = [];

    /** @var bool[] whether every request was part of a backfill */
    public array $backfills = [];

    /** @var \Closure|null (plans) to results; may throw RelayException */
    public ?\Closure $answer = null;

    /** @var array<int, array{items: array<int, array<string, mixed>>, next: string}> pages of the feed */
    public array $pages = [];

    /** @var array<string, array<string, mixed>> states by run */
    public array $runs = [];

    public string $settings = '';

    public bool $isLive = true;

    /** @var array<string, mixed> answer about the binding */
    public array $binding = ['binding_id' => 'shop', 'state' => 'active', 'sequence' => 0, 'recovery' => null];

    /** @var Connection[] connections that were tried before they were stored */
    public array $presented = [];

    /** @var array<int, array{string, array<string, int>}> recoveries that were told to be complete */
    public array $completed = [];

    /** @var array<int, array{string, string}> installations with those they take the place of */
    public array $installations = [];

    /** @var string[] cursors from which the feed was read */
    public array $cursors = [];

    /** @var string[] profiles that the shop told */
    public array $profiles = [];

    /** @var string[] dry runs that the shop told */
    public array $dryRuns = [];

    /** @var string[] totals that the shop told */
    public array $totals = [];

    public ?RelayException $reportFailure = null;

    public ?RelayException $failure = null;

    public ?RelayException $bindingFailure = null;

    public ?RelayException $feedFailure = null;

    public function postPlans(array $plans, bool $isBackfill = false): array
    {
        $this->requests[] = $plans;
        $this->backfills[] = $isBackfill;

        return $this->answer === null
            ? array_map(static fn (string $plan): array => self::result($plan, 'accepted'), $plans)
            : ($this->answer)($plans);
    }

    /**
     * @return array<string, ?string>
     */
    public static function result(string $plan, string $status): array
    {
        $key = json_decode($plan, true)['key'];

        return ['key' => $key, 'status' => $status, 'run_id' => 'run-' . $key];
    }

    public function settings(string $digest): SettingsAnswer
    {
        $this->failIfAsked();
        $isKnown = hash('sha256', $this->settings) === $digest;

        return new SettingsAnswer($isKnown ? null : $this->settings, $this->isLive);
    }

    public function syncState(string $cursor, int $limit): array
    {
        $this->failIfAsked();
        $this->cursors[] = $cursor;
        if ($this->feedFailure !== null) {
            throw $this->feedFailure;
        }

        return array_shift($this->pages) ?? ['items' => [], 'next' => $cursor];
    }

    public function run(string $runId): array
    {
        $this->failIfAsked();

        return $this->runs[$runId] ?? throw new RelayException('run_not_found', 'HTTP 404', 404);
    }

    public function binding(): array
    {
        $this->failIfAsked();
        if ($this->bindingFailure !== null) {
            throw $this->bindingFailure;
        }

        return $this->binding;
    }

    public function bindingWith(Connection $connection): array
    {
        $this->presented[] = $connection;

        return $this->binding();
    }

    public function completeRecovery(string $recoveryId, array $highest): array
    {
        $this->failIfAsked();
        $this->completed[] = [$recoveryId, $highest];
        $this->binding['recovery']['offered'] = true;

        return $this->binding;
    }

    public function replaceInstallation(string $installation, string $replaced): void
    {
        $this->failIfAsked();
        $this->installations[] = [$installation, $replaced];
    }

    public function putShopProfile(string $profile): void
    {
        $this->failIfAsked();
        if ($this->reportFailure !== null) {
            throw $this->reportFailure;
        }
        $this->profiles[] = $profile;
    }

    public function putDryRun(string $summary): void
    {
        $this->failIfAsked();
        if ($this->reportFailure !== null) {
            throw $this->reportFailure;
        }
        $this->dryRuns[] = $summary;
    }

    public function putShopTotals(string $totals): void
    {
        $this->failIfAsked();
        if ($this->reportFailure !== null) {
            throw $this->reportFailure;
        }
        $this->totals[] = $totals;
    }

    public function check(): void
    {
        $this->failIfAsked();
    }

    private function failIfAsked(): void
    {
        if ($this->failure !== null) {
            throw $this->failure;
        }
    }
}
