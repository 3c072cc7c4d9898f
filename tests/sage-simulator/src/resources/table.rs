//! Every resource that can be written.

use serde_json::Value;

use super::{Deletion, Resource, contacts, documents, items, lines, payments};
use crate::envelope::Problem;

/// Every writable resource. `search` attributes are documented (contacts: name, company, reference;
/// documents: reference or contact name; items: code or description; movements: details).
pub(super) static RESOURCES: [Resource; 11] = [
    Resource {
        collection: "contacts",
        entity: "contact",
        post_schema: "postContacts",
        put_schema: "putContacts",
        search: &["name", "reference"],
        deletion: Deletion::Soft,
        structure: contacts::structure,
        build: contacts::build,
    },
    Resource {
        collection: "sales_invoices",
        entity: "sales_invoice",
        post_schema: "postSalesInvoices",
        put_schema: "putSalesInvoices",
        search: &["reference", "contact_name"],
        deletion: Deletion::Void,
        structure: lines::invoice_structure,
        build: documents::build_invoice,
    },
    Resource {
        collection: "sales_credit_notes",
        entity: "sales_credit_note",
        post_schema: "postSalesCreditNotes",
        put_schema: "putSalesCreditNotes",
        search: &["reference", "contact_name"],
        deletion: Deletion::Void,
        structure: lines::credit_note_structure,
        build: documents::build_credit_note,
    },
    Resource {
        collection: "sales_estimates",
        entity: "sales_estimate",
        post_schema: "postSalesEstimates",
        put_schema: "putSalesEstimates",
        search: &["reference", "contact_name"],
        deletion: Deletion::Soft,
        structure: lines::estimate_structure,
        build: documents::build_estimate,
    },
    Resource {
        collection: "sales_quotes",
        entity: "sales_quote",
        post_schema: "postSalesQuotes",
        // The body of a PUT is not on record; it is taken to be that of a POST, as for estimates,
        // without required attributes.
        put_schema: "putSalesQuotes",
        search: &["reference", "contact_name"],
        deletion: Deletion::Soft,
        structure: lines::quote_structure,
        build: documents::build_quote,
    },
    Resource {
        collection: "contact_payments",
        entity: "contact_payment",
        post_schema: "postContactPayments",
        put_schema: "putContactPayments",
        search: &[],
        deletion: Deletion::Undo,
        structure: nothing_more,
        build: payments::build_payment,
    },
    Resource {
        collection: "contact_allocations",
        entity: "contact_allocation",
        post_schema: "postContactAllocations",
        put_schema: "putContactAllocations",
        search: &[],
        deletion: Deletion::Undo,
        structure: nothing_more,
        build: payments::build_allocation,
    },
    Resource {
        collection: "products",
        entity: "product",
        post_schema: "postProducts",
        put_schema: "putProducts",
        search: &["item_code", "description"],
        deletion: Deletion::Soft,
        structure: nothing_more,
        build: items::build_product,
    },
    Resource {
        collection: "services",
        entity: "service",
        post_schema: "postServices",
        put_schema: "putServices",
        search: &["item_code", "description"],
        deletion: Deletion::Soft,
        structure: nothing_more,
        build: items::build_service,
    },
    Resource {
        collection: "stock_items",
        entity: "stock_item",
        post_schema: "postStockItems",
        put_schema: "putStockItems",
        search: &["item_code", "description"],
        deletion: Deletion::Soft,
        structure: nothing_more,
        build: items::build_stock_item,
    },
    Resource {
        collection: "stock_movements",
        entity: "stock_movement",
        post_schema: "postStockMovements",
        put_schema: "putStockMovements",
        search: &["details"],
        deletion: Deletion::Refused,
        structure: nothing_more,
        build: items::build_movement,
    },
];

fn nothing_more(_entity: &Value) -> Vec<Problem> {
    Vec::new()
}
