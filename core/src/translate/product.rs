//! `product.upserted` → a product, a service or a stock item with its quantity.

use crate::canonical::{Product, ProductEvent, StockItem};
use crate::codes::{Reject, Warning};
use crate::context::Context;
use crate::filter;
use crate::money::Currency;
use crate::outcome::Step;
use crate::outcome::{Outcome, Rejection};
use crate::policy::{LedgerPurpose, PriceType};
use crate::rules::html_entities_refused::description;
use crate::sage::plan::{Body, Find, Operation, Origin, Plan, PlanStep, QuantityTarget, Ref};
use crate::sage::{CatalogItem, SalesPrice, SalesRate, StockMovement, limits};
use rust_decimal::Decimal;

/// What a Magento product is in Sage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Product,
    Service,
    StockItem,
}

impl Kind {
    /// Of a type that the filter let through.
    fn of(context: &Context<'_>, product: &Product<'_>) -> Self {
        match product.type_id.as_str() {
            "simple" if context.settings.policy.sync_stock && manages_stock(product) => {
                Self::StockItem
            }
            "simple" => Self::Product,
            _ => Self::Service,
        }
    }

    const fn resource(self) -> &'static str {
        match self {
            Self::Product => "products",
            Self::Service => "services",
            Self::StockItem => "stock_items",
        }
    }

    const fn code_limit(self) -> usize {
        match self {
            Self::StockItem => limits::STOCK_ITEM_CODE,
            Self::Product | Self::Service => limits::ITEM_CODE,
        }
    }
}

/// The pipeline, top to bottom.
pub(super) fn upserted(context: &mut Context<'_>, event: &ProductEvent<'_>) -> Step<Outcome> {
    if let Some(skip) = filter::product_upserted(context.settings, event) {
        return Ok(Outcome::Skip(skip));
    }
    context.settings.home_country()?;
    let product = &event.product;
    let kind = Kind::of(context, product);
    let currency = price_currency(context, product)?;
    let xref = format!("product:{}", product.entity_id);
    let item_code = item_code(product, kind)?;
    let find = Find {
        item_code: Some(item_code.clone()),
        ..Find::default()
    };
    let item = catalog_item(context, product, kind, item_code, currency)?;
    let body = match kind {
        Kind::Product => Body::Product(Box::new(item)),
        Kind::Service => Body::Service(Box::new(item)),
        Kind::StockItem => Body::StockItem(Box::new(item)),
    };
    let mut steps = vec![PlanStep::new(
        Operation::Update,
        kind.resource(),
        xref.clone(),
        find,
        body,
    )];
    if kind == Kind::StockItem {
        steps.push(movement(context, event, xref, currency));
    }
    let origin = Origin {
        entity_type: "product",
        entity_id: product.entity_id,
        increment_id: None,
        website_id: event.website_id,
        store_id: event.store_id,
    };
    Ok(Outcome::Post(Box::new(Plan::new(
        "product.upserted",
        event.sequence,
        origin,
        Vec::new(),
        steps,
    ))))
}

fn manages_stock(product: &Product<'_>) -> bool {
    let Some(stock) = &product.stock_item else {
        return false;
    };
    let own = stock.manage_stock == Some(1);
    let configured = product.config_manage_stock.unwrap_or(1) == 1;
    if stock.use_config_manage_stock == Some(1) {
        configured
    } else {
        own
    }
}

/// A code is the product's identity in Sage, so one that does not fit is refused, not cut.
fn item_code(product: &Product<'_>, kind: Kind) -> Step<String> {
    let code = product.sku.trim();
    if code.chars().count() <= kind.code_limit() {
        return Ok(code.to_owned());
    }
    Err(Rejection::new(
        Reject::ReferenceTooLong,
        "/product/sku",
        format!(
            "the SKU has more than the {} characters Sage keeps for {}",
            kind.code_limit(),
            kind.resource()
        ),
        "shorten the SKU, or switch sync_stock off to send a plain product",
    ))
}

/// Catalogue prices are in the website's base currency, which must be the business's own.
fn price_currency(context: &Context<'_>, product: &Product<'_>) -> Step<Currency> {
    let own = context.settings.binding.base_currency.as_str();
    let code = product.base_currency_code.as_deref().unwrap_or(own);
    Currency::from_code(code)
        .filter(|currency| currency.code() == own)
        .ok_or_else(|| {
            Rejection::new(
                Reject::NotSupportedYet,
                "/product/base_currency_code",
                format!("the price is in {code:?} and the Sage business in {own:?}"),
                "Sage keeps one price list in the business's own currency",
            )
        })
}

fn catalog_item(
    context: &mut Context<'_>,
    product: &Product<'_>,
    kind: Kind,
    item_code: String,
    currency: Currency,
) -> Step<CatalogItem> {
    let attributes = &product.attributes;
    let settings = context.settings;
    let name = attributes.name.as_deref().unwrap_or(&product.sku);
    let description = description(
        context,
        name,
        limits::PRODUCT_DESCRIPTION,
        &"/product/attributes/name",
    );
    let price = attributes.price.map(|price| currency.round(price.exact()));
    let includes_tax = product.price_includes_tax == Some(1);
    let first_id = |types: &[PriceType<'_>]| types.first().map(|kind| kind.id.to_string());
    let (sales_prices, sales_rates) = match kind {
        Kind::Service => {
            let rate = price.map(|rate| {
                [SalesRate {
                    service_rate_type_id: first_id(&settings.reference.service_rate_types),
                    rate_name: "Rate",
                    rate,
                    rate_includes_tax: includes_tax,
                }]
            });
            (None, rate)
        }
        Kind::Product | Kind::StockItem => {
            let price = price.map(|price| {
                [SalesPrice {
                    product_sales_price_type_id: first_id(
                        &settings.reference.product_sales_price_types,
                    ),
                    price_name: "Sales Price",
                    price,
                    price_includes_tax: includes_tax,
                }]
            });
            (price, None)
        }
    };
    let cost = currency.round(attributes.cost.exact());
    Ok(CatalogItem {
        item_code,
        description,
        sales_ledger_account_id: settings.ledger_account(LedgerPurpose::Sales)?.to_owned(),
        purchase_ledger_account_id: settings.purchase_ledger_account()?.to_owned(),
        cost_price: (!cost.is_zero()).then_some(cost),
        sales_prices,
        sales_rates,
        active: attributes.status.as_deref() == Some("1"),
    })
}

/// Brings Sage's quantity to Magento's.
fn movement(
    context: &mut Context<'_>,
    event: &ProductEvent<'_>,
    product_xref: String,
    currency: Currency,
) -> PlanStep {
    let product = &event.product;
    let mut quantity = physical_quantity(product);
    if quantity < Decimal::ZERO {
        context.warn(
            Warning::StockBelowZero,
            "/product/stock_item/qty",
            format!("Magento's stock is {quantity}; Sage's is brought to 0"),
        );
        quantity = Decimal::ZERO;
    }
    let body = StockMovement {
        stock_item_id: Ref::to(product_xref),
        date: event.local_date.to_string(),
        quantity: QuantityTarget(quantity),
        cost_price: currency.round(product.attributes.cost.exact()),
        details: "STOCKTAKE",
    };
    PlanStep::new(
        Operation::Adjust,
        "stock_movements",
        format!("stock:{}:{}", product.entity_id, event.sequence),
        Find::default(),
        Body::StockMovement(Box::new(body)),
    )
}

/// What lies in all sources together, or the one stock item of a shop without sources.
fn physical_quantity(product: &Product<'_>) -> Decimal {
    if product.source_items.is_empty() {
        let quantity = |stock: &StockItem| stock.qty.exact();
        return product.stock_item.as_ref().map_or(Decimal::ZERO, quantity);
    }
    product
        .source_items
        .iter()
        .map(|source| source.quantity.exact())
        .sum()
}
