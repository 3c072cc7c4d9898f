//! Messages by a signed call.

use std::time::Duration;

use secrecy::SecretString;

use ledger_store::clock;

use crate::push::call::{Failure, post_signed};

use super::message::Message;
use super::settings::WebhookSettings;

/// Calls the address; why not, in words.
pub(super) async fn send(
    settings: &WebhookSettings,
    message: &Message,
    private: bool,
    timeout: Duration,
) -> Result<(), String> {
    let now = clock::now();
    let secret = SecretString::from(settings.secret.clone());
    let id = uuid::Uuid::now_v7().to_string();
    let mut body = serde_json::to_value(message).unwrap_or_default();
    if let (Some(fields), Some(at)) = (body.as_object_mut(), clock::rfc3339(now)) {
        fields.insert("timestamp".to_owned(), at.into());
    }
    let sent = post_signed(
        &settings.url,
        (&id, now / 1000, body.to_string()),
        &secret,
        private,
        timeout,
    )
    .await;
    sent.map_err(|failure| match failure {
        Failure::Silent => "The webhook’s address did not answer.".to_owned(),
        Failure::Gone => {
            "The webhook’s address answered 410: it wants no more messages.".to_owned()
        }
        Failure::Status(status) => format!("The webhook’s address answered {status}."),
        Failure::UrlRefused | Failure::Unresolved | Failure::NotPublic | Failure::Unsigned => {
            format!("The webhook: {failure}.")
        }
    })
}
