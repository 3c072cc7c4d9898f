//! The registry of every code a decision can carry.
//!
//! Append-only: a code is never renamed or reused, because operators filter by it
//! and merchants' runbooks name it.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($(#[$outer:meta])* $name:ident { $($variant:ident = $text:literal, $meaning:literal;)+ }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $meaning] $variant,)+
        }

        impl $name {
            /// Every code of this kind, in the order of the registry.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code as printed.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What the code means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// Why the policy leaves a document out.
    Skip {
        InvoiceCanceled = "invoice_canceled", "The invoice was canceled in Magento.";
        UnpaidInvoice = "unpaid_invoice", "The invoice is not paid and `sync_unpaid_invoices` is off.";
        ZeroValueInvoice = "zero_value_invoice", "The invoice is worth nothing and `sync_zero_value_invoices` is off.";
        OutsideSyncSince = "outside_sync_since", "The document is older than `sync_since`.";
        WebsiteFiltered = "website_filtered", "The website is not in `website_filter`.";
        CreditmemoCanceled = "creditmemo_canceled", "The credit memo was canceled in Magento.";
        PaymentMethodNotMapped = "payment_method_not_mapped", "The payment method is mapped to no bank account and there is no default.";
        PaymentMethodSetToNone = "payment_method_set_to_none", "The payment method is mapped to no bank account on purpose.";
        NothingToPay = "nothing_to_pay", "The invoice is worth nothing.";
        InvoiceNotInSage = "invoice_not_in_sage", "The credit memo's invoice is not in Sage and `credit_notes_without_invoice` is `skip`.";
        SyncProductsOff = "sync_products_off", "`sync_products` is off.";
        ProductTypeNotSupported = "PRODUCT_TYPE_NOT_SUPPORTED", "Sage has no counterpart for this product type.";
        StoreFiltered = "store_filtered", "The store view is not in `store_filter`.";
        EmptyDocument = "empty_document", "The document has no items and every amount is zero, so there is nothing to book.";
        SyncEstimatesOff = "sync_estimates_off", "`sync_estimates` is off.";
        OrderInvoiced = "order_invoiced", "The order is invoiced in full, so it needs no estimate.";
        OrderCanceled = "order_canceled", "The order was canceled in Magento.";
        OrderOpen = "order_open", "The order is open, so its estimate stays.";
    }
}

codes! {
    /// Why a document cannot be posted.
    Reject {
        InvalidJson = "invalid_json", "The text is not JSON.";
        MissingField = "missing_field", "A required field is absent or null.";
        UnknownField = "unknown_field", "A field is not part of the contract.";
        WrongType = "wrong_type", "A field has another JSON type than the contract says.";
        MoneyNotAString = "money_not_a_string", "Money, a quantity or a percentage came as a JSON number.";
        InvalidDecimal = "invalid_decimal", "A decimal string is malformed or beyond the supported range.";
        InvalidDate = "invalid_date", "A date or instant is malformed.";
        UnsupportedSchema = "unsupported_schema", "The document has another schema version than this core reads.";
        UnknownEvent = "unknown_event", "The event is none of those the product knows.";
        NotSupportedYet = "not_supported_yet", "The product will translate this, but this release does not.";
        UnknownCurrency = "unknown_currency", "The currency code is not an active ISO 4217 code.";
        UnknownInvoiceState = "unknown_invoice_state", "The invoice state is none of Magento's three.";
        SettingMissing = "setting_missing", "A setting that this document needs is not configured.";
        NotInReference = "not_in_reference", "A setting names something the Sage business does not have.";
        InvalidFormat = "invalid_format", "A setting has a malformed value.";
        TaxPercentMissing = "tax_percent_missing", "Magento charged tax but names no percentage for it.";
        TaxRateNotMapped = "tax_rate_not_mapped", "No Sage tax rate is mapped to the percentage Magento applied.";
        DestinationRateNotMapped = "destination_rate_not_mapped", "Magento charged another country's tax and no Sage tax rate is mapped to it.";
        ExchangeRateMissing = "exchange_rate_missing", "Magento names no rate from the document's currency to the Sage business's own.";
        BeforeAccountsStartDate = "before_accounts_start_date", "The document is older than the Sage accounts.";
        ReferenceTooLong = "reference_too_long", "The reference does not fit Sage's field.";
        NoLines = "no_lines", "The document has nothing that Sage could book.";
        TotalDoesNotReconcile = "total_does_not_reconcile", "The parts of the document do not add up to its grand total.";
        NegativeTotal = "negative_total", "The document's total is negative, which no Sage document can have.";
        OrderOverInvoiced = "order_over_invoiced", "The order's invoices come to more than the order.";
        CustomerEmailMissing = "customer_email_missing", "The order has no e-mail address, so its customer cannot be told from others.";
        LockedPeriod = "locked_period", "The document is dated inside a period that is locked in Sage.";
        MultiCurrencyOff = "multi_currency_off", "The document is in a foreign currency and the Sage business has foreign currencies switched off.";
        InvoiceNotCanceled = "invoice_not_canceled", "The event says that the document was canceled, and Magento's own row does not.";
        CreditmemoCanceledLater = "creditmemo_canceled_later", "A credit memo that may be in Sage was canceled in Magento.";
        TaxContradictsRate = "tax_contradicts_rate", "The tax Magento charged is not that of the percentage it states, nor of another mapped rate.";
        EstimatesNotOffered = "estimates_not_offered", "The Sage business has neither estimates nor quotes, or has not said so yet.";
        RoundingAccountMissing = "rounding_account_missing", "A rounding difference needs a line, but no ledger account is mapped for it.";
    }
}

codes! {
    /// What a person should know about a posted document.
    Warning {
        FieldShortened = "field_shortened", "A text was cut to what Sage stores.";
        TaxRateDefaultUsed = "tax_rate_default_used", "The percentage is not mapped, so the default tax rate was used, which gives the same tax.";
        DestinationRateFromTaxMap = "destination_rate_from_tax_map", "Another country's percentage was found in tax_rate_map only.";
        MixedEuGoodsServicesCoercedToDefault = "mixed_eu_goods_services_coerced_to_default", "A document across the border has goods and services; all lines carry the default type.";
        PaymentLeftOut = "payment_left_out", "The invoice is posted without its payment.";
        CreditNoteWithoutInvoice = "credit_note_without_invoice", "No invoice of the credit memo is in Sage, so the credit note stays unallocated.";
        CreditLeftOnAccount = "credit_left_on_account", "The invoices owe less than the credit; the rest stays on the contact's account.";
        VatNumberNotSent = "vat_number_not_sent", "The VAT number is malformed and was left out.";
        StockBelowZero = "stock_below_zero", "Magento's stock is below zero, which Sage refuses; zero was sent.";
        TaxAmountDiffersFromRate = "tax_amount_differs_from_rate", "Magento's tax differs from the rate by more than one minor unit; Magento's amount was sent.";
        TaxResidueMoved = "tax_residue_moved", "A cent of header tax that no line carries was added to a line.";
        HeaderTaxDiffers = "header_tax_differs", "The header's tax is not the sum of the parts; the parts were sent, because they close the total.";
        RoundingLineAdded = "rounding_line_added", "Magento's own rounding left a difference, which a rounding line carries.";
        TaxRateInferred = "tax_rate_inferred", "Magento's percentage is missing or not mapped; the one mapped rate that gives the tax to the penny was used.";
        AdjustmentWithoutVat = "adjustment_without_vat", "An adjustment of a credit memo with taxed rows was booked without VAT.";
        ReferenceShortened = "reference_shortened", "The document's number is longer than Sage's reference and was shortened; the notes have it whole.";
        ExchangeRateOfOrder = "exchange_rate_of_order", "The document has no exchange rate of its own, so its order's was used.";
        SharedContactUsed = "shared_contact_used", "The order has no e-mail address, so the document went to the shared contact.";
        DateMoved = "date_moved", "The document's date is in a locked period; it is booked on the first open day.";
        GrandTotalFraction = "grand_total_fraction", "Magento's grand total is not a whole minor unit and was rounded.";
    }
}
