<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\QuotedValue;

/**
 * One immutable row of a Magento table, by column name, that knows where it came from.
 *
 * Every read states the expected type, so an error names the damaged field and nothing is guessed.
 * Deliberately checks structure only: `"abc"` is a valid money string here, and the core rejects it.
 */
class Row
{
    /**
     * @param array<string, mixed> $columns values by Magento column name
     * @param string $location how messages name this row, such as `events[1].invoice`
     */
    public function __construct(
        private readonly array $columns,
        public readonly string $location
    ) {
    }

    /**
     * The same row with other values in some columns.
     *
     * @param array<string, mixed> $columns
     */
    public function with(array $columns): self
    {
        return new self($columns + $this->columns, $this->location);
    }

    /**
     * The same row under another name in messages.
     */
    public function at(string $location): self
    {
        return new self($this->columns, $location);
    }

    public function has(string $column): bool
    {
        return array_key_exists($column, $this->columns);
    }

    /**
     * A decimal as the string of digits the database holds, or null.
     *
     * Floats and JSON numbers are refused, because their digits are no longer those of the database.
     */
    public function money(string $column): ?string
    {
        $value = $this->value($column);
        if (is_int($value) || is_float($value)) {
            throw $this->problem($column, sprintf(
                'is the number %s; money must be a string with the digits of the database, such as "35.9900"',
                QuotedValue::ofNumber($value)
            ));
        }

        return $this->stringOrNull($column, $value);
    }

    /**
     * As money(), for columns that only some editions or modules of Magento have.
     */
    public function optionalMoney(string $column): ?string
    {
        return $this->has($column) ? $this->money($column) : null;
    }

    public function text(string $column): ?string
    {
        return $this->stringOrNull($column, $this->value($column));
    }

    /**
     * As text(), for columns that only some editions or modules of Magento have.
     */
    public function optionalText(string $column): ?string
    {
        return $this->has($column) ? $this->text($column) : null;
    }

    public function integer(string $column): int
    {
        $value = $this->nullableInteger($column);
        if ($value === null) {
            throw $this->problem($column, 'is null, expected a whole number');
        }

        return $value;
    }

    public function nullableInteger(string $column): ?int
    {
        $value = $this->value($column);
        if ($value === null || is_int($value)) {
            return $value;
        }
        if (is_string($value) && preg_match('/^-?[0-9]+$/D', $value) === 1 && (string) (int) $value === $value) {
            return (int) $value;
        }

        throw $this->problem($column, sprintf('expected a whole number, found %s', QuotedValue::withKind($value)));
    }

    /**
     * The decoded object or list of a column that holds JSON text; empty for null and for ''.
     *
     * @return array<int|string, mixed>
     */
    public function jsonText(string $column): array
    {
        $text = $this->text($column);
        if ($text === null || $text === '') {
            return [];
        }
        try {
            $decoded = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
        } catch (\JsonException $exception) {
            throw $this->problem($column, 'broken JSON text: ' . $exception->getMessage(), $exception);
        }
        if (!is_array($decoded)) {
            throw $this->problem($column, 'the JSON text holds ' . QuotedValue::withKind($decoded) . ', not an object');
        }

        return $decoded;
    }

    public function problem(string $column, string $problem, ?\Throwable $previous = null): CanonicalDataException
    {
        return new CanonicalDataException($this->location . '.' . $column, $problem, $previous);
    }

    private function value(string $column): mixed
    {
        if (!$this->has($column)) {
            throw $this->problem($column, 'missing');
        }

        return $this->columns[$column];
    }

    private function stringOrNull(string $column, mixed $value): ?string
    {
        if ($value === null || is_string($value)) {
            return $value;
        }

        throw $this->problem($column, sprintf('expected a string or null, found %s', QuotedValue::withKind($value)));
    }
}
