//! Checks of single knobs: ranges, formats, and knobs that need one another.

use super::{Findings, ProblemCode, policy, token};
use crate::canonical::Date;
use crate::money::{Currency, plain};
use crate::policy::EstimateResource;
use crate::policy::country::{HomeCountry, not_supported};
use crate::sage::limits;
use crate::text::cut;
use rust_decimal::Decimal;

/// Digits of Magento's ordinary increment ids; the prefix must leave room for them.
const INCREMENT_ID_DIGITS: usize = 9;

/// Sage products that keep no stock; `stock_items` exists in Plus only (documented).
const WITHOUT_STOCK: [&str; 2] = ["start", "standard"];

/// Every check of this file, in the order of the settings document.
pub(super) fn run(findings: &mut Findings<'_>) {
    findings.schema();
    dates(findings);
    numbers(findings);
    estimates(findings);
    prefix(findings);
    consolidation(findings);
    required_together(findings);
    binding(findings);
}

fn dates(findings: &mut Findings<'_>) {
    let settings = findings.settings;
    for result in [
        settings.sync_since().map(|_| ()),
        settings.accounts_start_date().map(|_| ()),
        settings.locked_until().map(|_| ()),
    ] {
        if let Err(rejection) = result {
            findings.add(
                ProblemCode::InvalidFormat,
                rejection.pointer,
                rejection.message,
                rejection.suggestion,
            );
        }
    }
    for (index, rate) in settings.reference.tax_rates.iter().enumerate() {
        for (position, period) in rate.percentages.iter().enumerate() {
            for (field, text) in [
                ("from_date", &period.from_date),
                ("to_date", &period.to_date),
            ] {
                let pointer =
                    format!("/settings/reference/tax_rates/{index}/percentages/{position}/{field}");
                let parsed = text.as_deref().map(|text| Date::parse(text, &pointer));
                if let Some(Err(rejection)) = parsed {
                    findings.add(
                        ProblemCode::InvalidFormat,
                        rejection.pointer,
                        rejection.message,
                        "refresh the reference data from Sage",
                    );
                }
            }
        }
    }
}

fn numbers(findings: &mut Findings<'_>) {
    let knobs = &findings.settings.policy;
    let cap = knobs.rounding_cap.exact();
    if cap < Decimal::ZERO || cap > Decimal::ONE {
        findings.add(
            ProblemCode::OutOfRange,
            policy("rounding_cap"),
            format!("rounding_cap is {}, allowed is 0 to 1", plain(cap)),
            "Magento's own rounding leaves a penny or two; a larger cap would hide real differences",
        );
    }
    let threshold = knobs.b2c_consolidation.min_total_for_individual.exact();
    if threshold < Decimal::ZERO {
        findings.add(
            ProblemCode::OutOfRange,
            policy("b2c_consolidation/min_total_for_individual"),
            format!(
                "min_total_for_individual is {}, below zero",
                plain(threshold)
            ),
            "send the total from which a private customer gets a contact, or 0 for no such total",
        );
    }
}

/// Longest validity of an estimate in days. Sage publishes no limit; this bound is ours (assumed).
const LONGEST_VALIDITY: u64 = 3650;

fn estimates(findings: &mut Findings<'_>) {
    let settings = findings.settings;
    let days = settings.policy.estimate_valid_days;
    if days > LONGEST_VALIDITY {
        findings.add(
            ProblemCode::OutOfRange,
            policy("estimate_valid_days"),
            format!("estimate_valid_days is {days}, allowed is 0 to {LONGEST_VALIDITY}"),
            "send the number of days for which an estimate is valid, such as 30",
        );
    }
    let has_none = settings.binding.estimates == Some(EstimateResource::None);
    if settings.policy.sync_estimates && has_none {
        findings.add(
            ProblemCode::SageVariantLacksFeature,
            policy("sync_estimates"),
            "sync_estimates is on and the Sage business has neither estimates nor quotes",
            "switch sync_estimates off, or choose a Sage plan that has them",
        );
    }
}

/// A prefix that is too long would have every document refused with `reference_too_long`.
fn prefix(findings: &mut Findings<'_>) {
    let prefix = &findings.settings.policy.invoice_number_prefix;
    let longest = limits::DOCUMENT_REFERENCE - INCREMENT_ID_DIGITS;
    let length = prefix.chars().count();
    if length > longest {
        findings.add(
            ProblemCode::OutOfRange,
            policy("invoice_number_prefix"),
            format!(
                "invoice_number_prefix has {length} characters; of the {} Sage keeps of a reference, {longest} are left beside Magento's number",
                limits::DOCUMENT_REFERENCE
            ),
            format!("shorten it to {longest} characters"),
        );
    }
    if prefix.chars().any(|c| c.is_control()) || prefix.trim() != prefix.as_str() {
        findings.add(
            ProblemCode::InvalidFormat,
            policy("invoice_number_prefix"),
            "invoice_number_prefix has control characters, or white space at its ends",
            "remove them: Sage shows the reference on one line",
        );
    }
}

fn consolidation(findings: &mut Findings<'_>) {
    let rules = &findings.settings.policy.b2c_consolidation;
    let knob = |name: &str| policy(&format!("b2c_consolidation/{name}"));
    let reference = rules.fallback_contact_reference.trim();
    let length = rules.fallback_contact_reference.chars().count();
    if length > limits::CONTACT_REFERENCE {
        findings.add(
            ProblemCode::InvalidFormat,
            knob("fallback_contact_reference"),
            format!(
                "fallback_contact_reference has {length} characters, Sage keeps {}",
                limits::CONTACT_REFERENCE
            ),
            "shorten it",
        );
    } else if belongs_to_a_buyer(reference) {
        findings.add(
            ProblemCode::InvalidFormat,
            knob("fallback_contact_reference"),
            format!("{reference:?} is what the contact of a single buyer is called"),
            "choose another one, such as WEBSALES",
        );
    }
    let email = rules.fallback_contact_email.as_deref();
    if email.is_some_and(|email| !is_email(email)) {
        findings.add(
            ProblemCode::InvalidFormat,
            knob("fallback_contact_email"),
            "fallback_contact_email is no e-mail address that Sage can keep",
            format!(
                "send one address of at most {} characters, or null",
                limits::EMAIL
            ),
        );
    }
    let length = rules.fallback_contact_name.chars().count();
    if length > limits::CONTACT_NAME {
        findings.add(
            ProblemCode::OutOfRange,
            knob("fallback_contact_name"),
            format!(
                "fallback_contact_name has {length} characters, Sage keeps {}",
                limits::CONTACT_NAME
            ),
            "shorten it",
        );
    }
    if rules.enabled {
        let names = [
            ("fallback_contact_name", rules.fallback_contact_name.trim()),
            ("fallback_contact_reference", reference),
        ];
        for (name, text) in names {
            if text.is_empty() {
                findings.add(
                    ProblemCode::SettingMissing,
                    knob(name),
                    format!("b2c_consolidation is enabled and {name} is empty"),
                    "name the contact that private customers share",
                );
            }
        }
    }
}

/// `M5` and `G1a2b3c4d5` are references this product gives to customers and guests.
fn belongs_to_a_buyer(reference: &str) -> bool {
    let customer = reference
        .strip_prefix('M')
        .is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
    let hashed = reference.strip_prefix(['G', 'H']).is_some_and(|hash| {
        hash.len() == limits::CONTACT_REFERENCE - 1
            && hash
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    });
    customer || hashed
}

/// Enough to catch a typing error; whether the address exists is nobody's to know here.
fn is_email(text: &str) -> bool {
    let text = text.trim();
    let plain = |part: &str| {
        !part.is_empty()
            && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@')
    };
    text.chars().count() <= limits::EMAIL
        && text.split_once('@').is_some_and(|(local, domain)| {
            plain(local)
                && plain(domain)
                && domain.contains('.')
                && domain.split('.').all(|label| !label.is_empty())
        })
}

fn required_together(findings: &mut Findings<'_>) {
    let settings = findings.settings;
    let knobs = &settings.policy;
    if knobs.sync_products && knobs.default_purchase_ledger_account_id.is_none() {
        findings.add(
            ProblemCode::SettingMissing,
            policy("default_purchase_ledger_account_id"),
            "sync_products is on and default_purchase_ledger_account_id is not set",
            "set default_purchase_ledger_account_id: Sage requires it of every product",
        );
    }
    if knobs.sync_stock && !knobs.sync_products {
        findings.add(
            ProblemCode::RequiresSetting,
            policy("sync_stock"),
            "sync_stock is on and sync_products is off, so no product exists whose stock could be kept",
            "switch sync_products on, or sync_stock off",
        );
    }
    let variant = settings.binding.sage_variant.as_deref().unwrap_or_default();
    if knobs.sync_stock && WITHOUT_STOCK.contains(&variant.to_lowercase().as_str()) {
        findings.add(
            ProblemCode::SageVariantLacksFeature,
            policy("sync_stock"),
            format!("sync_stock is on and the Sage business is {variant:?}; only plus keeps stock"),
            "switch sync_stock off: simple products are sent without a quantity",
        );
    }
}

fn binding(findings: &mut Findings<'_>) {
    let binding = &findings.settings.binding;
    if !is_country(&binding.country) {
        findings.add(
            ProblemCode::InvalidFormat,
            "/settings/binding/country".to_owned(),
            format!("{:?} is no country code", cut(&binding.country, 40).0),
            "send two capital letters, such as \"GB\"",
        );
    } else if HomeCountry::from_code(&binding.country).is_none() {
        findings.add(
            ProblemCode::NotSupportedYet,
            "/settings/binding/country".to_owned(),
            not_supported(&binding.country),
            "connect a business in one of these countries; for this one no document would be posted before an update",
        );
    }
    if Currency::from_code(&binding.base_currency).is_none() {
        findings.add(
            ProblemCode::InvalidFormat,
            "/settings/binding/base_currency".to_owned(),
            format!(
                "{:?} is no active ISO 4217 currency",
                cut(&binding.base_currency, 40).0
            ),
            "refresh the business's settings from Sage",
        );
    }
    let countries = findings.settings.policy.destination_tax_rate_map.keys();
    for country in countries {
        if !is_country(country) {
            findings.add(
                ProblemCode::InvalidFormat,
                policy(&format!("destination_tax_rate_map/{}", token(country))),
                format!("{:?} is no country code", cut(country, 40).0),
                "key the map by two capital letters, such as \"DE\"",
            );
        }
    }
}

/// The form of ISO 3166-1 alpha-2; Magento's and Sage's own lists are not compared.
fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}
