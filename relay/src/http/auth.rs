//! Who is asking. Handlers get a binding from here and from nowhere else.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};

use crate::clock;
use crate::inbox::{BindingId, Ticket};
use crate::retry::Millis;
use crate::sage::oauth::API_KEY;
use crate::tenant::Tenant;
use crate::vault::VaultError;

use super::jwt::{self, Refusal};
use super::{Door, Problem};

/// What the token of an unknown issuer is held against.
const NO_KEY: [[u8; 32]; 1] = [[0; 32]];

/// The binding that signed the request. Its token is used up.
pub(super) struct Caller(pub(super) Tenant);

/// The same while its token is not used up yet: for the handler that does so in the commit
/// that makes the plans durable.
pub(super) struct Bearer {
    pub(super) tenant: Tenant,
    pub(super) ticket: Ticket,
}

impl Bearer {
    /// Uses the token up; a second time is refused.
    pub(super) async fn spend(&self, door: &Door) -> Result<(), Problem> {
        let nothing = Vec::new();
        let spent = door
            .store
            .admit(&self.tenant, &self.ticket, nothing, clock::now())
            .await
            .map_err(|error| {
                tracing::error!(binding = %self.tenant.binding(), error = %error, "token not used up");
                Problem::unavailable()
            })?;
        spent.map(|_| ()).ok_or_else(replayed)
    }
}

impl FromRequestParts<Arc<Door>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Arc<Door>) -> Result<Self, Problem> {
        let bearer = Bearer::from_request_parts(parts, door).await?;
        bearer.spend(door).await?;
        Ok(Self(bearer.tenant))
    }
}

impl FromRequestParts<Arc<Door>> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Arc<Door>) -> Result<Self, Problem> {
        let header = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = header
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, token)) = token else {
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "token_missing",
                "The request carries no bearer token.",
            ));
        };
        let unverified = jwt::parse(token.trim()).map_err(refused)?;
        let binding =
            BindingId::new(&unverified.claims.iss).ok_or_else(|| refused(Refusal::Untrusted))?;
        let now = clock::now();
        let keys = keys(door, &binding, now).await?;
        // An unknown issuer costs the same work as a known one.
        let (tenant, claims) = unverified
            .verify(&binding, keys.as_deref().unwrap_or(&NO_KEY), now / 1000)
            .map_err(refused)?;
        if keys.is_none() {
            return Err(refused(Refusal::Untrusted));
        }
        door.rate.admit(&binding).map_err(|wait| {
            let detail = "The binding asks more often than it may.";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).after(wait)
        })?;
        let ticket = Ticket {
            jti: claims.jti,
            void_at: jwt::void_at(claims.exp),
        };
        Ok(Self { tenant, ticket })
    }
}

/// Every key that is good for the binding: after a new one, the former for a while as well.
async fn keys(
    door: &Door,
    binding: &BindingId,
    now: Millis,
) -> Result<Option<Vec<[u8; 32]>>, Problem> {
    let Some(row) = door
        .store
        .binding(binding)
        .await
        .map_err(|_| Problem::unavailable())?
    else {
        return Ok(None);
    };
    let open = |sealed| {
        let api_key = door.vault.open(binding, API_KEY, sealed)?;
        jwt::signing_key(&api_key)
    };
    let opened: Result<_, VaultError> = row.api_keys(now).map(open).collect();
    opened.map(Some).map_err(|error| {
        tracing::error!(binding = %binding, error = %error, "api key not usable");
        Problem::unavailable()
    })
}

/// The token was used before: by a replay, or by a sender that repeats without signing anew.
pub(super) fn replayed() -> Problem {
    refused(Refusal::Replayed)
}

fn refused(refusal: Refusal) -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        refusal.code(),
        "The bearer token is not accepted.",
    )
}
