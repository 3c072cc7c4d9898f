<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;

/**
 * Prints the canonical events of recorded rows, one line `{"file","index","event"}` each; needs no extension.
 *
 * `index` is the event's place in the file counted from 0, as in `events[1]`; `event` is the event's own text,
 * byte for byte.
 */
class EventsCommand
{
    private const USAGE = 'usage: events.php [--rows] FILE…   ("-" is standard input)';

    /** A file's name may be any bytes; an event never holds broken ones. */
    private const NAME_FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
        | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR;

    public function __construct(private readonly Streams $streams)
    {
    }

    /**
     * @param string[] $words
     * @return int 0, or 2 when anything was wrong with the command line or the input
     */
    public function run(array $words): int
    {
        try {
            $arguments = Arguments::parse($words, false);
        } catch (UsageException $exception) {
            $this->streams->error('events: ' . $exception->getMessage() . '; ' . self::USAGE);

            return 2;
        }
        if ($arguments->helpWanted) {
            $this->streams->line(self::USAGE);

            return 0;
        }
        $exitCode = 0;
        (new RecordedRowsReader($this->streams))->read(
            $arguments->rowFiles,
            function (string $event, string $file, int $index): void {
                $name = json_encode($file, self::NAME_FLAGS);
                $this->streams->line(sprintf('{"file":%s,"index":%d,"event":%s}', $name, $index, $event));
            },
            function (string $file, CanonicalDataException $problem) use (&$exitCode): void {
                $this->streams->error('events: ' . $file . ': ' . $problem->getMessage());
                $exitCode = 2;
            }
        );

        return $exitCode;
    }
}
