//! The other resources, and what happens to documents afterwards.

use reqwest::Method;
use sage_simulator::{ExchangeRateDirection, Switches};
use serde_json::{Value, json};

use crate::support::*;

fn receipt(contact_id: &str, artefact: &Value, total: &str, allocated: &str) -> Value {
    json!({ "contact_payment": {
        "transaction_type_id": "CUSTOMER_RECEIPT", "contact_id": contact_id, "bank_account_id": BANK,
        "date": "2026-11-22", "total_amount": total, "reference": "000000033",
        "allocated_artefacts": [{ "artefact_id": artefact["id"], "amount": allocated }],
    } })
}

async fn state(sage: &Sage, invoice: &Value) -> (String, String) {
    let body = sage
        .get(&format!(
            "/sales_invoices/{}",
            invoice["id"].as_str().unwrap()
        ))
        .await
        .body;
    (
        body["status"]["id"].as_str().unwrap().to_owned(),
        body["outstanding_amount"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn a_receipt_pays_the_invoice_and_deleting_it_undoes_that() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let invoice = sage.invoice(&contact, "000000033").await;
    let part = sage
        .post(
            "/contact_payments",
            &receipt(&contact, &invoice, "10.00", "10.00"),
        )
        .await;
    assert_eq!(part.status, 201, "{}", part.body);
    assert_eq!(
        state(&sage, &invoice).await,
        ("PART_PAID".into(), "20.0".into())
    );
    let rest = sage
        .post(
            "/contact_payments",
            &receipt(&contact, &invoice, "20.00", "20.00"),
        )
        .await;
    assert_eq!(state(&sage, &invoice).await, ("PAID".into(), "0.0".into()));
    let more = sage
        .post(
            "/contact_payments",
            &receipt(&contact, &invoice, "1.00", "1.00"),
        )
        .await;
    assert_eq!(
        more.problems(),
        [("base", "You can only pay unpaid or part-paid invoices.")]
    );
    assert_eq!(
        sage.delete(&format!("/contact_payments/{}", rest.id()))
            .await
            .status,
        204
    );
    assert_eq!(
        state(&sage, &invoice).await,
        ("PART_PAID".into(), "20.0".into())
    );
}

#[tokio::test]
async fn what_is_not_allocated_is_on_account_and_can_be_allocated_later() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let (first, second) = (
        sage.invoice(&contact, "1").await,
        sage.invoice(&contact, "2").await,
    );
    let payment = sage
        .post(
            "/contact_payments",
            &receipt(&contact, &first, "45.00", "30.00"),
        )
        .await
        .body;
    let on_account = &payment["payment_on_account"];
    assert_eq!(on_account["outstanding_amount"], "15.0");
    let allocation = |amount: &str| {
        json!({ "contact_allocation": {
            "transaction_type_id": "CUSTOMER_ALLOCATION", "contact_id": contact, "date": "2026-11-22",
            "allocated_artefacts": [
                { "artefact_id": second["id"], "amount": "15.00" },
                { "artefact_id": on_account["id"], "amount": amount },
            ],
        } })
    };
    assert_eq!(
        sage.post("/contact_allocations", &allocation("-14.00"))
            .await
            .status,
        422,
        "must sum to 0"
    );
    assert_eq!(
        sage.post("/contact_allocations", &allocation("-15.00"))
            .await
            .status,
        201
    );
    assert_eq!(
        state(&sage, &second).await,
        ("PART_PAID".into(), "15.0".into())
    );
}

#[tokio::test]
async fn a_credit_note_is_a_document_of_its_own_and_is_refunded() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let note = json!({ "sales_credit_note": {
        "contact_id": contact, "date": "2026-11-23", "reference": "CM000000001", "original_invoice_date": "2026-11-21",
        "main_address": address(), "delivery_address": address(), "credit_note_lines": [line()],
    } });
    let answer = sage.post("/sales_credit_notes", &note).await;
    assert_eq!(
        (
            answer.status,
            &answer.body["displayed_as"],
            &answer.body["total_amount"]
        ),
        (201, &json!("SCN-1"), &json!("30.0"))
    );
    let mut refund = receipt(&contact, &answer.body, "30.00", "30.00");
    refund["contact_payment"]["transaction_type_id"] = json!("CUSTOMER_REFUND");
    assert_eq!(sage.post("/contact_payments", &refund).await.status, 201);
    let paid = sage
        .get(&format!("/sales_credit_notes/{}", answer.id()))
        .await
        .body;
    assert_eq!(paid["outstanding_amount"], "0.0");
}

#[tokio::test]
async fn drafts_are_released_and_documents_voided() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let draft = sage
        .post(
            "/sales_invoices",
            &invoice_with(&contact, json!({ "status_id": "DRAFT" })),
        )
        .await;
    assert_eq!(draft.body["displayed_as"], "Draft");
    let path = format!("/sales_invoices/{}", draft.id());
    let released = sage
        .send(sage.request(Method::POST, &format!("{path}/release")))
        .await;
    assert_eq!(
        (
            released.status,
            &released.body["displayed_as"],
            &released.body["status"]["id"]
        ),
        (201, &json!("SI-1"), &json!("UNPAID"))
    );
    assert_eq!(sage.delete(&path).await.sources(), ["void_reason"]);
    assert_eq!(
        sage.delete(&format!("{path}?void_reason=Mistake"))
            .await
            .status,
        204
    );
    let void = sage.get(&path).await.body;
    assert_eq!(void["status"]["id"], "VOID");
    assert_eq!(
        (
            &void["void_reason"],
            &void["editable"],
            &void["outstanding_amount"]
        ),
        (&json!("Mistake"), &json!(false), &json!("0.0"))
    );
    let again = sage.delete(&format!("{path}?void_reason=Mistake")).await;
    assert_eq!((again.status, again.sources()), (422, vec!["base"]));
}

#[tokio::test]
async fn items_are_kept_and_stock_cannot_go_negative() {
    let sage = Sage::start().await;
    let product = json!({ "product": { "description": "Mug", "item_code": "MUG-1",
        "sales_ledger_account_id": SALES_PRODUCTS, "purchase_ledger_account_id": COST_OF_SALES } });
    let product = sage.post("/products", &product).await;
    assert_eq!(
        (product.status, &product.body["item_code"]),
        (201, &json!("MUG-1"))
    );
    let incomplete =
        json!({ "product": { "description": "Mug", "sales_ledger_account_id": SALES_PRODUCTS } });
    assert_eq!(
        sage.post("/products", &incomplete).await.sources(),
        ["purchase_ledger_account_id"]
    );
    let service = json!({ "service": { "description": "Fitting", "sales_ledger_account_id": SALES_PRODUCTS } });
    assert_eq!(sage.post("/services", &service).await.status, 201);

    let stock = json!({ "stock_item": { "description": "Tile", "item_code": "T1",
        "sales_ledger_account_id": SALES_PRODUCTS, "purchase_ledger_account_id": COST_OF_SALES } });
    let stock = sage.post("/stock_items", &stock).await.id().to_owned();
    let movement = |quantity: &str| {
        json!({ "stock_movement": { "stock_item_id": stock, "date": "2026-11-21", "quantity": quantity,
            "cost_price": "1.20", "details": "Stock take" } })
    };
    assert_eq!(
        sage.post("/stock_movements", &movement("5")).await.status,
        201
    );
    assert_eq!(
        sage.post("/stock_movements", &movement("-6")).await.status,
        422
    );
    assert_eq!(
        sage.post("/stock_movements", &movement("-2")).await.status,
        201
    );
    assert_eq!(
        sage.get(&format!("/stock_items/{stock}")).await.body["quantity_in_stock"],
        "3.0"
    );
    let with_product = invoice_with_line(&sage.contact("M5").await, json!({ "product_id": stock }));
    assert_eq!(
        sage.post("/sales_invoices", &with_product).await.status,
        201,
        "stock items go into product_id"
    );
}

#[tokio::test]
async fn foreign_currency_needs_the_setting_and_one_currency_per_contact() {
    let mut euro = contact("M5EUR");
    euro["contact"]["currency_id"] = json!("EUR");
    let closed = Sage::start().await;
    assert_eq!(
        closed.post("/contacts", &euro).await.sources(),
        ["currency_id"]
    );

    for (direction, base) in [
        (ExchangeRateDirection::BasePerForeign, "25.5"),
        (ExchangeRateDirection::ForeignPerBase, "35.29"),
    ] {
        let sage = Sage::with(Switches {
            multi_currency: Some(true),
            exchange_rate_direction: direction,
            ..Switches::default()
        })
        .await;
        let contact_id = sage.post("/contacts", &euro).await.id().to_owned();
        let body = invoice_with(
            &contact_id,
            json!({ "currency_id": "EUR", "exchange_rate": "0.85" }),
        );
        let answer = sage.post("/sales_invoices", &body).await;
        assert_eq!(
            (
                &answer.body["total_amount"],
                &answer.body["base_currency_total_amount"]
            ),
            (&json!("30.0"), &json!(base))
        );
        let pounds = invoice_with(&contact_id, json!({ "currency_id": "GBP" }));
        assert_eq!(
            sage.post("/sales_invoices", &pounds).await.sources(),
            ["currency"]
        );
    }
}

#[tokio::test]
async fn sums_follow_the_currency_and_the_discount() {
    let sage = Sage::with(Switches {
        multi_currency: Some(true),
        ..Switches::default()
    })
    .await;
    let pounds = sage.contact("M5").await;
    let mut yen = contact("M6");
    yen["contact"]["currency_id"] = json!("JPY");
    let yen = sage.post("/contacts", &yen).await.id().to_owned();
    for (contact_id, changes, total) in [
        (
            &pounds,
            json!({ "quantity": "3", "unit_price": "8.33", "tax_amount": "5.01" }),
            "30.0",
        ),
        (
            &pounds,
            json!({ "quantity": "1", "unit_price": "110.00", "discount_amount": "10.00", "tax_amount": "9.95" }),
            "109.95",
        ),
        (
            &pounds,
            json!({ "quantity": 2, "unit_price": 0.1, "tax_amount": 0 }),
            "0.2",
        ),
        (
            &pounds,
            json!({ "quantity": "1", "unit_price": "0.00", "tax_amount": "0.00" }),
            "0.0",
        ),
        (
            &yen,
            json!({ "quantity": "1", "unit_price": "1234.5", "tax_amount": "247" }),
            "1482.0",
        ),
    ] {
        let answer = sage
            .post("/sales_invoices", &invoice_with_line(contact_id, changes))
            .await;
        assert_eq!(
            (answer.status, &answer.body["total_amount"]),
            (201, &json!(total)),
            "{}",
            answer.body
        );
    }
    let negative = invoice_with_line(
        &pounds,
        json!({ "unit_price": "-20.00", "tax_amount": "0.00" }),
    );
    assert_eq!(
        sage.post("/sales_invoices", &negative).await.sources(),
        ["total_amount"]
    );
}

#[tokio::test]
async fn the_page_shows_the_books_and_escapes_them() {
    let sage = Sage::start().await;
    let mut evil = contact("M5");
    evil["contact"]["name"] = json!("<script>alert('x')</script>");
    let contact_id = sage.post("/contacts", &evil).await.id().to_owned();
    let shipping = json!({ "shipping_net_amount": "4.99", "shipping_tax_rate_id": "GB_STANDARD" });
    sage.post("/sales_invoices", &invoice_with(&contact_id, shipping))
        .await;
    let page = sage
        .client
        .get(sage.url("/"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;alert(&#39;x&#39;)"));
    for shown in [
        "SI-1",
        "Carriage",
        "35.99",
        "Sales - Products (4000)",
        "GB_STANDARD",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
}
