//! Who is asking. Handlers get a binding from here and from nowhere else.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};

use ledger_store::clock;
use ledger_store::retry::Millis;
use ledger_store::tenant::Tenant;
use ledger_store::vault::API_KEY;
use ledger_store::vault::VaultError;
use ledger_store::{BindingId, BindingRow, TokenUse};

use super::jwt::{self, Refusal};
use super::shop::{Presented, installed, unavailable};
use super::{ApiState, Problem};

/// What the token of an unknown issuer is held against.
const NO_KEY: [[u8; 32]; 1] = [[0; 32]];

/// The binding that signed the request, from the installation that is served. Its token is used up.
pub(super) struct Caller {
    pub(super) tenant: Tenant,
    pub(super) presented: Presented,
    pub(super) is_live: bool,
}

/// The same while its token is not used up yet: for the handler that does so in the commit
/// that makes the plans durable.
pub(super) struct Bearer {
    pub(super) tenant: Tenant,
    pub(super) token_use: TokenUse,
    pub(super) presented: Presented,
    row: BindingRow,
}

impl Bearer {
    /// Refuses an installation other than the one that is served.
    pub(super) async fn installed(&self, api: &ApiState) -> Result<(), Problem> {
        installed(api, self.tenant.binding(), &self.row, &self.presented).await
    }

    /// Whether its plans are accepted.
    pub(super) fn is_live(&self) -> bool {
        self.row.live_since.is_some()
    }

    /// When the shop was last seen to have been restored from a backup.
    pub(super) fn shop_restored_at(&self) -> Option<Millis> {
        self.row.shop_restored_at
    }

    /// Uses the token up; a second time is refused.
    pub(super) async fn spend(&self, api: &ApiState) -> Result<(), Problem> {
        let nothing = Vec::new();
        let spent = api
            .store
            .admit(&self.tenant, &self.token_use, nothing, clock::now())
            .await
            .map_err(|error| {
                tracing::error!(binding = %self.tenant.binding(), error = %error, "token not used up");
                Problem::of(&error)
            })?;
        spent.map(|_| ()).ok_or_else(replayed)
    }
}

impl FromRequestParts<Arc<ApiState>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<ApiState>) -> Result<Self, Problem> {
        let bearer = Bearer::from_request_parts(parts, api).await?;
        bearer.installed(api).await?;
        bearer.spend(api).await?;
        Ok(Self {
            is_live: bearer.is_live(),
            tenant: bearer.tenant,
            presented: bearer.presented,
        })
    }
}

impl FromRequestParts<Arc<ApiState>> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<ApiState>) -> Result<Self, Problem> {
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
        let failed = |error| unavailable(&binding, &error);
        let row = api.store.binding(&binding).await.map_err(failed)?;
        let keys = match &row {
            Some(row) => Keys::open(api, &binding, row, now).await?,
            None => Keys::none(),
        };
        // An unknown issuer costs the same work as a known one.
        let (tenant, claims, signed_with) = unverified
            .verify(&binding, &keys.keys, now / 1000)
            .map_err(refused)?;
        let row = row.ok_or_else(|| refused(Refusal::Untrusted))?;
        let row = keys.prove(api, &binding, row, signed_with, now).await?;
        api.rate.admit(&binding).map_err(|wait| {
            let detail = "The binding asks more often than it may.";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).after(wait)
        })?;
        let token_use = TokenUse {
            jti: claims.jti,
            void_at: jwt::void_at(claims.exp),
        };
        Ok(Self {
            tenant,
            token_use,
            presented: Presented::read(&parts.headers)?,
            row,
        })
    }
}

/// Every key that a request may be signed with.
struct Keys {
    /// The present one; after a new one, the former for a while as well; then those on offer.
    keys: Vec<[u8; 32]>,
    /// The names of those on offer, which come last.
    offers: Vec<i64>,
}

impl Keys {
    fn none() -> Self {
        Self {
            keys: NO_KEY.to_vec(),
            offers: Vec::new(),
        }
    }

    async fn open(
        api: &ApiState,
        binding: &BindingId,
        row: &BindingRow,
        now: Millis,
    ) -> Result<Self, Problem> {
        let on_offer = if row.has_offers {
            let failed = |error| unavailable(binding, &error);
            api.store.offered_keys(binding).await.map_err(failed)?
        } else {
            Vec::new()
        };
        let open = |sealed| {
            let api_key = api.vault.open(binding, API_KEY, sealed)?;
            jwt::signing_key(&api_key)
        };
        let offered = on_offer.iter().map(|(_, sealed)| sealed.as_slice());
        let opened: Result<_, VaultError> = row.api_keys(now).chain(offered).map(open).collect();
        let keys = opened.map_err(|error| {
            tracing::error!(binding = %binding, error = %error, "api key not usable");
            Problem::unavailable()
        })?;
        Ok(Self {
            keys,
            offers: on_offer.iter().map(|(offer_id, _)| *offer_id).collect(),
        })
    }

    /// Who signs with a key on offer has proved that it holds it: it is the shop's key from now on.
    async fn prove(
        &self,
        api: &ApiState,
        binding: &BindingId,
        row: BindingRow,
        signed_with: usize,
        now: Millis,
    ) -> Result<BindingRow, Problem> {
        let good = self.keys.len().saturating_sub(self.offers.len());
        let offer = signed_with
            .checked_sub(good)
            .and_then(|offered| self.offers.get(offered));
        let Some(offer_id) = offer else {
            return Ok(row);
        };
        let failed = |error| unavailable(binding, &error);
        let proved = api.store.prove_key(binding, *offer_id, now).await;
        if proved.map_err(failed)? {
            tracing::info!(binding = %binding, "the shop has proved its new key");
        }
        let row = api.store.binding(binding).await.map_err(failed)?;
        row.ok_or_else(|| refused(Refusal::Untrusted))
    }
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
