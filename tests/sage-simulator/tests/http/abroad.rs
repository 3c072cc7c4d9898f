//! Sales to foreign contacts.

use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn foreign_contacts_need_one_goods_or_services_kind_and_zero_rating() {
    let sage = Sage::start().await;
    let mut abroad = contact("M7");
    abroad["contact"]["main_address"]["country_id"] = json!("US");
    let abroad = sage.post("/contacts", &abroad).await.id().to_owned();
    let answer = sage.post("/sales_invoices", &invoice(&abroad, "1")).await;
    assert_eq!(
        answer.sources(),
        [
            "line_items.description",
            "line_items.eu_goods_services_type",
            "line_items.tax_rate"
        ]
    );
    let mut good = invoice_with_line(
        &abroad,
        json!({
            "tax_rate_id": "GB_ZERO", "tax_amount": "0.00", "eu_goods_services_type_id": "GOODS",
        }),
    );
    assert_eq!(sage.post("/sales_invoices", &good).await.status, 201);
    let mut services = good["sales_invoice"]["invoice_lines"][0].clone();
    services["eu_goods_services_type_id"] = json!("SERVICES");
    good["sales_invoice"]["invoice_lines"]
        .as_array_mut()
        .unwrap()
        .push(services);
    let mixed = sage.post("/sales_invoices", &good).await;
    assert!(
        mixed
            .problems()
            .contains(&("line_items.eu_goods_services_type", "must be the same"))
    );
}

#[tokio::test]
async fn european_consumers_default_to_services_and_registered_ones_do_not() {
    let sage = Sage::start().await;
    let german = async |reference: &str, tax_number: Value| {
        let mut body = contact(reference);
        body["contact"]["main_address"]["country_id"] = json!("DE");
        body["contact"]["tax_number"] = tax_number;
        sage.post("/contacts", &body).await.id().to_owned()
    };
    let consumer = german("M8", json!("")).await;
    assert_eq!(
        sage.post("/sales_invoices", &invoice(&consumer, "1"))
            .await
            .status,
        201
    );
    let company = german("M9", json!("DE123456789")).await;
    let answer = sage.post("/sales_invoices", &invoice(&company, "2")).await;
    assert_eq!(
        answer.sources(),
        [
            "line_items.description",
            "line_items.eu_goods_services_type"
        ]
    );
}

#[tokio::test]
async fn an_irish_business_has_its_own_rates_and_its_own_abroad() {
    let sage = Sage::irish().await;
    let buyer = async |reference: &str, country: &str, postcode: &str| {
        let mut body = contact(reference);
        body["contact"]["main_address"]["country_id"] = json!(country);
        body["contact"]["main_address"]["postal_code"] = json!(postcode);
        body["contact"]["tax_number"] = json!("XI123456789");
        sage.post("/contacts", &body).await.id().to_owned()
    };
    let send = async |contact: &str, rate: &str, tax: &str, kind: Value| {
        let line = json!({
            "tax_rate_id": rate, "tax_amount": tax, "currency_tax_amount": tax,
            "eu_goods_services_type_id": kind,
        });
        let body = invoice_with_line(contact, line);
        sage.post("/sales_invoices", &body).await
    };
    let at_home = buyer("M1", "IE", "D01 F5P2").await;
    assert_eq!(
        send(&at_home, "IE_STANDARD", "5.75", Value::Null)
            .await
            .status,
        201
    );
    assert_ne!(
        send(&at_home, "GB_STANDARD", "5.00", Value::Null)
            .await
            .status,
        201,
        "an Irish business has no British rates"
    );
    let british = buyer("M2", "GB", "LS1 4AP").await;
    let taxed = send(&british, "DESTINATION_GB_20", "5.00", json!("GOODS")).await;
    assert_eq!(
        taxed.problems().last(),
        Some(&(
            "line_items.tax_rate",
            "must be 'Zero Rated' for Customers outside the EU"
        ))
    );
    assert_eq!(
        send(&british, "IE_ZERO", "0.00", json!("GOODS"))
            .await
            .status,
        201
    );
    let northern = buyer("M3", "GB", "BT1 5GS").await;
    assert_eq!(
        send(&northern, "DESTINATION_XI_20", "5.00", json!("GOODS"))
            .await
            .status,
        201
    );
}
