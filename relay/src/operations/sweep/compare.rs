//! The comparison itself: pure.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use ledger_sage::entity::decimal;
use ledger_store::Xref;

use super::{Difference, Seen};

/// What makes two objects the same: everything a second sending would repeat.
type Likeness<'a> = (
    &'a str,
    Option<&'a str>,
    Option<Decimal>,
    Option<&'a (String, String)>,
    Option<&'a [(String, Decimal)]>,
);

/// One kind of object, in Sage and here.
pub(super) struct Books<'a> {
    resource: &'static str,
    objects: BTreeMap<&'a str, &'a Seen>,
    /// Several keys may stand for one object.
    ours: &'a [&'a Xref],
    ids: BTreeSet<&'a str>,
}

impl Seen {
    fn likeness(&self) -> Likeness<'_> {
        (
            &self.reference,
            self.contact.as_deref(),
            self.total.as_deref().and_then(decimal),
            self.way.as_ref(),
            self.settles.as_deref(),
        )
    }

    /// Whether there is anything to tell it by.
    fn is_named(&self) -> bool {
        !self.reference.is_empty() || self.settles.is_some()
    }
}

impl<'a> Books<'a> {
    pub(super) fn new(resource: &'static str, objects: &'a [Seen], ours: &'a [&'a Xref]) -> Self {
        Self {
            resource,
            objects: objects
                .iter()
                .map(|object| (object.id.as_str(), object))
                .collect(),
            ours,
            ids: ours.iter().map(|xref| xref.sage_id.as_str()).collect(),
        }
    }

    fn difference(&self, kind: &'static str, ids: Vec<String>, detail: String) -> Difference {
        Difference {
            kind,
            resource: self.resource,
            key: None,
            sage_ids: ids,
            detail,
        }
    }

    /// Objects of Sage's that stand for nothing here.
    fn foreign(&self) -> impl Iterator<Item = &'a Seen> {
        self.objects
            .iter()
            .filter(|(id, _)| !self.ids.contains(*id))
            .map(|(_, object)| *object)
    }

    fn known(&self) -> impl Iterator<Item = &'a Seen> {
        self.objects
            .iter()
            .filter(|(id, _)| self.ids.contains(*id))
            .map(|(_, object)| *object)
    }

    /// Several objects that say the same.
    pub(super) fn duplicates(&self) -> Vec<Difference> {
        let mut alike: BTreeMap<Likeness<'_>, Vec<String>> = BTreeMap::new();
        for object in self.objects.values().filter(|object| object.is_named()) {
            let twins = alike.entry(object.likeness()).or_default();
            twins.push(object.id.clone());
        }
        let several = alike.into_iter().filter(|(_, twins)| twins.len() > 1);
        several
            .map(|((reference, ..), twins)| self.difference("duplicate", twins, named(reference)))
            .collect()
    }

    /// Objects that stand for nothing here, though reference and contact are those of one that the
    /// relay made: half of something, or a correction by hand.
    pub(super) fn orphans(&self) -> Vec<Difference> {
        let marks: BTreeSet<_> = self
            .known()
            .filter(|object| !object.reference.is_empty())
            .map(|object| (&object.reference, &object.contact))
            .collect();
        let likenesses: BTreeSet<_> = self.known().map(Seen::likeness).collect();
        self.foreign()
            .filter(|object| marks.contains(&(&object.reference, &object.contact)))
            // A second one that says the same is a duplicate.
            .filter(|object| !likenesses.contains(&object.likeness()))
            .map(|object| {
                self.difference("orphan", vec![object.id.clone()], named(&object.reference))
            })
            .collect()
    }

    /// Known objects whose total is another by now.
    pub(super) fn totals(&self) -> Vec<Difference> {
        let differs = |xref: &&Xref| {
            let then = xref.total.as_deref()?;
            let now = self.objects.get(xref.sage_id.as_str())?;
            let now = now.total.as_deref()?;
            let detail = format!("posted with {then}, now {now}");
            (decimal(then) != decimal(now)).then(|| Difference {
                key: Some(xref.xref_key.clone()),
                ..self.difference("total_differs", vec![xref.sage_id.clone()], detail)
            })
        };
        self.ours.iter().filter_map(differs).collect()
    }

    /// Known objects that Sage does not list.
    pub(super) fn unlisted(&self) -> impl Iterator<Item = &'a Xref> {
        self.ours
            .iter()
            .filter(|xref| !self.objects.contains_key(xref.sage_id.as_str()))
            .copied()
    }

    /// Everything that the relay does not know.
    pub(super) fn strangers(&self) -> Vec<Difference> {
        let orphans = self.orphans();
        self.foreign()
            .filter(|object| {
                !orphans
                    .iter()
                    .any(|orphan| orphan.sage_ids == [object.id.as_str()])
            })
            .map(|object| {
                let ids = vec![object.id.clone()];
                self.difference("not_known_here", ids, named(&object.reference))
            })
            .collect()
    }
}

fn named(reference: &str) -> String {
    if reference.is_empty() {
        "without reference".to_owned()
    } else {
        format!("reference {reference}")
    }
}
