//! One file per oddity of Sage or Magento, and the table that orders them.
//!
//! A rule is a fact about the other side plus what we do because of it.
//! Ids are permanent: they are never renumbered, and a retired rule keeps its place.
//! `SQ-…` are oddities of Sage, `MG-…` of Magento; up to `SQ-032` the number is
//! the paragraph of the vendor's troubleshooting page, and our own begin at `SQ-101`.
//! The table is in `rule_id.rs`. `line_rate` is no rule; rules share it.

pub(crate) mod line_rate;
mod registry;

pub(crate) mod delivery_address_mirrored;
pub(crate) mod contact_reference_ten_characters;
pub(crate) mod html_entities_refused;
pub(crate) mod line_tax_amount_required;
pub(crate) mod shipping_vat_recomputed;
pub(crate) mod shipping_panel_cannot_carry_tax;
pub(crate) mod line_net_recomputed;
pub(crate) mod discount_contains_tax;
pub(crate) mod header_tax_residue;
pub(crate) mod fixed_product_tax_outside_lines;
pub(crate) mod total_not_a_whole_minor_unit;
pub(crate) mod tender_subtracted_from_total;
pub(crate) mod gift_wrap_outside_lines;
pub(crate) mod third_party_total;
pub(crate) mod adjustment_outside_lines;
pub(crate) mod compensation_counts_shipping;
pub(crate) mod exchange_rate_on_header_only;
pub(crate) mod contact_locked_to_currency;
pub(crate) mod cross_border_must_be_zero_rated;
pub(crate) mod currency_by_currency_id;
pub(crate) mod destination_consignment;
pub(crate) mod percentage_rederived;
pub(crate) mod exchange_rate_of_order;
pub(crate) mod document_reference_twenty_five_characters;
pub(crate) mod goods_services_type_mixed;

pub use registry::{Evidence, Grade, RuleInfo};

use crate::rule_id::RuleId;
