//! The registry of every code a cause of a Sage error can carry. Append-only, as `core/src/codes.rs`.

use crate::codes::codes;
use serde::{Serialize, Serializer};

codes! {
    /// Why Sage refused a step, as far as its reply says.
    CauseCode {
        ContactReferenceReserved = "contact_reference_reserved", "A contact, perhaps a deleted one, holds the reference already.";
        ReferenceTaken = "reference_taken", "Another Sage object holds the reference or item code already.";
        NoActiveSubscription = "no_active_subscription", "The Sage business has no active subscription.";
        AccessDenied = "access_denied", "The Sage user may not do this.";
        AuthorizationFailed = "authorization_failed", "Sage does not accept the authorization.";
        ReconnectRequired = "reconnect_required", "The connection to Sage has ended and must be made again.";
        SageAppRefused = "sage_app_refused", "Sage does not accept the application's own credentials.";
        InvoiceNotPayable = "invoice_not_payable", "The invoice is paid, void or a draft in Sage.";
        RecordNotFound = "record_not_found", "Something the request refers to does not exist in Sage.";
        WrongContactType = "wrong_contact_type", "The contact in Sage is no customer.";
        IdempotencyMismatch = "idempotency_mismatch", "Sage knows the request's idempotency id from another kind of object.";
        MustBeZeroRated = "must_be_zero_rated", "Sage takes only the zero rate for this customer's country.";
        GoodsServicesMixed = "goods_services_mixed", "The lines have different goods or services types.";
        NotEnoughStock = "not_enough_stock", "Sage holds less stock than the document takes.";
        AddressMissing = "address_missing", "Neither the document nor the contact has an address.";
        TaxRegion = "tax_region", "Sage wants a tax region, or does not want the one it got.";
        BeforeAccountsStart = "before_accounts_start", "The document is older than the Sage accounts.";
        TaxRateRefused = "tax_rate_refused", "Sage does not accept a line's tax rate.";
        TaxAmountMissing = "tax_amount_missing", "A line has no tax amount.";
        FieldRequired = "field_required", "A field that Sage requires is missing.";
        FieldTooLong = "field_too_long", "A text is longer than Sage keeps.";
        FieldRefused = "field_refused", "Sage does not accept the value of a field.";
        DescriptionRefused = "description_refused", "A line's description is empty, or holds what Sage does not accept.";
        LinesRefused = "lines_refused", "Sage refused the lines without saying which part of them.";
        SageError = "sage_error", "Sage had an error of its own.";
        UnknownError = "unknown_error", "Sage's message is none this release knows.";
        EmptyReply = "empty_reply", "Sage sent no text with its refusal.";
        ReplyNotJson = "reply_not_json", "The reply is a page, not a message of Sage's API.";
        ReplyTruncated = "reply_truncated", "The reply breaks off.";
    }
}
