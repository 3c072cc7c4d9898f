<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Rest;

use Byte8\SageAccounting\Api\Data\PairedInterface;
use Byte8\SageAccounting\Api\PairingInterface;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\Pairing;
use Byte8\SageAccounting\Model\Connection\TransportRule;
use Byte8\SageAccounting\Model\ShopReport\ReportOnConnection;
use Byte8\SageAccounting\Model\Token\TokenSigner;
use Magento\Framework\Exception\AuthorizationException;
use Magento\Framework\HTTP\PhpEnvironment\RemoteAddress;
use Magento\Framework\UrlInterface;
use Magento\Framework\Webapi\Rest\Request;
use Magento\Store\Model\StoreManagerInterface;

/**
 * Accepts a pairing request of the relay.
 */
class PairingService implements PairingInterface
{
    private const LONGEST_CHALLENGE = 256;

    public function __construct(
        private readonly Pairing $pairing,
        private readonly TransportRule $transportRule,
        private readonly TokenSigner $signer,
        private readonly StoreManagerInterface $storeManager,
        private readonly Request $request,
        private readonly RemoteAddress $remoteAddress,
        private readonly ReportOnConnection $report
    ) {
    }

    public function pair(
        string $code,
        string $bindingId,
        string $relayUrl,
        string $apiKey,
        string $challenge = ''
    ): PairedInterface {
        $isAllowed = $this->transportRule->allowsRequest(
            (bool) $this->request->isSecure(),
            (string) $this->remoteAddress->getRemoteAddress()
        );
        $connection = new Connection(rtrim($relayUrl, '/'), $bindingId, $apiKey);
        $isAllowed = $isAllowed && strlen($challenge) <= self::LONGEST_CHALLENGE;
        if (!$isAllowed || !$this->pairing->pair($code, $connection)) {
            throw new AuthorizationException(__('Not paired.'));
        }
        $this->report->begin();

        return new Paired(
            $bindingId,
            $this->storeManager->getStore()->getBaseUrl(UrlInterface::URL_TYPE_WEB),
            $challenge === '' ? '' : $this->signer->sign($connection, ['challenge' => $challenge])
        );
    }
}
