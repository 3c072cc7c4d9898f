<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DataObject;

/**
 * Turns a customer or product into a row: the columns its table really has, each as the database would give it.
 *
 * These have attributes beside their table, which Magento's own models bring together.
 * Reading the table's description keeps this free of lists of columns, and columns that only Adobe Commerce or
 * another module adds come along by themselves.
 */
class EntityRowReader
{
    /** Servers describe the same column as `int`, `int(10)` or `int unsigned`. */
    private const INTEGER_TYPE = '/^(tiny|small|medium|big)?int\b/i';

    private const DECIMAL_TYPE = '/^decimal\b/i';

    public function __construct(
        private readonly ResourceConnection $resourceConnection,
        private readonly DecimalText $decimalText
    ) {
    }

    /**
     * @param string $table table name without prefix
     * @param string $location how messages name the row
     */
    public function row(DataObject $entity, string $table, string $location): Row
    {
        $columns = [];
        foreach ($this->description($table) as $column => $definition) {
            try {
                $columns[$column] = $this->asStored($entity->getData($column), $definition);
            } catch (\UnexpectedValueException | \JsonException $exception) {
                throw new CanonicalDataException($location . '.' . $column, $exception->getMessage(), $exception);
            }
        }

        return new Row($columns, $location);
    }

    /**
     * @param iterable<DataObject> $entities
     * @return Row[]
     */
    public function rows(iterable $entities, string $table, string $location): array
    {
        $rows = [];
        foreach ($entities as $entity) {
            $rows[] = $this->row($entity, $table, $location . '[' . count($rows) . ']');
        }

        return $rows;
    }

    /**
     * @return array<string, array<string, mixed>> definitions by column name
     */
    private function description(string $table): array
    {
        return $this->resourceConnection->getConnection()->describeTable(
            $this->resourceConnection->getTableName($table)
        );
    }

    /**
     * @param array<string, mixed> $definition
     */
    private function asStored(mixed $value, array $definition): mixed
    {
        $type = (string) $definition['DATA_TYPE'];

        return match (true) {
            $value === null => null,
            // Models decode such columns when they are loaded.
            is_array($value) => json_encode($value, JSON_THROW_ON_ERROR),
            !is_scalar($value) => throw new \UnexpectedValueException('holds an object'),
            preg_match(self::INTEGER_TYPE, $type) === 1 => is_bool($value) ? (int) $value : $value,
            preg_match(self::DECIMAL_TYPE, $type) === 1 => $this->decimalText->of(
                is_bool($value) ? (int) $value : $value,
                (int) $definition['SCALE']
            ),
            default => (string) $value,
        };
    }
}
