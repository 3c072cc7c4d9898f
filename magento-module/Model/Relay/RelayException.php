<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

/**
 * The relay could not be reached, or it refused the whole request.
 */
class RelayException extends \RuntimeException
{
    public const NOT_CONNECTED = 'not_connected';
    public const NOT_SECURE = 'relay_url_not_secure';
    public const UNREACHABLE = 'relay_unreachable';
    public const RESPONSE_UNREADABLE = 'relay_answer_unreadable';
    public const LOOKS_LIKE_COPY = 'shop_looks_like_copy';

    /** Code from the relay: another installation of the shop uses the binding. */
    public const OTHER_INSTALLATION = 'other_installation';

    /** Code from the relay: its store was restored, and `GET /v1/binding` says where to continue. */
    public const POSITION_UNKNOWN = 'position_unknown';

    /** Code from the relay: the merchant has not gone live in the ledger. */
    public const NOT_LIVE = 'not_live';

    /** Code from the relay: there are no settings for this shop. */
    public const SETTINGS_NOT_FOUND = 'settings_not_found';

    private const IF_COPY = 'If it is a copy, disconnect it: "bin/magento byte8:sage:pair --disconnect".';

    /** Codes of tokens whose times are wrong. */
    private const CLOCKS_DIFFER = ['token_expired', 'token_not_yet_valid'];

    /** Refusals of the whole shop; the same plans succeed later. */
    private const RETRIED_CODES = [self::OTHER_INSTALLATION, self::POSITION_UNKNOWN, self::NOT_LIVE];

    /** HTTP statuses that end by themselves. */
    private const PASSING_STATUS = [408, 425, 429];

    /** HTTP statuses that are retried; 401 is among them, because a new pairing repairs it. */
    private const RETRIED_STATUS = [401, 408, 425, 429];

    /**
     * @param string $errorCode one of the constants above, or the code of the relay's problem document
     * @param int $status HTTP status, 0 without a response
     * @param int $retryAfter seconds the relay asked for, 0 for none
     */
    public function __construct(
        public readonly string $errorCode,
        string $message,
        public readonly int $status = 0,
        public readonly string $pointer = '',
        public readonly int $retryAfter = 0,
        ?\Throwable $previous = null
    ) {
        parent::__construct($message, 0, $previous);
    }

    public static function unreachable(string $message, ?\Throwable $previous = null): self
    {
        return new self(self::UNREACHABLE, 'The relay does not respond: ' . $message, previous: $previous);
    }

    public static function looksLikeCopy(string $origin): self
    {
        return new self(self::LOOKS_LIKE_COPY, 'This looks like a copy of ' . $origin . '. Nothing is sent.');
    }

    /**
     * Whether the same request may succeed later. Otherwise a person has to act.
     */
    public function isRetried(): bool
    {
        return $this->status < 400
            || $this->status >= 500
            || in_array($this->status, self::RETRIED_STATUS, true)
            || in_array($this->errorCode, self::RETRIED_CODES, true);
    }

    /**
     * Whether a person has to confirm which shop this is before anything is sent.
     */
    public function isOtherInstallation(): bool
    {
        return in_array($this->errorCode, [self::OTHER_INSTALLATION, self::LOOKS_LIKE_COPY], true);
    }

    /**
     * Whether plans wait until the merchant goes live.
     */
    public function isNotLive(): bool
    {
        return $this->errorCode === self::NOT_LIVE;
    }

    /**
     * Whether this usually ends before a person could act.
     */
    public function isPassing(): bool
    {
        return in_array($this->errorCode, [self::UNREACHABLE, self::RESPONSE_UNREADABLE, self::POSITION_UNKNOWN], true)
            || in_array($this->status, self::PASSING_STATUS, true)
            || $this->status >= 500;
    }

    /**
     * Whether the relay does not know this shop any more.
     */
    public function isAuthentication(): bool
    {
        return $this->status === 401;
    }

    /**
     * Whether the key is the reason, and not the clocks.
     */
    public function isKeyRefused(): bool
    {
        return $this->isAuthentication() && !in_array($this->errorCode, self::CLOCKS_DIFFER, true);
    }

    /**
     * What a person can do about it.
     *
     * @param ?\DateTimeImmutable $next when it is tried again by itself, where that is known
     */
    public function suggestion(?\DateTimeImmutable $next = null): string
    {
        return match (true) {
            in_array($this->errorCode, self::CLOCKS_DIFFER, true) =>
                (string) __('The clocks of shop and relay differ. Correct the one that is wrong.'),
            $this->isAuthentication() => (string) __('Disconnect and pair again with a new code.'),
            $this->errorCode === self::NOT_CONNECTED => (string) __('Pair this shop with its relay.'),
            $this->errorCode === self::SETTINGS_NOT_FOUND =>
                (string) __('Save the settings of this shop at the relay.'),
            $this->errorCode === self::NOT_SECURE => (string) __('Use the https address of the relay.'),
            $this->errorCode === self::LOOKS_LIKE_COPY => 'If the shop has moved here, choose "This is the moved '
                . 'shop" on the configuration page, or run "bin/magento byte8:sage:pair --moved". ' . self::IF_COPY,
            $this->errorCode === self::OTHER_INSTALLATION => 'If this is the right shop, pair it again with a new '
                . 'code. ' . self::IF_COPY,
            $this->isRetried() => ($this->isPassing() && $this->status < 400
                ? (string) __('Check that the relay is running and that this shop can reach it.')
                : (string) __('There is nothing to do unless this continues.'))
                . ($next === null ? '' : sprintf(' The next attempt is at %s.', $next->format('Y-m-d H:i \U\T\C'))),
            default => (string) __('Correct what the message names, then requeue the event.'),
        };
    }
}
