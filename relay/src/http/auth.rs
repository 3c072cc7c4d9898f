//! Who is asking. Handlers get a binding from here and from nowhere else.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};

use crate::clock;
use crate::inbox::BindingId;
use crate::sage::oauth::API_KEY;
use crate::tenant::Tenant;

use super::jwt::{self, Refusal};
use super::{Door, Problem};

/// The binding that signed the request.
pub(super) struct Caller(pub(super) Tenant);

impl FromRequestParts<Arc<Door>> for Caller {
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
        let key = key(door, &binding).await?;
        // An unknown issuer costs the same work as a known one.
        let (tenant, claims) = unverified
            .verify(&binding, &key.unwrap_or_default(), clock::now() / 1000)
            .map_err(refused)?;
        if key.is_none() {
            return Err(refused(Refusal::Untrusted));
        }
        admit_once(&binding, &claims);
        Ok(Self(tenant))
    }
}

/// Where a replay cache of `jti` will stand. Until then a replayed request is harmless: plans
/// are deduplicated by key and digest, and all other routes only read.
fn admit_once(binding: &BindingId, claims: &jwt::Claims) {
    tracing::debug!(binding = %binding, jti = %claims.jti, "request");
}

async fn key(door: &Door, binding: &BindingId) -> Result<Option<[u8; 32]>, Problem> {
    let Some(row) = door
        .store
        .binding(binding)
        .await
        .map_err(|_| Problem::unavailable())?
    else {
        return Ok(None);
    };
    let opened = door
        .vault
        .open(binding, API_KEY, &row.api_key_sealed)
        .and_then(|api_key| jwt::signing_key(&api_key));
    opened.map(Some).map_err(|error| {
        tracing::error!(binding = %binding, error = %error, "api key not usable");
        Problem::unavailable()
    })
}

fn refused(refusal: Refusal) -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        refusal.code(),
        "The bearer token is not accepted.",
    )
}
