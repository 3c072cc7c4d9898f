//! People who use the dashboard: add, list, roles, links for passwords.

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use ledger_store::BindingId;
use ledger_store::accounts::{Account, AccountRole, LinkPurpose, NewAccount, RoleGrant};
use ledger_store::clock;
use ledger_store::retry::Millis;
use ledger_store::vault::sha256_hex;

use super::passwords::{hash, random_token};
use super::{OperationError, Operations};

/// How long a link is good.
const LINK_LIFE: Millis = 30 * 60 * 1000;

/// Stands for every binding where a binding is named.
pub const EVERY_BINDING: &str = "*";

/// A person, as shown to administrators.
#[derive(Debug, Clone, Serialize)]
pub struct AccountSummary {
    /// The id that the audit names.
    pub id: String,
    /// Name.
    pub name: String,
    /// E-mail address, which is what one signs in with.
    pub email: String,
    /// `active`, `invited` or `disabled`.
    pub state: &'static str,
    /// Roles as `binding=role`; `*` is every binding.
    pub roles: Vec<String>,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
    /// When this person last came in.
    pub last_sign_in: Option<String>,
}

impl From<Account> for AccountSummary {
    fn from(account: Account) -> Self {
        let roles = account.grants.iter().map(|grant| {
            let on = grant
                .binding
                .as_ref()
                .map_or(EVERY_BINDING, BindingId::as_str);
            format!("{on}={}", grant.role.word())
        });
        Self {
            roles: roles.collect(),
            state: match (account.disabled_at, account.password_hash.is_empty()) {
                (Some(_), _) => "disabled",
                (None, true) => "invited",
                (None, false) => "active",
            },
            second_factor: account.has_second_factor,
            last_sign_in: account.last_sign_in_at.and_then(clock::rfc3339),
            id: account.id,
            name: account.name,
            email: account.email,
        }
    }
}

/// A person who is to choose a password.
#[derive(Debug, Serialize)]
pub struct Invitation {
    /// The person.
    pub account: AccountSummary,
    /// Where the password is chosen: once, within 30 minutes. Whoever has it is that person.
    pub link: String,
}

/// What is said of a person who is to be added.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// What this person may do.
    pub grants: Vec<RoleGrant>,
}

/// Somebody with one role, on some bindings or, where none is named, on every one.
///
/// # Errors
/// When there is no such role, or a name is no binding's.
pub fn new_person(
    name: &str,
    email: &str,
    role: &str,
    bindings: &[String],
) -> Result<NewPerson, OperationError> {
    let role = AccountRole::from_word(role).ok_or_else(|| {
        OperationError::Argument("a role is administrator, operator or accountant".to_owned())
    })?;
    let on = |id: &String| {
        let binding = BindingId::new(id);
        let binding = binding.ok_or_else(|| OperationError::NoBinding(id.clone()))?;
        Ok(RoleGrant {
            binding: Some(binding),
            role,
        })
    };
    let mut grants = bindings
        .iter()
        .map(on)
        .collect::<Result<Vec<_>, OperationError>>()?;
    if grants.is_empty() {
        grants.push(RoleGrant {
            binding: None,
            role,
        });
    }
    Ok(NewPerson {
        name: name.to_owned(),
        email: email.to_owned(),
        grants,
    })
}

impl Operations {
    /// Everybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&self) -> Result<Vec<AccountSummary>, OperationError> {
        let all = self.store.accounts().await?;
        Ok(all.into_iter().map(AccountSummary::from).collect())
    }

    /// Adds somebody, who chooses a password with the link.
    ///
    /// # Errors
    /// When name or address cannot be used, the address is somebody's already, or a binding does not
    /// exist.
    pub async fn add_person(&self, new: &NewPerson) -> Result<Invitation, OperationError> {
        self.known_grants(&new.grants).await?;
        let account = self.account(new, String::new())?;
        let audit_entry = self.audit_entry("user:add", &account.id);
        if !self.store.add_account(&account, audit_entry).await? {
            return Err(taken());
        }
        self.invite("user:add link", &account.id).await
    }

    /// A link below an origin with which the first account is made; nothing when there is an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_link(&self, origin: &str) -> Result<Option<String>, OperationError> {
        if !self.store.accounts().await?.is_empty() {
            return Ok(None);
        }
        let purpose = LinkPurpose::FirstAccount;
        let token = self.link("user:link", &purpose, "first account").await?;
        Ok(Some(format!("{origin}/start/{}", token.expose_secret())))
    }

    /// Makes the first account, with a link that is good once: administrator of every binding.
    ///
    /// # Errors
    /// When name, address or password cannot be used, or the link is not good.
    pub async fn add_first_account(
        &self,
        token: &SecretString,
        (name, email): (&str, &str),
        password: SecretString,
    ) -> Result<(), OperationError> {
        let everything = RoleGrant {
            binding: None,
            role: AccountRole::Administrator,
        };
        let new = NewPerson {
            name: name.to_owned(),
            email: email.to_owned(),
            grants: vec![everything],
        };
        let account = self.account(&new, hash(password).await?)?;
        let actor = format!("account:{}", account.id);
        let first = self.acting_as(&actor);
        let audit_entry = first.audit_entry("user:add first account", &account.id);
        let link = sha256_hex(token.expose_secret().as_bytes());
        if first
            .store
            .add_first_account(&link, &account, audit_entry)
            .await?
        {
            return Ok(());
        }
        Err(stale_link())
    }

    /// What a link is for.
    ///
    /// # Errors
    /// When it is not good: used, too old or never made.
    pub async fn link_purpose(&self, token: &SecretString) -> Result<LinkPurpose, OperationError> {
        let link = sha256_hex(token.expose_secret().as_bytes());
        let purpose = self.store.link(&link, clock::now()).await?;
        purpose.ok_or_else(stale_link)
    }

    /// Chooses a password with a link; open sessions of the account end.
    ///
    /// # Errors
    /// When the password cannot be used, or the link is not good.
    pub async fn choose_password(
        &self,
        token: &SecretString,
        password: SecretString,
    ) -> Result<(), OperationError> {
        let hashed = hash(password).await?;
        let link = sha256_hex(token.expose_secret().as_bytes());
        let audit_entry = self.audit_entry("user:password chosen", "");
        let done = self.store.set_password(&link, &hashed, audit_entry).await?;
        let id = done.ok_or_else(stale_link)?;
        self.forget_second_factor(&id).await
    }

    /// A new link for somebody who has lost a password, or never chose one.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn reset_person(&self, who: &str) -> Result<Invitation, OperationError> {
        let account = self.person(who).await?;
        self.invite("user:reset", &account.id).await
    }

    /// Keeps somebody out at once, or lets somebody in again.
    ///
    /// # Errors
    /// When there is no such person, or nobody would be left who may administer everything.
    pub async fn set_person_disabled(
        &self,
        who: &str,
        is_disabled: bool,
    ) -> Result<AccountSummary, OperationError> {
        let account = self.person(who).await?;
        if is_disabled {
            self.somebody_is_left(&account.id).await?;
        }
        let action = if is_disabled {
            "user:disable"
        } else {
            "user:enable"
        };
        let audit_entry = self.audit_entry(action, &account.id);
        self.store
            .set_disabled(&account.id, is_disabled, audit_entry)
            .await?;
        Ok(self.person(&account.id).await?.into())
    }

    /// Replaces the roles of somebody.
    ///
    /// # Errors
    /// When there is no such person or binding, or nobody would be left who may administer everything.
    pub async fn set_roles(
        &self,
        who: &str,
        grants: &[RoleGrant],
    ) -> Result<AccountSummary, OperationError> {
        let account = self.person(who).await?;
        self.known_grants(grants).await?;
        let administers =
            |grant: &RoleGrant| grant.binding.is_none() && grant.role == AccountRole::Administrator;
        if !grants.iter().any(administers) {
            self.somebody_is_left(&account.id).await?;
        }
        let roles = AccountSummary::from(Account {
            grants: grants.to_vec(),
            ..account.clone()
        });
        let subject = format!("{}: {}", account.id, roles.roles.join(", "));
        let audit_entry = self.audit_entry("user:roles", &subject);
        self.store
            .set_grants(&account.id, grants, audit_entry)
            .await?;
        Ok(self.person(&account.id).await?.into())
    }

    /// By id or address.
    async fn person(&self, who: &str) -> Result<Account, OperationError> {
        let found = if who.contains('@') {
            self.store.account_of_email(who).await?
        } else {
            self.store.account(who).await?
        };
        found.ok_or_else(|| OperationError::Argument("there is no such user".to_owned()))
    }

    async fn somebody_is_left(&self, without: &str) -> Result<(), OperationError> {
        let others = self.store.accounts().await?;
        let is_left = others.iter().any(|other| {
            other.id != without
                && other.disabled_at.is_none()
                && !other.password_hash.is_empty()
                && other.role_everywhere() == Some(AccountRole::Administrator)
        });
        let was_one = others.iter().any(|other| {
            other.id == without && other.role_everywhere() == Some(AccountRole::Administrator)
        });
        if is_left || !was_one {
            return Ok(());
        }
        Err(OperationError::Argument(
            "This is the last administrator of every binding. Make somebody else one first."
                .to_owned(),
        ))
    }

    async fn known_grants(&self, grants: &[RoleGrant]) -> Result<(), OperationError> {
        for grant in grants {
            if let Some(binding) = &grant.binding {
                self.known(binding.as_str()).await?;
            }
        }
        Ok(())
    }

    async fn invite(&self, action: &str, id: &str) -> Result<Invitation, OperationError> {
        let purpose = LinkPurpose::Password(id.to_owned());
        let token = self.link(action, &purpose, id).await?;
        Ok(Invitation {
            account: self.person(id).await?.into(),
            link: format!(
                "{}/password/{}",
                self.config.dashboard_url(),
                token.expose_secret()
            ),
        })
    }

    async fn link(
        &self,
        action: &str,
        purpose: &LinkPurpose,
        subject: &str,
    ) -> Result<SecretString, OperationError> {
        let token = random_token()?;
        let link = sha256_hex(token.expose_secret().as_bytes());
        let audit_entry = self.audit_entry(action, subject);
        let ends_at = audit_entry.now.saturating_add(LINK_LIFE);
        self.store
            .add_link(&link, purpose, ends_at, audit_entry)
            .await?;
        Ok(token)
    }

    fn account(
        &self,
        new: &NewPerson,
        password_hash: String,
    ) -> Result<NewAccount, OperationError> {
        let name = new.name.trim();
        let email = new.email.trim();
        let field = |field, message: &str| OperationError::Field {
            field,
            message: message.to_owned(),
        };
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(field("name", "A name has 1 to 100 characters."));
        }
        let parts = email.split_once('@');
        let is_address = parts.is_some_and(|(before, after)| {
            !before.is_empty() && after.contains('.') && !after.contains('@')
        });
        let is_plain = email.chars().all(|c| !c.is_whitespace() && !c.is_control());
        if !is_address || !is_plain || email.len() > 254 {
            return Err(field("email", "This is not an e-mail address."));
        }
        Ok(NewAccount {
            id: uuid::Uuid::new_v4().to_string(),
            email: email.to_owned(),
            name: name.to_owned(),
            password_hash,
            grants: new.grants.clone(),
        })
    }
}

fn taken() -> OperationError {
    OperationError::Field {
        field: "email",
        message: "There is an account with this address already.".to_owned(),
    }
}

fn stale_link() -> OperationError {
    OperationError::Argument(
        "This link is not good any more: it was used, or it is older than 30 minutes.".to_owned(),
    )
}
