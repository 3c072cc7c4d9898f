<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

/**
 * Installs the merchants' zip of the module into a Magento, and uninstalls it.
 */
class Installation
{
    private readonly string $target;

    public function __construct(private readonly Programs $programs, private readonly string $magento)
    {
        $this->target = $magento . '/app/code/Byte8/SageAccounting';
    }

    /**
     * Why this Magento cannot be used; null when it can.
     */
    public function obstacle(): ?string
    {
        return match (true) {
            !is_file($this->magento . '/app/etc/env.php') => $this->magento . ' holds no installed Magento',
            file_exists($this->target) => $this->target . ' is there already; take it away first',
            default => null,
        };
    }

    /**
     * @return array{bool, string} whether it succeeded, and what was said
     */
    public function install(): array
    {
        mkdir($this->target, 0755, true);
        $zip = (string) getenv('LEDGER_MODULE_ZIP');
        $unzip = proc_open(['unzip', '-q', '-d', $this->target, $zip], [], $pipes);
        if (proc_close($unzip) !== 0) {
            return [false, $zip . ' cannot be unpacked'];
        }
        $this->programs->magento(['module:enable', 'Byte8_SageAccounting'], false);
        [$status, $output] = $this->programs->magento(['setup:upgrade', '--keep-generated'], false);

        return [$status === 0, $output];
    }

    /**
     * @return array{bool, string}
     */
    public function uninstall(): array
    {
        $this->programs->drive('uninstall');
        $this->programs->magento(['module:disable', 'Byte8_SageAccounting'], false);
        $all = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($this->target, \FilesystemIterator::SKIP_DOTS),
            \RecursiveIteratorIterator::CHILD_FIRST
        );
        foreach ($all as $file) {
            $file->isDir() ? rmdir((string) $file) : unlink((string) $file);
        }
        rmdir($this->target);
        [$status, $output] = $this->programs->magento(['setup:upgrade', '--keep-generated'], false);

        return [$status === 0, $output];
    }

    /**
     * @return string[] tables of the module's that are there
     */
    public function tables(): array
    {
        return $this->programs->driveBy(false, [], 'tables');
    }
}
