<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

/**
 * Port to the relay's HTTP interface, version 1.
 *
 * @api
 */
interface RelayClientInterface
{
    /**
     * @param string[] $plans JSON texts, sent byte for byte
     * @return array<int, array<string, ?string>> one result for each plan, in their order
     * @throws RelayException
     */
    public function postPlans(array $plans): array;

    /**
     * @param string $digest digest of the document that is known, '' for none
     * @return ?SettingsDocument null when the relay has the same
     * @throws RelayException
     */
    public function settings(string $digest): ?SettingsDocument;

    /**
     * @return array{items: array<int, array<string, mixed>>, next: string}
     * @throws RelayException
     */
    public function syncState(string $cursor, int $limit): array;

    /**
     * The present state of a run, as an item of the feed that has no place in it.
     *
     * @return array<string, mixed>
     * @throws RelayException
     */
    public function run(string $runId): array;

    /**
     * How this shop's binding stands, and what the relay asks of the shop.
     *
     * @return array<string, mixed>
     * @throws RelayException
     */
    public function binding(): array;

    /**
     * Says that the shop has offered everything again to a relay that was restored.
     *
     * @param array<string, int> $highest highest entity id by entity type
     * @return array<string, mixed> the same as binding()
     * @throws RelayException
     */
    public function completeRecovery(string $recoveryId, array $highest): array;

    /**
     * Says that this installation takes the place of another one, because the shop has moved.
     *
     * @throws RelayException
     */
    public function replaceInstallation(string $installation, string $replaced): void;

    /**
     * Asks whether the relay is there and knows this shop.
     *
     * @throws RelayException
     */
    public function check(): void;
}
