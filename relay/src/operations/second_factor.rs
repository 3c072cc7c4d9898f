//! The second factor: codes of an authenticator app (TOTP, RFC 6238), optional for each account.

use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

use ledger_store::accounts::{Account, AttemptLimit};
use ledger_store::clock;
use ledger_store::retry::Millis;
use ledger_store::vault::VaultError;

use super::{OperationError, Operations};

/// What authenticator apps show beside a code.
const ISSUER: &str = "Ledger for Sage";
const WINDOW: Millis = 15 * 60 * 1000;
const MOST: u32 = 10;

/// A secret that is not kept yet.
#[derive(Debug)]
pub struct NewSecondFactor {
    /// Base32, to be typed.
    pub secret: SecretString,
    /// The same as an `otpauth` address.
    pub url: SecretString,
}

fn codes(secret: &SecretString, email: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret.expose_secret()).ok()?;
    let builder = Builder::new()
        .with_secret(secret)
        .with_account_name(email.replace(':', " "))
        .with_issuer(Some(ISSUER));
    builder.build().ok()
}

/// The step of time that a code is of, around now.
fn step(secret: &SecretString, email: &str, code: &str) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let is_code = code.len() == 6 && code.chars().all(|c| c.is_ascii_digit());
    let seconds = u64::try_from(clock::now() / 1_000).ok()?;
    let codes = codes(secret, email).filter(|_| is_code)?;
    i64::try_from(codes.check(&code, seconds)?).ok()
}

fn wrong_code() -> OperationError {
    OperationError::Field {
        field: "code",
        message: "The code is wrong or was used. Wait for the next one, and look whether the clock of your phone is right.".to_owned(),
    }
}

impl Operations {
    /// A secret for an authenticator app; it counts once [`Operations::keep_second_factor`] has seen a
    /// code of it.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new_second_factor(&self, account: &Account) -> Result<NewSecondFactor, OperationError> {
        let mut bytes = [0_u8; 20];
        getrandom::fill(&mut bytes).map_err(|_| VaultError::Random)?;
        self.second_factor_of(account, &Secret::from(bytes).to_base32().into())
    }

    /// The same of a secret that was shown before.
    ///
    /// # Errors
    /// When it is no secret.
    pub fn second_factor_of(
        &self,
        account: &Account,
        secret: &SecretString,
    ) -> Result<NewSecondFactor, OperationError> {
        let url = codes(secret, &account.email).and_then(|codes| codes.to_url().ok());
        Ok(NewSecondFactor {
            secret: secret.clone(),
            url: url.ok_or_else(wrong_code)?.into(),
        })
    }

    /// Keeps a secret, sealed: from now on each sign-in needs a code.
    ///
    /// # Errors
    /// When the account has one already, or the code is not of this secret.
    pub async fn keep_second_factor(
        &self,
        account: &Account,
        secret: &SecretString,
        code: &str,
    ) -> Result<(), OperationError> {
        if account.has_second_factor {
            return Err(OperationError::Argument(
                "Codes are asked for already. Switch them off first.".to_owned(),
            ));
        }
        let step = step(secret, &account.email, code).ok_or_else(wrong_code)?;
        let audit_entry = self.audit_entry("user:second factor on", &account.id);
        self.store
            .set_second_factor(&account.id, Some(secret), audit_entry)
            .await?;
        self.store.use_second_factor(&account.id, step).await?;
        Ok(())
    }

    /// Whether nobody gets on without one.
    #[must_use]
    pub fn requires_second_factor(&self) -> bool {
        self.config.dashboard.require_second_factor
    }

    /// Takes the second factor away.
    ///
    /// # Errors
    /// When the code is wrong, too many were, or everybody must have one.
    pub async fn remove_second_factor(
        &self,
        account: &Account,
        code: &str,
    ) -> Result<(), OperationError> {
        if self.requires_second_factor() {
            let detail = "This relay asks everybody for a second factor, so it stays on.";
            return Err(OperationError::Argument(detail.to_owned()));
        }
        let subject = self.vault.tag_for_relay("second factor", &account.id)?;
        let limit = AttemptLimit {
            subject: &subject,
            most: MOST,
            window: WINDOW,
        };
        let until = self.store.count_attempt(&[limit], clock::now()).await?;
        if until.is_some() {
            return Err(OperationError::Field {
                field: "code",
                message: "Too many wrong codes. Try again in a quarter of an hour.".to_owned(),
            });
        }
        if !self.has_right_code(account, code).await? {
            return Err(wrong_code());
        }
        self.forget_second_factor(&account.id).await
    }

    /// Whether somebody who has the right password may come in with this code. A code is good once.
    pub(super) async fn has_right_code(
        &self,
        account: &Account,
        code: &str,
    ) -> Result<bool, OperationError> {
        let Some(secret) = self.store.second_factor(&account.id).await? else {
            return Ok(true);
        };
        match step(&secret, &account.email, code) {
            Some(step) => Ok(self.store.use_second_factor(&account.id, step).await?),
            None => Ok(false),
        }
    }

    /// Without a code: for whoever has a new link from an administrator.
    pub(super) async fn forget_second_factor(&self, id: &str) -> Result<(), OperationError> {
        if self.store.second_factor(id).await?.is_some() {
            let audit_entry = self.audit_entry("user:second factor off", id);
            self.store.set_second_factor(id, None, audit_entry).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_of_its_secret_and_its_time() {
        let secret = SecretString::from("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let codes = codes(&secret, "ann@example.com").unwrap();
        // RFC 6238, appendix B, with six digits.
        assert_eq!(codes.generate(1_111_111_109).to_string(), "081804");
        let now = u64::try_from(clock::now() / 1_000).unwrap();
        let code = codes.generate(now).to_string();
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert!(step(&secret, "ann@example.com", &spaced).is_some());
        let old = codes.generate(now - 300).to_string();
        assert!(step(&secret, "ann@example.com", &old).is_none() || old == code);
        for wrong in ["", "12345", "abcdef", "1234567"] {
            assert!(step(&secret, "ann@example.com", wrong).is_none());
        }
        assert!(step(&"no base32 !".into(), "ann@example.com", &code).is_none());
    }
}
