<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Setup;

use Magento\Framework\Setup\ModuleContextInterface;
use Magento\Framework\Setup\SchemaSetupInterface;
use Magento\Framework\Setup\UninstallInterface;

/**
 * Removes everything that the module wrote. In Magento's own tables this is only its configuration.
 */
class Uninstall implements UninstallInterface
{
    private const CONNECTION = 'sales';

    private const TABLES = [
        'byte8_event_outbox',
        'byte8_entity_sync_state',
        'byte8_entity_hold',
        'byte8_sage_value',
        'byte8_sage_token',
    ];

    /**
     * @SuppressWarnings(PHPMD.UnusedFormalParameter)
     */
    public function uninstall(SchemaSetupInterface $setup, ModuleContextInterface $context): void
    {
        foreach (self::TABLES as $table) {
            $setup->getConnection(self::CONNECTION)->dropTable($setup->getTable($table, self::CONNECTION));
        }
        $setup->getConnection()->delete(
            $setup->getTable('core_config_data'),
            ['path LIKE ?' => 'byte8/sage_accounting/%']
        );
    }
}
