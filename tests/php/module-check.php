<?php

/**
 * Compares the module with a real Magento tree: php module-check.php DIR
 *
 * Looks at every foreign class, method, event, permission, layout place and XML schema the module uses, at the stubs
 * of the unit tests, and, where the tree has Magento's coding standard, at its blocking rules.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\Check\ClassCheck;
use Byte8\SageAccounting\Tools\Check\ComposerCheck;
use Byte8\SageAccounting\Tools\Check\Findings;
use Byte8\SageAccounting\Tools\Check\Tree;
use Byte8\SageAccounting\Tools\Check\XmlCheck;

foreach (['Findings', 'Tree', 'ClassCheck', 'XmlCheck', 'ComposerCheck'] as $part) {
    require __DIR__ . '/check/' . $part . '.php';
}
$module = dirname(__DIR__, 2) . '/magento-module';
$folder = realpath($argv[1] ?? '');
if ($folder === false) {
    fwrite(STDERR, "usage: module-check.php DIR\n");
    exit(2);
}
ini_set('memory_limit', '2G');
try {
    $tree = new Tree($folder);
    $tree->registerClasses();
} catch (\RuntimeException $exception) {
    fwrite(STDERR, 'module-check: ' . $exception->getMessage() . "\n");
    exit(2);
}
spl_autoload_register(static function (string $class) use ($module): void {
    $file = $module . '/' . str_replace('\\', '/', substr($class, strlen('Byte8\\SageAccounting\\'))) . '.php';
    if (str_starts_with($class, 'Byte8\\SageAccounting\\') && is_file($file)) {
        require $file;
    }
}, true, true);

$findings = new Findings();
$classes = new ClassCheck($findings, $module);
$classes->run();
$classes->runStubs($module . '/Test/Stub');
(new XmlCheck($findings, $tree, $module))->run();
(new ComposerCheck($findings, $tree, $module))->run();

$standard = $folder . '/vendor/magento/magento-coding-standard/Magento2';
$phpcs = $folder . '/vendor/squizlabs/php_codesniffer/bin/phpcs';
if (is_dir($standard) && is_file($phpcs)) {
    $findings->looked('coding standard: blocking rules');
    $paths = implode(',', [
        $folder . '/vendor/magento/php-compatibility-fork',
        $folder . '/vendor/phpcsstandards/phpcsutils',
        dirname($standard),
    ]);
    $command = [
        PHP_BINARY, '-d', 'memory_limit=2G', '-d', 'error_reporting=8191', $phpcs, '--standard=' . $standard,
        '--runtime-set', 'installed_paths', $paths, '--extensions=php,phtml', '--error-severity=10',
        '--warning-severity=10', '--ignore-annotations', '--ignore=*/Test/*', '-q', $module,
    ];
    $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
    $report = trim(stream_get_contents($pipes[1]) . stream_get_contents($pipes[2]));
    if (proc_close($process) !== 0) {
        $findings->wrong('coding standard', $report);
    }
} else {
    echo "no coding standard in this tree: its blocking rules were not looked at\n";
}

echo 'Magento ', $tree->version(), ', PHP ', PHP_VERSION, "\n";
foreach ($findings->looked as $kind => $number) {
    printf("%6d %s\n", $number, $kind);
}
foreach ($findings->wrong as $wrong) {
    echo 'WRONG ', $wrong, "\n";
}
echo $findings->wrong === [] ? "nothing is wrong\n" : count($findings->wrong) . " findings\n";
exit($findings->wrong === [] ? 0 : 1);
