<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Cron;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Token\UsedTokensInterface;

/**
 * Every night: deletes the details of finished rows, and expired tokens.
 */
class CleanUp
{
    public function __construct(
        private readonly OutboxEditorInterface $outbox,
        private readonly UsedTokensInterface $usedTokens,
        private readonly ModuleConfig $config,
        private readonly Clock $clock
    ) {
    }

    public function execute(): void
    {
        $now = $this->clock->now();
        $this->outbox->cleanUp($now->modify('-' . $this->config->keepDays() . ' days'));
        $this->usedTokens->forgetExpired($now->getTimestamp());
    }
}
