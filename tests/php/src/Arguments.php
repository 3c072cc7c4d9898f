<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

/**
 * The words of a command line: files of recorded rows, and where allowed the settings file and `--explain`.
 *
 * `--rows` takes any number of files, may be repeated and may be left out before files; `-` is standard input.
 */
class Arguments
{
    /**
     * @param string[] $rowFiles
     */
    private function __construct(
        public readonly array $rowFiles,
        public readonly ?string $settingsFile,
        public readonly bool $helpWanted,
        public readonly bool $explanationWanted = false
    ) {
    }

    /**
     * @param string[] $words without the program's name
     * @throws UsageException
     */
    public static function parse(array $words, bool $settingsAllowed): self
    {
        $rowFiles = [];
        $settingsFile = null;
        $explanationWanted = false;
        $optionsEnded = false;
        $waitingFor = null;
        foreach (self::splitAtEqualsSign($words) as $word) {
            $isOption = !$optionsEnded && $word !== '-' && str_starts_with($word, '-');
            if ($isOption && $waitingFor !== null) {
                throw new UsageException($waitingFor . ' needs a file');
            }
            if (!$isOption) {
                if ($waitingFor === '--settings') {
                    $settingsFile = $word;
                } else {
                    $rowFiles[] = $word;
                }
                $waitingFor = null;
            } elseif ($word === '--') {
                $optionsEnded = true;
            } elseif ($word === '--help' || $word === '-h') {
                return new self([], null, true);
            } elseif ($settingsAllowed && $word === '--explain') {
                $explanationWanted = true;
            } elseif ($word === '--rows' || ($settingsAllowed && $word === '--settings')) {
                if ($word === '--settings' && $settingsFile !== null) {
                    throw new UsageException('--settings was given twice');
                }
                $waitingFor = $word;
            } else {
                throw new UsageException('unknown option ' . $word);
            }
        }
        if ($waitingFor !== null) {
            throw new UsageException($waitingFor . ' needs a file');
        }
        if ($rowFiles === []) {
            throw new UsageException('no file of recorded rows given');
        }

        return new self($rowFiles, $settingsFile, false, $explanationWanted);
    }

    /**
     * Makes `--rows=FILE` the two words `--rows` and `FILE`.
     *
     * @param string[] $words
     * @return string[]
     */
    private static function splitAtEqualsSign(array $words): array
    {
        $split = [];
        $optionsEnded = false;
        foreach ($words as $word) {
            $optionsEnded = $optionsEnded || $word === '--';
            if (!$optionsEnded && preg_match('/^(--[a-z]+)=(.*)$/Ds', $word, $parts) === 1) {
                array_push($split, $parts[1], $parts[2]);
            } else {
                $split[] = $word;
            }
        }

        return $split;
    }
}
