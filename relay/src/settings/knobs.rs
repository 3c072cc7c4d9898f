//! Every setting in words: its name, what it does, what it changes for a document, its default.
//!
//! The core decides what a setting means and judges its value; this table only describes. A test
//! holds it against `docs/contracts.md`, section 2: no setting is missing, and defaults agree.

use serde_json::Value;

/// How a setting is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnobKind {
    /// On or off.
    Switch,
    /// A text; empty is the default.
    Text,
    /// A text that may be left out.
    OptionalText,
    /// An amount.
    Amount,
    /// A whole number.
    Number,
    /// Numbers, separated by commas.
    Numbers,
    /// One of these values, each with its words.
    Choice(&'static [(&'static str, &'static str)]),
    /// An account of the reference data: its list, and where Sage must allow it.
    Account(&'static str),
    /// Text keys, each with a value from a list of the reference data.
    Map {
        keys: &'static str,
        list: &'static str,
        /// Whether a key may be mapped to nothing on purpose.
        may_be_none: bool,
    },
    /// The same for each country.
    MapByCountry { list: &'static str },
    /// Text keys, each with one of these values.
    ChoiceMap {
        keys: &'static str,
        values: &'static [(&'static str, &'static str)],
    },
}

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knob {
    /// Its place below `/policy`, without the slash at the beginning.
    pub(crate) path: &'static str,
    pub(crate) label: &'static str,
    /// What it does, and what follows for a document.
    pub(crate) help: &'static str,
    pub(crate) kind: KnobKind,
    /// As JSON.
    pub(crate) default: &'static str,
}

/// Settings that belong together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) knobs: &'static [Knob],
}

const fn knob(
    path: &'static str,
    label: &'static str,
    kind: KnobKind,
    default: &'static str,
    help: &'static str,
) -> Knob {
    Knob {
        path,
        label,
        help,
        kind,
        default,
    }
}

const GOODS: &[(&str, &str)] = &[("GOODS", "Goods"), ("SERVICES", "Services")];

use KnobKind::{
    Account, Amount, Choice, ChoiceMap, Map, MapByCountry, Number, Numbers, OptionalText, Switch,
    Text,
};

/// All settings.
pub(crate) const TOPICS: [Topic; 9] = [
    Topic {
        name: "What is sent",
        about: "Which documents of the shop go to Sage.",
        knobs: &[
            knob(
                "sync_since",
                "From which day",
                OptionalText,
                "null",
                "Documents before this day (2026-04-01) or instant stay out of Sage. Empty sends every document.",
            ),
            knob(
                "sync_unpaid_invoices",
                "Unpaid invoices",
                Switch,
                "true",
                "Off: an invoice waits until it is paid, and is then posted with its payment.",
            ),
            knob(
                "sync_zero_value_invoices",
                "Invoices of 0.00",
                Switch,
                "true",
                "Off: an invoice whose total is zero is skipped.",
            ),
            knob(
                "website_filter",
                "Only these websites",
                Numbers,
                "[]",
                "Ids of Magento websites, separated by commas. Empty sends those of every website.",
            ),
            knob(
                "store_filter",
                "Only these store views",
                Numbers,
                "[]",
                "Ids of Magento store views, separated by commas. Empty sends those of every store view.",
            ),
            knob(
                "sync_products",
                "Products",
                Switch,
                "false",
                "On: products of the shop are kept as products or services in Sage.",
            ),
            knob(
                "sync_stock",
                "Stock",
                Switch,
                "false",
                "On: quantities are kept as stock items in Sage. It needs Accounting Plus.",
            ),
        ],
    },
    Topic {
        name: "Accounts",
        about: "Where sales, carriage and purchases are booked.",
        knobs: &[
            knob(
                "default_ledger_account_id",
                "Sales",
                Account("ledger_accounts"),
                "null",
                "Every line is booked here that has no account of its own. Required.",
            ),
            knob(
                "shipping_ledger_account_id",
                "Carriage",
                Account("ledger_accounts"),
                "null",
                "Carriage that has to stand as a line is booked here; without it, on the sales account.",
            ),
            knob(
                "fpt_ledger_account_id",
                "Fixed product taxes",
                Account("ledger_accounts"),
                "null",
                "Fees such as for recycling are booked here; without it, on the sales account.",
            ),
            knob(
                "default_purchase_ledger_account_id",
                "Purchases",
                Account("ledger_accounts"),
                "null",
                "Sage asks for it with each product. Needed only where products are sent.",
            ),
        ],
    },
    Topic {
        name: "Payments",
        about: "On which bank account money arrives.",
        knobs: &[
            knob(
                "default_bank_account_id",
                "Every other method",
                Account("bank_accounts"),
                "null",
                "Payments by a method that is not listed below are booked here.",
            ),
            knob(
                "payment_method_map",
                "By payment method",
                Map {
                    keys: "Code in Magento, such as checkmo",
                    list: "bank_accounts",
                    may_be_none: true,
                },
                "{}",
                "A method with an account is booked there. A method set to “not booked” leaves its invoices unpaid in Sage.",
            ),
            knob(
                "gift_card_bank_account_id",
                "Gift cards",
                Account("bank_accounts"),
                "null",
                "The part of an order that was paid by gift card is booked on this account.",
            ),
            knob(
                "store_credit_bank_account_id",
                "Store credit",
                Account("bank_accounts"),
                "null",
                "The part that was paid by store credit is booked on this account.",
            ),
            knob(
                "reward_points_bank_account_id",
                "Reward points",
                Account("bank_accounts"),
                "null",
                "The part that was paid by reward points is booked on this account.",
            ),
        ],
    },
    Topic {
        name: "VAT at home",
        about: "Which percentage of Magento is which tax rate of Sage.",
        knobs: &[
            knob(
                "tax_rate_map",
                "Tax rates",
                Map {
                    keys: "Percentage, such as 20.00",
                    list: "tax_rates",
                    may_be_none: false,
                },
                "{}",
                "A line is posted at a rate only when its amount of tax agrees. A percentage that is not listed is refused.",
            ),
            knob(
                "default_tax_rate_id",
                "Where Magento names no rate",
                Account("tax_rates"),
                "null",
                "Taken only when it gives the tax to the penny.",
            ),
        ],
    },
    Topic {
        name: "VAT abroad",
        about: "Deliveries to other countries.",
        knobs: &[
            knob(
                "destination_tax_rate_map",
                "Tax rates by country",
                MapByCountry { list: "tax_rates" },
                "{}",
                "For deliveries that are taxed where they arrive, such as by OSS.",
            ),
            knob(
                "default_eu_goods_services_type",
                "Goods or services",
                Choice(GOODS),
                "\"GOODS\"",
                "What Sage is told of each line of a delivery abroad.",
            ),
            knob(
                "product_type_eu_goods_map",
                "By product type",
                ChoiceMap {
                    keys: "Type in Magento, such as virtual",
                    values: GOODS,
                },
                "{}",
                "Overrides the setting above for products of a type.",
            ),
        ],
    },
    Topic {
        name: "Contacts",
        about: "Who stands on a document in Sage.",
        knobs: &[
            knob(
                "customer_name_priority",
                "Name of a contact",
                Choice(&[("Company", "Company first"), ("Person", "Person first")]),
                "\"Company\"",
                "Which of the two becomes the name of the contact, where there are both.",
            ),
            knob(
                "b2c_consolidation/enabled",
                "Private customers on one contact",
                Switch,
                "false",
                "On: documents of private customers go to one shared contact, so that Sage holds no names of theirs.",
            ),
            knob(
                "b2c_consolidation/fallback_contact_name",
                "Name of that contact",
                Text,
                "\"Magento Web Sales\"",
                "As it is shown in Sage.",
            ),
            knob(
                "b2c_consolidation/fallback_contact_reference",
                "Reference of that contact",
                Text,
                "\"WEBSALES\"",
                "By which it is found in Sage.",
            ),
            knob(
                "b2c_consolidation/fallback_contact_email",
                "E-mail of that contact",
                OptionalText,
                "null",
                "Optional.",
            ),
            knob(
                "b2c_consolidation/min_total_for_individual",
                "Own contact from a total of",
                Amount,
                "\"0\"",
                "A document of at least this total gets a contact of its own. 0 is never.",
            ),
            knob(
                "b2c_consolidation/always_individual_for_b2b",
                "Companies have their own",
                Switch,
                "true",
                "On: a customer with a company or a VAT number always has a contact of its own.",
            ),
        ],
    },
    Topic {
        name: "Documents and corrections",
        about: "Numbers, credit notes, adjustments, closed periods.",
        knobs: &[
            knob(
                "invoice_number_prefix",
                "Prefix of numbers",
                Text,
                "\"\"",
                "Stands before the number of each document, to tell shops apart in Sage.",
            ),
            knob(
                "document_reference",
                "Numbers longer than 25 characters",
                Choice(&[
                    ("shorten", "Shorten them, with a warning"),
                    ("reject", "Refuse the document"),
                ]),
                "\"shorten\"",
                "Sage's reference has 25 characters. The notes of the document have the whole number.",
            ),
            knob(
                "over_invoiced",
                "Invoices beyond the total of the order",
                Choice(&[("reject", "Refuse them"), ("post", "Post them")]),
                "\"reject\"",
                "Payment modules sometimes invoice an order twice; revenue and VAT would be declared twice.",
            ),
            knob(
                "locked_period",
                "Documents in a closed period",
                Choice(&[
                    ("reject", "Refuse them"),
                    ("next_open_day", "Book them on the first open day"),
                ]),
                "\"reject\"",
                "Only the accountant may decide where such a document belongs.",
            ),
            knob(
                "credit_notes_without_invoice",
                "Credit notes whose invoice is not in Sage",
                Choice(&[
                    ("post_unallocated", "Post them, allocated to nothing"),
                    ("skip", "Skip them"),
                ]),
                "\"post_unallocated\"",
                "Happens when the invoice is older than the first day that is sent.",
            ),
            knob(
                "adjustment_vat",
                "VAT of adjustments",
                Choice(&[
                    ("none", "Without VAT, as Magento books them"),
                    ("inclusive", "Contain VAT"),
                ]),
                "\"none\"",
                "“Contain VAT” splits each over the rates of the memo: the total stays Magento's, the VAT does not.",
            ),
            knob(
                "adjustment_tax_rate_id",
                "Tax rate of adjustments",
                Account("tax_rates"),
                "null",
                "Without it, the rate of 0 %.",
            ),
            knob(
                "adjustment_ledger_account_id",
                "Account of adjustments",
                Account("ledger_accounts"),
                "null",
                "Without it, the sales account.",
            ),
        ],
    },
    Topic {
        name: "Rounding",
        about: "Pennies that Magento rounds differently.",
        knobs: &[
            knob(
                "rounding_cap",
                "At most",
                Amount,
                "\"0.05\"",
                "A larger difference between lines and total refuses the document.",
            ),
            knob(
                "rounding_ledger_account_id",
                "Account",
                Account("ledger_accounts"),
                "null",
                "Where a difference is booked as a line of its own. Without it a document that needs one is refused.",
            ),
        ],
    },
    Topic {
        name: "Estimates",
        about: "Open orders as estimates, or as quotes where the Sage business has those. They post no money.",
        knobs: &[
            knob(
                "sync_estimates",
                "Orders as estimates",
                Switch,
                "false",
                "On: an order that is placed becomes an estimate with the lines and the VAT of an invoice. A canceled order's estimate is deleted.",
            ),
            knob(
                "estimate_valid_days",
                "Valid for",
                Number,
                "30",
                "Days from the date of the order to the last day of its estimate.",
            ),
            knob(
                "estimate_when_invoiced",
                "When the order is invoiced",
                Choice(&[
                    ("link", "The estimate names the invoice"),
                    ("remove", "The estimate is deleted"),
                ]),
                "\"link\"",
                "What becomes of the estimate when its order is invoiced in full.",
            ),
        ],
    },
];

/// Every setting.
pub(crate) fn all() -> impl Iterator<Item = &'static Knob> {
    TOPICS.iter().flat_map(|topic| topic.knobs.iter())
}

impl Knob {
    /// Its value in a policy; its default where it is left out.
    pub(crate) fn value(&self, policy: &Value) -> Value {
        let found = policy.pointer(&format!("/{}", self.path));
        found.cloned().unwrap_or_else(|| self.default_value())
    }

    pub(crate) fn default_value(&self) -> Value {
        serde_json::from_str(self.default).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ledger_core::policy::validate::validate;
    use serde_json::json;

    use super::*;

    const CONTRACTS: &str = include_str!("../../../docs/contracts.md");

    fn documented() -> Value {
        let section = CONTRACTS.split_once("## 2. Settings").unwrap().1;
        let block = section.split("```json").nth(1).unwrap();
        let block = block.split("```").next().unwrap();
        let whole: Value = serde_json::from_str(block).unwrap();
        whole["policy"].clone()
    }

    #[test]
    fn every_documented_setting_is_described_and_no_other() {
        let described: BTreeSet<&str> = all()
            .map(|knob| knob.path.split('/').next().unwrap())
            .collect();
        let documented = documented();
        let documented: BTreeSet<&str> = documented
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(described, documented);
        for knob in all() {
            assert!(
                !knob.label.is_empty() && !knob.help.is_empty(),
                "{}",
                knob.path
            );
            assert!(
                serde_json::from_str::<Value>(knob.default).is_ok(),
                "{}",
                knob.path
            );
        }
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let documented = documented();
        for knob in all() {
            // What the example maps or names is no default.
            let is_example = knob.path.ends_with("_map")
                || knob.path.starts_with("default_tax_rate")
                || knob.path.starts_with("default_ledger");
            let value = documented.pointer(&format!("/{}", knob.path));
            if let Some(value) = value.filter(|_| !is_example) {
                assert_eq!(*value, knob.default_value(), "{}", knob.path);
            }
        }
    }

    #[test]
    fn the_core_takes_every_default_and_every_choice() {
        let base: Value =
            serde_json::from_str(include_str!("../../../golden/profiles/gb_base.json")).unwrap();
        for knob in all() {
            let values = match knob.kind {
                KnobKind::Choice(choices) => {
                    choices.iter().map(|(value, _)| json!(value)).collect()
                }
                KnobKind::Account(_) => Vec::new(),
                _ => vec![knob.default_value()],
            };
            for value in values {
                let mut whole = base.clone();
                let policy = whole["policy"].as_object_mut().unwrap();
                if let Some((group, key)) = knob.path.split_once('/') {
                    policy.insert(group.to_owned(), json!({ key: value }));
                } else {
                    policy.insert(knob.path.to_owned(), value.clone());
                }
                let problems = validate(&whole.to_string(), None);
                assert_eq!(problems, [], "{} = {value}", knob.path);
            }
        }
    }
}
