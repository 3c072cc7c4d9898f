<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Check;

/**
 * Compares the module's XML with a real Magento: schemas, classes and methods, events, permissions, layout names.
 */
class XmlCheck
{
    public function __construct(
        private readonly Findings $findings,
        private readonly Tree $tree,
        private readonly string $module
    ) {
    }

    public function run(): void
    {
        libxml_set_external_entity_loader(
            fn (?string $public, string $system): ?string => $this->tree->schema($system)
                ?? (is_file($system) ? $system : null)
        );
        libxml_use_internal_errors(true);
        foreach (array_merge($this->xmlFiles('etc'), $this->xmlFiles('view')) as $file) {
            $document = new \DOMDocument();
            $name = substr($file, strlen($this->module) + 1);
            if (!$document->load($file)) {
                $this->findings->wrong($name, 'is no XML');
                continue;
            }
            $this->validate($name, $document);
            $this->checkClasses($name, $document);
            $this->checkSpecial($name, new \DOMXPath($document));
        }
    }

    private function validate(string $name, \DOMDocument $document): void
    {
        $this->findings->looked('XML files against their schemas');
        $urn = (string) $document->documentElement?->getAttributeNS(
            'http://www.w3.org/2001/XMLSchema-instance',
            'noNamespaceSchemaLocation'
        );
        $schema = $this->tree->schema($urn);
        if ($schema === null) {
            $this->findings->wrong($name, 'its schema is not in this Magento: ' . $urn);

            return;
        }
        libxml_clear_errors();
        if (!$document->schemaValidate($schema)) {
            foreach (libxml_get_errors() as $error) {
                $this->findings->wrong($name, trim($error->message) . ' (line ' . $error->line . ')');
            }
        }
    }

    /**
     * Every class name in attributes and texts, of Magento or of the module, exists.
     */
    private function checkClasses(string $name, \DOMDocument $document): void
    {
        $virtual = [];
        foreach ($document->getElementsByTagName('virtualType') as $element) {
            $virtual[] = $element->getAttribute('name');
        }
        $texts = [];
        foreach ((new \DOMXPath($document))->query('//@*|//text()') ?: [] as $node) {
            $texts[] = trim((string) $node->nodeValue);
        }
        foreach (array_unique($texts) as $text) {
            if (preg_match('/^\\\\?(Magento|Byte8)\\\\[A-Za-z0-9_\\\\]+$/D', $text) !== 1) {
                continue;
            }
            $this->findings->looked('classes named in XML');
            if ($text[0] === '\\') {
                $this->findings->wrong($name, $text . ' begins with a backslash');
            }
            $exists = class_exists($text) || interface_exists($text) || in_array($text, $virtual, true)
                || $this->isVirtualType($text);
            if (!$exists) {
                $this->findings->wrong($name, 'there is no class ' . $text);
            }
        }
    }

    private function isVirtualType(string $name): bool
    {
        foreach ($this->tree->files('~/etc/(?:[a-z_]+/)?di\.xml$~') as $file) {
            if (str_contains((string) file_get_contents($file), '<virtualType name="' . $name . '"')) {
                return true;
            }
        }

        return false;
    }

    private function checkSpecial(string $name, \DOMXPath $xml): void
    {
        match (true) {
            str_ends_with($name, 'events.xml') => $this->checkEvents($name, $xml),
            str_ends_with($name, 'crontab.xml') => $this->checkMethods($name, $xml, '//job', 'instance'),
            str_ends_with($name, 'webapi.xml') => $this->checkMethods($name, $xml, '//service', 'class'),
            str_contains($name, '/ui_component/') => $this->checkUiComponent($name, $xml),
            str_contains($name, '/layout/') => $this->checkLayout($name, $xml),
            default => null,
        };
        foreach ($xml->query('//resource[@ref]/@ref|//system//resource/text()|//@resource') ?: [] as $node) {
            $resource = trim((string) $node->nodeValue);
            if (str_contains($resource, '::')) {
                $this->findings->looked('permissions');
                if (!$this->aclHas($resource)) {
                    $this->findings->wrong($name, 'there is no permission ' . $resource);
                }
            }
        }
        if (str_ends_with($name, 'acl.xml')) {
            $this->checkAclParents($name, $xml);
        }
    }

    private function checkEvents(string $name, \DOMXPath $xml): void
    {
        foreach ($xml->query('//event/@name') ?: [] as $event) {
            $this->findings->looked('events');
            if (!$this->tree->dispatches((string) $event->nodeValue)) {
                $this->findings->wrong($name, 'nobody dispatches ' . $event->nodeValue);
            }
        }
    }

    private function checkMethods(string $name, \DOMXPath $xml, string $query, string $attribute): void
    {
        foreach ($xml->query($query) ?: [] as $element) {
            $this->findings->looked('methods named in XML');
            $method = $element->getAttribute('method');
            if (!method_exists($element->getAttribute($attribute), $method)) {
                $this->findings->wrong($name, $element->getAttribute($attribute) . ' has no method ' . $method);
            }
        }
    }

    private function checkUiComponent(string $name, \DOMXPath $xml): void
    {
        $this->findings->looked('grids');
        $columns = $xml->query('//columns/@name')?->item(0)?->nodeValue;
        foreach ($this->tree->files('~/' . preg_quote(strstr($name, 'view/') ?: $name, '~') . '$~') as $file) {
            if (str_contains((string) file_get_contents($file), '<columns name="' . $columns . '"')) {
                return;
            }
        }
        $this->findings->wrong($name, 'this Magento has no such grid with columns named ' . $columns);
    }

    private function checkLayout(string $name, \DOMXPath $xml): void
    {
        foreach ($xml->query('//referenceContainer/@name|//referenceBlock/@name') ?: [] as $reference) {
            $this->findings->looked('places in layouts');
            if (!$this->layoutHas((string) $reference->nodeValue)) {
                $this->findings->wrong($name, 'no layout has a place named ' . $reference->nodeValue);
            }
        }
    }

    private function layoutHas(string $place): bool
    {
        foreach ($this->tree->files('~/view/(adminhtml|base)/(layout|page_layout|ui_component)/.*\.xml$~') as $file) {
            $pattern = '/<(container|block)[^>]* name="' . preg_quote($place, '/') . '"/';
            if (preg_match($pattern, (string) file_get_contents($file)) === 1) {
                return true;
            }
        }

        return false;
    }

    private function checkAclParents(string $name, \DOMXPath $xml): void
    {
        foreach ($xml->query('//resource[not(@title)]/@id') ?: [] as $id) {
            $this->findings->looked('permissions');
            if (!$this->aclHas((string) $id->nodeValue)) {
                $this->findings->wrong($name, 'there is no permission ' . $id->nodeValue);
            }
        }
    }

    private function aclHas(string $resource): bool
    {
        $files = [$this->module . '/etc/acl.xml', ...$this->tree->files('~/etc/acl\.xml$~')];
        foreach ($files as $file) {
            if (str_contains((string) file_get_contents($file), 'id="' . $resource . '" title=')) {
                return true;
            }
        }

        return false;
    }

    /**
     * @return string[]
     */
    private function xmlFiles(string $folder): array
    {
        if (!is_dir($this->module . '/' . $folder)) {
            return [];
        }
        $files = [];
        $all = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($this->module . '/' . $folder, \FilesystemIterator::SKIP_DOTS)
        );
        foreach ($all as $file) {
            if (str_ends_with((string) $file, '.xml')) {
                $files[] = (string) $file;
            }
        }
        sort($files);

        return $files;
    }
}
