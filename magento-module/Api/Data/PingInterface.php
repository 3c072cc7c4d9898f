<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Api\Data;

/**
 * What the relay learns about this shop: versions and digests, no business data.
 *
 * @api
 */
interface PingInterface
{
    /**
     * Version of this module.
     *
     * @return string
     */
    public function getModule(): string;

    /**
     * Edition and version of Magento.
     *
     * @return string
     */
    public function getMagento(): string;

    /**
     * Version of PHP.
     *
     * @return string
     */
    public function getPhp(): string;

    /**
     * "ready", or the code of the problem.
     *
     * @return string
     */
    public function getTranslator(): string;

    /**
     * Version of the core, or nothing.
     *
     * @return string
     */
    public function getCoreVersion(): string;

    /**
     * Digest of the core's rules, or nothing.
     *
     * @return string
     */
    public function getRuleTableHash(): string;

    /**
     * Digest of the settings in use, or nothing.
     *
     * @return string
     */
    public function getSettingsDigest(): string;
}
