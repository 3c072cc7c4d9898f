<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Benchmark;

use Byte8\SageAccounting\Tools\Magento\Programs;
use Byte8\SageAccounting\Tools\PhpFpm;

/**
 * The time from the save of an invoice until it stands in Sage, with a relay, the Sage simulator and no cron.
 */
class SaveToSage
{
    private const MOST_SECONDS = 60;

    /**
     * @param \Closure(PhpFpm, string): array<string, mixed> $get a request to the shop
     */
    public function __construct(private readonly Programs $programs, private readonly \Closure $get)
    {
    }

    /**
     * Connects the shop and saves invoices, each in its own request.
     */
    public function report(int $saves, int $warmUp): string
    {
        $this->programs->startSimulator();
        $this->programs->startRelay();
        $this->programs->connect();
        $this->programs->setSettings(dirname(__DIR__, 4) . '/golden/profiles/gb_base.json');
        // The settings are fetched once; from here on nothing runs but the requests of the saves.
        $this->programs->magento(['byte8:sage:outbox:run']);
        $fpm = $this->programs->costServer(true);
        $times = [];
        for ($save = 0; $save < $saves + $warmUp; $save++) {
            $times[] = $this->milliseconds($fpm);
        }
        $fpm->stop();
        $times = array_slice($times, $warmUp);
        sort($times);

        return sprintf(
            "from the save to Sage without cron, %d invoices: median %.0f ms, p99 %.0f ms, longest %.0f ms\n",
            $saves,
            SaveBenchmark::median($times),
            $times[(int) ceil(0.99 * $saves) - 1],
            end($times)
        );
    }

    private function milliseconds(PhpFpm $fpm): float
    {
        $order = ($this->get)($fpm, '/order')['order'];
        $start = hrtime(true);
        $number = ($this->get)($fpm, '/save?order=' . $order)['number'];
        while (!in_array($number, array_column($this->programs->ledger()['sales_invoices'] ?? [], 'reference'), true)) {
            if (hrtime(true) - $start > self::MOST_SECONDS * 1e9) {
                throw new \RuntimeException('Invoice ' . $number . ' does not reach Sage.' . $fpm->log());
            }
            usleep(5_000);
        }

        return (hrtime(true) - $start) / 1e6;
    }
}
