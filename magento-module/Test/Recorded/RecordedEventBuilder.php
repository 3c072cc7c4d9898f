<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\Block;
use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\Canonical\EventBuilder;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Canonical\Source\ConfiguredThirdPartyTotals;
use Byte8\SageAccounting\Model\Canonical\Source\ThirdPartyTotalsInterface;

/**
 * The module's own builder, assembled without Magento's object manager.
 */
class RecordedEventBuilder
{
    private readonly EventBuilder $builder;

    public function __construct(ThirdPartyTotalsInterface $thirdPartyTotals = new ConfiguredThirdPartyTotals())
    {
        $this->builder = self::assemble($thirdPartyTotals);
    }

    public static function assemble(
        ThirdPartyTotalsInterface $thirdPartyTotals = new ConfiguredThirdPartyTotals()
    ): EventBuilder {
        $pricedRowRule = new PricedRowRule();

        return new EventBuilder(
            new Block\EnvelopeBlock(),
            new Block\DocumentBlock(new Block\ItemsBlock($pricedRowRule), $thirdPartyTotals),
            new Block\OrderBlock(),
            new Block\OrderInvoicesBlock($pricedRowRule),
            new Block\OrderCreditMemosBlock(),
            new Block\AddressBlock(),
            new Block\PaymentBlock(),
            new Block\OrderTaxBlock(),
            new Block\CustomerBlock(),
            new Block\ProductBlock(),
            new CanonicalJson()
        );
    }

    /**
     * The canonical event as JSON text, or null if the recorded event is none of ours.
     *
     * @throws CanonicalDataException naming the field that is missing or damaged
     */
    public function build(RecordedEvent $recorded): ?string
    {
        $event = $recorded->captured();

        return $event === null ? null : $this->builder->build($event, $recorded);
    }
}
