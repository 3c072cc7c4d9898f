<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Block\Adminhtml\System\Config;

use Byte8\SageAccounting\ViewModel\StatusPanel as StatusPanelViewModel;
use Magento\Backend\Block\Template\Context;
use Magento\Config\Block\System\Config\Form\Field;
use Magento\Framework\Data\Form\Element\AbstractElement;

/**
 * The status panel as a row of the configuration page, in full width.
 */
class StatusPanel extends Field
{
    private const TEMPLATE = 'Byte8_SageAccounting::system/config/status_panel.phtml';

    /**
     * @param array<string, mixed> $data
     */
    public function __construct(Context $context, StatusPanelViewModel $viewModel, array $data = [])
    {
        parent::__construct($context, ['view_model' => $viewModel, 'template' => self::TEMPLATE] + $data);
    }

    /**
     * @inheritdoc
     */
    public function render(AbstractElement $element)
    {
        return '<tr id="row_' . $this->escapeHtmlAttr($element->getHtmlId()) . '"><td colspan="4">'
            . $this->_toHtml() . '</td></tr>';
    }
}
