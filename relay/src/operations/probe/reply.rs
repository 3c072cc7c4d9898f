//! What the probe reads of an answer.

use serde_json::{Value, json};

use ledger_sage::entity::Entity;
use ledger_sage::{Answer, envelope};

/// An answer as the questions read it.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) id: Option<String>,
    pub(crate) entity: Option<Entity>,
    pub(crate) codes: Vec<String>,
}

impl Reply {
    pub(super) fn of(answer: &Answer) -> Self {
        let body = answer.body.as_deref().unwrap_or_default();
        let entity = Entity::parse(body);
        Self {
            status: answer.status,
            id: entity.as_ref().and_then(Entity::id),
            codes: envelope::items(body)
                .into_iter()
                .map(|item| item.data_code)
                .collect(),
            entity,
        }
    }

    pub(crate) fn is_created(&self) -> bool {
        (200..300).contains(&self.status) && self.id.is_some()
    }
}

pub(super) fn text_at(value: &Value, pointer: &str) -> Option<String> {
    let found = value.pointer(pointer)?;
    found.as_str().map(ToOwned::to_owned)
}

pub(super) fn errors(answer: &Answer) -> Vec<Value> {
    if answer.status < 400 {
        return Vec::new();
    }
    let items = envelope::items(answer.body.as_deref().unwrap_or_default());
    let shown = |item: ledger_store::SageItem| json!({"data_code": item.data_code, "message": item.message, "source": item.source});
    items.into_iter().map(shown).collect()
}

/// A path without ids and parameters.
pub(super) fn plain(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    match path.split_once('/') {
        Some((collection, _)) => format!("{collection}/{{id}}"),
        None => path.to_owned(),
    }
}
