<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

use Byte8\SageAccounting\Model\Relay\BindingStatus;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\ShopReport\ReportOnConnection;
use Byte8\SageAccounting\Model\Status\LedgerResponseCheck;

/**
 * Connects the shop with a key that a person brought from the relay, where the relay cannot reach the shop.
 *
 * The key is stored only after the relay has accepted a request signed with it, so a wrong key leaves the present
 * connection as it is.
 */
class KeyConnection
{
    public function __construct(
        private readonly RelayKeyReader $reader,
        private readonly ConnectionRule $rule,
        private readonly RelayClientInterface $relay,
        private readonly BindingStatusRepository $statuses,
        private readonly LedgerResponseCheck $ledger,
        private readonly Pairing $pairing,
        private readonly ReportOnConnection $report
    ) {
    }

    /**
     * With the text that the relay shows.
     */
    public function withText(#[\SensitiveParameter] string $text): KeyConnectionResult
    {
        try {
            return $this->with($this->reader->read($text));
        } catch (InvalidRelayKeyException $invalid) {
            return $this->refused($invalid->getMessage());
        }
    }

    /**
     * With the parts of the key.
     */
    public function with(Connection $connection): KeyConnectionResult
    {
        $problem = $this->rule->problem($connection);
        if ($problem !== null) {
            return $this->refused($problem);
        }
        try {
            $answer = $this->relay->bindingWith($connection);
            $status = BindingStatus::fromAnswer($answer);
        } catch (RelayException $failure) {
            return $this->refused($failure->getMessage(), $this->suggestion($failure));
        }
        $this->pairing->connect($connection);
        $this->statuses->save($answer);
        $this->report->begin();
        $lines = [
            (string) __('Connected to %1 as %2.', $connection->relayUrl, $connection->bindingId),
            (string) __('The relay has accepted the key. It is valid from now on.'),
        ];
        foreach ($this->ledger->alarms($status, null) as $alarm) {
            array_push($lines, $alarm->message, $alarm->suggestion);
        }

        return new KeyConnectionResult(true, $lines);
    }

    private function refused(string ...$lines): KeyConnectionResult
    {
        return new KeyConnectionResult(false, [...$lines, (string) __('Nothing was changed.')]);
    }

    private function suggestion(RelayException $failure): string
    {
        return match (true) {
            $failure->isOtherInstallation() => (string) __(
                'If this is the right shop, create a new key in the ledger and use it here.'
            ),
            $failure->isKeyRefused() => (string) __(
                'The relay does not accept this key. Create a new key in the ledger and use it here.'
            ),
            $failure->isRetried() => $failure->suggestion(),
            default => (string) __('Check the address of the relay in the key.'),
        };
    }
}
