<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Plugin;

use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\Connection\TransportRule;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\Token\TokenRefusedException;
use Byte8\SageAccounting\Model\Token\TokenVerifier;
use Magento\Framework\Authorization;
use Magento\Framework\HTTP\PhpEnvironment\RemoteAddress;
use Magento\Framework\Webapi\Rest\Request;
use Psr\Log\LoggerInterface;

/**
 * Gives the relay's token exactly one permission: the resource of its own routes.
 *
 * There is no admin user, role or integration behind it that could be given more permissions.
 */
class RelayAuthorization
{
    public const RESOURCE = 'Byte8_SageAccounting::relay';

    /** Magento checks more than once per request, but a token is valid only once. */
    private ?string $acceptedToken = null;

    public function __construct(
        private readonly ConnectionStoreInterface $connections,
        private readonly TransportRule $transportRule,
        private readonly TokenVerifier $verifier,
        private readonly Installation $installation,
        private readonly Request $request,
        private readonly RemoteAddress $remoteAddress,
        private readonly LoggerInterface $logger
    ) {
    }

    /**
     * @param bool $result
     * @param string $resource
     * @SuppressWarnings(PHPMD.UnusedFormalParameter)
     */
    public function afterIsAllowed(Authorization $subject, $result, $resource): bool
    {
        return $result || ($resource === self::RESOURCE && $this->isRelay());
    }

    private function isRelay(): bool
    {
        $token = $this->token();
        if ($token === '') {
            return false;
        }
        if ($token === $this->acceptedToken) {
            return true;
        }
        $connection = $this->connections->load();
        $isAllowed = $this->transportRule->allowsRequest(
            (bool) $this->request->isSecure(),
            (string) $this->remoteAddress->getRemoteAddress()
        );
        if ($connection === null || !$isAllowed) {
            return false;
        }
        try {
            $this->verifier->verify($token, $connection, (string) $this->request->getContent());
        } catch (TokenRefusedException $exception) {
            $this->logger->notice('Byte8_SageAccounting refused a request: ' . $exception->refusal);

            return false;
        }
        if ($this->installation->looksLikeCopy()) {
            $this->logger->notice('Byte8_SageAccounting refused a request: this looks like a copy of the shop.');

            return false;
        }
        $this->acceptedToken = $token;

        return true;
    }

    private function token(): string
    {
        $header = (string) $this->request->getHeader('Authorization');

        return preg_match('/^Bearer\s+(\S+)$/iD', trim($header), $parts) === 1 ? $parts[1] : '';
    }
}
