<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical;

/**
 * Writes a canonical event as JSON text, one line, keys in the order given.
 *
 * Refuses floats: a float would be money that has lost its digits, which is always a bug of this module.
 */
class CanonicalJson
{
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR;

    /**
     * @param array<string, mixed> $event
     * @throws CanonicalDataException when a text is not valid UTF-8
     */
    public function encode(array $event): string
    {
        $this->assertNoFloats($event, '');
        try {
            return json_encode($event, self::FLAGS);
        } catch (\JsonException $exception) {
            $field = $this->fieldWithInvalidUtf8($event, '');
            throw new CanonicalDataException($field, 'cannot be written: ' . $exception->getMessage(), $exception);
        }
    }

    /**
     * @param array<int|string, mixed> $values
     */
    private function assertNoFloats(array $values, string $path): void
    {
        foreach ($values as $key => $value) {
            if (is_array($value)) {
                $this->assertNoFloats($value, $path . '/' . $key);
            } elseif (is_float($value)) {
                throw new \LogicException(sprintf('The canonical event holds a float at %s/%s.', $path, $key));
            }
        }
    }

    /**
     * @param array<int|string, mixed> $values
     */
    private function fieldWithInvalidUtf8(array $values, string $path): string
    {
        foreach ($values as $key => $value) {
            $field = is_int($key) ? $path . '[' . $key . ']' : ltrim($path . '.' . $key, '.');
            $broken = is_array($value)
                ? $this->fieldWithInvalidUtf8($value, $field)
                : (is_string($value) && preg_match('//u', $value) !== 1 ? $field : '');
            if ($broken !== '') {
                return $broken;
            }
        }

        return '';
    }
}
