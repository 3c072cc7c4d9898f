//! An invoice or a credit note: lines, shipping, VAT, currency, total.

use super::page::{Column, Page};
use super::{Facts, contact};
use crate::canonical::SalesEvent;
use crate::money::{Currency, Money, plain};
use crate::rule_id::RuleId;
use crate::sage::plan::PlanStep;
use crate::sage::{ArtefactLine, Lines, SalesArtefact, line_net};
use crate::vat::Treatment;

/// The document of a sales event.
pub(super) fn step(
    page: &mut Page,
    facts: &Facts<'_>,
    event: &SalesEvent<'_>,
    step: &PlanStep,
    artefact: &SalesArtefact,
) {
    page.heading(match artefact.lines {
        Lines::Invoice(_) => "Sales invoice",
        Lines::CreditNote(_) => "Sales credit note",
        Lines::Estimate(_) => "Sales estimate",
        Lines::Quote(_) => "Sales quote",
    });
    page.fact(
        "reference",
        &format!("{}, dated {}", artefact.reference, artefact.date),
    );
    contact::routing(page, facts, &artefact.contact_id);
    if let Some(date) = &artefact.original_invoice_date {
        page.fact("credits", &format!("the invoice of {date}"));
    }
    if let Some(date) = &artefact.expiry_date {
        page.fact("valid until", date);
    }
    if let Some(notes) = &artefact.notes {
        page.fact("notes", notes);
    }
    totals(page, facts, event, step);
    let Some(currency) = Currency::from_code(&event.document.order_currency_code) else {
        return;
    };
    page.heading("Lines");
    lines(page, artefact, currency);
    shipping(page, facts, event, artefact);
    vat(page, facts, event);
    exchange(page, facts, event, artefact);
}

fn totals(page: &mut Page, facts: &Facts<'_>, event: &SalesEvent<'_>, step: &PlanStep) {
    let document = &event.document;
    let currency = document.order_currency_code.as_str();
    page.fact(
        "Magento total",
        &format!("{} {currency}", plain_money(document.grand_total.exact())),
    );
    let tenders = [
        ("gift_cards_amount", document.gift_cards_amount),
        ("customer_balance_amount", document.customer_balance_amount),
        ("reward_currency_amount", document.reward_currency_amount),
    ];
    if facts.fired(RuleId::TenderSubtractedFromTotal) {
        for (column, amount) in tenders {
            if !amount.exact().is_zero() {
                let amount = plain_money(amount.exact());
                page.fact(
                    "",
                    &format!("+ {amount} {column}, a payment that Magento subtracted"),
                );
            }
        }
    }
    if let Some(expect) = &step.expect {
        page.fact(
            "Sage total",
            &format!(
                "{} {}, as Sage will compute it; the relay compares it with Sage's answer",
                expect.total_amount, expect.currency
            ),
        );
    }
}

/// At least two decimals, as people write money; never fewer digits than Magento stores.
fn plain_money(exact: rust_decimal::Decimal) -> String {
    let mut exact = exact.normalize();
    if exact.scale() < 2 {
        exact.rescale(2);
    }
    exact.to_string()
}

fn lines(page: &mut Page, artefact: &SalesArtefact, currency: Currency) {
    let columns = [
        Column::Number,
        Column::Text,
        Column::Number,
        Column::Number,
        Column::Number,
        Column::Number,
        Column::Id,
        Column::Number,
    ];
    let head = [
        "#",
        "description",
        "quantity",
        "unit price",
        "discount",
        "net",
        "rate",
        "tax",
    ];
    let mut rows: Vec<Vec<String>> = vec![head.map(str::to_owned).to_vec()];
    for (number, line) in (1u32..).zip(artefact.lines.as_slice()) {
        rows.push(row(number, line, currency));
    }
    let mut net: Money = artefact
        .lines
        .as_slice()
        .iter()
        .map(|line| line_net(line, currency))
        .sum();
    let taxes = artefact
        .lines
        .as_slice()
        .iter()
        .filter_map(|line| line.tax_amount);
    let mut tax: Money = taxes.sum();
    if let Some(panel) = &artefact.shipping {
        let recomputed = panel.recomputed_tax(currency);
        rows.push(
            [
                String::new(),
                "Shipping, in Sage's panel".to_owned(),
                String::new(),
                String::new(),
                String::new(),
                panel.shipping_net_amount.to_string(),
                panel.shipping_tax_rate_id.clone(),
                recomputed.to_string(),
            ]
            .to_vec(),
        );
        net = net + panel.shipping_net_amount;
        tax = tax + recomputed;
    }
    let sum = format!("Sum, together {}", net + tax);
    let empty = String::new;
    rows.push(vec![
        empty(),
        sum,
        empty(),
        empty(),
        empty(),
        net.to_string(),
        empty(),
        tax.to_string(),
    ]);
    page.table(&columns, rows);
}

fn row(number: u32, line: &ArtefactLine, currency: Currency) -> Vec<String> {
    let or_zero = |amount: Option<Money>| amount.unwrap_or_else(|| currency.zero()).to_string();
    vec![
        number.to_string(),
        line.description.clone(),
        plain(line.quantity),
        line.unit_price.to_string(),
        or_zero(line.discount_amount),
        line_net(line, currency).to_string(),
        line.tax_rate_id.clone(),
        or_zero(line.tax_amount),
    ]
}

fn shipping(page: &mut Page, facts: &Facts<'_>, event: &SalesEvent<'_>, artefact: &SalesArtefact) {
    page.heading("Shipping");
    let where_and_why = if artefact.shipping.is_some() {
        "in Sage's panel: rate times net gives the tax Magento charged"
    } else if facts.fired(RuleId::ShippingPanelCannotCarryTax) {
        "as a line: rate times net is not the tax Magento charged, and the panel can carry no other"
    } else if event.document.shipping_amount.exact().is_zero() {
        "none"
    } else {
        "as a line, or discounted to nothing"
    };
    page.line(where_and_why);
    if facts.fired(RuleId::ShippingVatRecomputed) {
        page.line("at the zero rate, whatever the tax map says: Magento charged no tax on it");
    }
}

fn vat(page: &mut Page, facts: &Facts<'_>, event: &SalesEvent<'_>) {
    page.heading("VAT");
    let country = event
        .delivery_address()
        .country_id
        .as_deref()
        .unwrap_or("-");
    let decided_by = if event.shipping_address.is_some() {
        format!("delivered to {country}")
    } else {
        format!("nothing is delivered, so the billing country {country} decides")
    };
    let treatment = Treatment::of(facts.settings, event);
    let decided_by = match treatment {
        Ok(Treatment::AbroadTaxed { country: taxed_in }) if taxed_in != country => {
            format!("{decided_by}, for VAT {taxed_in}")
        }
        _ => decided_by,
    };
    let treatment = match treatment {
        Ok(Treatment::Domestic) => {
            "domestic: the rates of tax_rate_map by the percentage Magento applied"
        }
        Ok(Treatment::AbroadUntaxed) => "across the border, and Magento charged no tax",
        Ok(Treatment::AbroadTaxed { .. }) => {
            "across the border, and Magento charged tax there, which is kept by its mapped rate"
        }
        Err(_) => "unknown",
    };
    page.line(&format!("{decided_by}; {treatment}"));
    if facts.fired(RuleId::CrossBorderMustBeZeroRated) {
        page.line("every line goes to the zero rate, which is the only one Sage takes here");
    }
}

fn exchange(page: &mut Page, facts: &Facts<'_>, event: &SalesEvent<'_>, artefact: &SalesArtefact) {
    let own = &facts.settings.binding.base_currency;
    let currency = &event.document.order_currency_code;
    page.heading("Currency");
    let text = match artefact
        .foreign
        .as_ref()
        .and_then(|foreign| foreign.exchange_rate)
    {
        Some(rate) => {
            format!("1 {currency} is {rate} {own}, from the rate Magento stored with the document")
        }
        None if currency == own => {
            format!("{currency}, the business's own; no exchange rate is sent")
        }
        None => format!("{currency}; no exchange rate is sent"),
    };
    page.line(&text);
}
