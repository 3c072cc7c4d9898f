//! Who is told, and by which way. Kept sealed as a whole.

use serde::{Deserialize, Serialize};

/// Who is told.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NotificationSettings {
    pub(crate) mail: Option<MailSettings>,
    pub(crate) webhook: Option<WebhookSettings>,
    /// At once when a person is needed.
    pub(crate) at_once: bool,
    /// Once a day, when something is wrong.
    pub(crate) digest: bool,
}

/// A mail server and whom it writes to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MailSettings {
    pub(crate) to: Vec<String>,
    pub(crate) from: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: MailSecurity,
    pub(crate) user: String,
    pub(crate) password: String,
}

/// How the way to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailSecurity {
    /// From the first byte: usually port 465.
    Tls,
    /// After STARTTLS: usually port 587.
    StartTls,
    /// Not at all: for a server in the same network.
    None,
}

impl MailSecurity {
    /// The word in a form.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::None => "none",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Tls, Self::StartTls, Self::None];
        all.into_iter().find(|one| one.word() == word)
    }
}

/// An address that is called, and the secret that signs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WebhookSettings {
    pub(crate) url: String,
    /// `whsec_` and base64.
    pub(crate) secret: String,
}
