//! Consent at Sage for whoever prefers a terminal: Sage sends the browser back to a port of this
//! machine, where the command waits.

use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::connections::refused;
use super::consent::refusal;
use super::passwords::random_token;
use super::{BindingSummary, OperationError, Operations};

/// How long the command waits for the browser.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// A consent that waits for the browser to come back.
#[derive(Debug)]
pub struct LoopbackConsent {
    /// Where the browser goes.
    pub url: String,
    /// Where it comes back to, as it must be registered at Sage.
    pub redirect_uri: String,
    listener: TcpListener,
    state: SecretString,
    verifier: SecretString,
}

/// What is connected with the consent.
#[derive(Debug, Default)]
pub struct LoopbackChoice {
    /// The binding: one that is connected again, or the name of a new one. None is a new one, named
    /// after the business.
    pub binding: Option<String>,
    /// The id of the business, where the consent covers more than one.
    pub business: Option<String>,
}

#[derive(Clone)]
struct Waiting {
    state: SecretString,
    answers: mpsc::Sender<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    state: SecretString,
    code: Option<SecretString>,
    error: Option<String>,
}

/// Takes what the browser brings. An answer of another consent is nothing.
async fn callback(State(waiting): State<Waiting>, Query(answer): Query<Answer>) -> Response {
    let (own, sent) = (waiting.state.expose_secret(), answer.state.expose_secret());
    if !bool::from(own.as_bytes().ct_eq(sent.as_bytes())) {
        let what = "This answer belongs to another consent. Nothing is connected.";
        return (StatusCode::BAD_REQUEST, what).into_response();
    }
    let taken = waiting.answers.try_send(answer);
    Html(match taken {
        Ok(()) => "<p>Thank you. Go back to the terminal: it says how it went.</p>",
        Err(_) => "<p>This answer was taken before.</p>",
    })
    .into_response()
}

impl Operations {
    /// Begins a consent that comes back to a port of this machine; 0 is any port.
    ///
    /// # Errors
    /// When the port is taken, or no app was entered.
    pub async fn begin_loopback_consent(
        &self,
        port: u16,
    ) -> Result<LoopbackConsent, OperationError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let address = listener.and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = address
            .map_err(|error| refused(format!("port {port} of this machine: {error}; choose another with --port, and register it at Sage")))?;
        let redirect_uri = format!("http://localhost:{}/oauth/callback", address.port());
        let (state, verifier) = (random_token()?, random_token()?);
        let url = self.consent_url(&redirect_uri, &state, &verifier).await?;
        self.store
            .note(
                None,
                self.audit_entry("oauth:consent begun", "at a terminal"),
            )
            .await?;
        Ok(LoopbackConsent {
            url,
            redirect_uri,
            listener,
            state,
            verifier,
        })
    }

    /// Waits for the browser and connects what was chosen. A new binding is live at once, as every one
    /// that is set up at a terminal.
    ///
    /// # Errors
    /// When nobody comes back in a quarter of an hour, the consent was refused, or the choice does not
    /// fit it.
    pub async fn finish_loopback_consent(
        &self,
        consent: LoopbackConsent,
        choice: &LoopbackChoice,
    ) -> Result<BindingSummary, OperationError> {
        let (answers, mut taken) = mpsc::channel(1);
        let waiting = Waiting {
            state: consent.state.clone(),
            answers,
        };
        let router = Router::new()
            .route("/oauth/callback", get(callback))
            .with_state(waiting);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = axum::serve(consent.listener, router).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let server = tokio::spawn(server.into_future());
        let answer = tokio::time::timeout(PATIENCE, taken.recv()).await;
        // The browser gets its page before the port is closed.
        drop(stop);
        let _ = tokio::time::timeout(Duration::from_secs(2), server).await;
        let answer = answer.ok().flatten();
        let answer = answer.ok_or_else(|| {
            refused("Nobody came back from Sage in a quarter of an hour. Nothing is connected.")
        })?;
        if let Some(error) = &answer.error {
            self.store
                .note(
                    None,
                    self.audit_entry("oauth:consent refused", "at a terminal"),
                )
                .await?;
            return Err(refusal(error));
        }
        let code = answer
            .code
            .ok_or_else(|| refused("Sage sent no code. Nothing is connected; begin once more."))?;
        let (refresh, covered) = self
            .exchange(&code, &consent.redirect_uri, &consent.verifier)
            .await?;
        self.store
            .note(
                None,
                self.audit_entry("oauth:consent granted", "at a terminal"),
            )
            .await?;
        let chosen = match (&choice.business, covered.as_slice()) {
            (Some(id), all) => all.iter().find(|one| one.id == *id),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let chosen = chosen.ok_or_else(|| {
            let named = covered.iter().map(|one| format!("{} ({})", one.id, one.name));
            let named: Vec<String> = named.collect();
            refused(format!(
                "Nothing is connected: say with --business which one: {}. The consent is spent; begin once more.",
                named.join(", ")
            ))
        })?;
        let known = match &choice.binding {
            Some(id) => self.known(id).await.ok(),
            None => None,
        };
        let id = match (known, &choice.binding) {
            (Some((binding, _)), _) => {
                self.connect_again(&binding, &chosen.id, &refresh).await?;
                binding.as_str().to_owned()
            }
            (None, name) => {
                let name = match name {
                    Some(name) => name.clone(),
                    None => self.free_name(&chosen.name).await?,
                };
                self.connect_new(&name, &chosen.id, &refresh, true).await?;
                name
            }
        };
        self.binding(&id).await
    }
}
