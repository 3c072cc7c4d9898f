//! Proposals for the shop and the business of the corpus.

use super::propose;
use crate::codes::Reject;

const SHOP: &str = include_str!("../../../../golden/shops/united_kingdom.json");
const EVERYTHING: &str = include_str!("../../../../golden/profiles/gb_everything.json");

/// The profile with nothing configured but what Sage says.
fn nothing_set() -> String {
    let mut settings: serde_json::Value = serde_json::from_str(EVERYTHING).unwrap();
    settings["policy"] = serde_json::json!({});
    settings.to_string()
}

#[test]
fn what_carries_the_same_name_or_percentage_is_proposed() {
    let proposals = propose(&nothing_set(), SHOP).unwrap();
    let said: Vec<(&str, &str)> = proposals
        .iter()
        .map(|proposal| {
            (
                proposal.pointer.trim_start_matches("/settings/policy/"),
                match proposal.displayed_as.as_str() {
                    "" => "none",
                    name => name,
                },
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("tax_rate_map/20.00", "GB_STANDARD"),
            ("tax_rate_map/5.00", "GB_LOWER"),
            ("tax_rate_map/0.00", "GB_ZERO"),
            ("default_tax_rate_id", "GB_STANDARD"),
            ("destination_tax_rate_map/DE/7.00", "DESTINATION_DE_7"),
            ("destination_tax_rate_map/DE/19.00", "DESTINATION_DE_19"),
            ("default_ledger_account_id", "Sales - Products (4000)"),
            (
                "default_purchase_ledger_account_id",
                "Cost of Sales - Goods (5000)"
            ),
            (
                "shipping_ledger_account_id",
                "Other Income - Carriage (4900)"
            ),
            ("rounding_ledger_account_id", "Rounding (8206)"),
            ("default_bank_account_id", "Current (1200)"),
            ("payment_method_map/free", "none"),
            ("payment_method_map/paypal_express", "PayPal (1220)"),
        ]
    );
    let zero = proposals
        .iter()
        .find(|proposal| proposal.pointer.ends_with("/0.00"))
        .unwrap();
    assert_eq!(zero.alternatives, ["GB_EXEMPT", "GB_NO_TAX"]);
    assert_eq!(
        zero.reason,
        "the shop charges 0.00 % in GB, and GB_ZERO is 0.00 % in Sage"
    );
}

#[test]
fn what_is_set_is_left_alone() {
    let proposals = propose(EVERYTHING, SHOP).unwrap();
    let pointers: Vec<&str> = proposals
        .iter()
        .map(|proposal| proposal.pointer.as_str())
        .collect();
    assert_eq!(
        pointers,
        ["/settings/policy/payment_method_map/paypal_express"]
    );
}

#[test]
fn what_is_proposed_can_be_saved() {
    let mut settings: serde_json::Value = serde_json::from_str(&nothing_set()).unwrap();
    for proposal in propose(&nothing_set(), SHOP).unwrap() {
        let mut place = &mut settings;
        for key in proposal.pointer.trim_start_matches("/settings/").split('/') {
            place = &mut place[key];
        }
        *place = proposal.value.map_or(serde_json::Value::Null, Into::into);
    }
    let problems = crate::policy::validate::validate(&settings.to_string(), None);
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn a_profile_that_cannot_be_read_names_its_field() {
    for (broken, code, pointer) in [
        (
            SHOP.replace("\"code\": \"base\"", "\"codes\": \"base\""),
            Reject::UnknownField,
            "/shop/websites/0/codes",
        ),
        (
            SHOP.replace("\"20.0000\"", "20"),
            Reject::MoneyNotAString,
            "/shop/tax_rates/0/rate",
        ),
        (
            SHOP.replace("\"schema\": \"1\"", "\"schema\": \"2\""),
            Reject::UnsupportedSchema,
            "/shop/schema",
        ),
    ] {
        let rejection = propose(EVERYTHING, &broken).unwrap_err();
        assert_eq!(
            (rejection.code, rejection.pointer.as_str()),
            (code, pointer)
        );
    }
}
