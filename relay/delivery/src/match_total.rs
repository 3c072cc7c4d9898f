//! The proof on Sage's side: what stands there against what the plan expects.

use ledger_plan::Expect;
use ledger_sage::entity::decimal;
use ledger_store::{Reason, Xref};

/// What must not be hidden about an object that stands in Sage; `None` when all agrees.
/// Amounts are compared as decimals: `35.9` and `35.90` are one amount.
pub(super) fn finding(expect: Option<&Expect>, xref: &Xref) -> Option<Reason> {
    let expect = expect?;
    let Some(total) = &xref.total else {
        return Some(Reason::new(
            "total_not_stated",
            "Sage's answer states no total; nothing could be compared.",
        ));
    };
    if decimal(total) != Some(expect.total_amount) {
        let detail = format!(
            "Magento's total is {}, Sage's is {total}.",
            expect.total_text
        );
        return Some(Reason::new("total_differs", detail));
    }
    match (&expect.currency, &xref.currency) {
        (Some(wanted), Some(stated)) if wanted != stated => Some(Reason::new(
            "currency_differs",
            format!("Magento's currency is {wanted}, Sage's is {stated}."),
        )),
        (Some(_) | None, Some(_) | None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xref(total: Option<&str>, currency: Option<&str>) -> Xref {
        Xref {
            xref_key: "invoice:1".to_owned(),
            resource: "sales_invoices".to_owned(),
            sage_id: "a".to_owned(),
            displayed_as: None,
            total: total.map(ToOwned::to_owned),
            currency: currency.map(ToOwned::to_owned),
            match_tag: None,
            adopted: false,
        }
    }

    #[test]
    fn compares_amounts_not_digits() {
        let expect = Expect {
            total_amount: "35.90".parse().unwrap(),
            total_text: "35.90".to_owned(),
            currency: Some("GBP".to_owned()),
        };
        let code = |total, currency| {
            finding(Some(&expect), &xref(total, currency)).map(|reason| reason.code)
        };
        assert_eq!(code(Some("35.9"), Some("GBP")), None);
        assert_eq!(code(Some("35.900"), None), None);
        assert_eq!(
            code(Some("35.91"), Some("GBP")).as_deref(),
            Some("total_differs")
        );
        assert_eq!(
            code(Some("much"), Some("GBP")).as_deref(),
            Some("total_differs")
        );
        assert_eq!(
            code(Some("35.9"), Some("EUR")).as_deref(),
            Some("currency_differs")
        );
        assert_eq!(code(None, None).as_deref(), Some("total_not_stated"));
        assert_eq!(finding(None, &xref(None, None)), None);
    }
}
