//! Longest texts Sage stores, in characters.
//!
//! All but one are `maxLength` of the official response definitions (documented);
//! the request definitions carry none, and Sage tells developers to read these.

/// `contact.reference`, unique per business.
pub(crate) const CONTACT_REFERENCE: usize = 10;
/// `contact.name`.
pub(crate) const CONTACT_NAME: usize = 100;
/// `contact_person.name`.
pub(crate) const CONTACT_PERSON_NAME: usize = 50;
/// `contact_person.telephone`.
pub(crate) const TELEPHONE: usize = 50;
/// `contact_person.email`.
pub(crate) const EMAIL: usize = 100;
/// `address.address_line_1` and `address_line_2`.
pub(crate) const ADDRESS_LINE: usize = 50;
/// `address.city`.
pub(crate) const CITY: usize = 50;
/// `address.region`.
pub(crate) const REGION: usize = 50;
/// `address.postal_code`.
pub(crate) const POSTAL_CODE: usize = 10;
/// `sales_invoice.reference`.
pub(crate) const DOCUMENT_REFERENCE: usize = 25;
/// `sales_invoice.notes`.
pub(crate) const NOTES: usize = 2000;
/// `product.item_code` and `service.item_code`.
pub(crate) const ITEM_CODE: usize = 255;
/// `stock_item.item_code`.
pub(crate) const STOCK_ITEM_CODE: usize = 30;
/// `product.description`, `service.description` and `stock_item.description`.
pub(crate) const PRODUCT_DESCRIPTION: usize = 255;
/// `invoice_line.description`: no limit is published; the limit of `product.description`
/// is taken (assumed).
pub(crate) const LINE_DESCRIPTION: usize = 255;
/// `void_reason`: no limit is published; the relay takes no more (assumed).
pub(crate) const VOID_REASON: usize = 200;
