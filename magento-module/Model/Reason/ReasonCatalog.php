<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Reason;

/**
 * Every reason code of the core, the relay and this module in a few words that can be translated.
 *
 * The codes are those of core/src/codes.rs, core/src/envelope/codes.rs, the relay's delivery and Model/Outbox.
 */
class ReasonCatalog
{
    private const REASONS = [
        // Left out.
        'invoice_canceled' => ['The invoice was canceled in Magento', ReasonHelp::Nothing],
        'unpaid_invoice' => ['The invoice is not paid yet', ReasonHelp::Choice],
        'zero_value_invoice' => ['The invoice is worth nothing', ReasonHelp::Choice],
        'outside_sync_since' => ['Older than the first day of your settings', ReasonHelp::Choice],
        'website_filtered' => ['This website is left out', ReasonHelp::Choice],
        'store_filtered' => ['This store view is left out', ReasonHelp::Choice],
        'creditmemo_canceled' => ['The credit memo was canceled in Magento', ReasonHelp::Nothing],
        'payment_method_not_mapped' => ['The payment method has no bank account in Sage', ReasonHelp::Settings],
        'payment_method_set_to_none' => ['Payments by this method are left out', ReasonHelp::Choice],
        'nothing_to_pay' => ['There is nothing to pay', ReasonHelp::Nothing],
        'invoice_not_in_sage' => ['The invoice of this credit memo is not in Sage', ReasonHelp::Choice],
        'sync_products_off' => ['Products are not sent', ReasonHelp::Choice],
        'PRODUCT_TYPE_NOT_SUPPORTED' => ['Sage has no such type of product', ReasonHelp::Nothing],
        'empty_document' => ['The document has nothing to book', ReasonHelp::Nothing],
        'sync_estimates_off' => ['Orders are not sent', ReasonHelp::Choice],
        'order_invoiced' => ['The order is invoiced in full and needs no estimate', ReasonHelp::Nothing],
        'order_canceled' => ['The order was canceled in Magento', ReasonHelp::Nothing],
        'order_open' => ['The order is open, so its estimate stays', ReasonHelp::Nothing],
        'unchanged' => ['Nothing has changed that Sage stores', ReasonHelp::Nothing],
        'superseded' => ['A newer version of the record was sent', ReasonHelp::Nothing],
        'canceled_in_magento' => ['Canceled in Magento before it was sent', ReasonHelp::Nothing],
        'invoiced_in_magento' => ['Invoiced in Magento before it was sent', ReasonHelp::Nothing],
        'no_estimate_needed' => ['No estimate is needed any more', ReasonHelp::Nothing],
        // The settings.
        'settings_absent' => ['The set-up in the ledger is not finished', ReasonHelp::Settings],
        'setting_missing' => ['A setting is missing', ReasonHelp::Settings],
        'not_in_reference' => ['A setting names something that Sage does not have', ReasonHelp::Settings],
        'invalid_format' => ['A setting has a wrong value', ReasonHelp::Settings],
        'tax_rate_not_mapped' => ['A tax percentage has no Sage tax rate', ReasonHelp::Settings],
        'destination_rate_not_mapped' => ['A tax of another country has no Sage tax rate', ReasonHelp::Settings],
        'rounding_account_missing' => ['No ledger account is set for rounding differences', ReasonHelp::Settings],
        'multi_currency_off' => ['The Sage business has no foreign currencies', ReasonHelp::Sage],
        'estimates_not_offered' => ['The Sage business has no estimates', ReasonHelp::Settings],
        'tier_limit_exceeded' => ['Your plan does not include this', ReasonHelp::Settings],
        // The document in Magento.
        'tax_percent_missing' => ['Magento charged tax and names no percentage', ReasonHelp::Magento],
        'tax_contradicts_rate' => ['The tax is not that of its percentage', ReasonHelp::Magento],
        'exchange_rate_missing' => ['Magento has no exchange rate for this currency', ReasonHelp::Magento],
        'unknown_currency' => ['The currency is unknown', ReasonHelp::Magento],
        'reference_too_long' => ['The number is too long for Sage', ReasonHelp::Settings],
        'no_lines' => ['The document has no lines that Sage could book', ReasonHelp::Magento],
        'total_does_not_reconcile' => ['The parts do not add up to the grand total', ReasonHelp::Magento],
        'negative_total' => ['The total is negative', ReasonHelp::Magento],
        'order_over_invoiced' => ['The invoices come to more than the order', ReasonHelp::Magento],
        'customer_email_missing' => ['The order has no e-mail address', ReasonHelp::Magento],
        'invoice_not_canceled' => ['The document is not canceled in Magento', ReasonHelp::Magento],
        'creditmemo_canceled_later' => ['The credit memo was canceled after it was sent', ReasonHelp::Ledger],
        'unknown_invoice_state' => ['The invoice has an unknown state', ReasonHelp::Magento],
        'magento_row_damaged' => ['The record cannot be read', ReasonHelp::Magento],
        'magento_read_failed' => ['The record could not be read', ReasonHelp::Magento],
        'id_used_again' => ['Another document with this id is in Sage', ReasonHelp::Ledger],
        'conflict' => ['It was sent before with other content', ReasonHelp::Ledger],
        // Periods.
        'before_accounts_start_date' => ['Older than the accounts in Sage', ReasonHelp::Period],
        'before_accounts_start' => ['Older than the accounts in Sage', ReasonHelp::Period],
        'locked_period' => ['The period is locked in Sage', ReasonHelp::Period],
        // Releases that do not fit together.
        'invalid_json' => ['Module and core do not fit together', ReasonHelp::Update],
        'missing_field' => ['Module and core do not fit together', ReasonHelp::Update],
        'unknown_field' => ['Module and core do not fit together', ReasonHelp::Update],
        'wrong_type' => ['Module and core do not fit together', ReasonHelp::Update],
        'money_not_a_string' => ['Module and core do not fit together', ReasonHelp::Update],
        'invalid_decimal' => ['An amount cannot be read', ReasonHelp::Magento],
        'invalid_date' => ['A date cannot be read', ReasonHelp::Magento],
        'unsupported_schema' => ['Module and core do not fit together', ReasonHelp::Update],
        'unknown_event' => ['Module and core do not fit together', ReasonHelp::Update],
        'not_supported_yet' => ['This release does not support it yet', ReasonHelp::Update],
        'plan_unreadable' => ['Module and relay do not fit together', ReasonHelp::Update],
        'frozen_plan_damaged' => ['The stored content is damaged', ReasonHelp::Magento],
        // Sage refused it.
        'sage_rejected' => ['Sage refused it', ReasonHelp::Field],
        'contact_reference_reserved' => ['A contact in Sage already has this reference', ReasonHelp::Ledger],
        'contact_reference_collision' => ['The reference belongs to another contact in Sage', ReasonHelp::Ledger],
        'reference_taken' => ['Sage already has something with this reference', ReasonHelp::Ledger],
        'invoice_not_payable' => ['The invoice in Sage is paid, void or a draft', ReasonHelp::Ledger],
        'invoice_has_payments' => ['The canceled invoice has payments in Sage', ReasonHelp::Sage],
        'invoice_gone' => ['The canceled invoice is no longer in Sage', ReasonHelp::Ledger],
        'record_not_found' => ['Something it refers to is not in Sage', ReasonHelp::Ledger],
        'wrong_contact_type' => ['The contact in Sage is not a customer', ReasonHelp::Sage],
        'idempotency_mismatch' => ['Sage knows this request from another document', ReasonHelp::Ledger],
        'must_be_zero_rated' => ['Sage accepts only the zero rate for this country', ReasonHelp::Settings],
        'goods_services_mixed' => ['Goods and services are mixed', ReasonHelp::Settings],
        'not_enough_stock' => ['Sage has too little stock', ReasonHelp::Sage],
        'address_missing' => ['An address is missing', ReasonHelp::Magento],
        'tax_region' => ['Sage does not accept the tax region', ReasonHelp::Settings],
        'tax_rate_refused' => ['Sage does not accept a tax rate', ReasonHelp::Settings],
        'tax_amount_missing' => ['A line has no tax amount', ReasonHelp::Update],
        'field_required' => ['Sage requires a field that is empty', ReasonHelp::Field],
        'field_too_long' => ['A text is too long for Sage', ReasonHelp::Field],
        'field_refused' => ['Sage does not accept a field', ReasonHelp::Field],
        'description_refused' => ['Sage does not accept a description', ReasonHelp::Field],
        'lines_refused' => ['Sage does not accept the lines', ReasonHelp::Field],
        'unknown_error' => ['Sage refused it', ReasonHelp::Field],
        'empty_reply' => ['Sage refused it without a reason', ReasonHelp::Ledger],
        'resource_changed' => ['The product changed its type', ReasonHelp::Ledger],
        'stock_not_stated' => ['Sage did not state a quantity', ReasonHelp::Ledger],
        // The connection to Sage.
        'token_revoked' => ['Sage is no longer connected', ReasonHelp::Reconnect],
        'reconnect_required' => ['Sage is no longer connected', ReasonHelp::Reconnect],
        'authorization_failed' => ['Sage is no longer connected', ReasonHelp::Reconnect],
        'sage_app_refused' => ['Sage does not accept the relay\'s app', ReasonHelp::Reconnect],
        'access_denied' => ['The Sage user may not do this', ReasonHelp::Reconnect],
        'subscription_inactive' => ['The Sage subscription is not active', ReasonHelp::Sage],
        'no_active_subscription' => ['The Sage subscription is not active', ReasonHelp::Sage],
        // It depends on another document.
        'ref_not_found' => ['A document it depends on is not in Sage', ReasonHelp::OtherDocument],
        'needs_rejected' => ['A document it depends on is not in Sage', ReasonHelp::OtherDocument],
        'needs_timeout' => ['A document it depends on never came', ReasonHelp::OtherDocument],
        // It continues by itself.
        'waiting_for_needs' => ['Waits for another document', ReasonHelp::Wait],
        'waiting_for_other_run' => ['Waits until an earlier attempt is clear', ReasonHelp::Wait],
        'outcome_unknown' => ['Sage did not respond; the relay looks before it sends again', ReasonHelp::Wait],
        'sage_error' => ['Sage had an error of its own', ReasonHelp::Wait],
        'reply_not_json' => ['Sage had an error of its own', ReasonHelp::Wait],
        'reply_truncated' => ['Sage had an error of its own', ReasonHelp::Wait],
        'sage_unreachable' => ['Sage cannot be reached', ReasonHelp::Wait],
        'sage_throttled' => ['Sage asked the relay to slow down', ReasonHelp::Wait],
        'token_unavailable' => ['No access to Sage at present', ReasonHelp::Wait],
        'search_failed' => ['Sage did not answer a search', ReasonHelp::Wait],
        'relay_unreachable' => ['The relay cannot be reached', ReasonHelp::Wait],
        // A person decides.
        'duplicate_detected' => ['Sage has more than one of it', ReasonHelp::Ledger],
        'ambiguous_outcome' => ['It may or may not be in Sage', ReasonHelp::Ledger],
        'found_but_different' => ['Sage has it with other content', ReasonHelp::Ledger],
        'held_by_operator' => ['On hold in the ledger', ReasonHelp::Ledger],
        'erased' => ['Erased at the customer\'s request', ReasonHelp::Nothing],
        'total_differs' => ['In Sage with another total', ReasonHelp::Ledger],
        'total_not_stated' => ['In Sage, which stated no total to compare', ReasonHelp::Ledger],
        'currency_differs' => ['In Sage in another currency', ReasonHelp::Ledger],
        // Warnings: it is sent all the same.
        'field_shortened' => ['A text was shortened to fit Sage', ReasonHelp::Nothing],
        'tax_rate_default_used' => ['The default tax rate was used', ReasonHelp::Nothing],
        'destination_rate_from_tax_map' => ['The percentage of another country was used', ReasonHelp::Nothing],
        'mixed_eu_goods_services_coerced_to_default' => ['Goods and services are mixed', ReasonHelp::Nothing],
        'payment_left_out' => ['The invoice is sent without its payment', ReasonHelp::Nothing],
        'credit_note_without_invoice' => ['The credit note is not set against an invoice', ReasonHelp::Nothing],
        'credit_left_on_account' => ['Some of the credit stays on the customer\'s account', ReasonHelp::Nothing],
        'vat_number_not_sent' => ['The VAT number was left out', ReasonHelp::Nothing],
        'stock_below_zero' => ['The stock is below zero; zero was sent', ReasonHelp::Nothing],
        'tax_amount_differs_from_rate' => ['Magento\'s tax differs a little from the rate', ReasonHelp::Nothing],
        'tax_residue_moved' => ['A remainder of tax was added to a line', ReasonHelp::Nothing],
        'header_tax_differs' => ['The tax of the lines differs from the document\'s tax', ReasonHelp::Nothing],
        'rounding_line_added' => ['A line for a rounding difference was added', ReasonHelp::Nothing],
        'tax_rate_inferred' => ['The tax rate was found by its amount', ReasonHelp::Nothing],
        'adjustment_without_vat' => ['An adjustment is booked without VAT', ReasonHelp::Nothing],
        'reference_shortened' => ['The number was shortened to fit Sage', ReasonHelp::Nothing],
        'exchange_rate_of_order' => ['The exchange rate of the order was used', ReasonHelp::Nothing],
        'shared_contact_used' => ['A shared contact was used', ReasonHelp::Nothing],
        'date_moved' => ['Booked on the first open day', ReasonHelp::Nothing],
        'grand_total_fraction' => ['The grand total was rounded', ReasonHelp::Nothing],
    ];

    public static function reason(string $code, string $message, string $suggestion): Reason
    {
        $known = self::REASONS[$code] ?? null;
        if ($known === null) {
            return new Reason($code, $message === '' ? $code : $message, $suggestion, '', null);
        }
        [$title, $kind] = $known;

        return new Reason(
            $code,
            (string) __($title),
            (string) __($kind->label()),
            trim($message . "\n" . $suggestion),
            $kind
        );
    }

    /**
     * A reason and warnings in a few words; '' for none.
     *
     * @param array<int, array{code?: string, message?: string}> $warnings
     */
    public static function titles(string $code, string $message, array $warnings): string
    {
        $titles = $code === '' ? [] : [self::reason($code, $message, '')->title];
        foreach ($warnings as $warning) {
            $titles[] = self::reason($warning['code'] ?? '', $warning['message'] ?? '', '')->title;
        }

        return implode('; ', array_unique($titles));
    }

    /**
     * @return string[] codes that have words
     */
    public static function codes(): array
    {
        return array_keys(self::REASONS);
    }

    /**
     * All words, untranslated.
     *
     * @return string[]
     */
    public static function phrases(): array
    {
        $helps = array_map(static fn (ReasonHelp $help): string => $help->label(), ReasonHelp::cases());

        return array_values(array_unique([...array_column(self::REASONS, 0), ...$helps]));
    }
}
