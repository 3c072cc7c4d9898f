<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;

/**
 * Returns the test's translator, or throws its exception.
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
