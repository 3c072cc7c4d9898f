<?php

declare(strict_types=1);

namespace Magento\Framework\DB;

use Magento\Framework\DB\Adapter\AdapterInterface;

/**
 * Stands in for Magento's query builder: enough of it to write the module's own queries as SQL.
 */
class Select
{
    /** @var string[] */
    private array $columns = [];

    /** @var string[] */
    private array $sources = [];

    /** @var array<string, string[]> */
    private array $parts = ['where' => [], 'group' => [], 'order' => []];

    private string $limit = '';

    private string $lock = '';

    public function __construct(private readonly AdapterInterface $adapter)
    {
    }

    public function from($name, $cols = '*', $schema = null)
    {
        return $this->source('', $name, '', $cols);
    }

    public function join($name, $cond, $cols = self::ALL, $schema = null)
    {
        return $this->source('INNER JOIN ', $name, $cond, $cols);
    }

    private const ALL = '*';

    public function joinLeft($name, $cond, $cols = self::ALL, $schema = null)
    {
        return $this->source('LEFT JOIN ', $name, $cond, $cols);
    }

    public function where($cond, $value = null, $type = null)
    {
        $this->parts['where'][] = '(' . ($value === null ? $cond : $this->adapter->quoteInto($cond, $value)) . ')';

        return $this;
    }

    public function group($spec)
    {
        $this->parts['group'] = array_merge($this->parts['group'], (array) $spec);

        return $this;
    }

    public function order($spec)
    {
        $this->parts['order'] = array_merge($this->parts['order'], (array) $spec);

        return $this;
    }

    public function limit($count = null, $offset = null)
    {
        $this->limit = ' LIMIT ' . (int) $count . ($offset === null ? '' : ' OFFSET ' . (int) $offset);

        return $this;
    }

    public function forUpdate($flag = true)
    {
        $this->lock = $flag ? ' FOR UPDATE' : '';

        return $this;
    }

    public function __toString(): string
    {
        return 'SELECT ' . implode(', ', $this->columns) . ' FROM ' . implode(' ', $this->sources)
            . $this->clause(' WHERE ', ' AND ', 'where')
            . $this->clause(' GROUP BY ', ', ', 'group')
            . $this->clause(' ORDER BY ', ', ', 'order')
            . $this->limit
            . $this->lock;
    }

    private function clause(string $word, string $separator, string $part): string
    {
        return $this->parts[$part] === [] ? '' : $word . implode($separator, $this->parts[$part]);
    }

    /**
     * @param string|array<string, string> $name
     * @param string|array<int|string, string> $columns
     */
    private function source(string $kind, string|array $name, string $condition, string|array $columns): self
    {
        $table = is_array($name) ? (string) current($name) : $name;
        $alias = is_array($name) ? (string) key($name) : $name;
        $this->sources[] = $kind . '`' . $table . '` AS `' . $alias . '`'
            . ($condition === '' ? '' : ' ON ' . $condition);
        foreach ((array) $columns as $as => $column) {
            $text = preg_match('/[ ().*]/', $column) === 1 ? $column : '`' . $alias . '`.`' . $column . '`';
            $this->columns[] = ($column === self::ALL ? '`' . $alias . '`.*' : $text)
                . (is_string($as) ? ' AS `' . $as . '`' : '');
        }

        return $this;
    }
}
