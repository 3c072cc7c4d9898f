<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Bridge;

/**
 * Port to the readable explanations of the translation core, wherever it runs.
 *
 * @api
 */
interface ExplainerInterface
{
    /**
     * The decision on an event as a page: plain text of at most 120 columns.
     *
     * @param string $event canonical event as JSON text
     * @param string $settings settings as JSON text
     * @throws BridgeException when the host, not the document, is at fault
     */
    public function explain(string $event, string $settings): string;

    /**
     * The same page as JSON: headline and sections, each with title and entries (docs/contracts.md, section 5).
     *
     * @param string $event canonical event as JSON text
     * @param string $settings settings as JSON text
     * @throws BridgeException when the host, not the document, is at fault
     */
    public function explainSections(string $event, string $settings): string;

    /**
     * What is wrong with the settings, as a JSON list of code, pointer, message and suggestion; empty when nothing is.
     *
     * @param string $settings settings as JSON text
     * @param ?string $tier JSON list of the features the merchant may use; null for all
     * @throws BridgeException when the host is at fault
     */
    public function validateSettings(string $settings, ?string $tier = null): string;

    /**
     * Why Sage refused a step of a plan, as a JSON list of code, pointer, what, why, suggestion and Sage's own words.
     *
     * @param string $reply body of Sage's response, in any form
     * @param string $plan plan as JSON text
     * @param ?string $step cross-reference key of the step or its position; null for the last one
     * @throws BridgeException when the host is at fault
     */
    public function explainReply(string $reply, string $plan, ?string $step = null): string;
}
