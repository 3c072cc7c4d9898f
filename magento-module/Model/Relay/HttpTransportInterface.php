<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

/**
 * Port to HTTP: one request, one response, no redirects, no retries.
 */
interface HttpTransportInterface
{
    /**
     * @param array<string, string> $headers
     * @param ?string $body null for a GET
     * @throws RelayException without a response
     */
    public function send(string $url, array $headers, ?string $body): HttpResponse;
}
