//! A reconciliation as files: rows for CSV, a workbook for spreadsheets.
//!
//! Amounts are numbers there. Everything else is text, whatever it begins with.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::reconciliation::{CurrencyTotals, Difference};

use super::csv;
use super::reconciliation_labels::{cause, kind, rate, reason};
use crate::operations::Reconciled;

const HEAD: [&str; 11] = [
    "Currency",
    "Cause",
    "Reason",
    "Kind",
    "Magento number",
    "Date",
    "Sage number",
    "Sage id",
    "Difference",
    "Of it VAT",
    "To do",
];

/// The texts of a difference, those before its amounts.
fn texts(currency: &str, one: &Difference) -> [String; 8] {
    [
        currency.to_owned(),
        cause(one.cause).title.to_owned(),
        one.reason.as_deref().map(reason).unwrap_or_default(),
        one.kind.map(kind).unwrap_or_default().to_owned(),
        one.increment_id.clone().unwrap_or_default(),
        one.day.map(|day| day.to_string()).unwrap_or_default(),
        one.sage_number.clone().unwrap_or_default(),
        one.sage_id.clone().unwrap_or_default(),
    ]
}

/// Every difference as a row.
pub(super) fn as_csv(reconciled: &Reconciled) -> String {
    let mut text = csv::row(&HEAD);
    for totals in &reconciled.outcome.currencies {
        for one in &totals.differences {
            let words = texts(&totals.currency, one);
            let amounts = [one.amount.to_string(), one.tax.to_string()];
            let all = words.iter().chain(&amounts).map(String::as_str);
            let all: Vec<&str> = all.chain([cause(one.cause).remedy]).collect();
            text.push_str(&csv::row(&all));
        }
    }
    text
}

/// A sheet that is written row by row.
struct Sheet<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    head: Format,
    money: Format,
}

enum Cell<'a> {
    Text(&'a str),
    Money(Decimal),
}

impl Sheet<'_> {
    fn head(&mut self, words: &[&str]) -> Result<(), XlsxError> {
        for (column, word) in (0_u16..).zip(words) {
            self.sheet
                .write_string_with_format(self.row, column, *word, &self.head)?;
        }
        self.row += 1;
        Ok(())
    }

    fn write(&mut self, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                // Never a formula: `write` would take "=1" for one.
                Cell::Text(text) => self.sheet.write_string(self.row, column, *text)?,
                Cell::Money(amount) => {
                    self.sheet
                        .write_with_format(self.row, column, *amount, &self.money)?
                }
            };
        }
        self.row += 1;
        Ok(())
    }
}

/// A workbook with totals, differences, payments and open invoices.
pub(super) fn as_xlsx(reconciled: &Reconciled) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut sheet = |name: &str, fill: &dyn Fn(&mut Sheet<'_>) -> Result<(), XlsxError>| {
        let mut sheet = Sheet {
            sheet: book.add_worksheet().set_name(name)?,
            row: 0,
            head: Format::new().set_bold(),
            money: Format::new().set_num_format("#,##0.00##"),
        };
        fill(&mut sheet)?;
        sheet.sheet.set_freeze_panes(1, 0)?;
        sheet.sheet.autofit();
        Ok::<(), XlsxError>(())
    };
    let outcome = &reconciled.outcome;
    sheet("Totals", &|sheet| totals(sheet, &outcome.currencies))?;
    sheet("Differences", &|sheet| {
        sheet.head(&HEAD)?;
        for totals in &outcome.currencies {
            for one in &totals.differences {
                let words = texts(&totals.currency, one);
                let mut cells: Vec<Cell<'_>> = words.iter().map(|word| Cell::Text(word)).collect();
                cells.extend([
                    Cell::Money(one.amount),
                    Cell::Money(one.tax),
                    Cell::Text(cause(one.cause).remedy),
                ]);
                sheet.write(&cells)?;
            }
        }
        Ok(())
    })?;
    sheet("Payments", &|sheet| payments(sheet, reconciled))?;
    sheet("Open", &|sheet| {
        sheet.head(&[
            "Magento number",
            "Date",
            "Paid in",
            "Currency",
            "Open in Sage",
        ])?;
        for one in &outcome.open {
            let paid = if one.is_paid_in_shop {
                "Magento"
            } else {
                "Sage"
            };
            sheet.write(&[
                Cell::Text(&one.increment_id),
                Cell::Text(&one.day.to_string()),
                Cell::Text(paid),
                Cell::Text(&one.currency),
                Cell::Money(one.outstanding),
            ])?;
        }
        Ok(())
    })?;
    book.save_to_buffer()
}

fn totals(sheet: &mut Sheet<'_>, currencies: &[CurrencyTotals]) -> Result<(), XlsxError> {
    sheet.head(&[
        "Currency",
        "VAT rate",
        "Magento net",
        "Magento VAT",
        "Sage net",
        "Sage VAT",
        "Difference",
    ])?;
    for one in currencies {
        let rates = one
            .rates
            .iter()
            .map(|row| (rate(row.rate), row.shop, row.sage));
        for (name, shop, sage) in rates.chain([("Total".to_owned(), one.shop, one.sage)]) {
            sheet.write(&[
                Cell::Text(&one.currency),
                Cell::Text(&name),
                Cell::Money(shop.net),
                Cell::Money(shop.tax),
                Cell::Money(sage.net),
                Cell::Money(sage.tax),
                Cell::Money(shop.total() - sage.total()),
            ])?;
        }
    }
    Ok(())
}

fn payments(sheet: &mut Sheet<'_>, reconciled: &Reconciled) -> Result<(), XlsxError> {
    sheet.head(&[
        "Bank account",
        "Methods",
        "Currency",
        "Received, Magento",
        "Received, Sage",
        "Refunded, Magento",
        "Refunded, Sage",
        "Difference",
    ])?;
    for one in &reconciled.outcome.banks {
        sheet.write(&[
            Cell::Text(&bank_name(reconciled, one.bank.as_deref())),
            Cell::Text(&one.methods.join(", ")),
            Cell::Text(&one.currency),
            Cell::Money(one.shop.received),
            Cell::Money(one.sage.received),
            Cell::Money(one.shop.refunded),
            Cell::Money(one.sage.refunded),
            Cell::Money(one.shop.net() - one.sage.net()),
        ])?;
    }
    Ok(())
}

/// A bank account by its name.
pub(super) fn bank_name(reconciled: &Reconciled, bank: Option<&str>) -> String {
    match bank {
        None => "Not posted".to_owned(),
        Some(id) => {
            let name = reconciled.bank_names.get(id);
            name.cloned().unwrap_or_else(|| format!("{id} (missing)"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader as _, Xlsx};

    use super::*;
    use crate::reconciliation::{
        Amount, Day, DayReport, DocumentKind, DocumentRow, Facts, RateRow, compare,
    };

    /// A shop whose number and currency could be taken for formulas.
    fn reconciled() -> Reconciled {
        let amount = |text: &str| Amount(text.parse().unwrap());
        let document = DocumentRow {
            kind: DocumentKind::Invoice,
            entity_id: 1,
            increment_id: "=1+1".to_owned(),
            day: Day::parse("2026-10-03").unwrap(),
            currency: "GBP".to_owned(),
            total: amount("1234.50"),
            tax: amount("205.75"),
            skipped: Some("+cmd".to_owned()),
            rejected: None,
            paid: None,
        };
        let row = RateRow {
            day: document.day,
            kind: DocumentKind::Invoice,
            currency: "GBP".to_owned(),
            rate: amount("20"),
            net: amount("1028.75"),
            tax: amount("205.75"),
            count: 1,
        };
        let facts = Facts {
            from: document.day,
            to: document.day,
            shop: vec![DayReport {
                totals: vec![row],
                documents: vec![document],
                ..DayReport::default()
            }],
            ..Facts::default()
        };
        Reconciled {
            outcome: compare(&facts),
            bank_names: Default::default(),
            shop_told_at: None,
            time_zone: None,
            untold_days: 0,
            is_shop_asked: false,
            sage_read_at: None,
            sage_reading_since: None,
            sage_problem: None,
        }
    }

    #[test]
    fn a_workbook_has_numbers_for_amounts_and_text_for_everything_else() {
        let bytes = as_xlsx(&reconciled()).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(
            book.sheet_names(),
            ["Totals", "Differences", "Payments", "Open"]
        );
        let cell = |book: &mut Xlsx<_>, sheet: &str, at: (u32, u32)| {
            let range = book.worksheet_range(sheet).unwrap();
            range.get_value(at).cloned().unwrap()
        };
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(cell(&mut book, "Totals", (2, 1)), text("Total"));
        assert_eq!(cell(&mut book, "Totals", (2, 6)), Data::Float(1234.5));
        assert_eq!(cell(&mut book, "Differences", (1, 2)), text("+cmd"));
        assert_eq!(cell(&mut book, "Differences", (1, 4)), text("=1+1"));
        assert_eq!(cell(&mut book, "Differences", (1, 8)), Data::Float(1234.5));
        assert_eq!(cell(&mut book, "Differences", (1, 9)), Data::Float(205.75));
        for sheet in ["Totals", "Differences", "Payments", "Open"] {
            let formulas = book.worksheet_formula(sheet).unwrap();
            let all: Vec<&String> = formulas.used_cells().map(|(.., formula)| formula).collect();
            assert!(all.iter().all(|formula| formula.is_empty()), "{all:?}");
        }
    }

    #[test]
    fn a_file_of_differences_has_no_formula() {
        let text = as_csv(&reconciled());
        let line = text.lines().nth(1).unwrap();
        assert!(
            line.starts_with(
                "\"GBP\",\"Left out by the settings\",\"'+cmd\",\"Invoice\",\"'=1+1\""
            ),
            "{line}"
        );
        assert!(line.contains("\"1234.50\",\"205.75\""), "{line}");
    }
}
