//! OAuth: access tokens that expire, refresh tokens that rotate.
//!
//! All documented (guides "authentication" and "oauth troubleshooting"): 300 seconds, 31 days, rotation
//! on every refresh, reuse of an older token answers 400 `{"error":"invalid_grant"}`, access tokens
//! cannot be revoked. Codes come from `consent`; a test may also begin with a grant already made.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::consent::Codes;
use crate::envelope::Refusal;
use crate::store::IdSource;
use crate::wire::{Call, Reply, parse_form};

const REFRESH_LIFE_SECONDS: i64 = 2_678_400;

#[derive(Debug)]
struct Refresh {
    expires_s: i64,
    live: bool,
}

/// All tokens ever given out.
#[derive(Debug)]
pub(crate) struct Auth {
    client_id: Option<String>,
    client_secret: Option<String>,
    ids: IdSource,
    /// Expiry in milliseconds.
    access: BTreeMap<String, i64>,
    refresh: BTreeMap<String, Refresh>,
    rotations: u64,
}

/// A new pair of tokens.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Auth {
    /// Starts with one live refresh token.
    pub(crate) fn new(config: &crate::Config, now_s: i64) -> Self {
        let mut auth = Self {
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            ids: IdSource::new(config.seed ^ 0x5a17),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            rotations: 0,
        };
        auth.keep_refresh(config.refresh_token.clone(), now_s);
        auth
    }

    /// A grant as if a user had just consented.
    pub(crate) fn grant(&mut self, now_ms: i64, ttl_s: i64) -> Pair {
        let access = format!("access-{}", self.ids.next());
        let refresh = format!("refresh-{}", self.ids.next());
        self.access.insert(
            access.clone(),
            now_ms.saturating_add(ttl_s.saturating_mul(1_000)),
        );
        self.keep_refresh(refresh.clone(), now_ms.div_euclid(1_000));
        Pair { access, refresh }
    }

    fn keep_refresh(&mut self, token: String, now_s: i64) {
        let expires_s = now_s.saturating_add(REFRESH_LIFE_SECONDS);
        self.refresh.insert(
            token,
            Refresh {
                expires_s,
                live: true,
            },
        );
    }

    /// Makes every access token old, and the refresh tokens too when asked.
    pub(crate) fn expire(&mut self, refresh_too: bool) {
        self.access.clear();
        if refresh_too {
            for refresh in self.refresh.values_mut() {
                refresh.live = false;
            }
        }
    }

    /// How often a refresh token was rotated.
    pub(crate) fn rotations(&self) -> u64 {
        self.rotations
    }

    /// Checks the bearer token. The 401 status is documented; data code and wording of this one are
    /// assumed (only the "(MSE)" answer is on record).
    pub(crate) fn check(&self, call: &Call, now_ms: i64) -> Result<(), Refusal> {
        let token = call
            .authorization
            .as_deref()
            .and_then(|header| header.strip_prefix("Bearer "));
        match token.and_then(|token| self.access.get(token)) {
            Some(expires_ms) if now_ms < *expires_ms => Ok(()),
            Some(_) | None => Err(Refusal::coded(
                401,
                "AuthorizationFailure",
                "The access token is invalid or has expired.",
            )),
        }
    }

    /// `POST /token`.
    pub(crate) fn token(
        &mut self,
        call: &Call,
        codes: &mut Codes,
        now_ms: i64,
        ttl_s: i64,
    ) -> Reply {
        let form = match self.form(call) {
            Ok(form) => form,
            Err(reply) => return reply,
        };
        let text = |name| field(&form, name).unwrap_or_default();
        match text("grant_type") {
            "authorization_code" => {
                let (code, address) = (text("code"), text("redirect_uri"));
                if !codes.use_up(code, address, text("code_verifier"), now_ms) {
                    return refuse("invalid_grant");
                }
            }
            "refresh_token" => {
                let now_s = now_ms.div_euclid(1_000);
                match self.refresh.get_mut(text("refresh_token")) {
                    Some(known) if known.live && now_s < known.expires_s => known.live = false,
                    Some(_) | None => return refuse("invalid_grant"),
                }
                self.rotations += 1;
            }
            _ => return refuse("unsupported_grant_type"),
        }
        let pair = self.grant(now_ms, ttl_s);
        Reply::json(
            200,
            &json!({
                "access_token": pair.access,
                "refresh_token": pair.refresh,
                "token_type": "bearer",
                "scope": "full_access",
                "expires_in": ttl_s,
                "refresh_token_expires_in": REFRESH_LIFE_SECONDS,
                "requested_by_id": "00000000000000000000000000000001",
            }),
        )
    }

    /// `POST /revoke`: the refresh token dies, access tokens live out their time.
    pub(crate) fn revoke(&mut self, call: &Call) -> Reply {
        let form = match self.form(call) {
            Ok(form) => form,
            Err(reply) => return reply,
        };
        if let Some(known) = self
            .refresh
            .get_mut(field(&form, "token").unwrap_or_default())
        {
            known.live = false;
        }
        Reply::json(200, &json!({ "success": "ok" }))
    }

    fn form(&self, call: &Call) -> Result<Vec<(String, String)>, Reply> {
        if !call.has_content_type("application/x-www-form-urlencoded") {
            return Err(refuse("invalid_request"));
        }
        let form = parse_form(&String::from_utf8_lossy(&call.body));
        let agrees = |wanted: &Option<String>, name| {
            wanted.is_none() || field(&form, name) == wanted.as_deref()
        };
        if agrees(&self.client_id, "client_id") && agrees(&self.client_secret, "client_secret") {
            Ok(form)
        } else {
            Err(refuse("invalid_client"))
        }
    }
}

fn field<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// The token endpoint's error: an object, not the API's array.
fn refuse(error: &str) -> Reply {
    let body: Value = json!({ "error": error, "error_description": format!("The request was refused: {error}.") });
    Reply::json(400, &body)
}
