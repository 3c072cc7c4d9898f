//! The form of who is told, as it was filled in.

use crate::operations::{NewNotifications, NotificationSummary};

use super::fields::Fields;

pub(super) fn typed(fields: &Fields) -> NewNotifications {
    let text = |name: &str| fields.text(name).to_owned();
    NewNotifications {
        shown: NotificationSummary {
            mail_to: text("mail_to"),
            mail_from: text("mail_from"),
            host: text("host"),
            port: text("port"),
            security: text("security"),
            user: text("user"),
            webhook_url: text("webhook_url"),
            at_once: fields.has("at_once"),
            digest: fields.has("digest"),
            ..NotificationSummary::default()
        },
        password: fields.raw("password").to_owned().into(),
    }
}
