//! Reasons at rest. Sage repeats names and addresses in what it says, so all that was said is
//! sealed; what operators search by stays in the clear: codes, and the fields they speak of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::vault::{Vault, VaultError};

use super::{BindingId, Reason, StoreError};

/// The key under which the whole reason stands, sealed.
const SEALED: &str = "sealed";
/// What is kept of the words of a run whose plan was thrown away.
const GONE: &str = "What was said was thrown away with the plan.";
/// A longer code or field is none.
const LONGEST: usize = 64;

/// Where the words of a run lie; its row and its place in the feed hold the same bytes.
fn place(run_id: &str) -> String {
    format!("words/{run_id}")
}

/// A reason as it is stored.
pub(super) fn hidden(
    vault: &Vault,
    binding: &BindingId,
    run_id: &str,
    reason: &Reason,
) -> Result<String, StoreError> {
    let whole = serde_json::to_vec(reason).unwrap_or_default();
    let sealed = vault
        .seal_alike(binding, &place(run_id), &whole)
        .map_err(StoreError::Sealed)?;
    let mut shown = outline(reason);
    shown.insert(SEALED.to_owned(), json!(STANDARD.encode(sealed)));
    Ok(Value::Object(shown).to_string())
}

/// What may be read without a key.
fn outline(reason: &Reason) -> Map<String, Value> {
    let items = reason.items.iter().map(|item| {
        json!({
            "severity": word(&item.severity),
            "data_code": word(&item.data_code),
            "source": word(&item.source),
        })
    });
    let causes = reason
        .causes
        .iter()
        .map(|cause| json!({ "code": cause.code, "pointer": cause.pointer }));
    let mut shown = Map::new();
    shown.insert("code".to_owned(), json!(reason.code));
    shown.extend(
        reason
            .pointer
            .iter()
            .map(|pointer| ("pointer".to_owned(), json!(pointer))),
    );
    for (name, list) in [
        ("items", items.collect::<Vec<_>>()),
        ("causes", causes.collect()),
    ] {
        if !list.is_empty() {
            shown.insert(name.to_owned(), Value::Array(list));
        }
    }
    shown
}

/// A code or the name of a field; empty when it could be anything else.
fn word(text: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-[]$/".contains(c);
    if text.len() <= LONGEST && text.chars().all(plain) {
        text
    } else {
        ""
    }
}

/// What was stored, as it was said. Rows of earlier relays, and erased ones, are as they are.
pub(super) fn told(
    vault: &Vault,
    binding: &BindingId,
    run_id: &str,
    stored: String,
) -> Result<String, StoreError> {
    let Some(sealed) = sealed_part(&stored) else {
        return Ok(stored);
    };
    let whole = vault.open_bytes(binding, &place(run_id), &sealed);
    let whole = whole.map_err(StoreError::Sealed)?;
    String::from_utf8(whole).map_err(|_| StoreError::Sealed(VaultError::Open))
}

/// [`told`] for a place that may be empty.
pub(super) fn told_if(
    vault: &Vault,
    binding: &BindingId,
    run_id: &str,
    stored: &mut Option<String>,
) -> Result<(), StoreError> {
    if let Some(text) = stored.take() {
        *stored = Some(told(vault, binding, run_id, text)?);
    }
    Ok(())
}

/// The same reason under the newest key; nothing when it is that already.
pub(super) fn anew(
    vault: &Vault,
    binding: &BindingId,
    run_id: &str,
    stored: &str,
) -> Result<Option<String>, StoreError> {
    if sealed_part(stored).is_some_and(|sealed| vault.is_newest(&sealed)) {
        return Ok(None);
    }
    let said = told(vault, binding, run_id, stored.to_owned())?;
    let reason = serde_json::from_str::<Reason>(&said);
    let reason = reason.map_err(|_| StoreError::Contradiction("a reason that cannot be read"))?;
    hidden(vault, binding, run_id, &reason).map(Some)
}

/// What stays when the words are thrown away: codes and fields.
pub(super) fn without_words(stored: &str) -> String {
    let read = serde_json::from_str::<Reason>(stored);
    let mut shown = match (sealed_part(stored), read) {
        (None, Ok(reason)) => outline(&reason),
        _ => serde_json::from_str(stored).unwrap_or_default(),
    };
    shown.remove(SEALED);
    shown.insert("detail".to_owned(), json!(GONE));
    for list in ["items", "causes"] {
        let entries = shown.get_mut(list).and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            complete(list, entry);
        }
    }
    Value::Object(shown).to_string()
}

/// The texts that shops expect, empty.
fn complete(list: &str, entry: &mut Value) {
    let names: &[&str] = match list {
        "items" => &["message"],
        _ => &["what", "why", "suggestion"],
    };
    if let Value::Object(entry) = entry {
        let empty = names.iter().map(|name| ((*name).to_owned(), json!("")));
        entry.extend(empty);
    }
}

fn sealed_part(stored: &str) -> Option<Vec<u8>> {
    let fields: Map<String, Value> = serde_json::from_str(stored).ok()?;
    STANDARD.decode(fields.get(SEALED)?.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::{SageItem, ShopCause};

    fn vault() -> Vault {
        Vault::new(&SecretString::from("a".repeat(64))).unwrap()
    }

    fn reason() -> Reason {
        let mut reason = Reason::new("sage_rejected", "Sage said no to Pat Doe.").at("/steps/0");
        reason.items.push(SageItem {
            severity: "error".to_owned(),
            data_code: "RecordInvalid".to_owned(),
            message: "Pat Doe is too long".to_owned(),
            source: "contact.main_address[name]".to_owned(),
        });
        reason.items.push(SageItem {
            source: "pat@example.com".to_owned(),
            ..SageItem::default()
        });
        reason.causes.push(ShopCause {
            code: "text_too_long".to_owned(),
            pointer: "/customer/firstname".to_owned(),
            what: "Pat Doe".to_owned(),
            why: "why".to_owned(),
            suggestion: "do".to_owned(),
        });
        reason
    }

    #[test]
    fn codes_and_fields_are_seen_and_nothing_that_was_said() {
        let one = BindingId::new("one").unwrap();
        let stored = hidden(&vault(), &one, "r1", &reason()).unwrap();
        for seen in [
            "sage_rejected",
            "/steps/0",
            "RecordInvalid",
            "contact.main_address[name]",
            "text_too_long",
            "/customer/firstname",
        ] {
            assert!(stored.contains(seen), "{seen} in {stored}");
        }
        assert!(!stored.to_lowercase().contains("pat"), "{stored}");
        let said = told(&vault(), &one, "r1", stored.clone()).unwrap();
        assert_eq!(serde_json::from_str::<Reason>(&said).unwrap(), reason());
        assert!(
            told(&vault(), &one, "r2", stored.clone()).is_err(),
            "another run's"
        );
        // The feed tells a new state from the same one by its bytes.
        assert_eq!(stored, hidden(&vault(), &one, "r1", &reason()).unwrap());
    }

    #[test]
    fn what_earlier_relays_wrote_is_read_and_sealed_anew() {
        let one = BindingId::new("one").unwrap();
        let plain = serde_json::to_string(&reason()).unwrap();
        assert_eq!(told(&vault(), &one, "r1", plain.clone()).unwrap(), plain);
        let sealed = anew(&vault(), &one, "r1", &plain).unwrap().unwrap();
        assert!(!sealed.contains("Pat"));
        assert_eq!(anew(&vault(), &one, "r1", &sealed).unwrap(), None);
        let key = SecretString::from("b".repeat(64));
        let rotated = vault().with_seal_keys(&key).unwrap();
        let newest = anew(&rotated, &one, "r1", &sealed).unwrap().unwrap();
        assert_eq!(told(&rotated, &one, "r1", newest).unwrap(), plain);
    }

    #[test]
    fn of_what_is_thrown_away_codes_and_fields_stay() {
        let one = BindingId::new("one").unwrap();
        let plain = serde_json::to_string(&reason()).unwrap();
        let sealed = hidden(&vault(), &one, "r1", &reason()).unwrap();
        for stored in [plain, sealed] {
            let left = without_words(&stored);
            assert!(
                !left.to_lowercase().contains("pat") && !left.contains(SEALED),
                "{left}"
            );
            let left: Reason = serde_json::from_str(&left).unwrap();
            assert_eq!(left.items[0].data_code, "RecordInvalid");
            assert_eq!(left.causes[0].pointer, "/customer/firstname");
            assert_eq!(
                (left.code.as_str(), left.detail.as_str()),
                ("sage_rejected", GONE)
            );
        }
    }
}
