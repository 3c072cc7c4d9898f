//! Coming in and going out.
//!
//! An attempt is counted before it is looked at. An unknown address takes the same work as a known
//! one: one look for the account, one argon2 verification, one row of the audit.

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use ledger_store::accounts::{Account, AttemptLimit, NewSession};
use ledger_store::clock;
use ledger_store::retry::Millis;
use ledger_store::vault::{normal_email, sha256_hex};

use super::passwords::{is_right, random_token};
use super::{OperationError, Operations};

/// Attempts count for a quarter of an hour.
const WINDOW: Millis = 15 * 60 * 1000;
const MOST_OF_ACCOUNT: u32 = 10;
const MOST_OF_ADDRESS: u32 = 50;
/// A session that is used is written to the database this often.
const BETWEEN_TOUCHES: Millis = 60 * 1000;

/// What somebody typed who wants to come in.
#[derive(Debug)]
pub struct SignInAttempt {
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: SecretString,
    /// The code of an authenticator app, where the account has one.
    pub code: String,
    /// Where the request came from.
    pub address: IpAddr,
}

/// What came of it.
#[derive(Debug)]
pub enum SignIn {
    /// The token of a new session, for the browser's cookie.
    Welcome(SecretString),
    /// Address, password or code is wrong, or the account is disabled: which of them is not said.
    Refused,
    /// Too many attempts; so many minutes to wait.
    TooMany(i64),
}

/// A session that is good, and whose it is.
#[derive(Debug, Clone)]
pub struct CurrentUser {
    /// Whose.
    pub account: Account,
    /// For the audit.
    pub actor: String,
}

impl Operations {
    /// Tries to sign in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in(&self, attempt: SignInAttempt) -> Result<SignIn, OperationError> {
        let tag = |purpose, text: &str| self.vault.tag_for_relay(purpose, text);
        let of_account = tag("sign-in account", &normal_email(&attempt.email))?;
        let of_address = tag(
            "sign-in address",
            &attempt.address.to_canonical().to_string(),
        )?;
        let limit = |subject, most| AttemptLimit {
            subject,
            most,
            window: WINDOW,
        };
        let limits = [
            limit(&of_account, MOST_OF_ACCOUNT),
            limit(&of_address, MOST_OF_ADDRESS),
        ];
        let now = clock::now();
        if let Some(until) = self.store.count_attempt(&limits, now).await? {
            metrics::counter!("ledger_relay_sign_ins_total", "outcome" => "throttled").increment(1);
            let minutes = until.saturating_sub(now).div_euclid(60_000) + 1;
            return Ok(SignIn::TooMany(minutes));
        }
        let account = self.store.account_of_email(&attempt.email).await?;
        let hash = account
            .as_ref()
            .map(|account| account.password_hash.clone());
        let mut is_right = is_right(attempt.password, hash).await;
        if let Some(account) = account.as_ref().filter(|_| is_right) {
            is_right = self.has_right_code(account, &attempt.code).await?;
        }
        let Some(account) = account
            .as_ref()
            .filter(|account| is_right && account.disabled_at.is_none())
        else {
            metrics::counter!("ledger_relay_sign_ins_total", "outcome" => "refused").increment(1);
            let subject = account.map_or_else(|| "nobody".to_owned(), |account| account.id);
            let audit_entry = self.audit_entry("sign-in refused", &subject);
            self.store.note(None, audit_entry).await?;
            return Ok(SignIn::Refused);
        };
        metrics::counter!("ledger_relay_sign_ins_total", "outcome" => "welcome").increment(1);
        let token = random_token()?;
        let person = self.acting_as(&format!("account:{}", account.id));
        let session = NewSession {
            token_hash: &sha256_hex(token.expose_secret().as_bytes()),
            account_id: &account.id,
            idle_until: now.saturating_add(self.idle()),
            ends_at: now.saturating_add(self.whole()),
        };
        let audit_entry = person.audit_entry("sign-in", &account.id);
        self.store
            .begin_session(session, &of_account, audit_entry)
            .await?;
        Ok(SignIn::Welcome(token))
    }

    /// Whose session a token is; nothing when it is not good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn current_user(
        &self,
        token: &SecretString,
    ) -> Result<Option<CurrentUser>, OperationError> {
        let hash = sha256_hex(token.expose_secret().as_bytes());
        let now = clock::now();
        let Some(session) = self.store.session(&hash, now).await? else {
            return Ok(None);
        };
        let idle_until = now.saturating_add(self.idle());
        if idle_until.saturating_sub(session.idle_until) > BETWEEN_TOUCHES {
            self.store.touch_session(&hash, idle_until).await?;
        }
        let account = self.store.account(&session.account_id).await?;
        Ok(account.map(|account| CurrentUser {
            actor: format!("account:{}", account.id),
            account,
        }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, token: &SecretString) -> Result<(), OperationError> {
        let hash = sha256_hex(token.expose_secret().as_bytes());
        let audit_entry = self.audit_entry("sign-out", "");
        self.store.end_session(&hash, audit_entry).await?;
        Ok(())
    }

    fn idle(&self) -> Millis {
        Millis::from(self.config.dashboard.session_idle_minutes.max(1)) * 60_000
    }

    fn whole(&self) -> Millis {
        Millis::from(self.config.dashboard.session_hours.max(1)) * 3_600_000
    }
}
