<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * The rows of one recorded event, by the recorder's keys; checks only that rows are rows.
 */
class RecordedTables
{
    /**
     * @param array<string, mixed> $tables
     * @param string $location how messages name the happening, such as `events[1]`
     */
    public function __construct(
        private readonly array $tables,
        public readonly string $location
    ) {
    }

    /**
     * Whether the recording has a value under a key other than null.
     */
    public function shows(string $key): bool
    {
        return isset($this->tables[$key]);
    }

    /**
     * The recorded event itself as a row, for values outside table rows.
     */
    public function itself(): Row
    {
        return new Row($this->tables, $this->location);
    }

    public function row(string $key): Row
    {
        return self::asRow($this->value($key), $this->location . '.' . $key);
    }

    /**
     * @return Row[]
     */
    public function rows(string $key): array
    {
        $list = $this->value($key);
        $location = $this->location . '.' . $key;
        if (!is_array($list) || !array_is_list($list)) {
            throw new CanonicalDataException($location, 'expected a list of rows');
        }
        $rows = [];
        foreach ($list as $index => $columns) {
            $rows[] = self::asRow($columns, $location . '[' . $index . ']');
        }

        return $rows;
    }

    /**
     * Once decoded, an empty object and an empty list look the same; a row may be empty.
     */
    public static function asRow(mixed $columns, string $location): Row
    {
        if (!is_array($columns) || (array_is_list($columns) && $columns !== [])) {
            throw new CanonicalDataException($location, 'expected an object of column names and values');
        }

        return new Row($columns, $location);
    }

    private function value(string $key): mixed
    {
        if (!array_key_exists($key, $this->tables)) {
            throw new CanonicalDataException($this->location . '.' . $key, 'missing');
        }

        return $this->tables[$key];
    }
}
