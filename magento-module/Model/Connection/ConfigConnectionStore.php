<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

use Magento\Framework\App\Cache\TypeListInterface;
use Magento\Framework\App\Config\ReinitableConfigInterface;
use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\App\Config\Storage\WriterInterface;
use Magento\Framework\Encryption\EncryptorInterface;

/**
 * Keeps the connection in Magento's configuration, the secret encrypted with the installation's own key.
 */
class ConfigConnectionStore implements ConnectionStoreInterface
{
    private const RELAY_URL = 'byte8/sage_accounting/relay_url';
    private const BINDING_ID = 'byte8/sage_accounting/binding_id';
    private const API_KEY = 'byte8/sage_accounting/api_key';

    private const CACHE_TYPE = 'config';

    public function __construct(
        private readonly ScopeConfigInterface $scopeConfig,
        private readonly WriterInterface $writer,
        private readonly EncryptorInterface $encryptor,
        private readonly TypeListInterface $cacheTypes,
        private readonly ReinitableConfigInterface $reinitableConfig
    ) {
    }

    public function load(): ?Connection
    {
        $relayUrl = rtrim((string) $this->scopeConfig->getValue(self::RELAY_URL), '/');
        $bindingId = (string) $this->scopeConfig->getValue(self::BINDING_ID);
        $sealed = (string) $this->scopeConfig->getValue(self::API_KEY);
        $apiKey = $sealed === '' ? '' : (string) $this->encryptor->decrypt($sealed);
        if ($relayUrl === '' || $bindingId === '' || $apiKey === '') {
            return null;
        }

        return new Connection($relayUrl, $bindingId, $apiKey);
    }

    public function save(Connection $connection): void
    {
        $this->writer->save(self::RELAY_URL, $connection->relayUrl);
        $this->writer->save(self::BINDING_ID, $connection->bindingId);
        $this->writer->save(self::API_KEY, $this->encryptor->encrypt($connection->apiKey));
        $this->readAgain();
    }

    public function forget(): void
    {
        $this->writer->delete(self::BINDING_ID);
        $this->writer->delete(self::API_KEY);
        $this->readAgain();
    }

    private function readAgain(): void
    {
        $this->cacheTypes->cleanType(self::CACHE_TYPE);
        $this->reinitableConfig->reinit();
    }
}
