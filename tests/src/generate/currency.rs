//! The currencies documents are drawn in.

use super::spec::Sale;

/// A currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217 code.
    pub code: &'static str,
    /// Decimals of its minor unit.
    pub decimals: u32,
    /// What one pound buys.
    pub rate: &'static str,
}

/// The first three are the usual ones; the others have no decimals, three, or two.
pub const CURRENCIES: [Currency; 10] = [
    currency("GBP", 2, "1.0000"),
    currency("EUR", 2, "1.1734"),
    currency("USD", 2, "1.2687"),
    currency("JPY", 0, "191.2300"),
    currency("KWD", 3, "0.3891"),
    currency("KRW", 0, "1764.5100"),
    currency("BHD", 3, "0.4782"),
    currency("CHF", 2, "1.1023"),
    currency("ISK", 0, "174.9000"),
    currency("CAD", 2, "1.7655"),
];

const fn currency(code: &'static str, decimals: u32, rate: &'static str) -> Currency {
    Currency {
        code,
        decimals,
        rate,
    }
}

/// The currencies around a document.
#[derive(Debug, Clone, Copy)]
pub struct Currencies {
    /// What the shopper paid in.
    pub document: Currency,
    /// The website's.
    pub base: Currency,
    /// The shop's.
    pub global: Currency,
    /// The Sage business's.
    pub own: Currency,
}

impl Currencies {
    /// Of a document: all the same, or the business's own currency on the website or in the shop only.
    pub fn of(sale: &Sale) -> Self {
        let at = |index: u8| {
            let index = usize::from(index) % CURRENCIES.len();
            CURRENCIES.get(index).copied().unwrap_or(CURRENCIES[0])
        };
        let document = at(sale.currency);
        let other = at(sale.foreign / 3);
        let (base, global) = match sale.foreign % 3 {
            0 => (document, document),
            1 => (other, other),
            _ => (document, other),
        };
        Self {
            document,
            base,
            global,
            own: global,
        }
    }
}
