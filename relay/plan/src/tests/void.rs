//! The void of an invoice.

use super::PLAN;
use crate::*;

const CANCELED: &str = r#"{"schema":"1","key":"invoice.canceled:33","event":"invoice.canceled","sequence":7,
"magento":{"entity_type":"invoice","entity_id":33,"increment_id":"000000033","website_id":1,"store_id":1},"needs":[],
"steps":[{"op":"void","resource":"sales_invoices","xref":"invoice:33","find":{},
"body":{"sales_invoice":{"void_reason":"Canceled in Magento: invoice 000000033"}}}]}"#;

#[test]
fn a_void_says_why_and_makes_nothing() {
    let plan = Plan::parse(CANCELED.as_bytes(), 64).unwrap();
    assert_eq!((plan.kind, plan.priority()), (Kind::Document, 1));
    assert_eq!(plan.makes().count(), 0);
    assert_eq!(plan.awaits().collect::<Vec<_>>(), ["invoice:33"]);
    let step = plan.principal().unwrap();
    assert_eq!((step.op, step.xref.as_str()), (Op::Void, "invoice:33"));
    assert_eq!(
        step.void_reason(),
        Some("Canceled in Magento: invoice 000000033")
    );
}

#[test]
fn a_void_that_says_more_or_less_is_refused() {
    let long = format!(r#""void_reason":"{}""#, "x".repeat(201));
    let reason = r#""void_reason":"Canceled in Magento: invoice 000000033""#;
    let cases = [
        (
            r#""find":{}"#,
            r#""find":{"reference":"33"}"#,
            "unknown_key",
            "/steps/0/find/reference",
        ),
        (r#""find":{},"#, "", "missing", "/steps/0/find"),
        (
            r#""find":{}"#,
            r#""find":{},"expect":{"total_amount":"1"}"#,
            "unknown_key",
            "/steps/0/expect",
        ),
        (
            r#""find":{}"#,
            r#""find":{},"records":{}"#,
            "unknown_key",
            "/steps/0/records",
        ),
        (
            r#""find":{}"#,
            r#""find":{},"unless":"invoice:1""#,
            "unknown_key",
            "/steps/0/unless",
        ),
        (
            reason,
            "",
            "missing",
            "/steps/0/body/sales_invoice/void_reason",
        ),
        (
            reason,
            r#""void_reason":" ""#,
            "empty",
            "/steps/0/body/sales_invoice/void_reason",
        ),
        (
            reason,
            r#""void_reason":null"#,
            "wrong_type",
            "/steps/0/body/sales_invoice/void_reason",
        ),
        (
            reason,
            long.as_str(),
            "out_of_range",
            "/steps/0/body/sales_invoice/void_reason",
        ),
        (
            reason,
            r#""void_reason":"x","notes":"y""#,
            "unknown_key",
            "/steps/0/body/sales_invoice/notes",
        ),
        (
            "sales_invoices",
            "sales_credit_notes",
            "op_not_for_resource",
            "/steps/0/op",
        ),
        (
            r#""xref":"invoice:33""#,
            r#""xref":"invoice:34""#,
            "entity_mismatch",
            "/steps/0/xref",
        ),
        (
            r#""needs":[]"#,
            r#""needs":["invoice:33"]"#,
            "needs_itself",
            "/needs/0",
        ),
    ];
    for (from, to, code, pointer) in cases {
        assert!(CANCELED.contains(from), "{from} is not in the plan");
        let invalid = Plan::parse(CANCELED.replacen(from, to, 1).as_bytes(), 64).unwrap_err();
        assert_eq!(
            (invalid.code, invalid.pointer.as_str()),
            (code, pointer),
            "{from} -> {to}"
        );
    }
    for (text, from, to) in [
        (CANCELED, "invoice.canceled", "invoice.paid"),
        (PLAN, "invoice.created", "invoice.canceled"),
    ] {
        let invalid = Plan::parse(text.replace(from, to).as_bytes(), 64).unwrap_err();
        assert_eq!(
            (invalid.code, invalid.pointer.as_str()),
            ("op_not_for_event", "/steps/0/op")
        );
    }
}
