<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

/**
 * A relay on an empty database with its dashboard, and a simulated Sage that asks for consent: the day of installation.
 */
class FreshRelay
{
    private const APP = 'e2e-app';

    /** The link that creates the first account, as the relay prints it. */
    public readonly string $firstLink;

    public readonly string $dashboard;

    private readonly Servers $servers;

    /**
     * @param bool $reachesShop whether the relay may call a shop on this machine
     */
    public function __construct(string $folder, bool $reachesShop)
    {
        mkdir($folder, 0700);
        $this->servers = new Servers($folder);
        $secret = bin2hex(random_bytes(16));
        file_put_contents($folder . '/client.secret', $secret);
        $this->servers->start('simulator', [
            (string) getenv('LEDGER_SIMULATOR_BIN'), '--listen', '127.0.0.1:0',
            '--reference', dirname(__DIR__, 3) . '/golden/profiles/sage_gb_everything.json',
            '--client-id', self::APP, '--client-secret', $secret, '--businesses', '2',
        ], []);
        $sage = $this->servers->url('simulator');
        $free = stream_socket_server('tcp://127.0.0.1:0');
        $port = substr((string) strrchr((string) stream_socket_get_name($free, false), ':'), 1);
        fclose($free);
        $told = $this->servers->start('relay', [(string) getenv('LEDGER_RELAY_BIN'), 'serve'], [
            'LEDGER_RELAY__SERVER__LISTEN' => '127.0.0.1:0',
            'LEDGER_RELAY__DASHBOARD__LISTEN' => '127.0.0.1:' . $port,
            // Another site than the shop's and Sage's, as in life: browsers tell sites apart by their names.
            'LEDGER_RELAY__DASHBOARD__PUBLIC_URL' => 'http://localhost:' . $port,
            'LEDGER_RELAY__STORE__PATH' => $folder . '/relay.sqlite3',
            'LEDGER_RELAY__KEYS__SERVER_KEY' => bin2hex(random_bytes(32)),
            'LEDGER_RELAY__SAGE__CLIENT_ID' => self::APP,
            'LEDGER_RELAY__SAGE__CLIENT_SECRET_FILE' => $folder . '/client.secret',
            'LEDGER_RELAY__SAGE__AUTHORIZE_URL' => $sage . '/oauth2/auth/central?filter=apiv3.1',
            'LEDGER_RELAY__SAGE__TOKEN_URL' => $sage . '/token',
            'LEDGER_RELAY__SAGE__API_URL' => $sage . '/v3.1',
            'LEDGER_RELAY__PUSH__ALLOW_PRIVATE_NETWORKS' => $reachesShop ? 'true' : 'false',
        ]);
        $this->firstLink = $told['create_the_first_account'];
        $this->dashboard = $told['dashboard'];
    }

    /**
     * Where shops reach the relay.
     */
    public function url(): string
    {
        return $this->servers->url('relay');
    }

    /**
     * The invoices in Sage with a reference.
     *
     * @return array<int, array<string, mixed>>
     */
    public function invoices(string $reference): array
    {
        $ledger = file_get_contents($this->servers->url('simulator') . '/_simulator/ledger');
        $invoices = json_decode((string) $ledger, true)['sales_invoices'] ?? [];

        return array_values(array_filter(
            $invoices,
            static fn (array $invoice): bool => ($invoice['reference'] ?? '') === $reference
        ));
    }

    /**
     * Somebody voids an invoice in Sage.
     */
    public function void(string $reference): void
    {
        $change = ['id' => $this->invoices($reference)[0]['id'], 'set' => ['status' => ['id' => 'VOID']]];
        $options = ['http' => [
            'method' => 'POST',
            'header' => 'Content-Type: application/json',
            'content' => json_encode($change),
        ]];
        $url = $this->servers->url('simulator') . '/_simulator/change';
        if (file_get_contents($url, false, stream_context_create($options)) === false) {
            throw new \RuntimeException('the simulator did not void invoice ' . $reference);
        }
    }

    public function stop(): void
    {
        $this->servers->stop('relay');
        $this->servers->stop('simulator');
    }
}
