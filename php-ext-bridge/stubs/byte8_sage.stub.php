<?php

/**
 * The PHP API of the extension byte8_sage, for editors and static analysis.
 *
 * Written by hand and compared with the loaded extension by tests/php/stub.php.
 * Never loaded where the extension is.
 */

namespace Byte8\Sage;

/**
 * Translates Magento events with the translation core.
 *
 * The component is loaded once per process, at first use; every call has its own memory.
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
     * Translates one event. An invalid document results in a decision, not in an exception.
     *
     * @param string $event the event as JSON
     * @param string $settings the settings as JSON
     * @throws TranslatorException
     */
    public function translate(string $event, string $settings): Decision
    {
    }

    /**
     * The decision on an event as a readable page: plain text of at most 120 columns.
     *
     * @param string $event the event as JSON
     * @param string $settings the settings as JSON
     * @throws TranslatorException
     */
    public function explain(string $event, string $settings): string
    {
    }

    /**
     * The same page as JSON, for programs that lay it out themselves.
     *
     * @param string $event the event as JSON
     * @param string $settings the settings as JSON
     * @throws TranslatorException
     */
    public function explainSections(string $event, string $settings): string
    {
    }

    /**
     * The problems of the settings; an empty list means none.
     *
     * @param string $settings the settings as JSON
     * @param ?string $tier JSON list of the features the merchant may use; null for all
     * @return string JSON list of objects with code, pointer, message, suggestion
     * @throws TranslatorException
     */
    public function validateSettings(string $settings, ?string $tier = null): string
    {
    }

    /**
     * Why Sage refused a step of a plan.
     *
     * @param string $reply the body of Sage's answer, whatever it is
     * @param string $plan the plan as JSON
     * @param ?string $step cross-reference key of the step, or its position; null for the last one
     * @return string JSON list of objects with code, pointer, what, why, suggestion, sage
     * @throws TranslatorException
     */
    public function explainReply(string $reply, string $plan, ?string $step = null): string
    {
    }

    /**
     * Versions of the component.
     *
     * @return array{core_version: string, event_schema: string, settings_schema: string, decision_schema: string, rule_table_hash: string}
     */
    public function describe(): array
    {
    }
}

/**
 * The decision on one event. Only the translator creates it.
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
 * A problem of the host, never of the document.
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
