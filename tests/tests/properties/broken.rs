//! Broken documents and extreme figures: never a panic, never a wrong total.

use crate::runner::{Counts, count, documents, try_all};
use crate::{decide, profile, string};
use anyhow::{Context, Result};
use ledger_tests::generate::mutate::{self, mutations};
use ledger_tests::generate::render::render;
use ledger_tests::generate::spec::{Sale, Shop, sale};
use ledger_tests::generate::{rates, sage};
use proptest::prelude::*;
use serde_json::Value;

/// A document, the changes to it, and whether they are made to the settings instead.
type Broken = (Sale, Vec<mutate::Mutation>, u8);

fn broken() -> impl Strategy<Value = Broken> {
    (sale(), mutations(), any::<u8>())
}

#[test]
fn broken_documents_never_panic_and_never_get_a_wrong_total() {
    try_all("broken documents", documents() / 2, broken, check_broken);
}

fn check_broken((mut sale, mutations, target): Broken, counts: &mut Counts) -> Result<()> {
    // Small documents, so that the changes hit everything and not only one of many rows.
    sale.lines.truncate(3);
    let event = render(&sale)
        .event
        .to_string_mutated(&mutations, !target.is_multiple_of(4));
    let settings = profile()
        .for_sale(&sale)
        .to_string_mutated(&mutations, target.is_multiple_of(4));
    let decision =
        decide(&event, &settings).with_context(|| format!("event {event}\nsettings {settings}"))?;
    let outcome = string(&decision, "/decision");
    if outcome == "post" {
        check_posted(&event, &settings, &decision)
            .with_context(|| format!("event {event}\nsettings {settings}\ndecision {decision}"))?;
    }
    let code = string(&decision, "/code") + &string(&decision, "/reason");
    count(counts, format!("{outcome} {code}"));
    Ok(())
}

/// A document whose rows are repeated so many times, with extreme figures in turn.
type Extreme = (Sale, Vec<u8>, u16, bool);

fn extreme() -> impl Strategy<Value = Extreme> {
    let repeated = prop_oneof![8 => 1..5_u16, 1 => 500..1_500_u16];
    (
        sale(),
        proptest::collection::vec(any::<u8>(), 1..40),
        repeated,
        any::<bool>(),
    )
}

#[test]
fn extreme_figures_never_panic() {
    try_all(
        "extreme figures",
        documents() / 30,
        extreme,
        |extreme, counts| {
            let (mut sale, choices, repeated, settings_too) = extreme;
            sale.lines.truncate(2);
            let mut event = mutate::with_extremes(&render(&sale).event, &choices);
            let lists = ["/invoice/items", "/creditmemo/items", "/order_tax_items"];
            for pointer in lists {
                if let Some(list) = event.pointer_mut(pointer).and_then(Value::as_array_mut) {
                    let rows = list.len() * usize::from(repeated);
                    *list = list.iter().cycle().take(rows).cloned().collect();
                }
            }
            let settings = profile().for_sale(&sale);
            let settings = if settings_too {
                mutate::with_extremes(&settings, &choices)
            } else {
                settings
            };
            let decision = decide(&event.to_string(), &settings.to_string())?;
            let code = string(&decision, "/code") + &string(&decision, "/reason");
            count(counts, format!("{} {code}", string(&decision, "/decision")));
            Ok(())
        },
    );
}

trait Mutated {
    /// The text, changed or not.
    fn to_string_mutated(&self, mutations: &[mutate::Mutation], changed: bool) -> String;
}

impl Mutated for Value {
    fn to_string_mutated(&self, mutations: &[mutate::Mutation], changed: bool) -> String {
        if changed {
            mutate::apply(self, mutations)
        } else {
            self.to_string()
        }
    }
}

/// Even a broken document that is posted must be worth what its own header says.
fn check_posted(event: &str, settings: &str, decision: &Value) -> Result<()> {
    sage::well_formed(decision, None)?;
    let event: Value = serde_json::from_str(event)?;
    let settings: Value = serde_json::from_str(settings)?;
    let key = string(decision, "/plan/magento/entity_type");
    let column = |name: &str| sage::amount(&event, &format!("/{key}/{name}"));
    let currency = string(&event, &format!("/{key}/order_currency_code"));
    let known = ledger_tests::generate::currency::CURRENCIES;
    let Some(currency) = known.iter().find(|known| known.code == currency) else {
        return Ok(());
    };
    let figures = [
        "grand_total",
        "customer_balance_amount",
        "gift_cards_amount",
        "reward_currency_amount",
    ];
    let mut value = ledger_tests::generate::fixed::Fixed::ZERO;
    for name in figures {
        // More than four decimals are beyond this arithmetic.
        let Ok(figure) = column(name) else {
            return Ok(());
        };
        value += figure;
    }
    let items = event
        .pointer(&format!("/{key}/items"))
        .and_then(Value::as_array);
    let mut items = items.into_iter().flatten();
    if items.any(|item| sage::amount(item, "/qty").is_err()) {
        return Ok(());
    }
    // Without the business's rates nobody can say what Sage computes for the shipping.
    let is_known = |shop: Shop| {
        settings["reference"]["tax_rates"] == profile().of(shop)["reference"]["tax_rates"]
    };
    if !is_known(Shop::Britain) && !is_known(Shop::Ireland) {
        return Ok(());
    }
    sage::prove(decision, &settings, value, currency.decimals)?;
    rates::prove(&event, &key, decision, &settings, currency.decimals)
}
