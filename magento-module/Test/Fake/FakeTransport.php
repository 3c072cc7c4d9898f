<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Relay\HttpResponse;
use Byte8\SageAccounting\Model\Relay\HttpTransportInterface;

/**
 * HTTP that records requests and responds as the test defines.
 */
class FakeTransport implements HttpTransportInterface
{
    /** @var array<int, array{url: string, headers: array<string, string>, body: ?string, method: string}> */
    public array $requests = [];

    public function __construct(public HttpResponse $answer)
    {
    }

    public function send(string $url, array $headers, ?string $body, string $method = self::POST): HttpResponse
    {
        $this->requests[] = [
            'url' => $url, 'headers' => $headers, 'body' => $body, 'method' => $body === null ? 'GET' : $method,
        ];

        return $this->answer;
    }
}
