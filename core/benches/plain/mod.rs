//! The document that is measured: the plain domestic sale of `docs/contracts.md` with any number of rows.
//!
//! The benchmarks of all hosts use it.

use std::fmt::Write as _;
use std::sync::LazyLock;

/// The settings it is translated under: the documented default, as compact as the relay sends it.
pub(crate) static SETTINGS: LazyLock<String> = LazyLock::new(|| {
    let text = include_str!("../../../golden/profiles/gb_base.json");
    let document = serde_json::from_str::<serde_json::Value>(text);
    document.map_or_else(|_| text.to_owned(), |document| document.to_string())
});

/// The event with so many rows, each 2 × 12.50 at 20 %.
pub(crate) fn event(rows: u32) -> String {
    let mut items = String::new();
    let mut taxes = String::new();
    for row in 0..rows {
        let separator = if row == 0 { "" } else { "," };
        let _ = write!(
            items,
            r#"{separator}{{"entity_id":{entity},"order_item_id":{row},"product_id":86,"sku":"mug-{row}","name":"Item {row} of the plain sale","qty":"2.0000","price":"12.5000","price_incl_tax":"15.0000","row_total":"25.0000","row_total_incl_tax":"30.0000","tax_amount":"5.0000","discount_amount":null,"discount_tax_compensation_amount":"0.0000","weee_tax_applied":"[]","order_item":{{"item_id":{row},"product_type":"simple","tax_percent":"20.0000"}}}}"#,
            entity = row + 1000,
        );
        let _ = write!(
            taxes,
            r#"{{"tax_id":49,"item_id":{row},"associated_item_id":null,"tax_percent":"20.0000","amount":"5.0000","taxable_item_type":"product"}},"#
        );
    }
    let (net, tax) = (rows * 25, rows * 5 + 1);
    // 4.99 of shipping and 1.00 of tax on it.
    let total = format!("{}.9900", rows * 30 + 5);
    let address = r#"{"prefix":null,"firstname":"Pat","middlename":null,"lastname":"Example","suffix":null,"company":null,"street":"1 Test Street","city":"Manchester","region":null,"postcode":"M1 1AE","country_id":"GB","telephone":"01610000000","email":"pat@example.com","vat_id":null}"#;
    format!(
        r#"{{"schema":"1","event":"invoice.created","magento_entity_id":33,"sequence":2,"website_id":1,"store_id":1,"occurred_at":"2026-11-21T18:21:49Z","local_date":"2026-11-21","invoice":{{"entity_id":33,"increment_id":"000000033","state":2,"created_at":"2026-11-21 18:21:49","order_currency_code":"GBP","base_currency_code":"GBP","global_currency_code":"GBP","base_to_order_rate":"1.0000","base_to_global_rate":"1.0000","grand_total":"{total}","base_grand_total":"{total}","subtotal":"{net}.0000","tax_amount":"{tax}.0000","discount_amount":"0.0000","discount_description":null,"discount_tax_compensation_amount":"0.0000","shipping_amount":"4.9900","shipping_tax_amount":"1.0000","shipping_incl_tax":"5.9900","shipping_discount_tax_compensation_amount":"0.0000","customer_balance_amount":null,"gift_cards_amount":null,"reward_currency_amount":null,"gw_price":null,"gw_tax_amount":null,"gw_items_price":null,"gw_items_tax_amount":null,"gw_card_price":null,"gw_card_tax_amount":null,"other":[],"items":[{items}]}},"order":{{"entity_id":29,"increment_id":"000000029","customer_id":null,"customer_is_guest":1,"customer_group_id":0,"customer_email":"pat@example.com","customer_firstname":"Pat","customer_lastname":"Example","customer_taxvat":null,"is_virtual":0,"shipping_description":"Flat Rate - Fixed","coupon_code":null,"shipping_discount_amount":"0.0000"}},"billing_address":{address},"shipping_address":{address},"payment":{{"method":"checkmo","method_title":"Check / Money order","po_number":null,"last_trans_id":null}},"order_tax":[{{"tax_id":49,"code":"GB VAT 20%","title":"GB VAT 20%","percent":"20.0000","amount":"{tax}.0000"}}],"order_tax_items":[{taxes}{{"tax_id":49,"item_id":null,"associated_item_id":null,"tax_percent":"20.0000","amount":"1.0000","taxable_item_type":"shipping"}}]}}"#
    )
}
