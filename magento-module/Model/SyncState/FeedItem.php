<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * Reads one item of the relay's feed. Unreadable items are skipped and never stop the feed.
 */
class FeedItem
{
    private const MONEY = '/^-?[0-9]{1,15}(\.[0-9]{1,4})?$/D';

    /**
     * @param array<string, mixed> $item
     * @param string $now UTC, as in the database
     * @return ?SyncStateRow null for an item about something this module does not know
     */
    public static function row(array $item, string $now): ?SyncStateRow
    {
        $key = self::text($item, 'key');
        $name = EventName::tryFrom((string) strstr($key, ':', true));
        $entityId = substr((string) strrchr($key, ':'), 1);
        if ($name === null || preg_match('/^[1-9][0-9]{0,9}$/D', $entityId) !== 1) {
            return null;
        }
        $error = is_array($item['error'] ?? null) ? $item['error'] : [];

        return new SyncStateRow(
            $name->entityType(),
            (int) $entityId,
            SyncAspect::of($name),
            SyncStatus::ofRunState(self::text($item, 'status'), self::text($error, 'code')),
            $now,
            self::textOrNull($item, 'sage_id', 64),
            self::textOrNull($item, 'sage_reference', 64),
            self::textOrNull($item, 'run_id', 64),
            self::money($item, 'expected_total'),
            self::money($item, 'sage_total'),
            mb_substr(self::text($error, 'code'), 0, 64),
            self::text($error, 'pointer'),
            self::message($error),
            self::text($error, 'suggestion'),
            self::cursor($item)
        );
    }

    /**
     * The contacts in the ledger that an item names: one row for each customer and currency.
     *
     * Only for succeeded items; before that, an item says nothing about its contacts.
     *
     * @param array<string, mixed> $item
     * @param string $now UTC, as in the database
     * @return SyncStateRow[]
     */
    public static function contactRows(array $item, string $now): array
    {
        $contacts = self::text($item, 'status') === 'succeeded' ? $item['contacts'] ?? [] : [];
        $rows = [];
        foreach (is_array($contacts) ? $contacts : [] as $contact) {
            $customerId = is_array($contact) ? $contact['customer_id'] ?? null : null;
            if (
                !is_int($customerId)
                || $customerId < 1
                || preg_match('/^[A-Z]{3}$/D', self::text($contact, 'currency')) !== 1
            ) {
                continue;
            }
            $rows[] = new SyncStateRow(
                EventName::CustomerUpserted->entityType(),
                $customerId,
                self::text($contact, 'currency'),
                SyncStatus::Synced,
                $now,
                self::textOrNull($contact, 'sage_id', 64),
                self::textOrNull($contact, 'sage_reference', 64),
                self::textOrNull($item, 'run_id', 64),
                feedCursor: self::cursor($item)
            );
        }

        return $rows;
    }

    /**
     * @param array<string, mixed> $item
     */
    private static function cursor(array $item): ?int
    {
        return preg_match('/^[0-9]{1,18}$/D', self::text($item, 'cursor')) === 1 ? (int) $item['cursor'] : null;
    }

    /**
     * The relay's message, followed by the ledger's messages, one per line.
     *
     * @param array<string, mixed> $error
     */
    private static function message(array $error): string
    {
        $parts = [self::text($error, 'detail')];
        foreach (is_array($error['items'] ?? null) ? $error['items'] : [] as $item) {
            $parts[] = implode(' – ', array_filter(is_array($item) ? $item : [], 'is_string'));
        }

        return implode("\n", array_unique(array_filter($parts, 'strlen')));
    }

    /**
     * @param array<string, mixed> $values
     */
    private static function text(array $values, string $name): string
    {
        return is_string($values[$name] ?? null) ? $values[$name] : '';
    }

    /**
     * @param array<string, mixed> $values
     */
    private static function textOrNull(array $values, string $name, int $longest): ?string
    {
        return self::text($values, $name) === '' ? null : mb_substr(self::text($values, $name), 0, $longest);
    }

    /**
     * @param array<string, mixed> $values
     */
    private static function money(array $values, string $name): ?string
    {
        $text = self::text($values, $name);

        return preg_match(self::MONEY, $text) === 1 ? $text : null;
    }
}
