//! The objects of the simulated business.

use std::collections::BTreeMap;

use serde_json::Value;

/// One stored object.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: String,
    /// The body as Sage answers it.
    pub(crate) value: Value,
    /// What `search` looks at, in lower case.
    pub(crate) search_text: String,
    /// The entity as it was sent, for PUT to build on; as text, because most are never changed.
    pub(crate) request: String,
    pub(crate) created_s: i64,
    pub(crate) updated_s: i64,
    pub(crate) deleted: bool,
}

/// All objects by collection, in order of creation.
#[derive(Debug, Default)]
pub(crate) struct Store {
    collections: BTreeMap<&'static str, Vec<Record>>,
    places: BTreeMap<String, (&'static str, usize)>,
    contact_references: BTreeMap<String, String>,
}

impl Store {
    /// Adds an object. Nothing is ever removed: deletion is a mark.
    pub(crate) fn insert(&mut self, collection: &'static str, record: Record) {
        let records = self.collections.entry(collection).or_default();
        self.places
            .insert(record.id.clone(), (collection, records.len()));
        records.push(record);
    }

    /// Everything in a collection, deleted objects included.
    pub(crate) fn all(&self, collection: &str) -> &[Record] {
        self.collections.get(collection).map_or(&[], Vec::as_slice)
    }

    /// A living object of a collection.
    pub(crate) fn find(&self, collection: &str, id: &str) -> Option<&Record> {
        let (home, place) = self.places.get(id)?;
        let record = self.collections.get(home)?.get(*place)?;
        (*home == collection && !record.deleted).then_some(record)
    }

    /// A living object of a collection, to change it.
    pub(crate) fn find_mut(&mut self, collection: &str, id: &str) -> Option<&mut Record> {
        let (home, place) = self.places.get(id)?;
        let record = self.collections.get_mut(home)?.get_mut(*place)?;
        (*home == collection && !record.deleted).then_some(record)
    }

    /// The contact, deleted or not, that holds a reference.
    pub(crate) fn holder_of_reference(&self, reference: &str) -> Option<&str> {
        self.contact_references.get(reference).map(String::as_str)
    }

    /// Gives a contact its reference and frees the one it had.
    pub(crate) fn reserve_reference(&mut self, id: &str, new: Option<&str>, old: Option<&str>) {
        if let Some(old) = old {
            self.contact_references.remove(old);
        }
        if let Some(new) = new {
            self.contact_references
                .insert(new.to_owned(), id.to_owned());
        }
    }

    /// Which collection holds an id.
    pub(crate) fn home(&self, id: &str) -> Option<&'static str> {
        self.places.get(id).map(|(collection, _)| *collection)
    }
}

/// Makes ids of Sage's shape: 32 hexadecimal digits, no hyphens (documented).
#[derive(Debug)]
pub(crate) struct IdSource {
    state: u64,
}

impl IdSource {
    /// Ids of one seed are reproducible; two simulators with other seeds share none.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: scramble(seed),
        }
    }

    /// The next id.
    pub(crate) fn next(&mut self) -> String {
        let mut half = || {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            scramble(self.state)
        };
        format!("{:016x}{:016x}", half(), half())
    }
}

fn scramble(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinct_and_reproducible() {
        let take = |seed| {
            let mut ids = IdSource::new(seed);
            (0..1_000)
                .map(|_| ids.next())
                .collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(take(1).len(), 1_000);
        assert_eq!(take(1), take(1));
        assert!(take(1).is_disjoint(&take(2)));
        assert!(take(3).iter().all(|id| id.len() == 32));
    }
}
