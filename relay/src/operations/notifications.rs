//! Who is told when a binding needs somebody.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use ledger_store::clock;

use crate::notify::message::trial;
use crate::notify::send::{send, usable};
use crate::notify::settings::{MailSecurity, MailSettings, NotificationSettings, WebhookSettings};
use crate::push::call;

use super::{OperationError, Operations};

/// Most people that a message goes to.
const MOST_PEOPLE: usize = 20;
/// Most characters of a field.
const LONGEST: usize = 255;
/// Bytes of the secret that signs.
const SECRET: usize = 32;

/// Who is told, as it is shown: no secret is in it.
#[derive(Debug, Default)]
pub struct NotificationSummary {
    /// Addresses, separated by commas.
    pub mail_to: String,
    /// The sender.
    pub mail_from: String,
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: String,
    /// `tls`, `starttls` or `none`.
    pub security: String,
    /// The name to sign in with.
    pub user: String,
    /// Whether there is a password.
    pub has_password: bool,
    /// Address of the webhook.
    pub webhook_url: String,
    /// Whether a person is told at once.
    pub at_once: bool,
    /// Whether there is a daily digest.
    pub digest: bool,
    /// When something was sent last.
    pub sent_at: Option<String>,
    /// Why the last message did not go out.
    pub problem: Option<String>,
}

/// What was filled in. An empty password keeps the one that is there.
#[derive(Debug)]
pub struct NewNotifications {
    /// What is shown.
    pub shown: NotificationSummary,
    /// The password of the mail server.
    pub password: SecretString,
}

impl Operations {
    async fn notification_settings(
        &self,
        binding: &ledger_store::BindingId,
    ) -> Result<Option<NotificationSettings>, OperationError> {
        let row = self.store.notifications(binding).await?;
        Ok(row.and_then(|row| serde_json::from_str(&row.settings).ok()))
    }

    /// Who is told; nobody when nothing was saved.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn notifications(&self, id: &str) -> Result<NotificationSummary, OperationError> {
        let (binding, _) = self.known(id).await?;
        let Some(row) = self.store.notifications(&binding).await? else {
            return Ok(NotificationSummary {
                port: "587".to_owned(),
                security: MailSecurity::StartTls.word().to_owned(),
                at_once: true,
                digest: true,
                ..NotificationSummary::default()
            });
        };
        let settings: NotificationSettings =
            serde_json::from_str(&row.settings).unwrap_or_default();
        let mut shown = NotificationSummary {
            at_once: settings.at_once,
            digest: settings.digest,
            webhook_url: settings.webhook.map(|hook| hook.url).unwrap_or_default(),
            sent_at: row.told.sent_at.and_then(clock::rfc3339),
            problem: row.told.problem,
            ..NotificationSummary::default()
        };
        if let Some(mail) = settings.mail {
            shown.mail_to = mail.to.join(", ");
            shown.mail_from = mail.from;
            shown.host = mail.host;
            shown.port = mail.port.to_string();
            mail.security.word().clone_into(&mut shown.security);
            shown.user = mail.user;
            shown.has_password = !mail.password.is_empty();
        }
        Ok(shown)
    }

    /// Keeps who is told. The secret that signs the webhook, where it is a new one: it is not shown
    /// again.
    ///
    /// # Errors
    /// When an address, the server or the webhook cannot be used.
    pub async fn set_notifications(
        &self,
        id: &str,
        new: &NewNotifications,
    ) -> Result<Option<SecretString>, OperationError> {
        let (binding, _) = self.known(id).await?;
        let before = self.notification_settings(&binding).await?;
        let before = before.unwrap_or_default();
        let mail = self.mail_of(new, before.mail.as_ref())?;
        let (webhook, secret) = self.webhook_of(&new.shown.webhook_url, before.webhook)?;
        let settings = NotificationSettings {
            mail,
            webhook,
            at_once: new.shown.at_once,
            digest: new.shown.digest,
        };
        let is_nobody = settings.mail.is_none() && settings.webhook.is_none();
        let text = serde_json::to_string(&settings).unwrap_or_default();
        let kept = (!is_nobody).then_some(text.as_str());
        let audit_entry = self.audit_entry("notifications:set", id);
        self.store
            .set_notifications(&binding, kept, audit_entry)
            .await?;
        Ok(secret)
    }

    fn mail_of(
        &self,
        new: &NewNotifications,
        before: Option<&MailSettings>,
    ) -> Result<Option<MailSettings>, OperationError> {
        let shown = &new.shown;
        let to: Vec<String> = shown
            .mail_to
            .split([',', ';', '\n'])
            .map(|address| address.trim().to_owned())
            .filter(|address| !address.is_empty())
            .collect();
        if to.is_empty() {
            return Ok(None);
        }
        let field = |field: &'static str, message: &str| OperationError::Field {
            field,
            message: message.to_owned(),
        };
        if to.len() > MOST_PEOPLE {
            return Err(field("mail_to", "At most 20 addresses."));
        }
        usable(to.iter().map(String::as_str)).map_err(|why| field("mail_to", &why))?;
        usable(std::iter::once(shown.mail_from.as_str()))
            .map_err(|why| field("mail_from", &why))?;
        let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if !(1..=LONGEST).contains(&shown.host.len()) || !shown.host.chars().all(is_host) {
            return Err(field(
                "host",
                "A mail server is named as in smtp.example.com.",
            ));
        }
        let port = shown.port.parse().ok().filter(|port: &u16| *port > 0);
        let port = port.ok_or_else(|| field("port", "A port is a number, usually 587 or 465."))?;
        let security = MailSecurity::from_word(&shown.security)
            .ok_or_else(|| field("security", "Choose how the way is secured."))?;
        if security == MailSecurity::None && !self.config.push.allow_private_networks {
            return Err(field(
                "security",
                "Without encryption only servers in private networks are used, and the settings of the relay do not allow those (push.allow_private_networks).",
            ));
        }
        let typed = new.password.expose_secret();
        // A password is for the server it was typed for.
        let kept = before.filter(|before| before.host == shown.host && before.user == shown.user);
        let password = match (typed, kept) {
            ("", Some(before)) => before.password.clone(),
            (typed, _) => typed.to_owned(),
        };
        Ok(Some(MailSettings {
            to,
            from: shown.mail_from.clone(),
            host: shown.host.clone(),
            port,
            security,
            user: shown.user.clone(),
            password,
        }))
    }

    fn webhook_of(
        &self,
        url: &str,
        before: Option<WebhookSettings>,
    ) -> Result<(Option<WebhookSettings>, Option<SecretString>), OperationError> {
        if url.is_empty() {
            return Ok((None, None));
        }
        let private = self.config.push.allow_private_networks;
        call::usable(url, private).map_err(|failure| OperationError::Field {
            field: "webhook_url",
            message: format!("The webhook cannot be used: {failure}."),
        })?;
        if let Some(before) = before.filter(|before| before.url == url) {
            return Ok((Some(before), None));
        }
        let mut bytes = [0_u8; SECRET];
        getrandom::fill(&mut bytes).map_err(|_| {
            OperationError::Argument("The system gives no random bytes.".to_owned())
        })?;
        let secret = format!("whsec_{}", STANDARD.encode(bytes));
        let settings = WebhookSettings {
            url: url.to_owned(),
            secret: secret.clone(),
        };
        Ok((Some(settings), Some(secret.into())))
    }

    /// Sends a message that only shows that messages arrive.
    ///
    /// # Errors
    /// When nobody is to be told, or it does not go out.
    pub async fn try_notifications(&self, id: &str, origin: &str) -> Result<(), OperationError> {
        let (binding, _) = self.known(id).await?;
        let settings = self.notification_settings(&binding).await?;
        let settings = settings.ok_or_else(|| {
            OperationError::Argument("Nobody is told yet: save an address first.".to_owned())
        })?;
        let audit_entry = self.audit_entry("notifications:try", id);
        self.store.note(Some(&binding), audit_entry).await?;
        let sent = send(&settings, &trial(id, origin), self.config.notify_ways()).await;
        sent.map_err(OperationError::Argument)
    }
}
