<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Order;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Determines the events of a saved order from what it was when loaded and what it is now.
 *
 * An open order is captured with every save, because its later edits must reach the ledger too. Another save of an
 * order that was canceled or invoiced before is no event. Otherwise the first comment on any old order would send it.
 */
class OrderCaptureRule
{
    private const STATE_CANCELED = 'canceled';
    private const NOTHING = '0';
    private const PLACES = 4;

    public function __construct(private readonly PricedRowRule $pricedRowRule)
    {
    }

    /**
     * @param bool $isNew whether the order is new in this request
     * @param ?EventName $loaded what it was when it was loaded, as described() tells
     * @param ?EventName $now what it is now
     * @return EventName[]
     */
    public function eventsOf(bool $isNew, ?EventName $loaded, ?EventName $now): array
    {
        return match (true) {
            $now === EventName::OrderPlaced => [$now],
            $now === null, $now === $loaded, $isNew && $now === EventName::OrderCanceled => [],
            default => [$now],
        };
    }

    /**
     * The event that tells what an order is; null for one of which nothing is open and nothing was invoiced.
     *
     * An order with damaged items counts as open: the event's builder then names the damage.
     *
     * @param Row[] $items all item rows of the order
     */
    public function described(string $state, array $items): ?EventName
    {
        if ($state === self::STATE_CANCELED) {
            return EventName::OrderCanceled;
        }
        try {
            return $this->ofQuantities($items);
        } catch (CanonicalDataException) {
            return EventName::OrderPlaced;
        }
    }

    /**
     * @param Row[] $items
     * @throws CanonicalDataException
     */
    private function ofQuantities(array $items): ?EventName
    {
        $isInvoiced = false;
        foreach ($this->pricedRowRule->pricedOrderRows($items) as $item) {
            $invoiced = $item->money('qty_invoiced') ?? self::NOTHING;
            $open = bcsub($item->money('qty_ordered') ?? self::NOTHING, $invoiced, self::PLACES);
            if (bccomp($open, $item->money('qty_canceled') ?? self::NOTHING, self::PLACES) > 0) {
                return EventName::OrderPlaced;
            }
            $isInvoiced = $isInvoiced || bccomp($invoiced, self::NOTHING, self::PLACES) > 0;
        }

        return $isInvoiced ? EventName::OrderInvoiced : null;
    }
}
