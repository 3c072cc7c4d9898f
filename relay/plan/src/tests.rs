//! Plans are read whole or refused with a pointer.

mod operations;
mod estimate;
mod void;

use std::collections::BTreeMap;

use super::*;

const PLAN: &str = r#"{"schema":"1","key":"invoice.created:33","event":"invoice.created","sequence":2,
"magento":{"entity_type":"invoice","entity_id":33,"increment_id":"000000033","website_id":1,"store_id":1},"needs":[],
"steps":[{"op":"ensure","resource":"contacts","xref":"contact:G1:GBP","find":{"reference":"G1","email":"a@example.com"},
"body":{"contact":{"name":"Pat","reference":"G1"}}},
{"op":"create","resource":"sales_invoices","xref":"invoice:33",
"find":{"reference":"000000033","contact_id":{"$ref":"contact:G1:GBP"},"total_amount":"35.99"},
"body":{"sales_invoice":{"contact_id":{"$ref":["contact:M1:GBP","contact:G1:GBP"]},"z":"1","a":"2"}},
"expect":{"total_amount":"35.99","currency":"GBP"}}]}"#;

fn refused(from: &str, to: &str) -> (&'static str, String) {
    assert!(PLAN.contains(from), "{from} is not in the plan");
    let invalid = Plan::parse(PLAN.replacen(from, to, 1).as_bytes(), 64).unwrap_err();
    (invalid.code, invalid.pointer)
}

#[test]
fn reads_the_contract_example() {
    let plan = Plan::parse(PLAN.as_bytes(), 64).unwrap();
    assert_eq!(
        (plan.key.as_str(), plan.kind, plan.sequence),
        ("invoice.created:33", Kind::Document, 2)
    );
    assert_eq!(
        plan.steps.iter().map(|step| step.op).collect::<Vec<_>>(),
        [Op::Ensure, Op::Create]
    );
    assert_eq!(plan.principal().unwrap().xref, "invoice:33");
    assert_eq!(plan.steps[1].expect.as_ref().unwrap().total_text, "35.99");
}

#[test]
fn every_refusal_has_code_and_pointer() {
    let cases: &[(&str, &str, &str, &str)] = &[
        (
            r#""schema":"1""#,
            r#""schema":"2""#,
            "schema_not_supported",
            "/schema",
        ),
        (r#""schema":"1","#, "", "missing", "/schema"),
        (
            r#""needs":[]"#,
            r#""needs":[],"more":1"#,
            "unknown_key",
            "/more",
        ),
        (
            r#""sequence":2"#,
            r#""sequence":"2""#,
            "wrong_type",
            "/sequence",
        ),
        (
            r#""sequence":2"#,
            r#""sequence":-2"#,
            "out_of_range",
            "/sequence",
        ),
        (
            r#""event":"invoice.created""#,
            r#""event":"order.shipped""#,
            "event_unknown",
            "/event",
        ),
        (
            r#""entity_type":"invoice""#,
            r#""entity_type":"creditmemo""#,
            "entity_mismatch",
            "/magento/entity_type",
        ),
        (
            r#""entity_id":33"#,
            r#""entity_id":-33"#,
            "out_of_range",
            "/magento/entity_id",
        ),
        (
            r#""needs":[]"#,
            r#""needs":["invoice:9","invoice:33"]"#,
            "needs_itself",
            "/needs/1",
        ),
        (
            r#""event":"invoice.created""#,
            r#""event":"invoice.paid""#,
            "key_mismatch",
            "/key",
        ),
        (
            r#""key":"invoice.created:33""#,
            r#""key":"invoice.created: 33""#,
            "invalid_format",
            "/key",
        ),
        (
            r#""entity_id":33"#,
            r#""entity_id":null"#,
            "wrong_type",
            "/magento/entity_id",
        ),
        (
            r#""op":"ensure""#,
            r#""op":"allocate""#,
            "op_not_for_resource",
            "/steps/0/op",
        ),
        (
            r#""op":"ensure""#,
            r#""op":"erase""#,
            "op_unknown",
            "/steps/0/op",
        ),
        (
            r#""resource":"contacts""#,
            r#""resource":"../users""#,
            "resource_not_supported",
            "/steps/0/resource",
        ),
        (
            r#""xref":"invoice:33""#,
            r#""xref":"contact:G1:GBP""#,
            "duplicate_xref",
            "/steps/1/xref",
        ),
        (
            r#"{"reference":"G1","email""#,
            r#"{"email""#,
            "missing",
            "/steps/0/find/reference",
        ),
        (
            r#""total_amount":"35.99"}"#,
            r#""total_amount":"many"}"#,
            "invalid_format",
            "/steps/1/find/total_amount",
        ),
        (
            r#""z":"1""#,
            r#""z":1"#,
            "money_not_a_string",
            "/steps/1/body/sales_invoice/z",
        ),
        (
            r#""z":"1""#,
            r#""z":1.5"#,
            "money_not_a_string",
            "/steps/1/body/sales_invoice/z",
        ),
        (
            r#""z":"1""#,
            r#""idempotency_id":"1""#,
            "unknown_key",
            "/steps/1/body/sales_invoice/idempotency_id",
        ),
        (
            r#"{"contact":{"name""#,
            r#"{"sales_invoice":{"name""#,
            "unknown_key",
            "/steps/0/body/sales_invoice",
        ),
        (
            r#""name":"Pat""#,
            r#""name":{"$ref":[]}"#,
            "ref_malformed",
            "/steps/0/body/contact/name/$ref",
        ),
        (
            r#""name":"Pat""#,
            r#""name":{"$ref":"x","y":"z"}"#,
            "ref_malformed",
            "/steps/0/body/contact/name/$ref",
        ),
        (
            r#""name":"Pat""#,
            r#""name":{"$ref":"invoice:33"}"#,
            "ref_forward",
            "/steps/0/body/contact/name/$ref",
        ),
        (
            r#""expect":{"total_amount":"35.99""#,
            r#""expect":{"total_amount":"x""#,
            "invalid_format",
            "/steps/1/expect/total_amount",
        ),
        (
            r#""currency":"GBP""#,
            r#""net_amount":"1""#,
            "unknown_key",
            "/steps/1/expect/net_amount",
        ),
    ];
    for (from, to, code, pointer) in cases {
        assert_eq!(
            refused(from, to),
            (*code, (*pointer).to_owned()),
            "{from} -> {to}"
        );
    }
    let empty = Plan::parse(br#"{"schema":"1","key":"invoice.paid:1","event":"invoice.paid","sequence":0,"magento":{"entity_type":"invoice","entity_id":1,"website_id":1,"store_id":1},"needs":[],"steps":[]}"#, 64);
    let empty = empty.unwrap_err();
    assert_eq!(
        (empty.code, empty.pointer.as_str(), empty.key.as_deref()),
        ("empty", "/steps", Some("invoice.paid:1"))
    );
}

#[test]
fn a_ref_takes_the_first_alternative_that_exists_and_nothing_else_changes() {
    let plan = Plan::parse(PLAN.as_bytes(), 64).unwrap();
    let mut known = BTreeMap::from([("contact:G1:GBP".to_owned(), "abc".to_owned())]);
    let body = &plan.steps[1].body;
    let text = |known: &BTreeMap<String, String>| {
        serde_json::to_string(&refs::resolve(body, known).unwrap()).unwrap()
    };
    assert_eq!(
        text(&known),
        r#"{"sales_invoice":{"contact_id":"abc","z":"1","a":"2"}}"#
    );
    known.insert("contact:M1:GBP".to_owned(), "def".to_owned());
    assert_eq!(
        text(&known),
        r#"{"sales_invoice":{"contact_id":"def","z":"1","a":"2"}}"#
    );
    assert_eq!(
        refs::resolve(body, &BTreeMap::new()).unwrap_err(),
        ["contact:M1:GBP", "contact:G1:GBP"]
    );
    let mut names = Vec::new();
    refs::mentioned(body, &mut names);
    assert_eq!(names, ["contact:M1:GBP", "contact:G1:GBP"]);
}
