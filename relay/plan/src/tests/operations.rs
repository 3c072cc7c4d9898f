//! Operations on products, stock and allocations.

use crate::*;

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
