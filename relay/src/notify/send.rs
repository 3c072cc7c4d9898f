//! A message by every way there is.

use std::time::Duration;

use super::message::Message;
use super::settings::NotificationSettings;
use super::{mail, webhook};

/// How messages are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ways {
    /// Whether private networks may be called.
    pub(crate) private: bool,
    pub(crate) timeout: Duration,
}

/// Sends by mail and webhook; why one of them did not go out, in words.
pub(crate) async fn send(
    settings: &NotificationSettings,
    message: &Message,
    ways: Ways,
) -> Result<(), String> {
    let mut problems = Vec::new();
    if let Some(of_mail) = &settings.mail {
        let sent = mail::send(of_mail, message, ways.private, ways.timeout).await;
        problems.extend(sent.err());
    }
    if let Some(of_webhook) = &settings.webhook {
        let sent = webhook::send(of_webhook, message, ways.private, ways.timeout).await;
        problems.extend(sent.err());
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join(" "))
    }
}

/// Whether every address can be written to; which one cannot, in words.
pub(crate) fn usable<'a>(addresses: impl Iterator<Item = &'a str>) -> Result<(), String> {
    for address in addresses {
        mail::mailbox(address)?;
    }
    Ok(())
}
