<?php

declare(strict_types=1);

namespace Magento\Framework\Data\Form;

/**
 * Stands in for the key that proves a form is our own.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class FormKey
{
    public function getFormKey()
    {
        return 'form-key-of-the-test';
    }
}
