<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Database;

/**
 * The module's db_schema.xml as SQL, so that the tests run on the tables that are shipped.
 */
class DeclaredSchema
{
    private const TYPES = ['boolean' => 'tinyint(1)'];

    /**
     * @return string[] statements, one for each table
     */
    public static function statements(string $file): array
    {
        $statements = [];
        foreach ((new \SimpleXMLElement((string) file_get_contents($file)))->table as $table) {
            $parts = [];
            foreach ($table->column as $column) {
                $parts[] = self::column($column);
            }
            foreach ($table->constraint as $constraint) {
                $columns = self::columnNames($constraint);
                $parts[] = self::type($constraint) === 'primary'
                    ? 'PRIMARY KEY (' . $columns . ')'
                    : 'UNIQUE KEY `' . $constraint['referenceId'] . '` (' . $columns . ')';
            }
            foreach ($table->index as $index) {
                $parts[] = 'KEY `' . $index['referenceId'] . '` (' . self::columnNames($index) . ')';
            }
            $statements[] = 'CREATE TABLE `' . $table['name'] . '` (' . implode(', ', $parts)
                . ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb3';
        }

        return $statements;
    }

    private static function column(\SimpleXMLElement $column): string
    {
        $type = self::type($column);
        $sql = '`' . $column['name'] . '` ' . (self::TYPES[$type] ?? $type);
        if (isset($column['length'])) {
            $sql .= '(' . $column['length'] . ')';
        } elseif ($type === 'decimal') {
            $sql .= '(' . $column['precision'] . ',' . $column['scale'] . ')';
        }
        $sql .= (string) $column['unsigned'] === 'true' ? ' UNSIGNED' : '';
        $sql .= (string) $column['nullable'] === 'false' ? ' NOT NULL' : ' NULL';
        $sql .= (string) $column['identity'] === 'true' ? ' AUTO_INCREMENT' : '';
        if (isset($column['default'])) {
            $default = (string) $column['default'];
            $sql .= ' DEFAULT ' . match (true) {
                $default === 'CURRENT_TIMESTAMP' => $default,
                $type === 'boolean' => $default === 'true' ? '1' : '0',
                default => "'" . $default . "'",
            };
        }

        return $sql . ((string) $column['on_update'] === 'true' ? ' ON UPDATE CURRENT_TIMESTAMP' : '');
    }

    private static function columnNames(\SimpleXMLElement $key): string
    {
        $names = [];
        foreach ($key->column as $column) {
            $names[] = '`' . $column['name'] . '`';
        }

        return implode(', ', $names);
    }

    private static function type(\SimpleXMLElement $element): string
    {
        return (string) $element->attributes('xsi', true)['type'];
    }
}
