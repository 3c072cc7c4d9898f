//! The simulated business: finds out who calls, for which business, and for which resource.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::auth::Auth;
use crate::clock::Clock;
use crate::config::{Config, Switches};
use crate::consent::Codes;
use crate::envelope::Refusal;
use crate::faults::{FaultQueue, Kind};
use crate::idempotency::IdempotencyMemory;
use crate::reference::Reference;
use crate::resources;
use crate::schema::Schemas;
use crate::store::{IdSource, Store};
use crate::wire::{Call, Reply};

/// Log entries kept; counters go on.
const LOG_LENGTH: usize = 20_000;

/// Everything there is, behind one lock.
#[derive(Debug)]
pub(crate) struct World {
    /// Where its pages for people begin.
    pub(crate) pages: String,
    pub(crate) switches: Switches,
    pub(crate) reference: Reference,
    pub(crate) schemas: Schemas,
    pub(crate) clock: Clock,
    pub(crate) auth: Auth,
    pub(crate) codes: Codes,
    pub(crate) faults: FaultQueue,
    pub(crate) requests: Requests,
    pub(crate) unknown_keys: BTreeMap<(&'static str, String), u64>,
    pub(crate) idempotency: IdempotencyMemory,
    pub(crate) store: Store,
    pub(crate) numbers: BTreeMap<&'static str, u64>,
    pub(crate) ids: IdSource,
    request_ids: IdSource,
}

/// What was called.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    pub(crate) total: u64,
    pub(crate) by_outcome: BTreeMap<String, u64>,
    pub(crate) log: std::collections::VecDeque<Value>,
    in_flight: usize,
    writes_in_flight: usize,
    pub(crate) most_in_flight: usize,
    pub(crate) most_writes_in_flight: usize,
}

impl Requests {
    /// A call has arrived.
    pub(crate) fn begin(&mut self, writes: bool) {
        self.in_flight += 1;
        self.writes_in_flight += usize::from(writes);
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
        self.most_writes_in_flight = self.most_writes_in_flight.max(self.writes_in_flight);
    }

    /// A call has been answered or given up.
    pub(crate) fn end(&mut self, writes: bool) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.writes_in_flight = self.writes_in_flight.saturating_sub(usize::from(writes));
    }

    /// Forgets what was called; calls in flight stay counted.
    pub(crate) fn clear(&mut self) {
        self.total = 0;
        self.by_outcome.clear();
        self.log.clear();
        self.most_in_flight = self.in_flight;
        self.most_writes_in_flight = self.writes_in_flight;
    }
}

impl World {
    /// An empty business.
    pub(crate) fn new(config: Config) -> anyhow::Result<Self> {
        let clock = Clock::default();
        Ok(Self {
            pages: format!("http://{}", config.listen),
            switches: config.switches.clone(),
            reference: Reference::load(config.reference.as_deref())?,
            schemas: Schemas::load()?,
            auth: Auth::new(&config, clock.now_s()),
            codes: Codes::default(),
            clock,
            faults: FaultQueue::default(),
            requests: Requests::default(),
            unknown_keys: BTreeMap::new(),
            idempotency: IdempotencyMemory::default(),
            store: Store::default(),
            numbers: BTreeMap::new(),
            ids: IdSource::new(config.seed),
            request_ids: IdSource::new(config.seed ^ 0x7265_7175_6573_7473),
        })
    }

    /// Forgets books, logs, faults and remembered ids; keeps tokens, clock and switches, so that a
    /// connected relay stays connected.
    pub(crate) fn reset(&mut self) {
        self.faults = FaultQueue::default();
        self.requests.clear();
        self.unknown_keys.clear();
        self.idempotency = IdempotencyMemory::default();
        self.store = Store::default();
        self.numbers.clear();
    }

    /// Answers one call of the token endpoint or of the API.
    ///
    /// `x-request-id` and the `X-Business` response header are documented (guide "best practices"; the
    /// latter not on `/businesses` and `/user`).
    pub(crate) fn handle(&mut self, call: &Call) -> Reply {
        if let Some(reply) = self.consent(call) {
            return reply;
        }
        let reply = match (call.method.as_str(), call.path.as_str()) {
            ("POST", "/token") => {
                let (now_ms, ttl_s) = (self.clock.now_ms(), self.switches.token_ttl);
                self.auth.token(call, &mut self.codes, now_ms, ttl_s)
            }
            ("POST", "/revoke") => self.auth.revoke(call),
            (_, "/token" | "/revoke") => {
                Refusal::coded(405, "MethodNotAllowed", "Method not allowed.").reply()
            }
            _ => self.api(call).unwrap_or_else(|refusal| refusal.reply()),
        };
        reply.with("x-request-id", self.request_ids.next())
    }

    fn api(&mut self, call: &Call) -> Result<Reply, Refusal> {
        let segments = call.segments();
        let Some(("v3.1", path)) = segments.split_first().map(|(first, rest)| (*first, rest))
        else {
            return Err(no_such_path());
        };
        if self.requests.in_flight > self.switches.max_concurrent {
            return Ok(self.throttled());
        }
        self.auth.check(call, self.clock.now_ms())?;
        if !self.switches.subscription_active {
            // Documented: guide "frequently raised errors".
            return Err(Refusal::coded(
                401,
                "AuthorizationFailure",
                "No active subscription. (MSE)",
            ));
        }
        if matches!(call.method.as_str(), "POST" | "PUT")
            && !call.body.is_empty()
            && !call.has_content_type("application/json")
        {
            // Documented: JSON only; 415 is listed.
            return Err(Refusal::coded(
                415,
                "UnsupportedMediaType",
                "Only application/json is supported.",
            ));
        }
        if matches!(path, ["businesses", ..] | ["user"]) {
            return self.businesses(call, path);
        }
        self.check_business(call)?;
        let reply = self
            .resource(call, path)
            .unwrap_or_else(|refusal| refusal.reply());
        Ok(reply.with("X-Business", self.reference.business_id().to_owned()))
    }

    /// Documented: without the header the user's lead business is taken. What a foreign business id
    /// gets is assumed: 403 with the documented code for missing access.
    fn check_business(&self, call: &Call) -> Result<(), Refusal> {
        match call.business.as_deref() {
            Some(business) if business != self.reference.business_id() => Err(Refusal::coded(
                403,
                "MultiUserAccessDenied",
                "You do not have access to this business.",
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn resource(&mut self, call: &Call, path: &[&str]) -> Result<Reply, Refusal> {
        let method = call.method.as_str();
        let Some((first, rest)) = path.split_first() else {
            return Err(no_such_path());
        };
        self.check_plan(first, method != "GET")?;
        if let Some(resource) = resources::named(first) {
            return resources::answer(self, resource, call, rest);
        }
        match (method, *first, rest) {
            ("GET", "financial_settings", []) => Ok(Reply::json(200, &self.financial_settings())),
            ("GET", name, []) => match self.reference.filtered(name, &call.query) {
                Some(entries) => Ok(Reply::json(
                    200,
                    &resources::list::page(name, entries, call),
                )),
                None => Err(no_such_path()),
            },
            ("GET", name, [id]) => match self.reference.collection(name) {
                Some(_) => match self.reference.find(name, id) {
                    Some(entry) => Ok(Reply::json(200, entry)),
                    None => Err(Refusal::record_not_found(404)),
                },
                None => Err(no_such_path()),
            },
            (_, name, _) if self.reference.collection(name).is_some() => Err(Refusal::coded(
                405,
                "MethodNotAllowed",
                "Method not allowed.",
            )),
            _ => Err(no_such_path()),
        }
    }

    /// Documented: `/businesses` pages with `$items_per_page`, not `$itemsPerPage`.
    fn businesses(&self, call: &Call, path: &[&str]) -> Result<Reply, Refusal> {
        let business = self.business();
        match (call.method.as_str(), path) {
            ("GET", ["businesses"]) => {
                let all = self.own_businesses();
                Ok(Reply::json(
                    200,
                    &json!({
                        "$total": all.len(), "$page": 1, "$next": null, "$back": null, "$items_per_page": 20,
                        "$items": all,
                    }),
                ))
            }
            ("GET", ["businesses", id]) if *id == self.reference.business_id() => {
                Ok(Reply::json(200, &business))
            }
            ("GET", ["businesses", _]) => Err(Refusal::record_not_found(404)),
            ("GET", ["user"]) => Ok(Reply::json(
                200,
                &json!({ "id": "1", "displayed_as": "Simulated User", "locale": "en-GB" }),
            )),
            (_, ["businesses"] | ["user"]) => Err(Refusal::coded(
                405,
                "MethodNotAllowed",
                "Method not allowed.",
            )),
            _ => Err(no_such_path()),
        }
    }

    /// The next number of a sequence, from 1.
    pub(crate) fn next_number(&mut self, sequence: &'static str) -> u64 {
        let number = self.numbers.entry(sequence).or_default();
        *number += 1;
        *number
    }

    /// Documented: 429 over 150 calls in flight. Its body and headers are not documented.
    fn throttled(&self) -> Reply {
        let reply = Refusal::coded(429, "TooManyRequests", "Too many requests.").reply();
        match self.switches.retry_after {
            Some(seconds) => reply.with("Retry-After", seconds.to_string()),
            None => reply,
        }
    }

    /// Notes a call for `GET /_simulator/requests`. Headers, and with them tokens, are never noted.
    pub(crate) fn log(&mut self, call: &Call, status: Option<u16>, fault: Option<Kind>) {
        let requests = &mut self.requests;
        requests.total += 1;
        let outcome = status.map_or_else(|| "dropped".to_owned(), |status| status.to_string());
        let place = call
            .segments()
            .into_iter()
            .take(2)
            .collect::<Vec<_>>()
            .join("/");
        *requests
            .by_outcome
            .entry(format!("{} /{place} {outcome}", call.method))
            .or_default() += 1;
        let query: Vec<String> = call
            .query
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        requests.log.push_back(json!({
            "n": requests.total,
            "method": call.method,
            "path": call.path,
            "query": query.join("&"),
            "status": status,
            "fault": fault.map(Kind::name),
        }));
        if requests.log.len() > LOG_LENGTH {
            requests.log.pop_front();
        }
    }
}

fn no_such_path() -> Refusal {
    Refusal::coded(404, "RecordNotFound", "The requested path does not exist.")
}
