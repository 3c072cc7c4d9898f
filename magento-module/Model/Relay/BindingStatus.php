<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

/**
 * The status of this shop's binding at the relay: the response of `GET /v1/binding`.
 */
class BindingStatus
{
    public const ACTIVE = 'active';
    public const RECOVERING = 'recovering';

    public const TOKEN_REVOKED = 'token_revoked';
    public const ACCESS_DENIED = 'access_denied';
    public const SUBSCRIPTION_INACTIVE = 'subscription_inactive';
    public const SAGE_THROTTLED = 'sage_throttled';
    public const SAGE_UNREACHABLE = 'sage_unreachable';

    private const ORDINARY = ['', 'waiting_for_other_run', 'outcome_unknown', 'search_failed'];

    private const LONGEST_DETAIL = 500;

    /** More ranges are left for the next time the relay asks. */
    private const MOST_WANTED = 24;

    private const MOST_DOCUMENTS = 100;

    /**
     * @param string $state active, recovering, or why the relay cannot work for this shop
     * @param ?string $since ISO 8601
     * @param string $reasonCode why documents wait, '' for no reason
     * @param int $waiting unfinished plans
     * @param ?string $oldestWaitingSince ISO 8601
     * @param ?string $pausedUntil ISO 8601
     * @param int $needsPerson plans that are ambiguous or parked by an operator
     * @param int $sequence highest sequence of this shop that the relay knows
     * @param array<int, array{string, string}> $wantedTotals first and last days of the shop totals that it asks for
     * @param array<int, array{string, int}> $wantedDocuments types and ids of documents to decide on again
     * @param ?string $dashboardUrl where browsers reach the relay's dashboard, without a slash at the end
     */
    public function __construct(
        public readonly string $state,
        public readonly ?string $since = null,
        public readonly string $reasonCode = '',
        public readonly string $reasonDetail = '',
        public readonly int $waiting = 0,
        public readonly ?string $oldestWaitingSince = null,
        public readonly ?string $pausedUntil = null,
        public readonly int $needsPerson = 0,
        public readonly int $sequence = 0,
        public readonly ?RecoveryRequest $recovery = null,
        public readonly array $wantedTotals = [],
        public readonly array $wantedDocuments = [],
        public readonly ?string $dashboardUrl = null
    ) {
    }

    /**
     * @param array<string, mixed> $values
     * @return ?self null if it is not readable
     */
    public static function fromValues(array $values): ?self
    {
        $text = static fn (string $name): ?string => is_string($values[$name] ?? null) ? $values[$name] : null;
        $digits = static fn (mixed $value): string => is_int($value) || is_string($value) ? (string) $value : '';
        $number = static fn (string $name): int =>
            preg_match('/^[0-9]{1,18}$/D', $digits($values[$name] ?? null)) === 1 ? (int) $values[$name] : 0;
        $reason = is_array($values['reason'] ?? null) ? $values['reason'] : [];
        $recovery = is_array($values['recovery'] ?? null) ? RecoveryRequest::fromValues($values['recovery']) : null;
        if ($text('state') === null || (is_array($values['recovery'] ?? null) && $recovery === null)) {
            return null;
        }

        return new self(
            mb_substr((string) $text('state'), 0, 64),
            $text('since'),
            is_string($reason['code'] ?? null) ? mb_substr($reason['code'], 0, 64) : '',
            is_string($reason['detail'] ?? null) ? mb_substr($reason['detail'], 0, self::LONGEST_DETAIL) : '',
            $number('waiting'),
            $text('oldest_waiting_since'),
            $text('paused_until'),
            $number('needs_person'),
            $number('sequence'),
            $recovery,
            self::wantedTotals($values['wanted'] ?? null),
            self::wantedDocuments($values['wanted'] ?? null),
            self::address($text('dashboard_url'))
        );
    }

    /**
     * @param array<string, mixed> $answer response of `GET /v1/binding`
     * @throws RelayException
     */
    public static function fromAnswer(array $answer): self
    {
        return self::fromValues($answer) ?? throw new RelayException(
            RelayException::RESPONSE_UNREADABLE,
            'The relay\'s response about this shop cannot be read.'
        );
    }

    private static function address(?string $url): ?string
    {
        return preg_match('~^https?://[^\s"<>]{1,250}$~Di', (string) $url) === 1 ? rtrim((string) $url, '/') : null;
    }

    /**
     * @return array<int, array{string, string}>
     */
    private static function wantedTotals(mixed $wanted): array
    {
        $ranges = is_array($wanted) && is_array($wanted['shop_totals'] ?? null) ? $wanted['shop_totals'] : [];
        $totals = [];
        foreach ($ranges as $range) {
            $from = is_array($range) ? ($range['from'] ?? null) : null;
            $to = is_array($range) ? ($range['to'] ?? null) : null;
            if (is_string($from) && is_string($to)) {
                $totals[] = [$from, $to];
            }
        }

        return array_slice($totals, 0, self::MOST_WANTED);
    }

    /**
     * @return array<int, array{string, int}>
     */
    private static function wantedDocuments(mixed $wanted): array
    {
        $asked = is_array($wanted) && is_array($wanted['documents'] ?? null) ? $wanted['documents'] : [];
        $documents = [];
        foreach ($asked as $document) {
            $type = is_array($document) ? ($document['entity_type'] ?? null) : null;
            $id = is_array($document) ? ($document['entity_id'] ?? null) : null;
            if (is_string($type) && is_int($id) && $id > 0) {
                $documents[] = [$type, $id];
            }
        }

        return array_slice($documents, 0, self::MOST_DOCUMENTS);
    }

    /**
     * Whether documents wait for an ordinary reason: for each other, or for the result of a request.
     */
    public function isOrdinary(): bool
    {
        return in_array($this->reasonCode, self::ORDINARY, true);
    }

    /**
     * Whether the relay can work for this shop.
     */
    public function isServed(): bool
    {
        return in_array($this->state, [self::ACTIVE, self::RECOVERING], true)
            && $this->reasonCode !== self::TOKEN_REVOKED;
    }
}
