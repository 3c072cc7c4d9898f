<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

/**
 * The relay could not be asked, or said no to the request as a whole.
 */
class RelayException extends \RuntimeException
{
    public const NOT_CONNECTED = 'not_connected';
    public const NOT_SECURE = 'relay_url_not_secure';
    public const UNREACHABLE = 'relay_unreachable';
    public const ANSWER_UNREADABLE = 'relay_answer_unreadable';

    public const LOOKS_LIKE_COPY = 'looks_like_a_copy';
    public const OTHER_INSTALLATION = 'other_installation';

    /** Codes of the relay's own: the clocks of shop and relay differ. */
    private const CLOCKS_DIFFER = ['token_expired', 'token_not_yet_valid'];

    /** Code of the relay's own: nobody has saved settings for this shop. */
    private const SETTINGS_NOT_FOUND = 'settings_not_found';

    /** Answers that another attempt may change; 401 is among them, because a new pairing repairs it. */
    private const RETRIED_STATUS = [401, 408, 425, 429];

    /**
     * @param string $errorCode one of the constants above, or the code of the relay's problem document
     * @param int $status HTTP status, 0 when there was no answer
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
        return new self(self::UNREACHABLE, 'The relay does not answer: ' . $message, previous: $previous);
    }

    public static function looksLikeCopy(string $original): self
    {
        return new self(
            self::LOOKS_LIKE_COPY,
            sprintf(
                'This looks like a copy of %s: its address or its database has changed. Nothing is sent.',
                $original
            )
        );
    }

    /**
     * Whether the relay serves another installation of the shop than this one; nothing is sent until a person has said
     * which is the shop.
     */
    public function isAnotherShop(): bool
    {
        return in_array($this->errorCode, [self::LOOKS_LIKE_COPY, self::OTHER_INSTALLATION], true);
    }

    /**
     * Whether the same request may succeed later; otherwise only a person can help.
     */
    public function isRetried(): bool
    {
        return $this->status < 400
            || $this->isAnotherShop()
            || $this->status >= 500
            || in_array($this->status, self::RETRIED_STATUS, true);
    }

    /**
     * Whether the relay does not know this shop any more.
     */
    public function isAuthentication(): bool
    {
        return $this->status === 401;
    }

    /**
     * What a person can do about it.
     */
    public function suggestion(): string
    {
        return match (true) {
            $this->isAnotherShop() => 'Say on the configuration page whether this is the moved shop or a copy.',
            in_array($this->errorCode, self::CLOCKS_DIFFER, true) => 'The clocks of this server and of the relay '
                . 'differ. Set them right, for example by NTP.',
            $this->isAuthentication() => 'Disconnect and pair again with a new code.',
            $this->errorCode === self::NOT_CONNECTED => 'Pair this shop with its relay.',
            $this->errorCode === self::SETTINGS_NOT_FOUND => 'Save the settings of this shop at the relay.',
            $this->errorCode === self::NOT_SECURE => 'Use the https address of the relay.',
            $this->isRetried() => 'Nothing: it is tried again every minute.',
            default => 'Read the message, put right what it names, then requeue the event.',
        };
    }
}
