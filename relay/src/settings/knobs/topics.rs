//! The settings by topic, in the words of merchants and accountants.

use super::{Knob, KnobKind, Topic};

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
