//! A plan as an accountant reads it. Nothing is computed: every amount stands as the plan states it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::labels::masked;

/// A line of a document.
pub(super) struct PlanLine {
    pub(super) description: String,
    pub(super) account: String,
    pub(super) quantity: String,
    pub(super) unit_price: String,
    pub(super) tax_rate: String,
    pub(super) tax: String,
}

/// One step.
pub(super) struct PlanStep {
    pub(super) title: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) lines: Vec<PlanLine>,
    /// What the total must be in Sage.
    pub(super) total: Option<String>,
}

/// Fields that are shown, in this order: pointer, label, whether it is of a person.
const FACTS: [(&str, &str, bool); 19] = [
    ("/name", "Name", true),
    ("/reference", "Reference", false),
    ("/main_contact_person/email", "E-mail", true),
    ("/main_contact_person/telephone", "Telephone", true),
    ("/main_address/address_line_1", "Address", true),
    ("/main_address/city", "City", true),
    ("/main_address/postal_code", "Postcode", true),
    ("/main_address/country_id", "Country", false),
    ("/tax_number", "VAT number", true),
    ("/date", "Date", false),
    ("/due_date", "Due", false),
    ("/original_invoice_date", "Date of the invoice", false),
    ("/currency_id", "Currency", false),
    ("/exchange_rate", "Exchange rate", false),
    ("/transaction_type_id", "Kind", false),
    ("/bank_account_id", "Bank account", false),
    ("/total_amount", "Amount", false),
    ("/item_code", "Code", false),
    ("/description", "Description", false),
];

/// The steps of a plan. Without `reveal`, what is of a person is covered.
pub(super) fn steps(plan: &Value, names: &BTreeMap<String, String>, reveal: bool) -> Vec<PlanStep> {
    let steps = plan.pointer("/steps").and_then(Value::as_array);
    let steps = steps.map(Vec::as_slice).unwrap_or_default();
    steps
        .iter()
        .map(|step| shown(step, names, reveal))
        .collect()
}

/// The number that the shop shows for a document.
pub(super) fn number(plan: &Value) -> Option<String> {
    let number = plan.pointer("/magento/increment_id")?;
    number.as_str().map(ToOwned::to_owned)
}

fn shown(step: &Value, names: &BTreeMap<String, String>, reveal: bool) -> PlanStep {
    let word = |key: &str| step.get(key).and_then(Value::as_str).unwrap_or_default();
    let body = step.get("body").and_then(Value::as_object);
    // The body has one member, named after the resource.
    let body = body.and_then(|body| body.values().next()).cloned();
    let body = body.unwrap_or(Value::Null);
    let named = |id: String| names.get(&id).cloned().unwrap_or(id);
    let facts = FACTS.iter().filter_map(|(pointer, label, is_personal)| {
        let value = named(text(body.pointer(pointer)?)?);
        let hides = *is_personal && !reveal;
        Some((*label, if hides { masked(&value) } else { value }))
    });
    let mut facts: Vec<(&'static str, String)> = facts.collect();
    let about_carriage = [
        ("shipping_net_amount", "Carriage, net"),
        ("shipping_tax_amount", "VAT on carriage"),
    ];
    for (key, label) in about_carriage {
        facts.extend(body.get(key).and_then(text).map(|value| (label, value)));
    }
    let lines = ["invoice_lines", "credit_note_lines", "estimate_lines"];
    let lines = lines.iter().filter_map(|name| body.get(*name)?.as_array());
    let lines = lines.flatten().map(|line| {
        let of = |key: &str| line.get(key).and_then(text).unwrap_or_default();
        PlanLine {
            description: of("description"),
            account: named(of("ledger_account_id")),
            quantity: of("quantity"),
            unit_price: of("unit_price"),
            tax_rate: named(of("tax_rate_id")),
            tax: of("tax_amount"),
        }
    });
    let total = step.pointer("/expect/total_amount").and_then(text);
    let currency = step.pointer("/expect/currency").and_then(text);
    PlanStep {
        title: format!("{} {}", verb(word("op")), thing(word("resource"))),
        facts,
        lines: lines.collect(),
        total: total.map(|total| {
            format!("{total} {}", currency.unwrap_or_default())
                .trim()
                .to_owned()
        }),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

fn verb(op: &str) -> &'static str {
    match op {
        "ensure" => "Find or make the",
        "create" => "Make the",
        "update" => "Change the",
        "void" => "Void the",
        "remove" => "Remove the",
        _ => "Do with the",
    }
}

/// A resource of Sage's in words.
pub(super) fn thing(resource: &str) -> &str {
    match resource {
        "contacts" => "contact",
        "sales_invoices" => "sales invoice",
        "sales_credit_notes" => "credit note",
        "contact_payments" => "payment",
        "contact_allocations" => "allocation",
        "products" => "product",
        "services" => "service",
        "stock_items" => "stock item",
        "stock_movements" => "stock movement",
        "sales_estimates" => "estimate",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECISION: &str = include_str!(
        "../../../golden/cases/invoice/all_uk_rates_and_a_product_without_tax_class/sage.json"
    );

    fn plan() -> Value {
        let decision: Value = serde_json::from_str(DECISION).unwrap();
        decision["plan"].clone()
    }

    #[test]
    fn an_invoice_is_read_line_by_line_and_people_are_covered() {
        let id = "f7c11920af33e91d8d098d391f8cf5b1".to_owned();
        let names = BTreeMap::from([(id, "Sales (4000)".to_owned())]);
        let steps = steps(&plan(), &names, false);
        assert_eq!(steps[0].title, "Find or make the contact");
        assert!(steps[0].facts.contains(&("Name", "P••• E•••".to_owned())));
        assert_eq!(steps[1].total.as_deref(), Some("89.40 GBP"));
        assert_eq!(steps[1].lines.len(), 4);
        assert_eq!(steps[1].lines[1].account, "Sales (4000)");
        let all = steps.iter().flat_map(|step| &step.facts);
        for (label, value) in all {
            for personal in ["Pat", "Example", "0161", "Test Street", "M1"] {
                assert!(!value.contains(personal), "{label}: {value}");
            }
        }
        assert_eq!(number(&plan()).as_deref(), Some("000000031"));
    }

    #[test]
    fn whoever_asks_sees_the_name() {
        let steps = steps(&plan(), &BTreeMap::new(), true);
        assert!(steps[0].facts.contains(&("Name", "Pat Example".to_owned())));
    }
}
