//! Causes of differences in the words of accountants, and amounts as they are read.

use rust_decimal::Decimal;

use crate::reconciliation::{Cause, DocumentKind};

use super::reasons;

/// A cause: in words, what to do, and whether somebody must do it.
pub(crate) struct CauseWords {
    pub(crate) title: &'static str,
    pub(crate) remedy: &'static str,
    pub(super) class: &'static str,
}

pub(crate) fn cause(cause: Cause) -> CauseWords {
    let (title, remedy, class) = match cause {
        Cause::Failed => (
            "Not sent: it failed",
            "Open the document: it says what Sage refused and how to mend it.",
            "bad",
        ),
        Cause::Rejected => (
            "Refused by the module in Magento",
            "It was never sent. Its page in Magento says what is wrong and how to mend it.",
            "bad",
        ),
        Cause::NeedsDecision => (
            "A person must decide",
            "Open the document and say whether it is in Sage.",
            "bad",
        ),
        Cause::NotCaptured => (
            "Not captured",
            "The relay never got this document. Send it from Magento: its page, or a backfill of this day.",
            "bad",
        ),
        Cause::MissingInSage => (
            "Missing in Sage",
            "It was posted and is there no more. Ask who deleted it; then send it once more from Magento, or leave it.",
            "bad",
        ),
        Cause::VoidedInSage => (
            "Voided in Sage",
            "Somebody voided it in Sage. If that was right, credit it in Magento; if not, send it once more.",
            "bad",
        ),
        Cause::EditedInSage => (
            "Edited in Sage",
            "Somebody changed it in Sage after it was posted. Put it back, or correct it in Magento by a credit memo.",
            "bad",
        ),
        Cause::TotalDiffers => (
            "Posted with another total",
            "Sage came to another total than Magento. Open the document and compare the lines.",
            "bad",
        ),
        Cause::ChangedInShop => (
            "Magento’s total is not the one sent",
            "Compare the document in Magento with what was sent.",
            "bad",
        ),
        Cause::VatDiffers => (
            "Same total, other VAT",
            "Compare the VAT of the lines in Sage with those in Magento.",
            "bad",
        ),
        Cause::CurrencyDiffers => (
            "Another currency in Sage",
            "Compare the currency of the contact in Sage with the document in Magento.",
            "bad",
        ),
        Cause::DraftInSage => (
            "A draft in Sage",
            "A draft posts nothing. Release it in Sage.",
            "bad",
        ),
        Cause::OtherDay => (
            "Dated on another day in Sage",
            "Sage has it in another period. Correct the date in Sage if the period is still open.",
            "open",
        ),
        Cause::NotTold => (
            "Its Magento document is of another day",
            "The relay posted it, for a document that Magento has on another day, or has no more.",
            "open",
        ),
        Cause::ShopNotRead => (
            "Magento has not told of this day yet",
            "Bring the figures up to date. If it stays, see Connections: the shop does not answer.",
            "open",
        ),
        Cause::DuplicateInSage => (
            "A second one of this number in Sage",
            "Somebody or something posted it a second time. Void one of them in Sage.",
            "bad",
        ),
        Cause::UnknownInSage => (
            "Unknown to us",
            "Somebody typed it into Sage, or another system posted it. It is ordinary bookkeeping if it belongs to no order of the shop.",
            "open",
        ),
        Cause::Skipped => (
            "Left out by the settings",
            "Nothing, if the settings are as you want them.",
            "quiet",
        ),
        Cause::Waiting => ("On its way", "Nothing: it goes on by itself.", "open"),
        Cause::OnHold => (
            "On hold",
            "Open the document: release it, or connect Sage again.",
            "open",
        ),
        Cause::Canceled => (
            "Canceled in Magento",
            "Nothing: it is not in Sage’s books either.",
            "quiet",
        ),
        Cause::NotRead => (
            "Sage was not read yet",
            "Bring the figures up to date.",
            "open",
        ),
        Cause::ShopSums => (
            "Magento’s totals are not the sum of its documents",
            "Bring the figures up to date. If it stays, tell the developer of the shop: tax or totals of an order were changed in the database.",
            "bad",
        ),
    };
    CauseWords {
        title,
        remedy,
        class,
    }
}

/// The reason of a difference in words.
pub(super) fn reason(code: &str) -> String {
    let words = reasons::reason(code);
    if words == code {
        code.replace('_', " ")
    } else {
        words.to_owned()
    }
}

pub(super) fn kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Invoice => "Invoice",
        DocumentKind::Creditmemo => "Credit note",
    }
}

/// An amount with separators between thousands and at least two places.
pub(super) fn money(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    let text = amount.abs().to_string();
    let (whole, places) = text.split_once('.').unwrap_or((&text, "00"));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    let sign = if amount.is_sign_negative() && !amount.is_zero() {
        "−"
    } else {
        ""
    };
    format!("{sign}{out}.{places}")
}

/// A VAT rate.
pub(super) fn rate(rate: Option<Decimal>) -> String {
    rate.map_or_else(
        || "not stated by Sage".to_owned(),
        |rate| format!("{} %", rate.normalize()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_full() {
        let read = |text: &str| money(text.parse().unwrap());
        assert_eq!(read("1234567.8"), "1,234,567.80");
        assert_eq!(read("-999.9990"), "−999.999");
        assert_eq!(read("-0.00"), "0.00");
        assert_eq!(rate(Some("20.0000".parse().unwrap())), "20 %");
        assert_eq!(reason("zero_value_invoice"), "zero value invoice");
    }
}
