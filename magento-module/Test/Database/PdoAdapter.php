<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Database;

use Magento\Framework\DB\Adapter\AdapterInterface;
use Magento\Framework\DB\Adapter\DeadlockException;
use Magento\Framework\DB\Select;

/**
 * A connection to a real server that behaves like Magento's own adapter: `?` is quoted into the text, an insert on
 * duplicate returns 1, 2 or 0, the SQL mode is empty and the connection uses three-byte UTF-8.
 */
class PdoAdapter implements AdapterInterface
{
    private const DEADLOCK = 1213;

    /** How many statements were sent, for tests that count them. */
    private int $level = 0;

    public int $statements = 0;

    public function __construct(private ?\PDO $pdo)
    {
        $pdo->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
        $pdo->setAttribute(\PDO::ATTR_STRINGIFY_FETCHES, true);
        $pdo->exec("SET SQL_MODE=''");
        $pdo->exec("SET time_zone = '+00:00'");
        $pdo->exec('SET NAMES utf8');
    }

    /**
     * Ends the connection, because PHPUnit keeps every test until the last has run.
     */
    public function close(): void
    {
        $this->pdo = null;
    }

    public function execute(string $sql): \PDOStatement
    {
        $this->statements++;
        try {
            return $this->pdo->query($sql);
        } catch (\PDOException $exception) {
            if (($exception->errorInfo[1] ?? 0) === self::DEADLOCK) {
                throw new DeadlockException($exception->getMessage());
            }
            throw $exception;
        }
    }

    public function beginTransaction()
    {
        // As in Magento, only the outermost transaction is one of the database.
        if ($this->level++ === 0) {
            $this->pdo->beginTransaction();
        }

        return $this;
    }

    public function commit()
    {
        if (--$this->level === 0) {
            $this->pdo->commit();
        }

        return $this;
    }

    public function rollBack()
    {
        if (--$this->level === 0) {
            $this->pdo->rollBack();
        }

        return $this;
    }

    public function select()
    {
        return new Select($this);
    }

    public function quoteInto($text, $value, $type = null, $count = null)
    {
        $values = array_map($this->quote(...), is_array($value) ? $value : [$value]);

        return str_replace('?', $values === [] ? 'NULL' : implode(', ', $values), $text);
    }

    public function quoteIdentifier($ident, $auto = false)
    {
        return '`' . $ident . '`';
    }

    public function insert($table, array $bind)
    {
        return $this->insertOnDuplicate($table, $bind);
    }

    public function insertMultiple($table, array $data)
    {
        return $this->insertOnDuplicate($table, $data);
    }

    public function insertOnDuplicate($table, array $data, array $fields = [])
    {
        $updates = array_map(static fn (string $field): string => sprintf('`%1$s` = VALUES(`%1$s`)', $field), $fields);
        $rows = array_is_list($data) ? $data : [$data];
        $values = array_map(
            fn (array $row): string => '(' . implode(', ', array_map($this->quote(...), $row)) . ')',
            $rows
        );

        return $this->execute(
            'INSERT INTO `' . $table . '` (`' . implode('`, `', array_keys($rows[0])) . '`) VALUES '
            . implode(', ', $values)
            . ($updates === [] ? '' : ' ON DUPLICATE KEY UPDATE ' . implode(', ', $updates))
        )->rowCount();
    }

    public function update($table, array $bind, $where = '')
    {
        $sets = [];
        foreach ($bind as $column => $value) {
            $sets[] = '`' . $column . '` = ' . $this->quote($value);
        }

        return $this->execute('UPDATE `' . $table . '` SET ' . implode(', ', $sets) . $this->whereText($where))
            ->rowCount();
    }

    public function delete($table, $where = '')
    {
        return $this->execute('DELETE FROM `' . $table . '`' . $this->whereText($where))->rowCount();
    }

    public function fetchAll($sql, $bind = [], $fetchMode = null)
    {
        return $this->execute((string) $sql)->fetchAll(\PDO::FETCH_ASSOC);
    }

    public function fetchRow($sql, $bind = [], $fetchMode = null)
    {
        return $this->execute((string) $sql)->fetch(\PDO::FETCH_ASSOC);
    }

    public function fetchCol($sql, $bind = [])
    {
        return $this->execute((string) $sql)->fetchAll(\PDO::FETCH_COLUMN);
    }

    public function fetchPairs($sql, $bind = [])
    {
        return $this->execute((string) $sql)->fetchAll(\PDO::FETCH_KEY_PAIR);
    }

    public function fetchOne($sql, $bind = [])
    {
        return $this->execute((string) $sql)->fetchColumn();
    }

    public function describeTable($tableName, $schemaName = null)
    {
        $columns = [];
        foreach ($this->fetchAll('SHOW COLUMNS FROM `' . $tableName . '`') as $column) {
            $columns[$column['Field']] = ['DATA_TYPE' => $column['Type'], 'SCALE' => 4];
        }

        return $columns;
    }

    public function isTableExists($tableName, $schemaName = null)
    {
        return $this->fetchOne($this->quoteInto('SHOW TABLES LIKE ?', $tableName)) !== false;
    }

    private function quote(mixed $value): string
    {
        return match (true) {
            $value === null => 'NULL',
            is_int($value) => (string) $value,
            default => $this->pdo->quote((string) $value),
        };
    }

    /**
     * @param string|array<int|string, mixed> $where conditions, or values by condition
     */
    private function whereText(string|array $where): string
    {
        $conditions = [];
        foreach ((array) $where as $condition => $value) {
            $conditions[] = '(' . (is_int($condition) ? $value : $this->quoteInto($condition, $value)) . ')';
        }
        $conditions = array_diff($conditions, ['()']);

        return $conditions === [] ? '' : ' WHERE ' . implode(' AND ', $conditions);
    }
}
