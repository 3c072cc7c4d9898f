<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Relay\BindingState;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\ShopReport\ShopReportSchedule;
use Byte8\SageAccounting\Model\Status\Problems;
use Byte8\SageAccounting\Model\SyncState\FeedPull;

/**
 * Connects the shop with its relay, with a code that a person enters there.
 *
 * Only the digest of the code is stored. A code is valid for thirty minutes, one pairing and ten attempts.
 */
class Pairing
{
    /** When the shop was last connected, UTC in ISO 8601. */
    public const CONNECTED_AT = 'pairing.connected_at';

    private const CODE = 'pairing.code';

    /** Without letters and digits that look alike. */
    private const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
    private const LENGTH = 16;
    private const GROUP = 4;

    private const MINUTES = 30;
    private const ATTEMPTS = 10;

    public function __construct(
        private readonly KeyValueStoreInterface $values,
        private readonly ConnectionStoreInterface $connections,
        private readonly ConnectionRule $rule,
        private readonly SettingsRepository $settings,
        private readonly FeedPull $feed,
        private readonly Problems $problems,
        private readonly Installation $installation,
        private readonly BindingState $bindingState,
        private readonly ShopReportSchedule $reportSchedule,
        private readonly Clock $clock
    ) {
    }

    /**
     * A new code, shown once. It replaces an earlier one.
     */
    public function newCode(): string
    {
        $code = '';
        for ($position = 0; $position < self::LENGTH; $position++) {
            $code .= self::ALPHABET[random_int(0, strlen(self::ALPHABET) - 1)];
        }
        $this->values->set(self::CODE, (string) json_encode([
            'digest' => hash('sha256', $code),
            'expires_at' => $this->clock->now()->modify('+' . self::MINUTES . ' minutes')->getTimestamp(),
            'attempts' => 0,
        ]));

        return implode('-', str_split($code, self::GROUP));
    }

    /**
     * Pairs if the code is right. A refused caller does not learn the reason.
     *
     * @return bool whether the shop is paired now
     */
    public function pair(string $code, Connection $connection): bool
    {
        $known = json_decode((string) $this->values->get(self::CODE), true);
        if (!is_array($known)) {
            return false;
        }
        $known['attempts']++;
        $this->values->set(self::CODE, (string) json_encode($known));
        $plain = strtoupper((string) preg_replace('/[^A-Za-z0-9]/', '', $code));
        $isRight = hash_equals((string) $known['digest'], hash('sha256', $plain))
            && $known['attempts'] <= self::ATTEMPTS
            && $this->clock->now()->getTimestamp() < $known['expires_at']
            && $this->rule->problem($connection) === null;
        if (!$isRight) {
            return false;
        }
        $this->values->remove(self::CODE);
        $this->connect($connection);

        return true;
    }

    /**
     * Connects without a code, for an administrator who brought the key.
     */
    public function connect(Connection $connection): void
    {
        $known = $this->connections->load();
        if ($known?->bindingId !== $connection->bindingId) {
            // Another binding has another feed and other settings.
            $this->feed->startOver();
            $this->settings->forget();
            $this->bindingState->clear();
        }
        $this->connections->save($connection);
        $this->values->set(self::CONNECTED_AT, $this->clock->now()->format(\DATE_ATOM));
        $this->installation->rememberCurrent();
        $this->reportSchedule->startOver();
        $this->clearProblems();
    }

    /**
     * Events are still captured and are sent when the shop is paired again.
     */
    public function disconnect(): void
    {
        $this->connections->forget();
        $this->values->remove(self::CODE);
        $this->clearProblems();
    }

    private function clearProblems(): void
    {
        foreach (Problems::OF_THE_RELAY as $area) {
            $this->problems->clear($area);
        }
    }
}
