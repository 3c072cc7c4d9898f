<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

/**
 * The rows recorded from a real Magento that this repository keeps in golden/magento.
 */
class GoldenRows
{
    private const FOLDER = __DIR__ . '/../../../golden/magento/';

    /**
     * @return string[] names without `.json`; never empty
     */
    public static function names(): array
    {
        $names = array_map(
            static fn (string $path): string => basename($path, '.json'),
            glob(self::FOLDER . '*.json') ?: []
        );
        if ($names === []) {
            throw new \LogicException('No recorded rows in ' . self::FOLDER);
        }

        return $names;
    }

    public static function text(string $name): string
    {
        $text = file_get_contents(self::FOLDER . $name . '.json');

        return $text === false ? throw new \LogicException('No recorded rows named ' . $name) : $text;
    }

    public static function file(string $name): RecordedFile
    {
        return RecordedFile::fromJson(self::text($name));
    }

    /**
     * The canonical event at an index of a file, decoded.
     *
     * @param int $index counted from 0
     * @return array<string, mixed>
     */
    public static function builtEvent(string $name, int $index): array
    {
        $text = (new RecordedEventBuilder())->build(self::file($name)->event($index));

        return json_decode((string) $text, true, 512, JSON_THROW_ON_ERROR);
    }

    /**
     * The file with one change made to its decoded document, to be read again.
     *
     * @param \Closure $change gets the document by reference
     */
    public static function changed(string $name, \Closure $change): string
    {
        $document = json_decode(self::text($name), true, 512, JSON_THROW_ON_ERROR);
        $change($document);

        return json_encode($document, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
    }
}
