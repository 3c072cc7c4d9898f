//! Voiding a document.

use reqwest::Method;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn a_reason_is_read_where_the_switch_says_and_money_is_in_the_way() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    for (switch, query, body, status) in [
        ("either", "", json!({"void_reason": "B"}), 204),
        (
            "either",
            "?void_reason=Q",
            json!({"sales_invoice": {"void_reason": "B"}}),
            204,
        ),
        ("query", "", json!({"void_reason": "B"}), 422),
        ("body", "?void_reason=Q", json!({}), 422),
        (
            "body",
            "?void_reason=Q",
            json!({"sales_invoice": {"void_reason": "B"}}),
            204,
        ),
    ] {
        sage.control("switches", json!({ "void_reason": switch }))
            .await;
        let made = sage
            .post("/sales_invoices", &invoice_with(&contact, json!({})))
            .await;
        let path = format!("/sales_invoices/{}", made.id());
        let request = sage.request(Method::DELETE, &format!("{path}{query}"));
        let answer = sage.send(request.json(&body)).await;
        assert_eq!(answer.status, status, "{switch} {query} {body}");
        let reason = sage.get(&path).await.body["void_reason"].clone();
        assert_eq!(reason.is_string(), status == 204);
    }
    let ledger = sage.inspect("ledger").await;
    let both = &ledger["sales_invoices"][1];
    assert_eq!(
        (
            &both["$simulator_void_reason_in_query"],
            &both["$simulator_void_reason_in_body"]
        ),
        (&json!("Q"), &json!("B"))
    );
}
