//! `GET /`: the books for people, as one small page.

use serde_json::Value;

use crate::arithmetic::{amount, show};
use crate::dispatch::World;
use crate::json::{list, text};
use crate::store::Record;

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#1b1b1b}\
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem}\
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}tr.sum td{font-weight:600;border-bottom:0}\
article{border:1px solid #ccc;border-radius:.4rem;padding:.6rem 1rem;margin:1rem 0}.dim{color:#666}";

/// The whole page.
pub(crate) fn render(world: &World) -> String {
    let mut page = Page::default();
    page.raw("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Simulated Sage ledger</title><style>");
    page.raw(STYLE);
    page.raw("</style><h1>");
    page.text(text(world.reference.business(), "displayed_as").unwrap_or("Business"));
    page.raw(" <span class=\"dim\">(simulated Sage ledger)</span></h1><p class=\"dim\">Nothing here is real. JSON: \
              <a href=\"/_simulator/ledger\">ledger</a>, <a href=\"/_simulator/requests\">requests</a>, \
              <a href=\"/_simulator/unknown-keys\">unknown keys</a>.</p>");
    contacts(&mut page, world.store.all("contacts"));
    documents(
        &mut page,
        "Sales invoices",
        "invoice_lines",
        world.store.all("sales_invoices"),
    );
    documents(
        &mut page,
        "Sales credit notes",
        "credit_note_lines",
        world.store.all("sales_credit_notes"),
    );
    payments(&mut page, world.store.all("contact_payments"));
    page.html
}

#[derive(Default)]
struct Page {
    html: String,
}

impl Page {
    /// Markup of our own.
    fn raw(&mut self, markup: &str) {
        self.html.push_str(markup);
    }

    /// Anything that came from outside, escaped.
    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                other => self.html.push(other),
            }
        }
    }

    fn heading(&mut self, title: &str, count: usize) {
        self.raw("<h2>");
        self.text(&format!("{title} ({count})"));
        self.raw("</h2>");
    }

    /// A table row; cells marked `n` are numbers.
    fn row(&mut self, tag: &str, class: &str, cells: &[(&str, &str)]) {
        self.raw(&format!("<tr class=\"{class}\">"));
        for (kind, cell) in cells {
            self.raw(&format!("<{tag} class=\"{kind}\">"));
            self.text(cell);
            self.raw(&format!("</{tag}>"));
        }
        self.raw("</tr>");
    }
}

fn contacts(page: &mut Page, records: &[Record]) {
    page.heading("Contacts", records.len());
    page.raw("<table>");
    page.row(
        "th",
        "",
        &[
            ("", "Contact"),
            ("", "E-mail"),
            ("", "Main address"),
            ("", "Delivery address"),
            ("", "Currency"),
        ],
    );
    for record in records {
        let contact = &record.value;
        let mut name = shown(contact, "displayed_as").to_owned();
        if record.deleted {
            name.push_str(" [deleted]");
        }
        let (main, delivery) = (
            address(contact, "main_address"),
            address(contact, "delivery_address"),
        );
        let currency = inner(contact, "currency", "id");
        page.row(
            "td",
            "",
            &[
                ("", &name),
                ("", shown(contact, "email")),
                ("", &main),
                ("", &delivery),
                ("", currency),
            ],
        );
    }
    page.raw("</table>");
}

fn documents(page: &mut Page, title: &str, lines_key: &str, records: &[Record]) {
    page.heading(title, records.len());
    for record in records {
        let document = &record.value;
        page.raw("<article id=\"");
        page.text(shown(document, "id"));
        page.raw("\"><strong>");
        page.text(shown(document, "displayed_as"));
        page.raw("</strong> ");
        page.text(&format!(
            "{} · reference {} · {} · {} · outstanding {} {}",
            inner(document, "contact", "displayed_as"),
            shown(document, "reference"),
            shown(document, "date"),
            inner(document, "status", "id"),
            money(document, "outstanding_amount"),
            inner(document, "currency", "id"),
        ));
        page.raw("<br><span class=\"dim\">");
        page.text(&format!(
            "Bill to: {} — Deliver to: {}",
            address(document, "main_address"),
            address(document, "delivery_address")
        ));
        page.raw("</span>");
        lines(page, document, lines_key);
        page.raw("</article>");
    }
}

fn lines(page: &mut Page, document: &Value, lines_key: &str) {
    page.raw("<table>");
    page.row(
        "th",
        "",
        &[
            ("", "Description"),
            ("", "Ledger account"),
            ("n", "Quantity"),
            ("n", "Unit price"),
            ("n", "Discount"),
            ("n", "Net"),
            ("", "Tax rate"),
            ("n", "Tax"),
            ("n", "Total"),
        ],
    );
    for line in list(document, lines_key) {
        let [discount, net, tax, total] = [
            "discount_amount",
            "net_amount",
            "tax_amount",
            "total_amount",
        ]
        .map(|key| money(line, key));
        page.row(
            "td",
            "",
            &[
                ("", shown(line, "description")),
                ("", inner(line, "ledger_account", "displayed_as")),
                ("n", shown(line, "quantity")),
                ("n", shown(line, "unit_price")),
                ("n", &discount),
                ("n", &net),
                ("", inner(line, "tax_rate", "id")),
                ("n", &tax),
                ("n", &total),
            ],
        );
    }
    if document
        .get("shipping_tax_rate")
        .is_some_and(Value::is_object)
    {
        let [net, tax, total] = [
            "shipping_net_amount",
            "shipping_tax_amount",
            "shipping_total_amount",
        ]
        .map(|key| money(document, key));
        let rate = inner(document, "shipping_tax_rate", "id");
        page.row(
            "td",
            "",
            &[
                ("", "Carriage"),
                ("", ""),
                ("", ""),
                ("", ""),
                ("", ""),
                ("n", &net),
                ("", rate),
                ("n", &tax),
                ("n", &total),
            ],
        );
    }
    let [net, tax, total] =
        ["net_amount", "tax_amount", "total_amount"].map(|key| money(document, key));
    page.row(
        "td",
        "sum",
        &[
            ("", "Total"),
            ("", ""),
            ("", ""),
            ("", ""),
            ("", ""),
            ("n", &net),
            ("", ""),
            ("n", &tax),
            ("n", &total),
        ],
    );
    page.raw("</table>");
}

fn payments(page: &mut Page, records: &[Record]) {
    page.heading("Payments", records.len());
    page.raw("<table>");
    page.row(
        "th",
        "",
        &[
            ("", "Payment"),
            ("", "Contact"),
            ("", "Date"),
            ("", "Bank account"),
            ("n", "Total"),
        ],
    );
    for record in records.iter().filter(|record| !record.deleted) {
        let payment = &record.value;
        let (contact, bank) = (
            inner(payment, "contact", "displayed_as"),
            inner(payment, "bank_account", "displayed_as"),
        );
        let total = money(payment, "total_amount");
        page.row(
            "td",
            "",
            &[
                ("", shown(payment, "displayed_as")),
                ("", contact),
                ("", shown(payment, "date")),
                ("", bank),
                ("n", &total),
            ],
        );
    }
    page.raw("</table>");
}

fn shown<'a>(value: &'a Value, key: &str) -> &'a str {
    text(value, key).unwrap_or_default()
}

fn inner<'a>(value: &'a Value, key: &str, inner: &str) -> &'a str {
    value
        .get(key)
        .and_then(|found| text(found, inner))
        .unwrap_or_default()
}

/// An amount with at least two decimals, for reading.
fn money(value: &Value, key: &str) -> String {
    let Some(amount) = amount(value, key) else {
        return String::new();
    };
    let plain = show(&amount);
    let decimals = plain
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    format!("{plain}{}", "0".repeat(2_usize.saturating_sub(decimals)))
}

fn address(value: &Value, key: &str) -> String {
    let Some(address) = value.get(key) else {
        return String::new();
    };
    let parts = [
        "address_line_1",
        "address_line_2",
        "city",
        "region",
        "postal_code",
    ]
    .map(|part| shown(address, part));
    let country = inner(address, "country", "id");
    parts
        .into_iter()
        .chain([country])
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}
