//! ISO 4217: active currency codes and their minor units.

/// An active ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency {
    code: &'static str,
    minor_digits: u32,
}

/// Active codes with two minor digits (ISO 4217, 2026).
const TWO_DIGITS: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BMD",
    "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP",
    "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP",
    "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS",
    "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD",
    "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN",
    "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR",
    "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE",
    "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD",
    "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES", "WST", "XCD", "XCG", "YER", "ZAR",
    "ZMW", "ZWG",
];

/// Active codes without a minor unit.
const NO_DIGITS: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];

/// Active codes with three minor digits.
const THREE_DIGITS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

impl Currency {
    /// The currency with this code, or `None` when ISO 4217 does not list it as active.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [(TWO_DIGITS, 2), (NO_DIGITS, 0), (THREE_DIGITS, 3)]
            .into_iter()
            .find_map(|(codes, minor_digits)| {
                let code = codes.iter().find(|known| **known == code)?;
                Some(Self { code, minor_digits })
            })
    }

    /// The ISO 4217 code.
    pub(crate) fn code(self) -> &'static str {
        self.code
    }

    /// Digits after the point in the minor unit.
    pub(crate) fn minor_digits(self) -> u32 {
        self.minor_digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_codes_once_each() {
        let mut all: Vec<&str> = [TWO_DIGITS, NO_DIGITS, THREE_DIGITS].concat();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|code| code.len() == 3));
        assert_eq!(Currency::from_code("JPY").unwrap().minor_digits(), 0);
        assert!(Currency::from_code("gbp").is_none());
        assert!(Currency::from_code("XXX").is_none());
    }
}
