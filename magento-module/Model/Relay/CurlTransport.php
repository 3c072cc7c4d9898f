<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Magento\Framework\HTTP\Client\CurlFactory;

/**
 * HTTP with Magento's own client; a new one for each request, because it keeps headers and cookies.
 */
class CurlTransport implements HttpTransportInterface
{
    public function __construct(
        private readonly CurlFactory $curlFactory,
        private readonly int $connectSeconds = 5,
        private readonly int $seconds = 30
    ) {
    }

    public function send(string $url, array $headers, ?string $body, string $method = self::POST): HttpResponse
    {
        $client = $this->curlFactory->create();
        $client->setOption(CURLOPT_CONNECTTIMEOUT, $this->connectSeconds);
        $client->setTimeout($this->seconds);
        // Otherwise the response to a long body starts with 100, which the client would take for the status.
        $client->setHeaders($headers + ['Expect' => '']);
        if ($body !== null && $method !== self::POST) {
            // The client knows GET and POST only; its options are applied last.
            $client->setOption(CURLOPT_CUSTOMREQUEST, $method);
        }
        try {
            if ($body === null) {
                $client->get($url);
            } else {
                $client->post($url, $body);
            }
        } catch (\Exception $exception) {
            throw RelayException::unreachable($exception->getMessage(), $exception);
        }

        return new HttpResponse($client->getStatus(), $this->texts($client->getHeaders()), (string) $client->getBody());
    }

    /**
     * @param array<string, mixed> $headers
     * @return array<string, string>
     */
    private function texts(array $headers): array
    {
        $texts = [];
        foreach ($headers as $name => $value) {
            if (is_string($value)) {
                $texts[strtolower((string) $name)] = trim($value);
            }
        }

        return $texts;
    }
}
