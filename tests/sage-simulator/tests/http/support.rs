//! A simulator with a connected client, and bodies that it accepts.

use reqwest::{Client, Method, RequestBuilder};
use sage_simulator::{Config, Simulator, Switches};
use serde_json::{Value, json};

pub(crate) const BUSINESS: &str = "26f9336c0e0dfa8954455c0956bd09df";
pub(crate) const SALES_PRODUCTS: &str = "f7c11920af33e91d8d098d391f8cf5b1";
pub(crate) const COST_OF_SALES: &str = "d0190ac10ef9d1fc3d3c48f2b9eef393";
pub(crate) const BANK: &str = "5d25770b0f446d4d4245063fdb88eb77";

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// `$source` and `$message` of every envelope item.
    pub(crate) fn problems(&self) -> Vec<(&str, &str)> {
        let items = self.body.as_array().expect("an envelope is an array");
        items
            .iter()
            .map(|item| {
                (
                    item["$source"].as_str().unwrap(),
                    item["$message"].as_str().unwrap(),
                )
            })
            .collect()
    }

    /// `$source` of every envelope item.
    pub(crate) fn sources(&self) -> Vec<&str> {
        self.problems()
            .into_iter()
            .map(|(source, _)| source)
            .collect()
    }

    pub(crate) fn id(&self) -> &str {
        self.body["id"].as_str().expect("an object with an id")
    }
}

/// A simulator and someone who may call it.
pub(crate) struct Sage {
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
    pub(crate) token: String,
    pub(crate) business: String,
}

impl Sage {
    pub(crate) async fn start() -> Self {
        Self::with(Switches::default()).await
    }

    pub(crate) async fn with(switches: Switches) -> Self {
        Self::of(Config {
            switches,
            ..Config::default()
        })
        .await
    }

    /// A business in Ireland.
    pub(crate) async fn irish() -> Self {
        let profiles =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/profiles");
        Self::of(Config {
            reference: Some(profiles.join("sage_ie_business.json")),
            ..Config::default()
        })
        .await
    }

    async fn of(config: Config) -> Self {
        let simulator = Simulator::start(config).await.unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        let mut sage = Self {
            simulator,
            client,
            token: String::new(),
            business: String::new(),
        };
        let grant = sage.control("grant", json!({})).await;
        sage.business = grant["business_id"].as_str().unwrap().to_owned();
        sage.token = grant["access_token"].as_str().unwrap().to_owned();
        sage
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.base_url())
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, self.url(&format!("/v3.1{path}")))
            .bearer_auth(&self.token)
            .header("X-Business", &self.business)
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        Answer {
            status,
            headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn control(&self, command: &str, body: Value) -> Value {
        let request = self
            .client
            .post(self.url(&format!("/_simulator/{command}")))
            .json(&body);
        let answer = self.send(request).await;
        assert_eq!(answer.status, 200, "{command}: {}", answer.body);
        answer.body
    }

    pub(crate) async fn inspect(&self, what: &str) -> Value {
        self.send(self.client.get(self.url(&format!("/_simulator/{what}"))))
            .await
            .body
    }

    /// A contact with both addresses; answers its id.
    pub(crate) async fn contact(&self, reference: &str) -> String {
        let answer = self.post("/contacts", &contact(reference)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.id().to_owned()
    }

    /// An invoice of one line; answers it.
    pub(crate) async fn invoice(&self, contact_id: &str, reference: &str) -> Value {
        let answer = self
            .post("/sales_invoices", &invoice(contact_id, reference))
            .await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body
    }

    /// How many objects the books hold.
    pub(crate) async fn count(&self, collection: &str) -> usize {
        self.inspect("ledger").await[collection]
            .as_array()
            .unwrap()
            .len()
    }
}

pub(crate) fn address() -> Value {
    json!({ "address_line_1": "1 Test Street", "city": "Manchester", "postal_code": "M1 1AE", "country_id": "GB" })
}

pub(crate) fn contact(reference: &str) -> Value {
    json!({ "contact": {
        "name": "Pat Example", "contact_type_ids": ["CUSTOMER"], "reference": reference,
        "main_address": address(), "delivery_address": address(),
        "main_contact_person": { "name": "Pat Example", "email": "pat@example.com" },
    } })
}

pub(crate) fn line() -> Value {
    json!({
        "description": "A thing", "ledger_account_id": SALES_PRODUCTS, "quantity": "2", "unit_price": "12.50",
        "tax_rate_id": "GB_STANDARD", "tax_amount": "5.00", "currency_tax_amount": "5.00",
    })
}

pub(crate) fn invoice(contact_id: &str, reference: &str) -> Value {
    json!({ "sales_invoice": {
        "contact_id": contact_id, "date": "2026-11-21", "reference": reference,
        "main_address": address(), "delivery_address": address(), "invoice_lines": [line()],
    } })
}

/// The invoice of [`invoice`] with attributes of the document replaced; null removes one.
pub(crate) fn invoice_with(contact_id: &str, changes: Value) -> Value {
    let mut body = invoice(contact_id, "000000033");
    change(body["sales_invoice"].as_object_mut().unwrap(), changes);
    body
}

/// An invoice whose only line has attributes replaced; null removes one.
pub(crate) fn invoice_with_line(contact_id: &str, changes: Value) -> Value {
    let mut body = invoice(contact_id, "000000033");
    change(
        body["sales_invoice"]["invoice_lines"][0]
            .as_object_mut()
            .unwrap(),
        changes,
    );
    body
}

fn change(object: &mut serde_json::Map<String, Value>, changes: Value) {
    for (key, value) in changes.as_object().unwrap() {
        if value.is_null() {
            object.remove(key);
        } else {
            object.insert(key.clone(), value.clone());
        }
    }
}
