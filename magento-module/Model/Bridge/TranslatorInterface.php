<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Bridge;

/**
 * Port to the translation core, wherever it runs.
 *
 * @api
 */
interface TranslatorInterface
{
    /**
     * @param string $event canonical event as JSON text
     * @param string $settings settings as JSON text
     * @throws BridgeException when the host, not the document, is at fault
     */
    public function translate(string $event, string $settings): Decision;

    /**
     * Versions of the core and its documents, so that a mismatch is seen before the first document.
     *
     * @return array<string, string>
     * @throws BridgeException when the core cannot be reached
     */
    public function describe(): array;
}
