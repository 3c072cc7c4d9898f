<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;

/**
 * Stores the current problem of each part, so that the admin can show it without a test.
 */
class Problems
{
    public const TRANSLATION = 'translation';
    public const DELIVERY = 'delivery';
    public const SETTINGS = 'settings';
    public const FEED = 'feed';
    /** The relay's response about the status of this shop's binding. */
    public const RELAY = 'relay';
    /** Whether this is the shop that was paired. */
    public const INSTALLATION = 'installation';
    /** What the shop tells the relay of itself. */
    public const SHOP_REPORT = 'shop_report';
    /** What the shop's own documents add up to. */
    public const SHOP_TOTALS = 'shop_totals';

    /** Areas that involve the relay; a new pairing clears them. */
    public const OF_THE_RELAY = [
        self::DELIVERY,
        self::SETTINGS,
        self::FEED,
        self::RELAY,
        self::INSTALLATION,
        self::SHOP_REPORT,
        self::SHOP_TOTALS,
    ];

    private const AREAS = [
        self::INSTALLATION,
        self::RELAY,
        self::TRANSLATION,
        self::DELIVERY,
        self::SETTINGS,
        self::FEED,
        self::SHOP_REPORT,
        self::SHOP_TOTALS,
    ];

    public function __construct(private readonly KeyValueStoreInterface $values, private readonly Clock $clock)
    {
    }

    /**
     * @param bool $isPassing whether it usually ends before a person could act
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
        // Usually there is no problem, and a read is cheaper than a write.
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
