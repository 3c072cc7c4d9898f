<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the payment's part.
 *
 * Of additional_information only the title leaves Magento: gateways keep card and personal data there.
 */
class PaymentBlock
{
    /**
     * @return array<string, ?string>
     */
    public function build(Row $payment): array
    {
        return [
            'method' => $payment->text('method'),
            'method_title' => $this->methodTitle($payment),
            'po_number' => $payment->text('po_number'),
            'last_trans_id' => $payment->text('last_trans_id'),
        ];
    }

    private function methodTitle(Row $payment): ?string
    {
        $information = $payment->jsonText('additional_information');

        return (new Row($information, $payment->location . '.additional_information'))->optionalText('method_title');
    }
}
