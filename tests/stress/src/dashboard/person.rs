//! Somebody who signs in and opens pages.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use crate::relay::Installation;

/// Nobody waits for longer for a page.
const LONGEST: Duration = Duration::from_secs(30);
const EMAIL: &str = "pat@example.com";
const PASSWORD: &str = "correct horse battery";

pub(super) struct Person {
    http: Client,
    origin: String,
    cookie: String,
    form_token: String,
}

impl Person {
    /// Gets an account, and signs in.
    pub(super) async fn arrives(installation: &Installation, address: &str) -> Result<Self> {
        let words = [
            "user:add",
            EMAIL,
            "--name",
            "Pat",
            "--role",
            "administrator",
        ];
        let (added, told) = installation.cli(&words).await?;
        ensure!(added, "user:add: {told}");
        let told: Value = serde_json::from_str(&told)?;
        let link = told.get("link").and_then(Value::as_str).context("a link")?;
        let http = Client::builder()
            .timeout(LONGEST)
            .redirect(reqwest::redirect::Policy::none());
        let mut person = Self {
            http: http.build()?,
            origin: format!("http://{address}"),
            cookie: String::new(),
            form_token: String::new(),
        };
        let (_, token) = link.rsplit_once('/').context("a link")?;
        let path = format!("/password/{token}");
        person.page(&path).await?;
        person.sends(&path, &[("password", PASSWORD)]).await?;
        person.page("/sign-in").await?;
        person
            .sends("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
            .await?;
        Ok(person)
    }

    /// Opens a page.
    pub(super) async fn page(&mut self, path: &str) -> Result<String> {
        let request = self.http.get(format!("{}{path}", self.origin));
        let page = self.answer(path, request).await?;
        if let Some((_, rest)) = page.split_once("name=\"form_token\" value=\"") {
            let token = rest.split('"').next().unwrap_or_default();
            token.clone_into(&mut self.form_token);
        }
        Ok(page)
    }

    async fn sends(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<()> {
        let mut form = reqwest::Url::parse("http://form")?;
        form.query_pairs_mut()
            .append_pair("form_token", &self.form_token)
            .extend_pairs(fields);
        let body = form.query().unwrap_or_default().to_owned();
        let request = self.http.post(format!("{}{path}", self.origin));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.answer(path, request.body(body)).await.map(drop)
    }

    async fn answer(&mut self, path: &str, request: RequestBuilder) -> Result<String> {
        let answer = request.header(COOKIE, &self.cookie).send().await?;
        if let Some(cookie) = answer.headers().get(SET_COOKIE) {
            let cookie = cookie.to_str()?;
            cookie
                .split(';')
                .next()
                .unwrap_or_default()
                .clone_into(&mut self.cookie);
        }
        let status = answer.status();
        let page = answer.text().await?;
        ensure!(status.as_u16() < 400, "{path}: {status}: {page}");
        Ok(page)
    }

    /// How long pages take, opened one after the other and from the beginning again.
    pub(super) async fn times(&mut self, paths: &[String], times: usize) -> Result<Vec<Duration>> {
        let mut taken = Vec::with_capacity(times);
        for path in paths.iter().cycle().take(times) {
            let asked = Instant::now();
            self.page(path).await?;
            taken.push(asked.elapsed());
        }
        Ok(taken)
    }

    /// Opens page after page until it is stopped.
    pub(super) async fn reads_on(&mut self, shop: &str, pause: Duration) -> Result<()> {
        for page in [
            "",
            "/documents",
            "/exceptions",
            "/documents?status=attention",
        ]
        .iter()
        .cycle()
        {
            self.page(&format!("{shop}{page}")).await?;
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }
}
