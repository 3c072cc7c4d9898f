<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Recovery;

use Byte8\SageAccounting\Model\Outbox\OutboxRecovery;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\Value\ValueStoreInterface;

/**
 * The relay's database was restored from a backup: this shop offers again what the relay may have forgotten.
 *
 * Nothing is posted twice by it: the relay looks in the ledger before it makes anything. How far the work has come is
 * kept after every step, so that a run cut short goes on where it was.
 */
class Recovery
{
    private const STATE = 'recovery.state';

    /** Rows marked in one step. */
    private const ROWS_AT_ONCE = 500;

    /** The clocks of shop and relay may differ, and a plan takes a moment to arrive. */
    private const MARGIN = '-10 minutes';

    public function __construct(
        private readonly OutboxRecovery $outbox,
        private readonly FeedPull $feed,
        private readonly RelayClientInterface $relay,
        private readonly ValueStoreInterface $values
    ) {
    }

    /**
     * Marks everything for delivery that the relay may have forgotten.
     *
     * @param array<string, mixed> $standing answer of GET /v1/binding
     */
    public function begin(array $standing): void
    {
        $recovery = $standing['recovery'] ?? null;
        if (!is_array($recovery) || ($recovery['offered'] ?? true) === true) {
            $this->forget();

            return;
        }
        $id = (string) ($recovery['recovery_id'] ?? '');
        $cursor = (int) ($recovery['feed_cursor'] ?? 0);
        $since = new \DateTimeImmutable((string) ($recovery['since'] ?? '1970-01-01T00:00:00Z'));
        $state = $this->state();
        if (($state['id'] ?? null) !== $id) {
            $state = ['id' => $id, 'last' => 0, 'up_to' => $this->outbox->highestId(), 'is_marked' => false];
            $this->keep($state);
        }
        while (!$state['is_marked']) {
            $marked = $this->outbox->offerAgain(
                $since->modify(self::MARGIN),
                $cursor,
                (int) $state['last'],
                (int) $state['up_to'],
                self::ROWS_AT_ONCE
            );
            $state['is_marked'] = $marked === null;
            $state['last'] = $marked ?? $state['last'];
            if ($state['is_marked']) {
                $this->feed->goBackTo($cursor);
            }
            $this->keep($state);
        }
    }

    /**
     * Tells the relay, once nothing of what was marked waits any more.
     *
     * @return bool whether it was told
     * @throws RelayException
     */
    public function finish(): bool
    {
        $state = $this->state();
        if (!($state['is_marked'] ?? false) || $this->outbox->hasUnfinishedUpTo((int) $state['up_to'])) {
            return false;
        }
        $this->relay->offered((string) $state['id'], $this->outbox->highestEntities());
        $this->forget();

        return true;
    }

    public function forget(): void
    {
        if ($this->values->get(self::STATE) !== null) {
            $this->values->remove(self::STATE);
        }
    }

    /**
     * @return array<string, mixed>
     */
    private function state(): array
    {
        $state = json_decode((string) $this->values->get(self::STATE), true);

        return is_array($state) ? $state : [];
    }

    /**
     * @param array<string, mixed> $state
     */
    private function keep(array $state): void
    {
        $this->values->set(self::STATE, (string) json_encode($state));
    }
}
