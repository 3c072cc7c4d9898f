//! Plans are read whole or refused with a pointer.

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
            r#""event":"order.placed""#,
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

const SETTLING: &str = r#"{"schema":"1","key":"product.upserted:9","event":"product.upserted","sequence":2,
"magento":{"entity_type":"product","entity_id":9,"website_id":1,"store_id":1},"needs":["invoice:1"],
"steps":[{"op":"update","resource":"stock_items","xref":"product:9","unless":"product:8","find":{"item_code":"A"},
"body":{"stock_item":{"item_code":"A"}}},
{"op":"adjust","resource":"stock_movements","xref":"stock:9:2","find":{},
"body":{"stock_movement":{"stock_item_id":{"$ref":"product:9"},"quantity":{"$to":"42.50"},"details":"X"}}},
{"op":"update","resource":"contacts","xref":"contact:M5:*","find":{},"body":{"contact":{"name":"Kim"}}},
{"op":"create","resource":"contact_payments","xref":"payment:1","find":{"reference":"1","transaction_type_id":"T",
"contact_id":{"$ref":"c"},"bank_account_id":"b","total_amount":"1.00"},
"body":{"contact_payment":{"contact_id":{"$ref":"c"}}},"records":{"payment:1:contact":"/contact_payment/contact_id"}},
{"op":"allocate","resource":"contact_allocations","xref":"allocation:1","find":{"transaction_type_id":"T","contact_id":{"$ref":"c"}},
"body":{"contact_allocation":{"allocated_artefacts":[]}}}]}"#;

#[test]
fn reads_every_operation() {
    let plan = Plan::parse(SETTLING.as_bytes(), 64).unwrap();
    let steps: Vec<_> = plan
        .steps
        .iter()
        .map(|step| (step.op.word(), step.resource.path()))
        .collect();
    assert_eq!(
        steps,
        [
            ("update", "stock_items"),
            ("adjust", "stock_movements"),
            ("update", "contacts"),
            ("create", "contact_payments"),
            ("allocate", "contact_allocations")
        ]
    );
    assert_eq!(plan.steps[0].unless.as_deref(), Some("product:8"));
    assert_eq!(plan.steps[1].target, "42.5".parse().ok());
    assert_eq!(plan.steps[2].family(), Some("contact:M5:"));
    assert_eq!(plan.steps[3].records[0].resource, Resource::Contacts);
    let mut makes: Vec<_> = plan.makes().collect();
    makes.sort_unstable();
    assert_eq!(
        makes,
        [
            "allocation:1",
            "payment:1",
            "payment:1:contact",
            "product:9",
            "stock:9:2"
        ]
    );
}

#[test]
fn what_an_operation_lacks_is_refused() {
    let cases = [
        (
            r#""xref":"product:9","unless""#,
            r#""xref":"product:*","unless""#,
            "invalid_format",
            "/steps/0/xref",
        ),
        (
            r#""op":"adjust""#,
            r#""op":"update""#,
            "op_not_for_resource",
            "/steps/1/op",
        ),
        (
            r#""op":"create""#,
            r#""op":"update""#,
            "op_not_for_resource",
            "/steps/3/op",
        ),
        (
            r#""unless":"product:8""#,
            r#""unless":"a b""#,
            "invalid_format",
            "/steps/0/unless",
        ),
        (
            r#"{"item_code":"A"},"#,
            r#"{"reference":"A"},"#,
            "missing",
            "/steps/0/find/item_code",
        ),
        (
            r#"{"item_code":"A"},"#,
            r#"{"item_code":"A","sku":"B"},"#,
            "unknown_key",
            "/steps/0/find/sku",
        ),
        (
            r#""bank_account_id":"b","#,
            "",
            "missing",
            "/steps/3/find/bank_account_id",
        ),
        (
            r#"{"$to":"42.50"}"#,
            r#""42.50""#,
            "wrong_type",
            "/steps/1/body/stock_movement/quantity",
        ),
        (
            r#"{"$to":"42.50"}"#,
            r#"{"$to":"many"}"#,
            "invalid_format",
            "/steps/1/body/stock_movement/quantity/$to",
        ),
        (
            r#"{"$to":"42.50"}"#,
            r#"{"$to":42}"#,
            "wrong_type",
            "/steps/1/body/stock_movement/quantity/$to",
        ),
        (
            r#""details":"X""#,
            r#""details":{"$to":"1"}"#,
            "to_misplaced",
            "/steps/1/body/stock_movement/details/$to",
        ),
        (
            r#""name":"Kim""#,
            r#""name":{"$to":"1"}"#,
            "to_misplaced",
            "/steps/2/body/contact/name/$to",
        ),
        (
            r#"{"$ref":"product:9"}"#,
            r#""abc""#,
            "wrong_type",
            "/steps/1/body/stock_movement/stock_item_id",
        ),
        (
            "/contact_payment/contact_id",
            "/contact_payment/name",
            "record_malformed",
            "/steps/3/records/payment:1:contact",
        ),
        (
            r#""payment:1:contact""#,
            r#""payment 1""#,
            "invalid_format",
            "/steps/3/records/payment 1",
        ),
    ];
    for (from, to, code, pointer) in cases {
        assert!(SETTLING.contains(from), "{from} is not in the plan");
        let invalid = Plan::parse(SETTLING.replacen(from, to, 1).as_bytes(), 64).unwrap_err();
        assert_eq!(
            (invalid.code, invalid.pointer.as_str()),
            (code, pointer),
            "{from} -> {to}"
        );
    }
}

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
