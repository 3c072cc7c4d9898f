<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Clock;
use Magento\Framework\App\CacheInterface;

/**
 * Remembers that an event could not be queued, so that the admin shows it.
 *
 * Uses Magento's cache: a database that refuses the event would refuse this too, and a merchant's transaction must
 * not depend on it. The sweep queues the event later and then clears the failure.
 */
class CaptureFailure
{
    public const CODE = 'event_not_noted';

    public const AREA = 'capture';
    private const KEY = 'byte8_sage_capture_failure';

    public function __construct(private readonly CacheInterface $cache, private readonly Clock $clock)
    {
    }

    public function record(\Throwable $failure): void
    {
        $this->cache->save(
            (string) json_encode([
                'message' => self::messageOf($failure),
                'since' => $this->problem()?->since ?? $this->clock->now()->format(\DATE_ATOM),
            ], JSON_INVALID_UTF8_SUBSTITUTE),
            self::KEY
        );
    }

    public function problem(): ?Problem
    {
        $known = json_decode((string) $this->cache->load(self::KEY), true);

        return is_array($known)
            ? new Problem(
                self::AREA,
                self::CODE,
                'An event could not be queued: ' . $known['message'],
                'Nothing is lost. As soon as the database accepts writes again, the sweep queues the event.',
                $known['since']
            )
            : null;
    }

    public function forget(): void
    {
        $this->cache->remove(self::KEY);
    }

    /**
     * The database's message, without the statement that Magento adds.
     */
    public static function messageOf(\Throwable $failure): string
    {
        return (string) preg_replace('/, query was:.*$/s', '', $failure->getMessage());
    }
}
