<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;

/**
 * Gives the translator of the test, or says what is missing.
 */
class FakeTranslatorFactory extends TranslatorFactory
{
    public function __construct(public TranslatorInterface|BridgeException $made)
    {
        parent::__construct();
    }

    public function create(): TranslatorInterface
    {
        return $this->made instanceof BridgeException ? throw $this->made : $this->made;
    }
}
