<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Block\Adminhtml\System\Config;

use Byte8\SageAccounting\ViewModel\RelayKeyField as RelayKeyFieldViewModel;
use Magento\Backend\Block\Template\Context;
use Magento\Config\Block\System\Config\Form\Field;
use Magento\Framework\Data\Form\Element\AbstractElement;

/**
 * The field for the key from the relay, with its own button: saving the page does not send it.
 */
class RelayKeyField extends Field
{
    private const TEMPLATE = 'Byte8_SageAccounting::system/config/relay_key.phtml';

    /**
     * @param array<string, mixed> $data
     */
    public function __construct(
        Context $context,
        private readonly RelayKeyFieldViewModel $viewModel,
        array $data = []
    ) {
        parent::__construct($context, ['view_model' => $viewModel, 'template' => self::TEMPLATE] + $data);
    }

    /**
     * @inheritdoc
     */
    public function render(AbstractElement $element)
    {
        return $this->viewModel->mayConnect() ? parent::render($element) : '';
    }

    /**
     * @inheritdoc
     */
    // phpcs:ignore PSR2.Methods.MethodDeclaration.Underscore -- Magento's own name
    protected function _getElementHtml(AbstractElement $element)
    {
        return $this->_toHtml();
    }
}
