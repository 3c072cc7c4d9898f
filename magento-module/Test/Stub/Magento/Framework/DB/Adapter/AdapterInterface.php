<?php

declare(strict_types=1);

namespace Magento\Framework\DB\Adapter;

use Magento\Framework\DB\Select;

/**
 * Stands in for Magento's database connection.
 *
 * The least of it that the module uses; the real one wins wherever Magento is installed, and `module-check`
 * compares the two.
 */
interface AdapterInterface
{
    public function beginTransaction();

    public function commit();

    public function rollBack();

    public function select();

    public function quoteInto($text, $value, $type = null, $count = null);

    public function quoteIdentifier($ident, $auto = false);

    public function insert($table, array $bind);

    public function insertMultiple($table, array $data);

    public function insertOnDuplicate($table, array $data, array $fields = []);

    public function update($table, array $bind, $where = '');

    public function delete($table, $where = '');

    public function fetchAll($sql, $bind = [], $fetchMode = null);

    public function fetchRow($sql, $bind = [], $fetchMode = null);

    public function fetchCol($sql, $bind = []);

    public function fetchPairs($sql, $bind = []);

    public function fetchOne($sql, $bind = []);

    public function describeTable($tableName, $schemaName = null);

    public function isTableExists($tableName, $schemaName = null);
}
