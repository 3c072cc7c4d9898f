//! The calls of a probe: marked records, remembered calls, cleaning up.

use std::time::Duration;

use serde_json::Value;

use ledger_sage::entity::{Entity, Page};
use ledger_sage::oauth::Tokens;
use ledger_sage::{Answer, Business, HttpSage, Sage};
use ledger_store::BindingId;

use super::home::Home;
use super::reply::{Reply, errors, plain, text_at};
use super::{Call, Finding, MARK};

/// Why the probe could not go on; what it made is taken away all the same.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error("no access token: {0}")]
    Token(String),
    #[error("Sage did not answer {method} {path}")]
    Silent { method: String, path: String },
    #[error("Sage answered {status} to {method} {path}, which the probe needs to go on")]
    Refused {
        method: String,
        path: String,
        status: u16,
    },
    #[error("the business has no {0}, which the probe needs")]
    Lacks(&'static str),
}

/// What the business has that an invoice needs.
pub(crate) struct BusinessSetup {
    pub(crate) country: Option<String>,
    pub(crate) base_currency: Option<String>,
    pub(crate) subscriptions: Vec<String>,
    pub(crate) ledger_account_id: String,
    pub(crate) tax_rate_id: String,
    pub(crate) home: &'static Home,
    pub(crate) multi_currency: bool,
    /// The last day of the locked period.
    pub(crate) locked_until: Option<String>,
    pub(crate) date: String,
}

/// The calls of one probe to one business.
pub(crate) struct ProbeSession<'a> {
    pub(crate) sage: &'a HttpSage,
    pub(crate) tokens: &'a Tokens,
    pub(crate) binding: &'a BindingId,
    pub(crate) business: Business,
    /// Tells the records of this probe from those of others: eight digits.
    pub(crate) tag: String,
    /// The day the documents carry.
    pub(crate) date: String,
    pub(super) home: &'static Home,
    made: Vec<(&'static str, String)>,
    log: Vec<Call>,
    /// What headers said of limits: on ordinary answers, and on a 429.
    limits: [Vec<String>; 2],
    throttled: bool,
    asked: usize,
    names: u32,
}

/// After a 429 a call is made again, so often and after so long at most.
const WAITS_ON_429: (u32, Duration) = (10, Duration::from_secs(60));

impl<'a> ProbeSession<'a> {
    pub(crate) fn new(
        sage: &'a HttpSage,
        tokens: &'a Tokens,
        binding: &'a BindingId,
        business: Business,
        tag: String,
        date: String,
    ) -> Self {
        Self {
            sage,
            tokens,
            binding,
            business,
            tag,
            date,
            home: Home::of(None),
            made: Vec::new(),
            log: Vec::new(),
            limits: [Vec::new(), Vec::new()],
            throttled: false,
            asked: 0,
            names: 0,
        }
    }

    pub(crate) fn calls(&self) -> usize {
        self.asked
    }

    /// A reference that no other record has; ten characters at most.
    pub(crate) fn reference(&mut self) -> String {
        self.names += 1;
        format!(
            "P{}{:02}",
            self.tag.chars().take(7).collect::<String>(),
            self.names
        )
    }

    /// An idempotency id that was never used.
    pub(crate) fn fresh_id() -> String {
        uuid::Uuid::new_v4().simple().to_string()
    }

    /// What headers of ordinary answers, or of a 429, said of limits.
    pub(crate) fn limit_headers(&self, throttled: bool) -> Vec<String> {
        let [ordinary, of_a_429] = &self.limits;
        if throttled { of_a_429 } else { ordinary }.clone()
    }

    /// Whether a 429 came so far.
    pub(crate) fn was_throttled(&self) -> bool {
        self.throttled
    }

    /// One GET whatever comes; its status.
    pub(crate) async fn once(&mut self, path: &str) -> Result<u16, Stopped> {
        let answer = self.call("GET", path, None).await?;
        Ok(answer.status)
    }

    /// Sends one call, after a 429 again.
    async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, Stopped> {
        let mut waits = WAITS_ON_429.0;
        loop {
            let answer = self.call(method, path, body.clone()).await?;
            if answer.status != 429 || waits == 0 {
                return Ok(answer);
            }
            let asked = answer.retry_after.unwrap_or(Duration::from_secs(5));
            tokio::time::sleep(asked.min(WAITS_ON_429.1)).await;
            waits -= 1;
        }
    }

    /// Makes one call and remembers it.
    async fn call(
        &mut self,
        method: &str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, Stopped> {
        let access = self
            .tokens
            .access(self.binding, None)
            .await
            .map_err(|error| Stopped::Token(error.to_string()))?;
        let business = &self.business;
        let answer = match (method, body) {
            ("DELETE", body) => {
                // With a body the reason stands there, and nowhere else.
                let reason = [("void_reason", MARK)];
                let query = if body.is_some() { &[][..] } else { &reason };
                self.sage.delete(business, &access, path, query, body).await
            }
            ("GET", _) => {
                let (path, query) = path.split_once('?').unwrap_or((path, ""));
                let query: Vec<(&str, &str)> = query
                    .split('&')
                    .filter_map(|pair| pair.split_once('='))
                    .collect();
                self.sage.get(business, &access, path, &query).await
            }
            ("PUT", body) => {
                let (path, id) = path.rsplit_once('/').unwrap_or((path, ""));
                self.sage
                    .write(business, &access, path, id, body.unwrap_or_default())
                    .await
            }
            (_, body) => {
                self.sage
                    .write(business, &access, path, "", body.unwrap_or_default())
                    .await
            }
        };
        self.asked += 1;
        let seen = answer.as_ref().ok();
        let limits = seen.map_or_else(Vec::new, |answer| answer.limits.clone());
        let throttled = seen.is_some_and(|answer| answer.status == 429);
        self.throttled |= throttled;
        let [ordinary, of_a_429] = &mut self.limits;
        let kept = if throttled { of_a_429 } else { ordinary };
        if kept.is_empty() {
            kept.clone_from(&limits);
        }
        self.log.push(Call {
            method: method.to_owned(),
            path: plain(path),
            status: seen.map(|answer| answer.status),
            request_id: seen.and_then(|answer| answer.request_id.clone()),
            retry_after: seen
                .and_then(|answer| answer.retry_after)
                .map(|wait| wait.as_secs()),
            limits,
            errors: seen.map(errors).unwrap_or_default(),
        });
        answer.map_err(|_| Stopped::Silent {
            method: method.to_owned(),
            path: plain(path),
        })
    }

    /// Posts bytes as they are.
    pub(crate) async fn post_bytes(
        &mut self,
        path: &'static str,
        body: Vec<u8>,
    ) -> Result<Reply, Stopped> {
        let answer = self.send("POST", path, Some(body)).await?;
        let reply = Reply::of(&answer);
        if let Some(id) = reply.id.clone().filter(|_| reply.is_created())
            && !self.made.iter().any(|(_, made)| *made == id)
        {
            self.made.push((path, id));
        }
        Ok(reply)
    }

    pub(crate) async fn post(
        &mut self,
        path: &'static str,
        body: &Value,
    ) -> Result<Reply, Stopped> {
        self.post_bytes(path, body.to_string().into_bytes()).await
    }

    pub(crate) async fn put(
        &mut self,
        path: &str,
        id: &str,
        body: &Value,
    ) -> Result<Reply, Stopped> {
        let answer = self
            .send(
                "PUT",
                &format!("{path}/{id}"),
                Some(body.to_string().into_bytes()),
            )
            .await?;
        Ok(Reply::of(&answer))
    }

    pub(crate) async fn delete(&mut self, path: &str, id: &str) -> Result<Reply, Stopped> {
        let answer = self.send("DELETE", &format!("{path}/{id}"), None).await?;
        if (200..300).contains(&answer.status) {
            self.made.retain(|(_, made)| made != id);
        }
        Ok(Reply::of(&answer))
    }

    /// Voids a document, the reason being in the body only.
    pub(crate) async fn void_by_body(
        &mut self,
        path: &str,
        id: &str,
        body: &Value,
    ) -> Result<Reply, Stopped> {
        let body = body.to_string().into_bytes();
        let answer = self
            .send("DELETE", &format!("{path}/{id}"), Some(body))
            .await?;
        if (200..300).contains(&answer.status) {
            self.made.retain(|(_, made)| made != id);
        }
        Ok(Reply::of(&answer))
    }

    async fn need(&mut self, path: &str) -> Result<Vec<u8>, Stopped> {
        let answer = self.send("GET", path, None).await?;
        match answer.body {
            Some(body) if answer.status == 200 => Ok(body),
            _ => Err(Stopped::Refused {
                method: "GET".to_owned(),
                path: plain(path),
                status: answer.status,
            }),
        }
    }

    /// Reads what the documents of the probe need.
    pub(crate) async fn business_setup(&mut self) -> Result<BusinessSetup, Stopped> {
        let business = self.business.id.clone();
        let business = self.need(&format!("businesses/{business}")).await?;
        let business: Value = serde_json::from_slice(&business).unwrap_or_default();
        let settings = self.need("financial_settings").await?;
        let settings = Entity::parse(&settings);
        let accounts = self
            .need("ledger_accounts?visible_in=sales&items_per_page=200")
            .await?;
        let rates = self
            .need("tax_rates?usage=sales&attributes=all&items_per_page=200")
            .await?;
        let first = |body: &[u8], fits: &dyn Fn(&Entity) -> bool| {
            let page = Page::parse(body)?;
            page.items
                .iter()
                .find(|entity| fits(entity))
                .and_then(Entity::id)
        };
        let country = text_at(&business, "/country/id");
        let home = Home::of(country.as_deref());
        self.home = home;
        // A whole percentage of a round amount tells a penny of tolerance from rounding.
        let is_standard = |rate: &Entity| {
            rate.text("percentage")
                .and_then(|text| ledger_sage::entity::decimal(&text))
                == Some(home.standard_rate())
        };
        let tax_rate_id = first(&rates, &is_standard)
            .ok_or(Stopped::Lacks("tax rate of the standard percentage"))?;
        let names = business
            .get("subscriptions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        Ok(BusinessSetup {
            country,
            home,
            base_currency: settings
                .as_ref()
                .and_then(|settings| settings.nested("base_currency", "id")),
            subscriptions: names
                .filter(|one| one.get("active") == Some(&Value::Bool(true)))
                .filter_map(|one| text_at(one, "/displayed_as"))
                .collect(),
            ledger_account_id: first(&accounts, &|_| true)
                .ok_or(Stopped::Lacks("ledger account for sales"))?,
            tax_rate_id,
            locked_until: settings
                .as_ref()
                .and_then(|settings| settings.text("year_end_lockdown_date"))
                .filter(|date| !date.is_empty()),
            multi_currency: settings.is_some_and(|settings| {
                settings.text("multi_currency_enabled").as_deref() == Some("true")
            }),
            date: self.date.clone(),
        })
    }

    /// Closes a question: its answer and the calls since the last one.
    pub(crate) fn finding(
        &mut self,
        question: &'static str,
        asks: &'static str,
        answer: impl Into<String>,
    ) -> Finding {
        Finding {
            question,
            asks,
            answer: answer.into(),
            calls: std::mem::take(&mut self.log),
        }
    }

    /// Takes away what was made, newest first; what stays.
    pub(crate) async fn clean(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        for (path, id) in std::mem::take(&mut self.made).into_iter().rev() {
            let gone = match self.send("DELETE", &format!("{path}/{id}"), None).await {
                Ok(answer) => (200..300).contains(&answer.status),
                Err(_) => false,
            };
            if !gone {
                left.push(format!("{path}/{id}"));
            }
        }
        left
    }
}
