//! Messages by SMTP.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::push::call::addresses_of;

use super::message::Message;
use super::settings::{MailSecurity, MailSettings};

/// How the relay names itself to mail servers.
const NAME: &str = "ledger-relay";

/// Sends a message to everybody; why not, in words without secrets.
pub(super) async fn send(
    settings: &MailSettings,
    message: &Message,
    private: bool,
    timeout: Duration,
) -> Result<(), String> {
    let mut letter = lettre::Message::builder()
        .from(mailbox(&settings.from)?)
        .subject(&message.subject);
    for to in &settings.to {
        letter = letter.to(mailbox(to)?);
    }
    let letter = letter
        .body(message.text.clone())
        .map_err(|_| "The message could not be written.".to_owned())?;
    if settings.security == MailSecurity::None && !private {
        return Err("A mail server without encryption is used in private networks only: see push.allow_private_networks.".to_owned());
    }
    // The address is looked at before it is called, and that very address is called.
    let addresses = addresses_of(&settings.host, settings.port, private).await;
    let addresses = addresses.map_err(|failure| format!("The mail server: {failure}."))?;
    let address = addresses
        .first()
        .ok_or_else(|| "The mail server has no address.".to_owned())?;
    let parameters = || {
        TlsParameters::new(settings.host.clone())
            .map_err(|_| "The name of the mail server cannot be used for TLS.".to_owned())
    };
    let tls = match settings.security {
        MailSecurity::Tls => Tls::Wrapper(parameters()?),
        MailSecurity::StartTls => Tls::Required(parameters()?),
        MailSecurity::None => Tls::None,
    };
    let mut server =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
            .port(settings.port)
            .tls(tls)
            .timeout(Some(timeout))
            .hello_name(ClientId::Domain(NAME.to_owned()));
    if !settings.user.is_empty() {
        let (user, password) = (settings.user.clone(), settings.password.clone());
        server = server.credentials(Credentials::new(user, password));
    }
    match server.build().send(letter).await {
        Ok(_) => Ok(()),
        // The server's own words may repeat an address.
        Err(error) => Err(match error.status() {
            Some(code) => format!("The mail server refused the message ({code})."),
            None if error.is_timeout() => "The mail server did not answer in time.".to_owned(),
            None => "The mail server cannot be reached, or its certificate is not good.".to_owned(),
        }),
    }
}

/// Whether a text is an address that mail can be sent to.
pub(super) fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse()
        .map_err(|_| format!("{text} is no e-mail address."))
}
