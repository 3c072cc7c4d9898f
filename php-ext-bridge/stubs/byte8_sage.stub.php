<?php

/**
 * What the extension byte8_sage offers to PHP: for editors and static analysis.
 *
 * Written by hand and compared with the loaded extension by tests/php/stub.php.
 * Never loaded where the extension is.
 */

namespace Byte8\Sage;

/**
 * Translates Magento events with the translation core.
 *
 * The component is loaded once per process, at first use; every call runs in a memory of its own.
 */
final class Translator
{
    /**
     * @param ?string $component path of a precompiled component; null for the ini setting byte8_sage.component.
     *     The file is machine code: never take its path from a request or from a configuration that merchants edit.
     * @throws TranslatorException
     */
    public function __construct(?string $component = null)
    {
    }

    /**
     * Translates one event. A bad document is a decision and no exception.
     *
     * @param string $event the event as JSON
     * @param string $settings the settings as JSON
     * @throws TranslatorException
     */
    public function translate(string $event, string $settings): Decision
    {
    }

    /**
     * What the component says about itself.
     *
     * @return array{core_version: string, event_schema: string, settings_schema: string, decision_schema: string, rule_table_hash: string}
     */
    public function describe(): array
    {
    }
}

/**
 * The answer to one event. Made by the translator only.
 */
final class Decision
{
    /** post, skip or reject */
    public readonly string $outcome;
    /** empty for post, the reason for skip, the code for reject */
    public readonly string $code;
    /** JSON Pointer to the cause of a rejection, otherwise empty */
    public readonly string $pointer;
    /** one sentence for the operator; empty for post */
    public readonly string $message;
    /** what to do about a rejection, otherwise empty */
    public readonly string $suggestion;
    /** the decision document, one line of JSON */
    public readonly string $json;
}

/**
 * Something is wrong with the host, never with the document.
 */
class TranslatorException extends \RuntimeException
{
    /**
     * component_missing, component_empty, component_corrupt, component_version_mismatch, input_too_large,
     * fuel_exhausted, memory_exhausted, component_trapped, setting_invalid or panic
     */
    public string $errorCode = '';
    /** always empty: the document is not at fault */
    public string $pointer = '';
    /** what the administrator can do */
    public string $suggestion = '';
}
