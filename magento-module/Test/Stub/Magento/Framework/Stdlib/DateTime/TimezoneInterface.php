<?php

declare(strict_types=1);

namespace Magento\Framework\Stdlib\DateTime;

/**
 * Stands in for Magento's display of times.
 */
interface TimezoneInterface
{
    public function getDateFormatWithLongYear();

    public function getConfigTimezone($scopeType = null, $scopeCode = null);

    public function formatDateTime(
        $date,
        $dateType = 3,
        $timeType = 3,
        $locale = null,
        $timezone = null,
        $pattern = null
    );
}
