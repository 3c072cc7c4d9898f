<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Baseline;

/**
 * The merchant's tax map with the percentages of a day, for the yardstick.
 */
class TaxRates
{
    public function __construct(private readonly array $settings, private readonly string $day)
    {
    }

    /**
     * @return array{id: string, percentage: string}
     */
    public function of(string $percent): array
    {
        $key = bcadd($percent, '0', 2);
        $policy = $this->settings['policy'];
        $id = $policy['tax_rate_map'][$key] ?? $policy['default_tax_rate_id']
            ?? throw new \DomainException('no rate for ' . $key);
        foreach ($this->settings['reference']['tax_rates'] as $rate) {
            if ($rate['id'] === $id) {
                return ['id' => $id, 'percentage' => $this->onTheDay($rate['percentages']) ?? $percent];
            }
        }
        throw new \DomainException('no such rate: ' . $id);
    }

    private function onTheDay(array $percentages): ?string
    {
        foreach ($percentages as $row) {
            if ($row['from_date'] <= $this->day && ($row['to_date'] === null || $row['to_date'] >= $this->day)) {
                return $row['percentage'];
            }
        }

        return null;
    }
}
