<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Magento\Framework\Escaper;

/**
 * A field for a day, with Magento's own calendar. The form gets the day as in 2026-11-29, whatever the language is.
 */
class DayField
{
    public function __construct(private readonly Escaper $escaper, private readonly DisplayFormat $format)
    {
    }

    /**
     * @param string $name of the form's parameter
     * @param string $day such as 2026-11-29
     */
    public function html(string $name, string $label, string $day): string
    {
        $id = 'byte8-day-' . $name;
        $options = ['Byte8_SageAccounting/js/day' => ['dateFormat' => $this->format->dayPattern()]];

        return '<div class="byte8-field"><label for="' . $this->escaper->escapeHtmlAttr($id) . '">'
            . $this->escaper->escapeHtml($label) . '</label><span class="byte8-day">'
            . '<input type="text" class="admin__control-text" required autocomplete="off" id="'
            . $this->escaper->escapeHtmlAttr($id) . '" value="'
            . $this->escaper->escapeHtmlAttr($this->format->typedDay($day)) . '" data-mage-init="'
            . $this->escaper->escapeHtmlAttr((string) json_encode($options)) . '"></span>'
            . '<input type="hidden" name="' . $this->escaper->escapeHtmlAttr($name) . '" value="'
            . $this->escaper->escapeHtmlAttr($day) . '"></div>';
    }
}
