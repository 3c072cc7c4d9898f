<?php

declare(strict_types=1);

namespace Magento\Framework\Notification;

/**
 * Stands in for a message on every page of the admin.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface MessageInterface
{
    public const SEVERITY_MAJOR = 2;

    public function getIdentity();

    public function isDisplayed();

    public function getText();

    public function getSeverity();
}
