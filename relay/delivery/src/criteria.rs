//! What makes an object the one looked for.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use ledger_plan::json::Node;
use ledger_plan::{Resource, Step, refs};
use ledger_sage::entity::{Entity, decimal};
use ledger_store::Verdict;
use ledger_store::vault::normal_email;

use super::work::Work;

/// What a movement is known by, since a plan gives it no reference.
const OF_A_MOVEMENT: [&str; 4] = ["stock_item_id", "date", "details", "quantity"];

/// `find` with every `$ref` resolved.
pub(super) struct Criteria<'a> {
    pub(super) step: &'a Step,
    pub(super) find: Vec<(String, String)>,
    /// What an allocation settles, as sent: Sage offers nothing else to tell allocations apart.
    pub(super) artefacts: Option<Vec<(String, Decimal)>>,
    /// Whether a document of the same number that differs otherwise is told as well: a store that
    /// is gone may have sent it.
    pub(super) may_be_sent: bool,
}

impl Criteria<'_> {
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.find
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// The parameters that narrow Sage's list down.
    pub(super) fn query(&self) -> Vec<(&'static str, &str)> {
        let text = |from| self.get(from).unwrap_or_default();
        let same = |name: &'static str| self.get(name).map(|value| (name, value));
        let on = |day| self.get("date").map(|date| (day, date));
        match self.step.resource {
            Resource::Contacts => vec![("search", text("reference")), ("nested_attributes", "all")],
            Resource::SalesInvoices
            | Resource::SalesCreditNotes
            | Resource::SalesEstimates
            | Resource::SalesQuotes => {
                let contact = same("contact_id").filter(|_| !self.may_be_sent);
                [("search", text("reference"))]
                    .into_iter()
                    .chain(contact)
                    .collect()
            }
            Resource::Products | Resource::Services | Resource::StockItems => {
                vec![("search", text("item_code"))]
            }
            // Sage cannot search these by text.
            Resource::ContactPayments | Resource::ContactAllocations | Resource::StockMovements => {
                [
                    same("contact_id"),
                    same("bank_account_id"),
                    same("transaction_type_id"),
                    same("stock_item_id"),
                    on("from_date"),
                    on("to_date"),
                ]
                .into_iter()
                .flatten()
                .collect()
            }
        }
    }

    /// Equal in every key that the entity shows; `None` when it does not show them all.
    pub(super) fn equals(&self, entity: &Entity) -> Option<bool> {
        let mut complete = true;
        for (key, wanted) in self.find.iter().filter(|(key, _)| key != "email") {
            match entity.value(key) {
                Some(shown) if is_figure(key) && decimal(&shown) == decimal(wanted) => {}
                Some(shown) if shown == *wanted => {}
                Some(_) => return Some(false),
                None => complete = false,
            }
        }
        if let Some(wanted) = &self.artefacts {
            match entity.artefacts() {
                Some(shown) if shown == *wanted => {}
                Some(_) => return Some(false),
                None => complete = false,
            }
        }
        complete.then_some(true)
    }

    /// Whether it is a document of the same number that is not the one looked for.
    pub(super) fn differs(&self, entity: &Entity) -> bool {
        let documents = [Resource::SalesInvoices, Resource::SalesCreditNotes];
        self.may_be_sent
            && documents.contains(&self.step.resource)
            && entity.text("reference").as_deref() == self.get("reference")
            && self.equals(entity) == Some(false)
            && !entity.is_gone()
    }

    pub(super) fn is_stranger(&self, entity: &Entity) -> bool {
        self.get("email").is_some_and(|wanted| {
            entity
                .email()
                .is_none_or(|shown| normal_email(&shown) != normal_email(wanted))
        })
    }
}

/// Whether a value is compared as a number: `35.9` and `35.90` are one amount.
fn is_figure(key: &str) -> bool {
    key.ends_with("_amount") || key == "quantity"
}

impl Work<'_> {
    /// `find` with ids in place of names, and what the request itself says where `find` cannot
    /// tell one object from another. `sent` is the frozen body, when there is one.
    pub(super) fn criteria(
        &self,
        ids: &BTreeMap<String, String>,
        sent: Option<&[u8]>,
    ) -> Result<Criteria<'_>, Box<Verdict>> {
        let mut find = Vec::with_capacity(self.step.find.len());
        for (key, node) in &self.step.find {
            let resolved =
                refs::resolve(node, ids).map_err(|missing| Box::new(self.unresolved(&missing)))?;
            if let Node::Text(text) = resolved {
                find.push((key.clone(), text));
            }
        }
        let depth = self.session.engine.max_json_depth.saturating_add(1);
        let sent = sent.and_then(|body| Node::parse(body, depth).ok());
        let body = sent.as_ref().unwrap_or(&self.step.body);
        let entity = body.get(self.step.resource.entity());
        let said = |key: &str| match entity?.get(key)? {
            Node::Text(text) => Some((key.to_owned(), text.clone())),
            Node::Null | Node::Bool(_) | Node::Integer(_) | Node::List(_) | Node::Object(_) => None,
        };
        let mut artefacts = None;
        match self.step.resource {
            Resource::ContactPayments => find.extend(said("date")),
            Resource::StockMovements => find.extend(OF_A_MOVEMENT.into_iter().filter_map(said)),
            Resource::ContactAllocations => {
                let list = entity.and_then(|entity| entity.get("allocated_artefacts"));
                artefacts = list
                    .and_then(|list| refs::resolve(list, ids).ok())
                    .and_then(|list| shares(&list));
            }
            Resource::Contacts
            | Resource::SalesInvoices
            | Resource::SalesCreditNotes
            | Resource::SalesEstimates
            | Resource::SalesQuotes
            | Resource::Products
            | Resource::Services
            | Resource::StockItems => {}
        }
        Ok(Criteria {
            step: self.step,
            find,
            artefacts,
            may_be_sent: self.run.may_be_sent,
        })
    }
}

/// The shares of an allocation as Sage's answers are read: sorted.
fn shares(list: &Node) -> Option<Vec<(String, Decimal)>> {
    let Node::List(list) = list else { return None };
    let share = |node: &Node| match (node.get("artefact_id")?, node.get("amount")?) {
        (Node::Text(id), Node::Text(amount)) => Some((id.clone(), decimal(amount)?)),
        _ => None,
    };
    let mut shares = list.iter().map(share).collect::<Option<Vec<_>>>()?;
    shares.sort();
    Some(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_plan::Op;
    use ledger_plan::json::Node;

    #[test]
    fn only_exact_equality_counts() {
        let step = Step {
            op: Op::Create,
            resource: Resource::SalesInvoices,
            xref: "invoice:33".to_owned(),
            unless: None,
            find: Vec::new(),
            body: Node::Null,
            target: None,
            records: Vec::new(),
            expect: None,
        };
        let find = [
            ("reference", "000000033"),
            ("contact_id", "c1"),
            ("total_amount", "35.90"),
            ("email", "A@Example.com "),
        ];
        let criteria = Criteria {
            step: &step,
            find: find
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .to_vec(),
            artefacts: None,
            may_be_sent: false,
        };
        let equals = |text: &str| criteria.equals(&Entity::parse(text.as_bytes()).unwrap());
        assert_eq!(
            equals(r#"{"reference":"000000033","contact":{"id":"c1"},"total_amount":35.9}"#),
            Some(true)
        );
        assert_eq!(
            equals(r#"{"reference":"33","contact":{"id":"c1"},"total_amount":"35.90"}"#),
            Some(false)
        );
        assert_eq!(
            equals(r#"{"reference":"000000033","contact":{"id":"c2"},"total_amount":"35.90"}"#),
            Some(false)
        );
        assert_eq!(
            equals(r#"{"reference":"000000033","contact":{"id":"c1"},"total_amount":"35.91"}"#),
            Some(false)
        );
        assert_eq!(
            equals(r#"{"reference":"000000033","total_amount":"35.90"}"#),
            None
        );
        let stranger = |text: &str| criteria.is_stranger(&Entity::parse(text.as_bytes()).unwrap());
        assert!(!stranger(r#"{"email":"a@example.COM"}"#));
        assert!(stranger(r#"{"email":"b@example.com"}"#));
        assert!(stranger("{}"), "an unverified contact is not used");
    }
}
