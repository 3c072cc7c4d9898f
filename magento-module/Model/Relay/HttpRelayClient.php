<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\Connection\TransportRule;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\Token\TokenSigner;

/**
 * The relay over HTTP, every request signed.
 */
class HttpRelayClient implements RelayClientInterface
{
    private const LONGEST_DETAIL = 500;

    /** Plans with this header go after all others; relays of earlier releases do not know it. */
    private const BACKFILL = 'Ledger-Backfill';

    /** Says with the settings whether the merchant went live; missing in relays of earlier releases. */
    private const LIVE = 'Ledger-Live';
    private const NOT_LIVE = 'no';

    public function __construct(
        private readonly ConnectionStoreInterface $connections,
        private readonly TransportRule $transportRule,
        private readonly TokenSigner $signer,
        private readonly HttpTransportInterface $transport,
        private readonly RelayPosition $position,
        private readonly Installation $installation
    ) {
    }

    public function postPlans(array $plans, bool $isBackfill = false): array
    {
        $headers = $isBackfill ? [self::BACKFILL => 'yes'] : [];
        $response = $this->request('/v1/plans', '{"plans":[' . implode(',', $plans) . ']}', $headers);
        $results = $this->document($response)['results'] ?? null;
        if (!is_array($results) || count($results) !== count($plans)) {
            throw $this->unreadable('not one result for each plan');
        }

        return array_values($results);
    }

    public function settings(string $digest): SettingsAnswer
    {
        $headers = $digest === '' ? [] : ['If-None-Match' => '"' . $digest . '"'];
        $response = $this->request('/v1/settings', null, $headers);
        $isLive = strtolower(trim($response->header(self::LIVE))) !== self::NOT_LIVE;
        if ($response->status === 304) {
            return new SettingsAnswer(null, $isLive);
        }
        $this->document($response);

        return new SettingsAnswer($response->body, $isLive);
    }

    public function syncState(string $cursor, int $limit): array
    {
        $query = http_build_query(['since' => $cursor, 'limit' => $limit]);
        $document = $this->document($this->request('/v1/sync-state?' . $query, null));
        $items = $document['items'] ?? null;
        $next = $document['next'] ?? null;
        if (!is_array($items) || (!is_string($next) && !is_int($next))) {
            throw $this->unreadable('no items and next');
        }

        return ['items' => array_values(array_filter($items, 'is_array')), 'next' => (string) $next];
    }

    public function run(string $runId): array
    {
        $run = $this->document($this->request('/v1/runs/' . rawurlencode($runId), null));
        $sage = is_array($run['sage'] ?? null) ? $run['sage'] : [];
        $expected = is_array($run['expected'] ?? null) ? $run['expected'] : [];

        return [
            'key' => $run['key'] ?? null,
            'run_id' => $runId,
            'status' => $run['state'] ?? null,
            'sage_id' => $sage['id'] ?? null,
            'sage_reference' => $sage['reference'] ?? null,
            'sage_total' => $sage['total_amount'] ?? null,
            'expected_total' => $expected['total_amount'] ?? null,
            'error' => $run['error'] ?? null,
        ];
    }

    public function binding(): array
    {
        return $this->document($this->request('/v1/binding', null));
    }

    public function bindingWith(Connection $connection): array
    {
        $this->requireSecure($connection);
        $headers = [RelayPosition::INSTALLATION => $this->installation->currentId()] + $this->position->headers();
        if ($this->connections->load()?->bindingId !== $connection->bindingId) {
            // The stored position is that of another binding.
            unset($headers[RelayPosition::POSITION]);
        }

        return $this->document($this->exchange($connection, '/v1/binding', null, $headers));
    }

    public function completeRecovery(string $recoveryId, array $highest): array
    {
        $body = json_encode(['recovery_id' => $recoveryId, 'highest' => $highest], JSON_THROW_ON_ERROR);

        return $this->document($this->request('/v1/recovery', $body));
    }

    public function replaceInstallation(string $installation, string $replaced): void
    {
        $body = json_encode(['installation' => $installation, 'replaces' => $replaced], JSON_THROW_ON_ERROR);
        $this->send('/v1/installation', $body, [RelayPosition::INSTALLATION => $installation]);
    }

    public function putShopProfile(string $profile): void
    {
        $this->request('/v1/shop-profile', $profile, [], HttpTransportInterface::PUT);
    }

    public function putDryRun(string $summary): void
    {
        $this->request('/v1/dry-run', $summary, [], HttpTransportInterface::PUT);
    }

    public function putShopTotals(string $totals): void
    {
        $this->request('/v1/shop-totals', $totals, [], HttpTransportInterface::PUT);
    }

    public function check(): void
    {
        $this->request('/v1/sync-state?since=0&limit=1', null);
    }

    /**
     * @param array<string, string> $headers
     */
    private function request(
        string $path,
        ?string $body,
        array $headers = [],
        string $method = HttpTransportInterface::POST
    ): HttpResponse {
        $this->connection();
        if ($this->installation->looksLikeCopy()) {
            throw RelayException::looksLikeCopy($this->installation->origin());
        }

        return $this->send($path, $body, $headers, $method);
    }

    /**
     * @param array<string, string> $headers
     */
    private function send(
        string $path,
        ?string $body,
        array $headers,
        string $method = HttpTransportInterface::POST
    ): HttpResponse {
        $headers += $this->position->headers();
        $response = $this->exchange($this->connection(), $path, $body, $headers, $method);
        $this->position->save($response);

        return $response;
    }

    /**
     * @param array<string, string> $headers
     */
    private function exchange(
        Connection $connection,
        string $path,
        ?string $body,
        array $headers,
        string $method = HttpTransportInterface::POST
    ): HttpResponse {
        $headers += [
            'Authorization' => 'Bearer ' . $this->signer->sign($connection),
            'Accept' => 'application/json',
        ];
        if ($body !== null) {
            $headers['Content-Type'] = 'application/json';
        }
        $response = $this->transport->send($connection->relayUrl . $path, $headers, $body, $method);
        if ($response->status < 200 || $response->status >= 300) {
            if ($response->status !== 304) {
                throw $this->asException($response);
            }
        }

        return $response;
    }

    private function connection(): Connection
    {
        $connection = $this->connections->load()
            ?? throw new RelayException(RelayException::NOT_CONNECTED, 'This shop is not connected to a relay.');
        $this->requireSecure($connection);

        return $connection;
    }

    private function requireSecure(Connection $connection): void
    {
        if (!$this->transportRule->allowsUrl($connection->relayUrl)) {
            throw new RelayException(
                RelayException::NOT_SECURE,
                'The relay must be called over HTTPS, unless it runs on this machine.'
            );
        }
    }

    /**
     * @return array<string, mixed>
     */
    private function document(HttpResponse $response): array
    {
        $document = json_decode($response->body, true);

        return is_array($document) ? $document : throw $this->unreadable('no JSON object');
    }

    private function asException(HttpResponse $response): RelayException
    {
        $problem = json_decode($response->body, true);
        $text = static fn (string $name): string => is_string($problem[$name] ?? null) ? $problem[$name] : '';
        $detail = $text('detail') === '' ? '' : ': ' . mb_substr($text('detail'), 0, self::LONGEST_DETAIL);
        if ($text('code') === RelayException::OTHER_INSTALLATION) {
            $detail = ': Another shop uses this connection' . ($detail === '' ? '.' : $detail);
        }

        return new RelayException(
            $text('code') === '' ? 'http_' . $response->status : mb_substr($text('code'), 0, 64),
            'HTTP ' . $response->status . $detail,
            $response->status,
            $text('pointer'),
            max(0, (int) $response->header('Retry-After'))
        );
    }

    private function unreadable(string $what): RelayException
    {
        return new RelayException(
            RelayException::RESPONSE_UNREADABLE,
            'The relay\'s response cannot be read: ' . $what . '.'
        );
    }
}
