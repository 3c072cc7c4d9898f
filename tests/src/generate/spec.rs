//! The small description from which a sales document is computed, and how descriptions are drawn.
//!
//! Descriptions shrink well: fewer lines, smaller prices, switches off.

use super::tax::Algorithm;
use proptest::collection::vec;
use proptest::prelude::*;

/// The happening of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `invoice.created`
    InvoiceCreated,
    /// `invoice.paid`
    InvoicePaid,
    /// `creditmemo.created`
    CreditmemoCreated,
}

/// Where the business is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shop {
    /// The United Kingdom.
    Britain,
    /// Ireland.
    Ireland,
}

/// Where the goods go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The business's own country.
    Home,
    /// Northern Ireland: at home for a British business, a country of its own for an Irish one.
    NorthernIreland,
    /// Australia, without tax.
    AbroadUntaxed,
    /// Germany, with German tax.
    AbroadTaxed,
    /// New York, with two stacked rates of three decimals.
    AbroadStacked,
}

/// How many decimals the quantities of a document have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantities {
    /// Pieces.
    Whole,
    /// Metres and kilograms: such rows have fractions of a cent.
    Decimal,
}

/// One row.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "see the fields of `Sale`")]
pub struct Line {
    pub price_cents: u32,
    pub quantity: u32,
    pub rate: u8,
    pub discount_percent: u8,
    pub levy_cents: u16,
    pub text: u8,
}

impl Line {
    /// Nothing is delivered.
    pub const fn is_service(&self) -> bool {
        self.text.is_multiple_of(9)
    }
}

/// Shipping.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "see the fields of `Sale`")]
pub struct Shipping {
    pub price_cents: u32,
    pub rate: u8,
    pub discount_percent: u8,
}

/// Everything the shop's configuration and the order decide.
#[derive(Debug, Clone)]
pub struct Sale {
    /// The happening.
    pub kind: Kind,
    /// Where the business is.
    pub shop: Shop,
    /// Position in [`super::currency::CURRENCIES`].
    pub currency: u8,
    /// Which currencies the website, the shop and the Sage business have.
    pub foreign: u8,
    /// A module makes Magento round to the currency's own minor unit instead of two decimals.
    pub rounds_to_minor_unit: bool,
    /// Where the goods go.
    pub destination: Destination,
    /// How tax is rounded.
    pub algorithm: Algorithm,
    /// Prices include tax.
    pub prices_include_tax: bool,
    /// Tax is computed on the discounted price.
    pub tax_after_discount: bool,
    /// Kind of quantities.
    pub quantities: Quantities,
    /// The rows.
    pub lines: Vec<Line>,
    /// Shipping, unless virtual.
    pub shipping: Option<Shipping>,
    /// Fixed product tax is itself taxed.
    pub levy_taxed: bool,
    /// Fixed product tax counts into the subtotal.
    pub levy_in_subtotal: bool,
    /// Cents of gift wrapping and of a payment fee.
    pub extras_cents: [u16; 2],
    /// Per cent of what is left that gift card, store credit and reward points pay.
    pub tender_percent: [u8; 3],
    /// Cents of adjustment refund and fee, on memos.
    pub adjustment_cents: [u16; 2],
    /// Cents of header tax that no row carries.
    pub residue: i8,
    /// Whether the invoice of a memo was paid, and whether unpaid invoices are sent.
    pub switches: [bool; 3],
    /// Picks texts and ids.
    pub texts: u8,
    /// An entity id.
    pub id: u32,
}

fn price() -> impl Strategy<Value = u32> {
    prop_oneof![
        8 => 1..20_000_u32,
        2 => 1..200_u32,
        2 => 20_000..2_000_000_u32,
        1 => Just(0_u32),
    ]
}

fn quantity() -> impl Strategy<Value = u32> {
    prop_oneof![6 => 1..4_u32, 3 => 1..30_u32, 1 => 1..2_000_u32]
}

fn mostly_none(percent: u32, most: u16) -> impl Strategy<Value = u16> {
    prop_oneof![100 - percent => Just(0_u16), percent => 1..=most]
}

fn percent(often: u32) -> impl Strategy<Value = u8> {
    prop_oneof![
        100 - often => Just(0_u8),
        often => prop_oneof![Just(10_u8), Just(33), Just(100), 1..=100_u8],
    ]
}

fn line(discounts: u32, levies: u32) -> impl Strategy<Value = Line> {
    (
        price(),
        quantity(),
        any::<u8>(),
        percent(discounts),
        mostly_none(levies, 999),
        any::<u8>(),
    )
        .prop_map(
            |(price_cents, quantity, rate, discount_percent, levy_cents, text)| Line {
                price_cents,
                quantity,
                rate,
                discount_percent,
                levy_cents,
                text,
            },
        )
}

/// Most documents have a handful of rows; a few have hundreds.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let size = prop_oneof![
        1 => Just(0..1_usize),
        160 => Just(1..6),
        50 => Just(6..20),
        8 => Just(20..100),
        1 => Just(100..501),
    ];
    let discounts = prop_oneof![5 => Just(0_u32), 3 => Just(30), 2 => Just(90)];
    let levies = prop_oneof![9 => Just(0_u32), 1 => Just(40)];
    (size, discounts, levies)
        .prop_flat_map(|(size, discounts, levies)| vec(line(discounts, levies), size))
}

fn shipping() -> impl Strategy<Value = Option<Shipping>> {
    let some = (1..5_000_u32, any::<u8>(), percent(20)).prop_map(
        |(price_cents, rate, discount_percent)| Shipping {
            price_cents,
            rate,
            discount_percent,
        },
    );
    prop_oneof![1 => Just(None), 3 => some.prop_map(Some)]
}

type Configuration = (Kind, Shop, Destination, Algorithm, Quantities, [bool; 4]);

fn configuration() -> impl Strategy<Value = Configuration> {
    (
        prop_oneof![
            3 => Just(Kind::InvoiceCreated),
            1 => Just(Kind::InvoicePaid),
            2 => Just(Kind::CreditmemoCreated),
        ],
        prop_oneof![3 => Just(Shop::Britain), 1 => Just(Shop::Ireland)],
        prop_oneof![
            6 => Just(Destination::Home),
            1 => Just(Destination::NorthernIreland),
            1 => Just(Destination::AbroadUntaxed),
            1 => Just(Destination::AbroadTaxed),
            1 => Just(Destination::AbroadStacked),
        ],
        prop_oneof![
            Just(Algorithm::Unit),
            Just(Algorithm::Row),
            Just(Algorithm::Total)
        ],
        prop_oneof![200 => Just(Quantities::Whole), 1 => Just(Quantities::Decimal)],
        any::<[bool; 4]>(),
    )
}

/// Any document that Magento could produce.
pub fn sale() -> impl Strategy<Value = Sale> {
    let money = (
        prop_oneof![12 => 0..3_u8, 1 => any::<u8>()],
        prop_oneof![7 => Just(0_u8), 3 => any::<u8>()],
        prop_oneof![50 => Just(0_i8), 1 => Just(1), 1 => Just(-1)],
    );
    let parts = (
        lines(),
        shipping(),
        [mostly_none(5, 2_000), mostly_none(5, 500)],
        [percent(6), percent(6), percent(4)],
        [mostly_none(15, 2_000), mostly_none(15, 500)],
    );
    let rest = (
        any::<[bool; 3]>(),
        any::<[bool; 2]>(),
        any::<u8>(),
        any::<u32>(),
    );
    (configuration(), money, parts, rest).prop_map(|(configuration, money, parts, rest)| {
        let (kind, shop, destination, algorithm, quantities, flags) = configuration;
        let (currency, foreign, residue) = money;
        let (lines, shipping, extras_cents, tender_percent, adjustment_cents) = parts;
        let (switches, levy, texts, id) = rest;
        let [
            rounds_to_minor_unit,
            prices_include_tax,
            tax_after_discount,
            _,
        ] = flags;
        let [levy_taxed, levy_in_subtotal] = levy;
        Sale {
            kind,
            shop,
            currency,
            foreign,
            rounds_to_minor_unit,
            destination,
            algorithm,
            prices_include_tax,
            tax_after_discount,
            quantities,
            lines,
            shipping,
            levy_taxed,
            levy_in_subtotal,
            extras_cents,
            tender_percent,
            adjustment_cents,
            residue,
            switches,
            texts,
            id,
        }
    })
}
