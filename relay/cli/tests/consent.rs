//! Consent at Sage in the dashboard: the whole way against the simulator, and every wrong way.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::stage::Stage;

struct Browser {
    origin: String,
    http: Client,
    cookie: String,
    token: String,
}

struct Page {
    status: StatusCode,
    location: String,
    body: String,
}

impl Browser {
    /// Somebody who administers everything.
    async fn signed_in(stage: &Stage) -> Self {
        let relay = stage.running();
        let http = Client::builder().redirect(reqwest::redirect::Policy::none());
        let mut browser = Self {
            origin: relay.dashboard_address().unwrap().to_owned(),
            http: http.build().unwrap(),
            cookie: String::new(),
            token: String::new(),
        };
        let link = relay.first_account_link().unwrap();
        browser.get(link).await;
        let fields = [
            ("name", "Ann"),
            ("email", "ann@example.com"),
            ("password", "correct horse battery"),
        ];
        let path = link.strip_prefix(&browser.origin).unwrap();
        let page = browser.post(path, &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        browser
    }

    async fn get(&mut self, path: &str) -> Page {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.origin)
        };
        let request = self.http.get(url);
        self.send(request).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = vec![("form_token", self.token.as_str())];
        form.extend(fields);
        let request = self.http.post(format!("{}{path}", self.origin)).form(&form);
        self.send(request).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let answer = request.header(COOKIE, &self.cookie).send().await.unwrap();
        let text = |name| {
            let value = answer.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        let (cookie, location) = (text(SET_COOKIE), text(LOCATION));
        if !cookie.is_empty() {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        let status = answer.status();
        let body = answer.text().await.unwrap();
        if let Some((_, rest)) = body.split_once("name=\"form_token\" value=\"") {
            rest.split('"').next().unwrap().clone_into(&mut self.token);
        }
        Page {
            status,
            location,
            body,
        }
    }

    /// To Sage and, by its button, back: what the dashboard says to the answer.
    async fn consent(&mut self, from: &str, button: &str) -> Page {
        let page = self.post(from, &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let (_, rest) = page.body.split_once("<a class=\"button\" href=\"").unwrap();
        let url = rest.split('"').next().unwrap().replace("&#38;", "&");
        let asked = self
            .http
            .get(&url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert!(asked.contains("Allow"), "{asked}");
        let pressed = url.replace("/central?", &format!("/central/{button}?"));
        let answer = self.http.get(pressed).send().await.unwrap();
        let back = answer.headers()[LOCATION].to_str().unwrap().to_owned();
        self.get(&back).await
    }

    /// Where a consent leads to when it went well.
    async fn granted(&mut self, from: &str) -> (String, Page) {
        let page = self.consent(from, "allow").await;
        let consent = page.location.split_once("consent=").unwrap().1.to_owned();
        let page = self.get(&page.location).await;
        (consent, page)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_business_is_connected_without_typing_an_id() {
    let stage = Stage::open(&["--businesses", "3"]).await;
    let mut browser = Browser::signed_in(&stage).await;
    browser.get("/connect").await;
    let (consent, page) = browser.granted("/connect/start").await;
    assert!(page.body.contains("Example Trading Ltd"), "{}", page.body);
    assert!(
        page.body.contains("Another Business 3 Ltd"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("it is named after the business"),
        "{}",
        page.body
    );
    let foreign = [
        ("consent", consent.as_str()),
        ("business", "0"),
        ("binding", "mine"),
    ];
    let page = browser.post("/connect/choose", &foreign).await;
    assert!(
        page.body.contains("Choose one of the businesses"),
        "{}",
        page.body
    );
    let business = stage.business.clone();
    let chosen = [
        ("consent", consent.as_str()),
        ("business", business.as_str()),
        ("binding", "mine"),
    ];
    let page = browser.post("/connect/choose", &chosen).await;
    assert_eq!(page.location, "/b/mine/setup", "{}", page.body);
    let page = browser.get("/b/mine/connections").await;
    assert!(
        page.body.contains("ledger accounts") && page.body.contains("Connected"),
        "{}",
        page.body
    );
    // The consent is used up.
    let page = browser.post("/connect/choose", &chosen).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Renewed for the same business, and for no other.
    let (consent, _) = browser.granted("/b/mine/connections/renew").await;
    let other = format!("{:032x}", 2);
    let wrong = [("consent", consent.as_str()), ("business", other.as_str())];
    let page = browser.post("/connect/choose", &wrong).await;
    assert!(
        page.body.contains("posts to another business"),
        "{}",
        page.body
    );
    let right = [
        ("consent", consent.as_str()),
        ("business", business.as_str()),
    ];
    let page = browser.post("/connect/choose", &right).await;
    assert_eq!(page.location, "/b/mine/setup", "{}", page.body);
    let status = stage.done(&["oauth:status", "mine"]).await;
    assert_eq!(status["state"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_way_has_its_words() {
    let stage = Stage::open(&[]).await;
    let mut browser = Browser::signed_in(&stage).await;
    browser.get("/connect").await;
    let says = |page: &Page, what: &str| {
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            page.body
        );
        assert!(page.body.contains(what), "{what}: {}", page.body);
    };
    let page = browser.consent("/connect/start", "refuse").await;
    says(&page, "The consent was refused at Sage");
    for (switches, what) in [
        (
            json!({"consent": "refused"}),
            "The consent was refused at Sage",
        ),
        (
            json!({"consent": "other_state"}),
            "belongs to no consent that you began here",
        ),
        (
            json!({"consent": "asked", "code_ttl": -1}),
            "Sage does not take the code any more",
        ),
        (json!({"code_ttl": 60, "businesses": 0}), "has no business"),
    ] {
        stage.control("switches", switches).await;
        browser.get("/connect").await;
        let page = browser.consent("/connect/start", "allow").await;
        says(&page, what);
    }
    stage.control("switches", json!({"businesses": 1})).await;
    // An answer that nobody asked for, and one of another session.
    let page = browser.get("/oauth/callback?code=GB/1&state=mine").await;
    says(&page, "belongs to no consent that you began here");
    let cookie = std::mem::take(&mut browser.cookie);
    let page = browser.get("/oauth/callback?code=GB/1&state=mine").await;
    assert!(
        page.location.starts_with("/sign-in?next=%2Foauth"),
        "{}",
        page.location
    );
    browser.cookie = cookie;
    let bindings = stage.done(&["binding:list"]).await;
    assert_eq!(
        bindings.as_array().unwrap().len(),
        1,
        "nothing was connected"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_at_a_terminal_comes_back_to_a_port_of_this_machine() {
    let stage = Stage::open(&[]).await;
    let said = stage.connect(&[], "refuse").await;
    assert_eq!(said.status, 1);
    assert!(
        said.err.contains("The consent was refused at Sage"),
        "{}",
        said.err
    );
    let said = stage.connect(&["--business", "nobody"], "allow").await;
    assert_eq!(said.status, 1);
    assert!(
        said.err.contains("say with --business which one"),
        "{}",
        said.err
    );

    let said = stage.connect(&[], "allow").await;
    assert_eq!(said.status, 0, "{}", said.err);
    let binding = said.json();
    assert!(
        binding["live_since"].is_string(),
        "set up at a terminal: {binding}"
    );
    let id = binding["id"].as_str().unwrap();
    assert_eq!(stage.cli(&["binding:disconnect", id]).await.status, 0);
    let said = stage.connect(&["--binding", id], "allow").await;
    assert_eq!(said.json()["state"], "active", "{}", said.err);
    let log = stage.done(&["audit:log"]).await.to_string();
    for action in [
        "oauth:consent refused",
        "oauth:consent granted",
        "binding:reconnect",
    ] {
        assert!(log.contains(action), "{action} in {log}");
    }
}
