//! What Sage says an object looks like, read without losing a digit.
//!
//! Sage writes money mostly as strings and sometimes as JSON numbers. Values are kept as the
//! text Sage wrote, so no number goes through a float.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

/// One object of an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Entity(BTreeMap<String, Box<RawValue>>);

impl Entity {
    /// Reads the body of an answer that is one object.
    pub fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// A value as text: strings unquoted, numbers and booleans as written; nothing else. Without
    /// the character NUL, which no database of ours stores.
    pub fn text(&self, key: &str) -> Option<String> {
        let raw = self.0.get(key)?.get();
        match raw.as_bytes().first()? {
            b'"' => {
                let text: String = serde_json::from_str(raw).ok()?;
                Some(text.replace('\0', ""))
            }
            b'{' | b'[' | b'n' => None,
            _ => Some(raw.to_owned()),
        }
    }

    /// Whether there is such a value, other than null.
    pub fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|raw| raw.get() != "null")
    }

    /// A value of an object inside this one.
    pub fn nested(&self, key: &str, inner: &str) -> Option<String> {
        let raw = self.0.get(key)?.get();
        serde_json::from_str::<Self>(raw).ok()?.text(inner)
    }

    /// The id, when there is a usable one.
    pub fn id(&self) -> Option<String> {
        let usable = |id: &String| {
            !id.is_empty()
                && id.len() <= 64
                && id
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
        };
        self.text("id").filter(usable)
    }

    /// The objects of a list inside this one.
    pub fn list(&self, key: &str) -> Option<Vec<Self>> {
        serde_json::from_str(self.0.get(key)?.get()).ok()
    }

    /// The value a `find` key speaks of: `contact_id` also stands as `{"contact":{"id":…}}`.
    pub fn value(&self, key: &str) -> Option<String> {
        self.text(key)
            .or_else(|| self.nested(key.strip_suffix("_id")?, "id"))
    }

    /// The e-mail of a contact, which Sage shows in two places.
    pub fn email(&self) -> Option<String> {
        self.text("email")
            .filter(|email| !email.is_empty())
            .or_else(|| self.nested("main_contact_person", "email"))
    }

    /// What an allocation settles, sorted; `None` when the answer does not show it.
    pub fn artefacts(&self) -> Option<Vec<(String, Decimal)>> {
        let list: Vec<Self> =
            serde_json::from_str(self.0.get("allocated_artefacts")?.get()).ok()?;
        let share = |entry: &Self| Some((entry.value("artefact_id")?, entry.figure("amount")?));
        let mut shares = list.iter().map(share).collect::<Option<Vec<_>>>()?;
        shares.sort();
        Some(shares)
    }

    /// The total: as stated, or of an allocation, which states none, what it settles.
    pub fn total(&self) -> Option<String> {
        let settled = || {
            let shares = self.artefacts()?;
            let positive = shares.iter().map(|(_, amount)| *amount);
            positive
                .filter(|amount| amount.is_sign_positive())
                .try_fold(Decimal::ZERO, Decimal::checked_add)
                .map(|sum| sum.to_string())
        };
        self.text("total_amount").or_else(settled)
    }

    /// Where the object stands in Sage's web interface: `links` has it as an alternate text/html
    /// (guide "invoicing"; of sales invoices).
    pub fn page(&self) -> Option<String> {
        let is_page = |link: &Self| {
            link.text("rel").as_deref() == Some("alternate")
                && link.text("type").as_deref() == Some("text/html")
        };
        self.list("links")?
            .iter()
            .find(|link| is_page(link))?
            .text("href")
    }

    fn figure(&self, key: &str) -> Option<Decimal> {
        self.text(key).and_then(|text| decimal(&text))
    }

    /// Whether the object is gone: deleted, or voided.
    pub fn is_gone(&self) -> bool {
        self.is_deleted() || self.is_void()
    }

    pub fn is_deleted(&self) -> bool {
        self.text("deleted_at").is_some_and(|at| !at.is_empty())
    }

    /// Whether the document is voided: it stands in Sage and counts no more.
    pub fn is_void(&self) -> bool {
        self.value("status_id")
            .is_some_and(|status| status == "VOID")
    }

    /// Whether payments or credit notes are set against the document. Any sign of one counts.
    pub fn has_payments(&self) -> bool {
        let positive = |key: &str| {
            self.figure(key)
                .is_some_and(|amount| amount > Decimal::ZERO)
        };
        let listed = |key: &&str| self.list(key).is_some_and(|list| !list.is_empty());
        let less = match (
            self.figure("outstanding_amount"),
            self.figure("total_amount"),
        ) {
            (Some(outstanding), Some(total)) => outstanding < total,
            _ => false,
        };
        positive("total_paid") || LISTS_OF_PAYMENTS.iter().any(listed) || less
    }
}

/// Where Sage lists what is set against a document.
const LISTS_OF_PAYMENTS: [&str; 3] = ["payments_allocations", "payments", "allocations"];

/// A decimal as Sage may write it.
pub fn decimal(text: &str) -> Option<Decimal> {
    text.parse()
        .ok()
        .or_else(|| Decimal::from_scientific(text).ok())
}

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    pub items: Vec<Entity>,
    pub more: bool,
}

#[derive(Deserialize)]
struct Enveloped {
    #[serde(rename = "$items")]
    items: Vec<Entity>,
    #[serde(rename = "$next")]
    next: Option<String>,
}

impl Page {
    /// Reads a list: enveloped, as Sage answers, or bare, as its specification says.
    pub fn parse(body: &[u8]) -> Option<Self> {
        if let Ok(page) = serde_json::from_slice::<Enveloped>(body) {
            return Some(Self {
                items: page.items,
                more: page.next.is_some_and(|next| !next.is_empty()),
            });
        }
        serde_json::from_slice(body)
            .ok()
            .map(|items| Self { items, more: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVOICE: &[u8] =
        br#"{"id":"abc","displayed_as":"SI-27","total_amount":12345678901234567.89,"net":"1.0",
        "contact":{"id":"c1","displayed_as":"Pat"},"status":{"id":"UNPAID"},"deleted_at":null,
        "main_contact_person":{"email":"p@example.com"},"email":""}"#;

    #[test]
    fn keeps_every_digit() {
        let entity = Entity::parse(INVOICE).unwrap();
        assert_eq!(entity.text("total_amount").unwrap(), "12345678901234567.89");
        assert_eq!(decimal("1E2"), decimal("100"));
        assert_eq!(decimal("35.990"), decimal("35.99"));
    }

    #[test]
    fn finds_values_in_both_shapes() {
        let entity = Entity::parse(INVOICE).unwrap();
        assert_eq!(entity.id().as_deref(), Some("abc"));
        assert_eq!(entity.value("contact_id").as_deref(), Some("c1"));
        assert_eq!(entity.value("nothing"), None);
        assert_eq!(entity.email().as_deref(), Some("p@example.com"));
        assert!(!entity.is_gone());
        assert!(
            Entity::parse(br#"{"status":{"id":"VOID"}}"#)
                .unwrap()
                .is_gone()
        );
        assert_eq!(Entity::parse(br#"{"id":"../x"}"#).unwrap().id(), None);
        assert!(Entity::parse(b"[]").is_none());
    }

    #[test]
    fn any_sign_of_a_payment_counts() {
        let has = |text: &str| Entity::parse(text.as_bytes()).unwrap().has_payments();
        for paid in [
            r#"{"total_paid":"0.01"}"#,
            r#"{"total_paid":12.5}"#,
            r#"{"payments_allocations":[{"id":"a"}]}"#,
            r#"{"payments":[{}]}"#,
            r#"{"allocations":[{}]}"#,
            r#"{"outstanding_amount":"5.00","total_amount":"5.01"}"#,
        ] {
            assert!(has(paid), "{paid}");
        }
        for open in [
            "{}",
            r#"{"total_paid":"0.0","payments_allocations":[],"outstanding_amount":"5.0","total_amount":"5.00"}"#,
            r#"{"total_paid":null,"payments_allocations":null,"total_amount":"5.00"}"#,
        ] {
            assert!(!has(open), "{open}");
        }
    }

    #[test]
    fn an_allocation_amounts_to_what_it_settles() {
        let entity = |text: &str| Entity::parse(text.as_bytes()).unwrap();
        let allocation = r#"{"allocated_artefacts":[{"artefact":{"id":"a"},"amount":"41.10"},
            {"artefact":{"id":"b"},"amount":8.9},{"artefact":{"id":"c"},"amount":"-50.00"}]}"#;
        assert_eq!(entity(allocation).total().as_deref(), Some("50.00"));
        assert_eq!(entity(r#"{"id":"a"}"#).total(), None);
        let payment = r#"{"total_amount":"7.50","allocated_artefacts":[]}"#;
        assert_eq!(entity(payment).total().as_deref(), Some("7.50"));
    }

    #[test]
    fn reads_both_kinds_of_list() {
        let page = Page::parse(
            br#"{"$total":1,"$page":1,"$next":"/contacts?page=2","$items":[{"id":"a"}]}"#,
        )
        .unwrap();
        assert!(page.more && page.items.len() == 1);
        let page = Page::parse(br#"[{"id":"a"},{"id":"b"}]"#).unwrap();
        assert!(!page.more && page.items.len() == 2);
        assert!(Page::parse(br#"{"id":"a"}"#).is_none());
    }
}
