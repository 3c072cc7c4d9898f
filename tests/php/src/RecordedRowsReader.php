<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Byte8\SageAccounting\Test\Recorded\RecordedFile;

/**
 * Walks through files of recorded rows and hands over every canonical event, going on after each damaged part.
 */
class RecordedRowsReader
{
    public function __construct(
        private readonly Streams $streams,
        private readonly RecordedEventBuilder $builder = new RecordedEventBuilder()
    ) {
    }

    /**
     * @param string[] $files
     * @param callable(string $event, string $file, int $index): void $useEvent may throw CanonicalDataException
     * @param callable(string $file, CanonicalDataException $problem): void $reportProblem
     */
    public function read(array $files, callable $useEvent, callable $reportProblem): void
    {
        foreach ($files as $file) {
            try {
                $recorded = RecordedFile::fromJson($this->streams->readFile($file));
            } catch (CanonicalDataException $problem) {
                $reportProblem($file, $problem);
                continue;
            }
            $reported = '';
            for ($index = 0; $index < $recorded->count(); $index++) {
                try {
                    $event = $this->builder->build($recorded->event($index));
                    if ($event !== null) {
                        $useEvent($event, $file, $index);
                    }
                } catch (CanonicalDataException $problem) {
                    // Damage in the file's configuration meets every event alike.
                    if ($problem->getMessage() !== $reported) {
                        $reportProblem($file, $problem);
                    }
                    $reported = $problem->getMessage();
                }
            }
        }
    }
}
