<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Check;

/**
 * Checks everything that the module's classes name, call, extend and stub against the classes of a real Magento.
 */
class ClassCheck
{
    private const FOREIGN = '/^(Magento|Symfony|Psr|Zend|GuzzleHttp)\\\\/';

    /** Magic methods of Magento's objects. */
    private const MAGIC = '/^(get|set|has|uns)[A-Z]/';

    public function __construct(private readonly Findings $findings, private readonly string $module)
    {
    }

    public function run(): void
    {
        foreach ($this->phpFiles() as $file) {
            $name = substr($file, strlen($this->module) + 1);
            $imports = $this->checkNames($name, (string) file_get_contents($file));
            $class = 'Byte8\\SageAccounting\\' . str_replace(['/', '.php'], ['\\', ''], $name);
            if (str_contains($name, '/') && !str_ends_with($name, '.phtml')) {
                $this->findings->looked('classes of the module');
                if (!class_exists($class) && !interface_exists($class) && !enum_exists($class)) {
                    $this->findings->wrong($name, 'cannot be loaded');
                    continue;
                }
                $this->checkConstructor($name, $class);
                $this->checkCalls($name, $class, (string) file_get_contents($file));
            }
        }
    }

    /**
     * Every stub is a subset of its class: same methods, same parameters.
     */
    public function runStubs(string $folder): void
    {
        $all = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS));
        foreach ($all as $file) {
            $text = (string) file_get_contents((string) $file);
            if (
                preg_match('/^namespace ([^;]+);/m', $text, $space) !== 1
                || preg_match('/^(?:abstract )?(?:class|interface) (\w+)/m', $text, $short) !== 1
            ) {
                continue;
            }
            $class = $space[1] . '\\' . $short[1];
            $this->findings->looked('stubs');
            if (!$this->exists($class)) {
                $this->findings->wrong('stub ' . $class, 'there is no such class');
                continue;
            }
            preg_match_all('/public function (\w+)\(([^)]*)\)/', $text, $methods, PREG_SET_ORDER);
            foreach ($methods as [, $method, $parameters]) {
                $this->checkStubbedMethod($class, $method, $parameters);
            }
        }
    }

    private function checkStubbedMethod(string $class, string $method, string $parameters): void
    {
        $this->findings->looked('stubbed methods');
        if ($method === '__construct' || $method === '__toString') {
            return;
        }
        $real = new \ReflectionClass($class);
        if (!$real->hasMethod($method)) {
            if (!$real->hasMethod('__call') || preg_match(self::MAGIC, $method) !== 1) {
                $this->findings->wrong('stub ' . $class, 'there is no method ' . $method);
            }

            return;
        }
        preg_match_all('/\$(\w+)\s*(=)?/', $parameters, $found, PREG_SET_ORDER);
        $stubbed = array_map(static fn (array $each): string => $each[1] . (isset($each[2]) ? '?' : ''), $found);
        $actual = array_map(
            static fn (\ReflectionParameter $each): string => $each->getName() . ($each->isOptional() ? '?' : ''),
            $real->getMethod($method)->getParameters()
        );
        if (array_slice($actual, 0, count($stubbed)) !== $stubbed) {
            $this->findings->wrong('stub ' . $class, sprintf(
                '%s(%s) is %s(%s)',
                $method,
                implode(', ', $stubbed),
                $method,
                implode(', ', $actual)
            ));
        }
    }

    /**
     * @return array<string, string> full names by short names
     */
    private function checkNames(string $file, string $text): array
    {
        $imports = [];
        preg_match_all('/^use ([A-Za-z0-9_\\\\]+)(?: as (\w+))?;/m', $text, $found, PREG_SET_ORDER);
        foreach ($found as $each) {
            $imports[$each[2] ?? substr((string) strrchr('\\' . $each[1], '\\'), 1)] = $each[1];
        }
        preg_match_all('/(?<![\w\\\\])\\\\((?:Magento|Symfony|Psr)\\\\[A-Za-z0-9_\\\\]+)/', $text, $full);
        foreach (array_unique(array_merge(array_values($imports), $full[1])) as $class) {
            if (preg_match(self::FOREIGN, $class) === 1) {
                $this->findings->looked('foreign classes named');
                if (!$this->exists($class)) {
                    $this->findings->wrong($file, 'there is no class ' . $class);
                }
            }
        }

        return $imports;
    }

    private function checkConstructor(string $file, string $class): void
    {
        $constructor = (new \ReflectionClass($class))->getConstructor();
        foreach ($constructor?->getParameters() ?? [] as $parameter) {
            $type = $parameter->getType();
            if ($type instanceof \ReflectionNamedType && !$type->isBuiltin() && !$this->exists($type->getName())) {
                $this->findings->wrong($file, 'its constructor asks for a missing ' . $type->getName());
            }
        }
    }

    /**
     * Calls on constructor properties: the method exists and takes that many arguments.
     */
    private function checkCalls(string $file, string $class, string $text): void
    {
        $constructor = (new \ReflectionClass($class))->getConstructor();
        foreach ($constructor?->getParameters() ?? [] as $parameter) {
            $type = $parameter->getType();
            if (!$type instanceof \ReflectionNamedType || preg_match(self::FOREIGN, $type->getName()) !== 1) {
                continue;
            }
            $pattern = '/\$this->' . $parameter->getName() . '->(\w+)(\()/';
            preg_match_all($pattern, $text, $calls, PREG_SET_ORDER | PREG_OFFSET_CAPTURE);
            foreach ($calls as $call) {
                $this->findings->looked('calls of foreign methods');
                $this->checkCall($file, $type->getName(), $call[1][0], $this->arguments($text, $call[2][1]));
            }
        }
    }

    private function checkCall(string $file, string $class, string $method, int $arguments): void
    {
        $real = new \ReflectionClass($class);
        if (!$real->hasMethod($method)) {
            if (!$real->hasMethod('__call') || preg_match(self::MAGIC, $method) !== 1) {
                $this->findings->wrong($file, sprintf('%s has no method %s', $class, $method));
            }

            return;
        }
        $called = $real->getMethod($method);
        $tooMany = !$called->isVariadic() && $arguments > $called->getNumberOfParameters();
        if ($arguments < $called->getNumberOfRequiredParameters() || $tooMany) {
            $this->findings->wrong($file, sprintf('%s::%s does not take %d arguments', $class, $method, $arguments));
        }
    }

    /**
     * The number of arguments between two matching brackets.
     */
    private function arguments(string $text, int $bracket): int
    {
        $depth = 0;
        $commas = 0;
        $isEmpty = true;
        $last = '';
        foreach (\PhpToken::tokenize('<?php ' . substr($text, $bracket, 4000)) as $token) {
            if ($token->isIgnorable() || $token->is(T_OPEN_TAG)) {
                continue;
            }
            $depth += in_array($token->text, ['(', '[', '{'], true) ? 1 : 0;
            $depth -= in_array($token->text, [')', ']', '}'], true) ? 1 : 0;
            if ($depth === 0) {
                break;
            }
            if (!($depth === 1 && $token->text === '(')) {
                $isEmpty = false;
            }
            $commas += $depth === 1 && $token->text === ',' ? 1 : 0;
            $last = $token->text;
        }

        return $isEmpty ? 0 : $commas + ($last === ',' ? 0 : 1);
    }

    private function exists(string $class): bool
    {
        return class_exists($class) || interface_exists($class) || trait_exists($class) || enum_exists($class);
    }

    /**
     * @return string[]
     */
    private function phpFiles(): array
    {
        $files = [];
        $all = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($this->module, \FilesystemIterator::SKIP_DOTS)
        );
        foreach ($all as $file) {
            $isShipped = !str_starts_with(substr((string) $file, strlen($this->module)), '/Test/');
            if ($isShipped && preg_match('/\.(php|phtml)$/', (string) $file) === 1) {
                $files[] = (string) $file;
            }
        }
        sort($files);

        return $files;
    }
}
