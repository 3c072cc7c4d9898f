//! A request that the guard let in.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use secrecy::SecretString;

use ledger_store::accounts::AccountRole;

use crate::operations::{CurrentUser, Operations};

use super::Dashboard;
use super::error::PageError;
use super::fields::Fields;

/// Who asks, and for what.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) user: Option<CurrentUser>,
    /// The browser's token, where it has one.
    pub(super) token: Option<SecretString>,
    /// What every form of the answer carries.
    pub(super) form_token: String,
    /// The binding in the path, which the role is for.
    pub(super) binding: Option<String>,
    pub(super) address: IpAddr,
    /// The fields of a form that carried its token.
    pub(super) fields: Fields,
    pub(super) path: String,
    /// Whether there is a preview.
    pub(super) has_preview: bool,
}

impl Visit {
    /// Operations in the name of whoever asks.
    pub(super) fn operations(&self, dashboard: &Dashboard) -> Operations {
        match &self.user {
            Some(user) => dashboard.operations.acting_as(&user.actor),
            None => dashboard.operations.clone(),
        }
    }

    /// The binding of the path.
    ///
    /// # Errors
    /// When the route names none, which is a mistake of ours.
    pub(super) fn binding(&self) -> Result<&str, PageError> {
        self.binding.as_deref().ok_or(PageError::NotFound)
    }

    /// Whether this person has at least a role on the binding of the path, or on the relay.
    pub(super) fn may(&self, role: AccountRole) -> bool {
        let Some(user) = &self.user else {
            return false;
        };
        let own = match &self.binding {
            Some(binding) => user.account.role_on(binding),
            None => user.account.role_everywhere(),
        };
        own.is_some_and(|own| own >= role)
    }

    /// Who this is.
    ///
    /// # Errors
    /// When nobody is signed in, which is a mistake of ours.
    pub(super) fn user(&self) -> Result<&CurrentUser, PageError> {
        self.user.as_ref().ok_or(PageError::NotFound)
    }
}

impl FromRequestParts<Arc<Dashboard>> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &Arc<Dashboard>,
    ) -> Result<Self, Self::Rejection> {
        let visit = parts.extensions.get::<Self>().cloned();
        visit.ok_or(PageError::NotFound)
    }
}
