<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Check;

/**
 * The sources of a real Magento: its classes, its files and the events it dispatches.
 */
class Tree
{
    /** @var string[] folders of Magento's own packages */
    private readonly array $packages;

    /** @var array<string, string[]>|null file names by kind, read once */
    private ?array $events = null;

    public function __construct(public readonly string $folder)
    {
        $packages = array_merge(
            glob($folder . '/vendor/magento/*', GLOB_ONLYDIR) ?: [],
            glob($folder . '/app/code/Magento/*', GLOB_ONLYDIR) ?: [],
            glob($folder . '/lib/internal/Magento/Framework', GLOB_ONLYDIR) ?: []
        );
        if ($packages === []) {
            throw new \RuntimeException($folder . ' is no Magento: it has neither vendor/magento nor app/code/Magento');
        }
        $this->packages = $packages;
    }

    /**
     * Makes the classes of the tree loadable, including those that Magento would generate.
     */
    public function registerClasses(): void
    {
        $autoload = $this->folder . '/vendor/autoload.php';
        if (is_file($autoload)) {
            error_reporting(E_ALL & ~E_DEPRECATED);
            require $autoload;
        } else {
            $this->registerPackages();
        }
        spl_autoload_register($this->generate(...));
    }

    /**
     * Magento's version, if the tree contains it.
     */
    public function version(): string
    {
        foreach (['/composer.json', '/vendor/magento/magento2-base/composer.json'] as $file) {
            $composer = json_decode((string) @file_get_contents($this->folder . $file), true);
            if (isset($composer['version'])) {
                return $composer['version'];
            }
        }
        $file = $this->folder . '/vendor/magento/framework/composer.json';
        $framework = json_decode((string) @file_get_contents($file), true);

        return 'framework ' . ($framework['version'] ?? 'unknown');
    }

    /**
     * Files below Magento's packages whose path inside the package matches.
     *
     * @return iterable<string>
     */
    public function files(string $pattern): iterable
    {
        foreach ($this->packages as $package) {
            $all = new \RecursiveIteratorIterator(
                new \RecursiveDirectoryIterator($package, \FilesystemIterator::SKIP_DOTS)
            );
            foreach ($all as $file) {
                $inside = substr((string) $file, strlen($package));
                if (preg_match($pattern, $inside) === 1 && !str_contains($inside, '/Test/')) {
                    yield (string) $file;
                }
            }
        }
    }

    public function dispatches(string $event): bool
    {
        $this->events ??= $this->readEvents();
        if (in_array($event, $this->events['literal'], true)) {
            return true;
        }
        foreach ($this->events['suffix'] as $suffix) {
            if (str_ends_with($event, $suffix)) {
                $prefix = substr($event, 0, -strlen($suffix));
                if (in_array($prefix, $this->events['prefix'], true)) {
                    return true;
                }
            }
        }

        return false;
    }

    /**
     * The file behind a name such as urn:magento:framework:Event/etc/events.xsd.
     */
    public function schema(string $urn): ?string
    {
        if (preg_match('~^urn:magento:framework:(.+)$~D', $urn, $parts) === 1) {
            return $this->first([
                '/vendor/magento/framework/' . $parts[1],
                '/lib/internal/Magento/Framework/' . $parts[1],
            ]);
        }
        if (preg_match('~^urn:magento:module:Magento_([A-Za-z]+):(.+)$~D', $urn, $parts) === 1) {
            $package = strtolower((string) preg_replace('/(?<!^)[A-Z]/', '-$0', $parts[1]));

            return $this->first([
                '/vendor/magento/module-' . $package . '/' . $parts[2],
                '/app/code/Magento/' . $parts[1] . '/' . $parts[2],
            ]);
        }

        return null;
    }

    /**
     * @param string[] $paths
     */
    private function first(array $paths): ?string
    {
        foreach ($paths as $path) {
            if (is_file($this->folder . $path)) {
                return $this->folder . $path;
            }
        }

        return null;
    }

    /**
     * @return array<string, string[]>
     */
    private function readEvents(): array
    {
        $events = ['literal' => [], 'prefix' => [], 'suffix' => []];
        foreach ($this->files('/\.php$/') as $file) {
            $text = (string) file_get_contents($file);
            preg_match_all('/dispatch\(\s*[\'"]([a-z0-9_]+)[\'"]/', $text, $literals);
            preg_match_all('/eventPrefix = [\'"]([a-z0-9_]+)[\'"]/i', $text, $prefixes);
            preg_match_all('/dispatch\(\s*[^;]{0,120}?\.\s*[\'"](_[a-z_]+)[\'"]/', $text, $suffixes);
            array_push($events['literal'], ...$literals[1]);
            array_push($events['prefix'], ...$prefixes[1]);
            array_push($events['suffix'], ...$suffixes[1]);
        }

        return array_map('array_unique', $events);
    }

    /**
     * Generates a class that Magento would generate: a factory with create().
     */
    private function generate(string $class): void
    {
        foreach (['Factory', '\\Proxy'] as $suffix) {
            $base = substr($class, 0, -strlen($suffix));
            if (!str_ends_with($class, $suffix) || !(class_exists($base) || interface_exists($base))) {
                continue;
            }
            $namespace = implode('\\', array_slice(explode('\\', $class), 0, -1));
            $short = substr((string) strrchr($class, '\\'), 1);
            eval('namespace ' . $namespace . '; class ' . $short . ' { /** @return \\' . $base
                . ' */ public function create(array $data = []): \\' . $base . ' { throw new \LogicException(); } }');

            return;
        }
    }

    /**
     * For trees without Composer's autoloader.
     */
    private function registerPackages(): void
    {
        $folders = [
            'Magento\\Framework\\' => [$this->folder . '/lib/internal/Magento/Framework'],
            'Magento\\' => [$this->folder . '/app/code/Magento'],
        ];
        $old = [];
        foreach (glob($this->folder . '/vendor/*/*/composer.json') ?: [] as $file) {
            $autoload = json_decode((string) file_get_contents($file), true)['autoload'] ?? [];
            foreach ($autoload['psr-4'] ?? [] as $prefix => $inside) {
                foreach ((array) $inside as $folder) {
                    $folders[$prefix][] = rtrim(dirname($file) . '/' . $folder, '/');
                }
            }
            foreach ($autoload['psr-0'] ?? [] as $inside) {
                array_push($old, ...array_map(static fn ($each) => dirname($file) . '/' . $each, (array) $inside));
            }
        }
        krsort($folders);
        spl_autoload_register(static function (string $class) use ($folders, $old): void {
            $files = array_map(static fn ($place) => $place . '/' . strtr($class, '_\\', '//') . '.php', $old);
            foreach ($folders as $prefix => $places) {
                if (str_starts_with($class, $prefix)) {
                    $inside = str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
                    array_unshift($files, ...array_map(static fn ($place) => $place . '/' . $inside, $places));
                }
            }
            foreach ($files as $file) {
                if (is_file($file)) {
                    require_once $file;

                    return;
                }
            }
        });
    }
}
