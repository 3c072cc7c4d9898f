<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;

/**
 * Remembers what is in the way of each part, so that the admin can say it without trying.
 */
class Problems
{
    public const TRANSLATION = 'translation';
    public const DELIVERY = 'delivery';
    public const SETTINGS = 'settings';
    public const FEED = 'feed';
    /** What the relay answers when it is asked how this shop's binding stands. */
    public const RELAY = 'relay';
    /** Whether this is the shop that was paired. */
    public const INSTALLATION = 'installation';

    /** Areas of which the relay is part; a new pairing begins without them. */
    public const OF_THE_RELAY = [self::DELIVERY, self::SETTINGS, self::FEED, self::RELAY, self::INSTALLATION];

    private const AREAS = [
        self::INSTALLATION,
        self::RELAY,
        self::TRANSLATION,
        self::DELIVERY,
        self::SETTINGS,
        self::FEED,
    ];

    public function __construct(private readonly KeyValueStoreInterface $values, private readonly Clock $clock)
    {
    }

    /**
     * @param bool $isPassing whether it may well be over before a person could do anything
     */
    public function record(
        string $area,
        string $code,
        string $message,
        string $suggestion,
        bool $isPassing = false
    ): void {
        $known = $this->of($area);
        $isSame = $known?->code === $code || ($isPassing && $known?->isPassing);
        $this->values->set($this->name($area), (string) json_encode([
            'code' => $code,
            'message' => $message,
            'suggestion' => $suggestion,
            'since' => $known !== null && $isSame ? $known->since : $this->clock->now()->format(\DATE_ATOM),
            'passing' => $isPassing,
        ], JSON_INVALID_UTF8_SUBSTITUTE));
    }

    public function clear(string $area): void
    {
        // Mostly there is none, and looking costs less than a write.
        if ($this->values->get($this->name($area)) !== null) {
            $this->values->remove($this->name($area));
        }
    }

    public function of(string $area): ?Problem
    {
        $known = json_decode((string) $this->values->get($this->name($area)), true);

        return is_array($known)
            ? new Problem(
                $area,
                $known['code'],
                $known['message'],
                $known['suggestion'],
                $known['since'],
                $known['passing'] ?? false
            )
            : null;
    }

    /**
     * @return Problem[]
     */
    public function all(): array
    {
        return array_values(array_filter(array_map($this->of(...), self::AREAS)));
    }

    private function name(string $area): string
    {
        return 'trouble.' . $area;
    }
}
