<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

/**
 * What a relay that was restored from a backup asks of the shop.
 */
class RecoveryRequest
{
    private const BEGINNING = '1970-01-01T00:00:00Z';
    private const INSTANT = '/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,20}(Z|[+-][0-9:]{5})$/D';

    /**
     * @param \DateTimeImmutable $since last instant in the restored store
     * @param int $feedCursor last feed position that both sides know
     * @param bool $isOffered whether the shop has reported that it offered everything again
     * @param int $documents plans that belong to the recovery
     * @param int $open those of them that are unfinished
     */
    public function __construct(
        public readonly string $recoveryId,
        public readonly \DateTimeImmutable $since,
        public readonly int $feedCursor,
        public readonly bool $isOffered,
        public readonly int $documents = 0,
        public readonly int $open = 0
    ) {
    }

    /**
     * @param array<string, mixed> $values
     * @return ?self null if it is not readable
     */
    public static function fromValues(array $values): ?self
    {
        $id = $values['recovery_id'] ?? null;
        // A store without any instant has lost everything.
        $since = $values['since'] ?? self::BEGINNING;
        $cursor = $values['feed_cursor'] ?? null;
        $isReadable = is_string($id) && preg_match('/^[\x21-\x7e]{1,64}$/D', $id) === 1
            && is_string($since) && preg_match(self::INSTANT, $since) === 1
            && (is_int($cursor) || is_string($cursor)) && preg_match('/^[0-9]{1,18}$/D', (string) $cursor) === 1;
        if (!$isReadable) {
            return null;
        }
        try {
            $instant = new \DateTimeImmutable($since);
        } catch (\Exception) {
            return null;
        }

        return new self(
            $id,
            $instant->setTimezone(new \DateTimeZone('UTC')),
            (int) $cursor,
            ($values['offered'] ?? false) === true,
            max(0, (int) ($values['documents'] ?? 0)),
            max(0, (int) ($values['open'] ?? 0))
        );
    }
}
