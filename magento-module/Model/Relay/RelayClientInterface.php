<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Byte8\SageAccounting\Model\Connection\Connection;

/**
 * Port to the relay's HTTP interface, version 1.
 *
 * @api
 */
interface RelayClientInterface
{
    /**
     * @param string[] $plans JSON texts, sent byte for byte
     * @param bool $isBackfill whether the relay may work on them after everything of today
     * @return array<int, array<string, ?string>> one result for each plan, in their order
     * @throws RelayException
     */
    public function postPlans(array $plans, bool $isBackfill = false): array;

    /**
     * @param string $digest digest of the document that is known, '' for none
     * @throws RelayException
     */
    public function settings(string $digest): SettingsAnswer;

    /**
     * @return array{items: array<int, array<string, mixed>>, next: string}
     * @throws RelayException
     */
    public function syncState(string $cursor, int $limit): array;

    /**
     * The current state of a run, like an item of the feed but without a cursor.
     *
     * @return array<string, mixed>
     * @throws RelayException
     */
    public function run(string $runId): array;

    /**
     * The status of this shop's binding, and what the relay asks of the shop.
     *
     * @return array<string, mixed>
     * @throws RelayException
     */
    public function binding(): array;

    /**
     * The same, signed with a connection that is not stored yet. The relay accepts its key with this request.
     *
     * @return array<string, mixed>
     * @throws RelayException
     */
    public function bindingWith(Connection $connection): array;

    /**
     * Tells a restored relay that the shop has offered everything again.
     *
     * @param array<string, int> $highest highest entity id by entity type
     * @return array<string, mixed> the same as binding()
     * @throws RelayException
     */
    public function completeRecovery(string $recoveryId, array $highest): array;

    /**
     * Tells the relay that this installation replaces another one, because the shop has moved.
     *
     * @throws RelayException
     */
    public function replaceInstallation(string $installation, string $replaced): void;

    /**
     * Tells the relay what settings can be proposed from, in place of what it was told before.
     *
     * @param string $profile JSON text
     * @throws RelayException
     */
    public function putShopProfile(string $profile): void;

    /**
     * Tells the relay what the documents of some days would become, in place of what it was told before.
     *
     * @param string $summary JSON text
     * @throws RelayException
     */
    public function putDryRun(string $summary): void;

    /**
     * Tells the relay what the shop itself has for some days, in place of what it was told about them before.
     *
     * @param string $totals JSON text
     * @throws RelayException
     */
    public function putShopTotals(string $totals): void;

    /**
     * Checks that the relay responds and knows this shop.
     *
     * @throws RelayException
     */
    public function check(): void;
}
