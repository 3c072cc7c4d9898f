//! A product, a service or a stock item, and its quantity.

use super::Facts;
use super::page::Page;
use crate::money::plain;
use crate::sage::plan::PlanStep;
use crate::sage::{CatalogItem, StockMovement};

/// The item itself.
pub(super) fn item(page: &mut Page, facts: &Facts<'_>, step: &PlanStep, item: &CatalogItem) {
    page.heading(match step.resource {
        "services" => "Service",
        "stock_items" => "Stock item",
        _ => "Product",
    });
    page.fact(
        "item code",
        &format!("{}; it is found by it, or created", item.item_code),
    );
    page.fact("description", &item.description);
    let with_tax = |includes: bool| {
        if includes {
            "including tax"
        } else {
            "excluding tax"
        }
    };
    for price in item.sales_prices.iter().flatten() {
        page.fact(
            "price",
            &format!("{} {}", price.price, with_tax(price.price_includes_tax)),
        );
    }
    for rate in item.sales_rates.iter().flatten() {
        page.fact(
            "rate",
            &format!("{} {}", rate.rate, with_tax(rate.rate_includes_tax)),
        );
    }
    if let Some(cost) = item.cost_price {
        page.fact("cost", &cost.to_string());
    }
    let accounts = &facts.settings.reference.ledger_accounts;
    let named = |id: &str| {
        let known = accounts.iter().find(|account| account.id == id);
        let name = known.and_then(|account| account.displayed_as.as_deref());
        name.unwrap_or(id).to_owned()
    };
    page.fact("sales", &named(&item.sales_ledger_account_id));
    page.fact("purchases", &named(&item.purchase_ledger_account_id));
    page.fact(
        "active",
        if item.active {
            "yes"
        } else {
            "no, the product is disabled in Magento"
        },
    );
}

/// The quantity to reach.
pub(super) fn movement(page: &mut Page, movement: &StockMovement) {
    page.heading("Stock");
    page.fact(
        "quantity",
        &format!(
            "brought to {} by a movement of the difference, dated {}",
            plain(movement.quantity.0),
            movement.date
        ),
    );
}
