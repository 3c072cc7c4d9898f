<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

/**
 * Port to HTTP: one request, one response, no redirects, no retries.
 */
interface HttpTransportInterface
{
    public const POST = 'POST';
    public const PUT = 'PUT';

    /**
     * @param array<string, string> $headers
     * @param ?string $body null for a GET
     * @param string $method of a request with a body: one of the constants above
     * @throws RelayException without a response
     */
    public function send(string $url, array $headers, ?string $body, string $method = self::POST): HttpResponse;
}
