//! A browser without a screen: keeps the cookie, finds the token of a form, follows nothing.

use reqwest::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, StatusCode};

/// A page that came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    /// What the browser may do with it.
    pub(crate) policy: String,
    pub(crate) body: String,
}

impl Page {
    /// What stands between two texts of the page.
    pub(crate) fn between(&self, before: &str, after: &str) -> String {
        let rest = self.body.split_once(before);
        let (_, rest) = rest.unwrap_or_else(|| panic!("no {before} in {}", self.body));
        rest.split_once(after)
            .unwrap()
            .0
            .replace("&amp;", "&")
            .replace("&#38;", "&")
    }
}

pub(crate) struct Browser {
    origin: String,
    http: Client,
    pub(crate) cookie: Option<String>,
    pub(crate) form_token: String,
}

impl Browser {
    pub(crate) fn at(origin: &str) -> Self {
        let http = Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            origin: origin.to_owned(),
            http: http.build().unwrap(),
            cookie: None,
            form_token: String::new(),
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.origin)
        };
        let request = self.http.get(url);
        self.send(request).await
    }

    /// Sends a form of the page that was seen last.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = vec![("form_token", self.form_token.clone())];
        form.extend(
            fields
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        let request = self.http.post(format!("{}{path}", self.origin)).form(&form);
        self.send(request).await
    }

    /// Sends a form with a file, as a browser does.
    pub(crate) async fn upload(&mut self, path: &str, name: &str, file: &str) -> Page {
        let part = |head: &str, text: &str| {
            format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
        };
        let token = part("name=\"form_token\"", &self.form_token);
        let head = format!("name=\"{name}\"; filename=\"a.json\"");
        let body = format!("{token}{}--edge--\r\n", part(&head, file));
        let request = self.http.post(format!("{}{path}", self.origin));
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request.body(body)).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let cookie = self.cookie.clone().unwrap_or_default();
        let answer = request.header(COOKIE, cookie).send().await.unwrap();
        let headers = answer.headers();
        let is_ours = answer.url().as_str().starts_with(&self.origin);
        if is_ours {
            assert!(headers.contains_key(CONTENT_SECURITY_POLICY));
        }
        let text = |name| {
            headers
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        let location = text(LOCATION);
        let policy = text(CONTENT_SECURITY_POLICY).unwrap_or_default();
        if let Some(cookie) = text(SET_COOKIE) {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
            self.cookie = cookie.split(';').next().map(ToOwned::to_owned);
        }
        let status = answer.status();
        let body = answer.text().await.unwrap();
        if let Some((_, rest)) = body.split_once("name=\"form_token\" value=\"") {
            rest.split('"')
                .next()
                .unwrap()
                .clone_into(&mut self.form_token);
        }
        Page {
            status,
            location,
            policy,
            body,
        }
    }

    /// Signs in as whoever used the link of a first start.
    pub(crate) async fn sign_in(&mut self) {
        self.get("/sign-in").await;
        let fields = [
            ("email", "canaria@example.com"),
            ("password", "correct horse battery"),
        ];
        let page = self.post("/sign-in", &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        self.get("/account").await;
    }

    /// Uses the link of a first start.
    pub(crate) async fn first_account(&mut self, link: &str) -> Page {
        let page = self.get(link).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let path = link.strip_prefix(&self.origin).unwrap().to_owned();
        let fields = [
            ("name", "Canaria Personova"),
            ("email", "canaria@example.com"),
            ("password", "correct horse battery"),
        ];
        self.post(&path, &fields).await
    }
}
