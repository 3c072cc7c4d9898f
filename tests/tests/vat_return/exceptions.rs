//! The documents whose VAT return is not Magento's, and why that is right.

/// A document, how its return differs, and why that is right.
pub(crate) type Exception = (&'static str, &'static [&'static str], &'static str);

pub(crate) const EXCEPTIONS: &[Exception] = &[
    (
        "abroad/home_tax_charged_on_an_export",
        &[
            "AU 20.00: net -115.00, tax -23.00",
            "GB 20.00: net 115.00, tax 23.00",
        ],
        "tax by the origin of the goods: the shop charged British VAT on a delivery to Australia",
    ),
    (
        "addr_tax_on_origin.json 1",
        &[
            "AU 20.00: net -115.00, tax -23.00",
            "GB 20.00: net 115.00, tax 23.00",
        ],
        "tax by the origin of the goods: the shop charged British VAT on a delivery to Australia",
    ),
    (
        "credit_note/cent_of_tax_left_in_the_header",
        &["GB 20.00: net 0, tax -0.01"],
        "the header holds a penny less of tax than the rows; it is taken from the largest line",
    ),
    (
        "inv_partial_coupon_incl.json 5",
        &["GB 20.00: net 0, tax -0.01"],
        "the header holds a penny less of tax than the rows; it is taken from the largest line",
    ),
    (
        "credit_note/fee_with_the_vat_it_contains",
        &[
            "GB 0: net 40.00, tax 0",
            "GB 20.00: net -30.37, tax -6.07",
            "GB 5.00: net -3.39, tax -0.17",
        ],
        "adjustment_vat = inclusive: the fee contains VAT, where Magento books it without",
    ),
    (
        "invoice/fraction_of_a_penny_needs_a_rounding_line",
        &["GB 0: net -0.01, tax 0"],
        "a rounding line without tax closes a total with a fraction of a penny",
    ),
    (
        "qty_decimal.json 2",
        &["GB 0: net -0.01, tax 0"],
        "a rounding line without tax closes a total with a fraction of a penny",
    ),
    (
        "invoice/rederived_percentages",
        REDERIVED,
        "19.93 and 5.03 were derived from rounded amounts; the tax is that of 20 and 5",
    ),
    (
        "report_rederived_percentages.json 0",
        REDERIVED,
        "19.93 and 5.03 were derived from rounded amounts; the tax is that of 20 and 5",
    ),
    (
        "invoice/tax_without_a_percentage_is_inferred",
        MISSING,
        "the order's row has no percentage; the tax is that of 20",
    ),
    (
        "report_marketplace_order_tax_without_percent.json 0",
        MISSING,
        "the order's row has no percentage; the tax is that of 20",
    ),
];

const REDERIVED: &[&str] = &[
    "GB 19.93: net -10.00, tax -2.00",
    "GB 20.00: net 10.00, tax 2.00",
    "GB 5.00: net 40.00, tax 2.00",
    "GB 5.03: net -40.00, tax -2.00",
];

const MISSING: &[&str] = &[
    "GB 0: net -25.00, tax -5.00",
    "GB 20.00: net 25.00, tax 5.00",
];
