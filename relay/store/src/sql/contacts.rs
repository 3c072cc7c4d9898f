//! The contacts that documents and customers of the feed stand on.

use std::collections::BTreeMap;

use sqlx::Pool;

use crate::{BindingId, ContactRow, StoreError};

use super::{Db, during};

/// Contacts of customers of the shop, by the place in the feed they belong to.
///
/// A customer's are all its currencies'; an invoice's is the one it was posted on. Contacts that
/// stand for no customer, of guests and of all private buyers together, are left out.
pub(super) async fn contacts(
    readers: &Pool<Db>,
    binding: &BindingId,
    since: i64,
    last: i64,
) -> Result<BTreeMap<i64, Vec<ContactRow>>, StoreError> {
    // Keys are ASCII, so everything that begins so lies before the beginning and a tilde.
    let found: Vec<Found> = sqlx::query_as(
        "SELECT s.cursor, c.xref_key, c.sage_id, c.displayed_as
         FROM sync_state s
         JOIN entity_xref c ON c.binding_id = s.binding_id
              AND c.xref_key >= 'contact:M' || s.entity_id || ':' AND c.xref_key < 'contact:M' || s.entity_id || ':~'
         WHERE s.binding_id = $1 AND s.cursor > $2 AND s.cursor <= $3 AND s.entity_type = 'customer'
         UNION
         SELECT s.cursor, c.xref_key, c.sage_id, c.displayed_as
         FROM sync_state s
         JOIN entity_xref d ON d.binding_id = s.binding_id AND d.xref_key = 'invoice:' || s.entity_id || ':contact'
         JOIN entity_xref c ON c.binding_id = d.binding_id AND c.resource = 'contacts' AND c.sage_id = d.sage_id
              AND c.xref_key >= 'contact:M' AND c.xref_key < 'contact:M~'
         WHERE s.binding_id = $1 AND s.cursor > $2 AND s.cursor <= $3 AND s.entity_type = 'invoice'
         ORDER BY 1, 2",
    )
    .bind(binding.as_str())
    .bind(since)
    .bind(last)
    .fetch_all(readers)
    .await
    .map_err(during("sync-state"))?;
    let mut contacts: BTreeMap<i64, Vec<ContactRow>> = BTreeMap::new();
    for found in found {
        let cursor = found.cursor;
        contacts.entry(cursor).or_default().extend(found.contact());
    }
    Ok(contacts)
}

#[derive(sqlx::FromRow)]
struct Found {
    cursor: i64,
    xref_key: String,
    sage_id: String,
    displayed_as: Option<String>,
}

impl Found {
    /// `contact:M5:EUR` is customer 5 in euros; any other key is nobody's.
    fn contact(self) -> Option<ContactRow> {
        let (customer, currency) = self.xref_key.strip_prefix("contact:M")?.split_once(':')?;
        let customer_id = customer.parse().ok()?;
        Some(ContactRow {
            customer_id,
            currency: currency.to_owned(),
            sage_id: self.sage_id,
            sage_reference: self.displayed_as,
        })
    }
}
