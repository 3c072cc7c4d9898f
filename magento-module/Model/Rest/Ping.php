<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Rest;

use Byte8\SageAccounting\Api\Data\PingInterface;

/**
 * What the relay learns about this shop: versions and digests, no business data.
 */
class Ping implements PingInterface
{
    public function __construct(
        private readonly string $module,
        private readonly string $magento,
        private readonly string $php,
        private readonly string $translator,
        private readonly string $coreVersion,
        private readonly string $ruleTableHash,
        private readonly string $settingsDigest
    ) {
    }

    public function getModule(): string
    {
        return $this->module;
    }

    public function getMagento(): string
    {
        return $this->magento;
    }

    public function getPhp(): string
    {
        return $this->php;
    }

    public function getTranslator(): string
    {
        return $this->translator;
    }

    public function getCoreVersion(): string
    {
        return $this->coreVersion;
    }

    public function getRuleTableHash(): string
    {
        return $this->ruleTableHash;
    }

    public function getSettingsDigest(): string
    {
        return $this->settingsDigest;
    }
}
