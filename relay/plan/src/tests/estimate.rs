//! The end of an estimate: a link to the invoice, or a removal.

use crate::*;

const REMOVED: &str = r#"{"schema":"1","key":"order.canceled:7","event":"order.canceled","sequence":7,
"magento":{"entity_type":"order","entity_id":7,"increment_id":"000000007","website_id":1,"store_id":1},"needs":[],
"steps":[{"op":"remove","resource":"sales_estimates","xref":"order:7","find":{},"body":{"sales_estimate":{}}}]}"#;

const LINKED: &str = r#"{"schema":"1","key":"order.invoiced:7","event":"order.invoiced","sequence":7,
"magento":{"entity_type":"order","entity_id":7,"website_id":1,"store_id":1},"needs":["invoice:33"],
"steps":[{"op":"link","resource":"sales_quotes","xref":"order:7","find":{},"body":{"sales_quote":{"invoice_id":{"$ref":"invoice:33"}}}}]}"#;

#[test]
fn the_end_of_an_estimate_makes_nothing_and_goes_last() {
    for (text, op, awaited) in [
        (REMOVED, Op::Remove, &["order:7"][..]),
        (LINKED, Op::Link, &["invoice:33", "order:7"][..]),
    ] {
        let plan = Plan::parse(text.as_bytes(), 64).unwrap();
        assert_eq!((plan.kind, plan.priority()), (Kind::Upsert, 5));
        assert_eq!(plan.makes().count(), 0);
        assert_eq!(plan.awaits().collect::<Vec<_>>(), awaited);
        assert_eq!(plan.principal().unwrap().op, op);
    }
}

#[test]
fn an_end_that_says_more_or_less_is_refused() {
    for (text, from, to, code, pointer) in [
        (
            REMOVED,
            r#""sales_estimate":{}"#,
            r#""sales_estimate":{"reference":"7"}"#,
            "unknown_key",
            "/steps/0/body/sales_estimate/reference",
        ),
        (
            REMOVED,
            r#""find":{}"#,
            r#""find":{"reference":"7"}"#,
            "unknown_key",
            "/steps/0/find/reference",
        ),
        (
            REMOVED,
            r#""xref":"order:7""#,
            r#""xref":"order:8""#,
            "entity_mismatch",
            "/steps/0/xref",
        ),
        (
            REMOVED,
            "sales_estimate",
            "sales_invoice",
            "op_not_for_resource",
            "/steps/0/op",
        ),
        (
            REMOVED,
            r#""op":"remove""#,
            r#""op":"link""#,
            "missing",
            "/steps/0/body/sales_estimate/invoice_id",
        ),
        (
            REMOVED,
            "order.canceled",
            "order.placed",
            "op_not_for_event",
            "/steps/0/op",
        ),
        (
            LINKED,
            "order.invoiced",
            "order.canceled",
            "op_not_for_event",
            "/steps/0/op",
        ),
        (
            LINKED,
            r#"{"$ref":"invoice:33"}"#,
            r#""33""#,
            "wrong_type",
            "/steps/0/body/sales_quote/invoice_id",
        ),
        (
            LINKED,
            r#""needs":["invoice:33"]"#,
            r#""needs":["order:7"]"#,
            "needs_itself",
            "/needs/0",
        ),
    ] {
        let broken = text.replace(from, to);
        assert_ne!(broken, text, "{from}");
        let invalid = Plan::parse(broken.as_bytes(), 64).unwrap_err();
        assert_eq!(
            (invalid.code, invalid.pointer.as_str()),
            (code, pointer),
            "{to}"
        );
    }
}
