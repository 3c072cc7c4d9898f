//! `/_simulator/…`: what tests ask and tell the simulator. No token needed; loopback only.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::dispatch::World;
use crate::faults::Fault;
use crate::store::Record;
use crate::wire::{Call, Reply};

/// Collections that `GET ledger` shows, in the order of the books.
pub(crate) const SHOWN: [&str; 11] = [
    "contacts",
    "sales_invoices",
    "sales_credit_notes",
    "sales_estimates",
    "sales_quotes",
    "contact_payments",
    "contact_allocations",
    "products",
    "services",
    "stock_items",
    "stock_movements",
];

#[derive(Deserialize)]
#[serde(untagged)]
enum Faults {
    Many { faults: Vec<Fault> },
    One(Fault),
}

impl World {
    /// Answers the control calls and the ledger page.
    pub(crate) fn handle_control(&mut self, call: &Call) -> Reply {
        let segments = call.segments();
        match (call.method.as_str(), segments.as_slice()) {
            ("GET", []) => Reply::html(crate::page::render(self)),
            ("GET", ["_simulator", "ledger"]) => Reply::json(200, &self.ledger()),
            ("GET", ["_simulator", "requests"]) => Reply::json(200, &self.requests_report()),
            ("GET", ["_simulator", "unknown-keys"]) => {
                Reply::json(200, &self.unknown_keys_report())
            }
            ("GET", ["_simulator", "faults"]) => Reply::json(
                200,
                &json!({ "waiting": self.faults.waiting(), "struck": self.faults.struck() }),
            ),
            ("GET", ["_simulator", "switches"]) => Reply::json(200, &json!(self.switches)),
            ("POST", ["_simulator", command]) => self
                .command(command, call)
                .unwrap_or_else(|message| complain(400, &message)),
            ("GET" | "POST", _) => complain(
                404,
                "no such control call; see tests/sage-simulator/README.md",
            ),
            _ => complain(405, "control calls are GET and POST"),
        }
    }

    fn command(&mut self, command: &str, call: &Call) -> Result<Reply, String> {
        let body: Value = if call.body.is_empty() {
            Value::Object(Map::new())
        } else {
            serde_json::from_slice(&call.body).map_err(|error| format!("body: {error}"))?
        };
        match command {
            "faults" => {
                let faults =
                    serde_json::from_value(body).map_err(|error| format!("faults: {error}"))?;
                self.faults.add(match faults {
                    Faults::Many { faults } => faults,
                    Faults::One(fault) => vec![fault],
                });
                Ok(Reply::json(
                    200,
                    &json!({ "waiting": self.faults.waiting() }),
                ))
            }
            "clock" => {
                let seconds = body
                    .get("advance_seconds")
                    .and_then(Value::as_i64)
                    .ok_or("clock needs \"advance_seconds\"")?;
                self.clock.advance_seconds(seconds);
                Ok(Reply::json(
                    200,
                    &json!({ "now": crate::clock::timestamp(self.clock.now_s()) }),
                ))
            }
            "expire-tokens" => {
                self.auth.expire(crate::json::flag(&body, "refresh"));
                Ok(Reply::json(200, &json!({ "expired": true })))
            }
            "grant" => {
                let pair = self
                    .auth
                    .grant(self.clock.now_ms(), self.switches.token_ttl);
                Ok(Reply::json(
                    200,
                    &json!({
                        "access_token": pair.access,
                        "refresh_token": pair.refresh,
                        "expires_in": self.switches.token_ttl,
                        "business_id": self.reference.business_id(),
                    }),
                ))
            }
            "switches" => {
                let changes = body.as_object().ok_or("switches are an object")?;
                self.switches = self
                    .switches
                    .changed(changes)
                    .map_err(|error| format!("{error:#}"))?;
                Ok(Reply::json(200, &json!(self.switches)))
            }
            "change" => {
                let id = crate::json::text(&body, "id").ok_or("change needs \"id\"")?;
                let set = body.get("set").and_then(Value::as_object);
                let set = set.ok_or("change needs \"set\"")?.clone();
                Ok(Reply::json(200, &self.change(id, &set)?))
            }
            "reset" => {
                self.reset();
                Ok(Reply::json(200, &json!({ "reset": true })))
            }
            other => Err(format!("no control call {other:?}")),
        }
    }

    /// Changes an object as a person may in Sage's own pages, past every rule of the API.
    fn change(&mut self, id: &str, set: &Map<String, Value>) -> Result<Value, String> {
        let now_s = self.clock.now_s();
        let home = self.store.home(id);
        let record = home.and_then(|home| self.store.find_mut(home, id));
        let record = record.ok_or_else(|| format!("no object {id:?}"))?;
        for (key, value) in set {
            crate::json::set(&mut record.value, key, value.clone());
        }
        record.updated_s = now_s;
        Ok(record.value.clone())
    }

    /// Everything in the books, deleted and void objects included, as Sage would answer each.
    fn ledger(&self) -> Value {
        let collections: Map<String, Value> = SHOWN
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    self.store.all(name).iter().map(with_marks).collect(),
                )
            })
            .collect();
        Value::Object(collections)
    }

    fn requests_report(&self) -> Value {
        json!({
            "count": self.requests.total,
            "by_outcome": self.requests.by_outcome,
            "most_in_flight": self.requests.most_in_flight,
            "most_writes_in_flight": self.requests.most_writes_in_flight,
            "token_rotations": self.auth.rotations(),
            "idempotent_replays": self.idempotency.replays(),
            "log": self.requests.log,
        })
    }

    fn unknown_keys_report(&self) -> Value {
        let keys: Vec<Value> = self
            .unknown_keys
            .iter()
            .map(|((resource, pointer), times)| json!({ "resource": resource, "pointer": pointer, "times": times }))
            .collect();
        json!({ "unknown_keys": keys })
    }
}

fn with_marks(record: &Record) -> Value {
    let mut value = record.value.clone();
    crate::json::set(&mut value, "$simulator_deleted", record.deleted);
    value
}

fn complain(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": message }))
}
