<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical;

use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Indexes rows by their id. Refuses a duplicate id, because one of the two rows would be lost or count double.
 */
class DistinctRows
{
    /**
     * @param Row[] $rows
     * @return array<int, Row> in the rows' own order
     * @throws CanonicalDataException naming the second row of two
     */
    public static function byId(array $rows, string $idColumn): array
    {
        $byId = [];
        foreach ($rows as $row) {
            $id = $row->integer($idColumn);
            if (isset($byId[$id])) {
                throw $row->problem($idColumn, sprintf('%d comes twice, first in %s', $id, $byId[$id]->location));
            }
            $byId[$id] = $row;
        }

        return $byId;
    }
}
