<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Check;

/**
 * Compares what the module's composer.json asks for with the packages of a real Magento, and with what the code names.
 */
class ComposerCheck
{
    /** Parts of Magento that may be absent; the code guards against it. */
    private const OPTIONAL = ['InventoryApi', 'Inventory'];

    public function __construct(
        private readonly Findings $findings,
        private readonly Tree $tree,
        private readonly string $module
    ) {
    }

    public function run(): void
    {
        $required = json_decode((string) file_get_contents($this->module . '/composer.json'), true)['require'];
        foreach ($required as $package => $bounds) {
            if (!str_starts_with($package, 'magento/')) {
                continue;
            }
            $this->findings->looked('packages required');
            $version = $this->version($package);
            if ($version === null) {
                $this->findings->wrong('composer.json', 'this Magento has no package ' . $package);
            } elseif (!$this->satisfies($version, $bounds)) {
                $this->findings->wrong('composer.json', sprintf('%s %s is outside of %s', $package, $version, $bounds));
            }
        }
        foreach ($this->named() as $name) {
            $package = 'magento/module-' . strtolower((string) preg_replace('/(?<!^)[A-Z]/', '-$0', $name));
            if (!isset($required[$package]) && !in_array($name, self::OPTIONAL, true)) {
                $this->findings->wrong('composer.json', 'the code names classes of ' . $package);
            }
        }
    }

    private function version(string $package): ?string
    {
        $file = $this->tree->folder . '/vendor/' . $package . '/composer.json';

        return is_file($file) ? json_decode((string) file_get_contents($file), true)['version'] ?? null : null;
    }

    /**
     * Bounds of the form ">=1.2.3 <2"; a patch such as "-p3" comes after its release.
     */
    private function satisfies(string $version, string $bounds): bool
    {
        preg_match('/^>=([0-9.]+) <([0-9.]+)$/D', $bounds, $parts);
        $plain = (string) preg_replace('/-p[0-9]+$/', '', $version);

        return isset($parts[2])
            && version_compare($plain, $parts[1], '>=')
            && version_compare($plain, $parts[2], '<');
    }

    /**
     * Names of Magento's modules whose classes the code names.
     *
     * @return string[]
     */
    private function named(): array
    {
        $names = [];
        $all = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($this->module, \FilesystemIterator::SKIP_DOTS)
        );
        foreach ($all as $file) {
            $inside = substr((string) $file, strlen($this->module));
            if (!str_starts_with($inside, '/Test/') && preg_match('/\.(php|phtml|xml)$/', $inside) === 1) {
                preg_match_all(
                    '/(?<![\w\\\\])\\\\?Magento\\\\([A-Z]\w+)\\\\/',
                    (string) file_get_contents((string) $file),
                    $found
                );
                array_push($names, ...$found[1]);
            }
        }

        return array_diff(array_unique($names), ['Framework']);
    }
}
