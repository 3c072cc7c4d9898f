<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Delivery;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;

/**
 * Hands a document to the relay in the request that saved it, after the response has been sent.
 *
 * What the relay does not take at once is left to cron, without a word. After a failure nothing is tried for a minute,
 * so that a relay that does not respond holds up one request of a minute and not all of them.
 */
class DeliveryAfterSave
{
    private const PAUSED_UNTIL = 'delivery.after_save_paused_until';
    private const PAUSE_SECONDS = 60;

    /**
     * @param DeliveryRun $delivery one with a short time limit, which leaves failures to cron
     */
    public function __construct(
        private readonly DeliveryRun $delivery,
        private readonly SettingsRepository $settings,
        private readonly ConnectionStoreInterface $connections,
        private readonly BindingStatusRepository $statuses,
        private readonly ModuleConfig $config,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    public function run(string $entityType, int $entityId): void
    {
        if (!$this->isPossible()) {
            return;
        }
        if ($this->delivery->runFor($entityType, $entityId)->stoppedBy !== null) {
            $until = $this->clock->now()->getTimestamp() + self::PAUSE_SECONDS;
            $this->values->set(self::PAUSED_UNTIL, (string) $until);
        }
    }

    private function isPossible(): bool
    {
        return $this->config->isDeliveryEnabled()
            && $this->connections->load() !== null
            && $this->settings->isLive()
            && !$this->isPaused()
            && $this->statuses->isRelayReady();
    }

    private function isPaused(): bool
    {
        $seconds = (int) $this->values->get(self::PAUSED_UNTIL) - $this->clock->now()->getTimestamp();

        // A longer pause was set before the clock was set back.
        return $seconds > 0 && $seconds <= self::PAUSE_SECONDS;
    }
}
