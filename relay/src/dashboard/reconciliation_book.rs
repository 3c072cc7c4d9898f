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
        "Magento",
        "Sage",
        "Difference",
    ])?;
    for one in &reconciled.outcome.banks {
        sheet.write(&[
            Cell::Text(&bank_name(reconciled, one.bank.as_deref())),
            Cell::Text(&one.methods.join(", ")),
            Cell::Text(&one.currency),
            Cell::Money(one.shop),
            Cell::Money(one.sage),
            Cell::Money(one.shop - one.sage),
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
