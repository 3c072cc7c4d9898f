<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Magento\Framework\Component\ComponentRegistrar;
use Magento\Framework\Component\ComponentRegistrarInterface;
use Magento\Framework\Filesystem\Directory\ReadFactory;

/**
 * Reads the module's version from its composer.json.
 */
class ModuleVersion
{
    private const MODULE = 'Byte8_SageAccounting';

    public function __construct(
        private readonly ComponentRegistrarInterface $registrar,
        private readonly ReadFactory $readFactory
    ) {
    }

    public function get(): string
    {
        $folder = (string) $this->registrar->getPath(ComponentRegistrar::MODULE, self::MODULE);
        $composer = json_decode($this->readFactory->create($folder)->readFile('composer.json'), true);

        return (string) ($composer['version'] ?? '');
    }
}
