<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

/**
 * A connection that only describes tables, inferred from their recorded rows.
 *
 * Integers are described in three ways, as different database servers do.
 */
class DescribedTables
{
    private const INTEGER_TYPES = ['int', 'smallint unsigned', 'int(10)'];

    /**
     * @param array<string, array<int, array<string, ?string>>> $rowsByTable
     */
    public function __construct(private readonly array $rowsByTable)
    {
    }

    /**
     * @return array<string, array<string, mixed>>
     */
    public function describeTable(string $table): array
    {
        $description = [];
        foreach (array_merge([[]], $this->rowsByTable[$table]) as $row) {
            foreach ($row as $column => $value) {
                $described = $this->describe((string) $value, strlen($column));
                if ($value !== null || !isset($description[$column])) {
                    $description[$column] = $described;
                }
            }
        }

        return $description;
    }

    /**
     * @return array<string, mixed>
     */
    private function describe(string $value, int $variant): array
    {
        return match (true) {
            preg_match('/^-?[0-9]+\.[0-9]{4}$/D', $value) === 1 => ['DATA_TYPE' => 'decimal', 'SCALE' => '4'],
            preg_match('/^(0|[1-9][0-9]*)$/D', $value) === 1 => [
                'DATA_TYPE' => self::INTEGER_TYPES[$variant % 3],
                'SCALE' => null,
            ],
            default => ['DATA_TYPE' => 'varchar', 'SCALE' => null],
        };
    }
}
