<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Baseline;

/**
 * The translation of a plain `invoice.created` in PHP alone: the yardstick of `cargo xtask bench bridge`.
 *
 * Written the straightforward way, with bcmath, for what the benchmark measures: a sale at home in the currency of the
 * business. The same filters, tax map, texts and proof of the total as the core; no foreign currency, no cross-border
 * sale, no consolidation, no tenders, gift wrap, product taxes or third-party totals. What it does not know, it
 * refuses. Never used outside the benchmark: the core is the only translator.
 */
class InvoiceTranslator
{
    private const AT_HOME = ['GB', 'IM'];
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR;

    public function translate(string $eventText, string $settingsText): string
    {
        $event = json_decode($eventText, true, 64, JSON_THROW_ON_ERROR);
        $settings = json_decode($settingsText, true, 64, JSON_THROW_ON_ERROR);
        $policy = $settings['policy'];
        $invoice = $event['invoice'];
        $delivery = $event['shipping_address'] ?? $event['billing_address'];
        if (
            $event['event'] !== 'invoice.created'
            || $invoice['order_currency_code'] !== $settings['binding']['base_currency']
            || !in_array($delivery['country_id'], self::AT_HOME, true)
            || ($policy['b2c_consolidation']['enabled'] ?? false)
        ) {
            throw new \DomainException('the yardstick does not know this document');
        }
        $reason = $this->skipReason($event, $invoice, $policy);
        if ($reason !== null) {
            return json_encode(['decision' => 'skip', 'reason' => $reason], self::FLAGS);
        }

        $rates = new TaxRates($settings, $event['local_date']);
        $email = strtolower(trim($event['order']['customer_email']));
        $customerId = $event['order']['customer_id'];
        $reference = $customerId === null ? 'G' . substr(hash('sha256', $email), 0, 9) : 'M' . $customerId;
        $contactKey = 'contact:' . $reference . ':' . $invoice['order_currency_code'];
        $lines = array_map(fn (array $item): array => $this->line($item, $policy, $rates), $invoice['items']);
        $shipping = $this->shipping($event, $invoice, $rates);
        $total = Money::round($invoice['grand_total']);
        $vat = $this->vat($lines, $shipping);
        $this->prove($vat, $total);
        $invoiceReference = $this->reference($policy['invoice_number_prefix'] ?? '', $invoice['increment_id']);
        $invoiceKey = 'invoice:' . $invoice['entity_id'];
        unset($shipping['percentage']);

        $contact = $this->contact($event, $policy, $email, $delivery);
        $body = ['contact_id' => ['$ref' => $contactKey], 'date' => $event['local_date']]
            + ['reference' => $invoiceReference]
            + ['main_address' => $this->address($event['billing_address'])]
            + ['delivery_address' => $this->address($delivery)]
            + $shipping
            + ['invoice_lines' => $lines];
        $find = ['reference' => $reference] + ($customerId === null ? ['email' => $email] : []);
        $steps = [
            [
                'op' => 'ensure', 'resource' => 'contacts', 'xref' => $contactKey, 'find' => $find,
                'body' => ['contact' => array_slice($contact, 0, 2, true) + ['reference' => $reference] + $contact],
            ],
            [
                'op' => 'create', 'resource' => 'sales_invoices', 'xref' => $invoiceKey,
                'find' => [
                    'reference' => $invoiceReference, 'contact_id' => ['$ref' => $contactKey], 'total_amount' => $total,
                ],
                'body' => ['sales_invoice' => $body],
                'records' => [$invoiceKey . ':contact' => '/sales_invoice/contact_id'],
                'expect' => ['total_amount' => $total, 'currency' => $invoice['order_currency_code']],
            ],
        ];
        $plan = [
            'schema' => '1', 'key' => 'invoice.created:' . $event['magento_entity_id'], 'event' => 'invoice.created',
            'sequence' => $event['sequence'],
            'magento' => [
                'entity_type' => 'invoice', 'entity_id' => $event['magento_entity_id'],
                'increment_id' => $invoice['increment_id'],
                'website_id' => $event['website_id'], 'store_id' => $event['store_id'],
            ],
            'needs' => [], 'steps' => $steps,
        ];

        return json_encode(
            [
                'decision' => 'post', 'plan' => $plan,
                'fired' => $customerId === null ? ['SQ-023', 'SQ-007', 'SQ-017'] : ['SQ-007', 'SQ-017'],
                'warnings' => [], 'vat' => $vat,
            ],
            self::FLAGS
        );
    }

    private function skipReason(array $event, array $invoice, array $policy): ?string
    {
        $since = $policy['sync_since'] ?? null;

        return match (true) {
            $invoice['state'] === 3 => 'invoice_canceled',
            $invoice['state'] === 1 && !($policy['sync_unpaid_invoices'] ?? true) => 'unpaid_invoice',
            bccomp($invoice['grand_total'], '0', 4) === 0 && !($policy['sync_zero_value_invoices'] ?? true)
                => 'zero_value_invoice',
            $since !== null && $event['local_date'] < substr($since, 0, 10) => 'outside_sync_since',
            ($policy['website_filter'] ?? []) !== [] && !in_array($event['website_id'], $policy['website_filter'], true)
                => 'website_filtered',
            ($policy['store_filter'] ?? []) !== [] && !in_array($event['store_id'], $policy['store_filter'], true)
                => 'store_filtered',
            default => null,
        };
    }

    private function line(array $item, array $policy, TaxRates $rates): array
    {
        $discount = bcsub($item['discount_amount'] ?? '0', $item['discount_tax_compensation_amount'] ?? '0', 4);
        $row = Money::round($item['row_total']);
        $net = Money::round(bcsub($item['row_total'], $discount, 4));
        $tax = Money::round($item['tax_amount'] ?? '0');
        $percent = $item['order_item']['tax_percent'] ?? null;
        if (($percent === null || bccomp($percent, '0', 4) === 0) && bccomp($tax, '0', 2) !== 0) {
            throw new \DomainException('tax without a percentage');
        }
        $quantity = Money::plain($item['qty']);
        $price = Money::round($item['price'] ?? '0');
        $name = $item['name'];
        if (bccomp(Money::round(bcmul($quantity, $price, 8)), $row, 2) !== 0) {
            $name = ($quantity === '1' ? '' : $quantity . ' × ') . $name;
            [$quantity, $price] = ['1', $row];
        }
        $line = [
            'description' => $this->text($name, 255) ?: '-',
            'ledger_account_id' => $policy['default_ledger_account_id'],
            'quantity' => $quantity, 'unit_price' => $price,
        ];
        if ($net !== $row) {
            $line['discount_amount'] = bcsub($row, $net, 2);
        }

        return $line + [
            'tax_rate_id' => $rates->of($percent ?? '0')['id'], 'tax_amount' => $tax, 'currency_tax_amount' => $tax,
        ];
    }

    private function shipping(array $event, array $invoice, TaxRates $rates): array
    {
        $discounts = '0';
        foreach ($invoice['items'] as $item) {
            $discounts = bcadd($discounts, $item['discount_amount'] ?? '0', 4);
        }
        $discount = bcsub(bcmul($invoice['discount_amount'] ?? '0', '-1', 4), $discounts, 4);
        $net = Money::round(bcadd(
            bcsub($invoice['shipping_amount'] ?? '0', $discount, 4),
            $invoice['shipping_discount_tax_compensation_amount'] ?? '0',
            4
        ));
        $tax = Money::round($invoice['shipping_tax_amount'] ?? '0');
        if (bccomp($net, '0', 2) === 0 && bccomp($tax, '0', 2) === 0) {
            return [];
        }
        $percent = '0';
        foreach ($event['order_tax_items'] as $row) {
            if ($row['taxable_item_type'] === 'shipping') {
                $percent = bcadd($percent, $row['tax_percent'], 4);
            }
        }
        $rate = $rates->of(bccomp($tax, '0', 2) === 0 ? '0' : $percent);
        if (Money::round(bcdiv(bcmul($net, $rate['percentage'], 8), '100', 8)) !== $tax) {
            throw new \DomainException('the yardstick does not make a line of shipping');
        }

        return [
            'shipping_net_amount' => $net, 'shipping_tax_rate_id' => $rate['id'], 'shipping_tax_amount' => $tax,
            'percentage' => $rate['percentage'],
        ];
    }

    /**
     * Net and tax by rate, as the ledger will hold them.
     */
    private function vat(array $lines, array $shipping): array
    {
        $vat = [];
        $add = static function (string $rate, string $net, string $tax) use (&$vat): void {
            $vat[$rate] ??= ['rate' => $rate, 'net' => '0.00', 'tax' => '0.00'];
            $vat[$rate]['net'] = bcadd($vat[$rate]['net'], $net, 2);
            $vat[$rate]['tax'] = bcadd($vat[$rate]['tax'], $tax, 2);
        };
        foreach ($lines as $line) {
            $net = bcsub(
                Money::round(bcmul($line['quantity'], $line['unit_price'], 8)),
                $line['discount_amount'] ?? '0',
                2
            );
            $add($line['tax_rate_id'], $net, $line['tax_amount']);
        }
        if ($shipping !== []) {
            $net = $shipping['shipping_net_amount'];
            $tax = Money::round(bcdiv(bcmul($net, $shipping['percentage'], 8), '100', 8));
            $add($shipping['shipping_tax_rate_id'], $net, $tax);
        }
        ksort($vat);

        return array_values($vat);
    }

    private function prove(array $vat, string $total): void
    {
        $sum = '0';
        foreach ($vat as $part) {
            $sum = bcadd($sum, bcadd($part['net'], $part['tax'], 2), 2);
        }
        if ($sum !== $total) {
            throw new \DomainException("the parts come to $sum, Magento's total to $total");
        }
    }

    private function contact(array $event, array $policy, string $email, array $delivery): array
    {
        $billing = $event['billing_address'];
        $person = $this->name([$billing['firstname'], $billing['middlename'], $billing['lastname']])
            ?: $this->name([$event['order']['customer_firstname'], $event['order']['customer_lastname']]);
        $company = trim($billing['company'] ?? '');
        $names = ($policy['customer_name_priority'] ?? 'Company') === 'Company'
            ? [$company, $person, $email]
            : [$person, $company, $email];

        return [
            'name' => $this->text(current(array_filter($names)) ?: '', 100),
            'contact_type_ids' => ['CUSTOMER'],
            'main_address' => $this->address($billing) + ['is_main_address' => true],
            'delivery_address' => $this->address($delivery) + ['is_main_address' => false],
            'main_contact_person' => array_filter([
                'contact_person_type_ids' => ['ACCOUNTS'],
                'name' => $this->text($person ?: $company ?: $email, 50),
                'telephone' => $this->text($billing['telephone'] ?? '', 50),
                'email' => $this->text($email, 100),
            ]) + ['is_main_contact' => true],
        ];
    }

    private function address(array $address): array
    {
        $street = array_values(array_filter(array_map('trim', explode("\n", $address['street'] ?? ''))));

        return array_filter([
            'address_line_1' => $this->text($street[0] ?? '', 50),
            'address_line_2' => $this->text(implode(', ', array_slice($street, 1)), 50),
            'city' => $this->text($address['city'] ?? '', 50),
            'region' => $this->text($address['region'] ?? '', 50),
            'postal_code' => $this->text($address['postcode'] ?? '', 10),
            'country_id' => $address['country_id'],
        ], static fn (string $text): bool => $text !== '');
    }

    private function reference(string $prefix, string $incrementId): string
    {
        $reference = str_starts_with($incrementId, $prefix) ? $incrementId : $prefix . $incrementId;
        if (mb_strlen($reference) > 25) {
            throw new \DomainException('the reference is too long');
        }

        return $reference;
    }

    private function name(array $parts): string
    {
        return implode(' ', array_filter(array_map(static fn (?string $part): string => trim($part ?? ''), $parts)));
    }

    /**
     * A text for a field: entities decoded, on one line, cut to the limit.
     */
    private function text(string $text, int $limit): string
    {
        $text = html_entity_decode($text, ENT_QUOTES | ENT_HTML5, 'UTF-8');
        $text = trim(preg_replace('/\s+/u', ' ', $text) ?? '');

        return rtrim(mb_substr($text, 0, $limit));
    }
}
