//! Every route against every role, a foreign binding and a form without its token.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use secrecy::{ExposeSecret, SecretString};

use ledger_store::BindingId;
use ledger_store::accounts::AccountRole::{self, Accountant, Administrator, Operator};
use ledger_store::accounts::RoleGrant;

use crate::config::Config;
use crate::operations::{NewBinding, NewPerson, Operations, SignIn, SignInAttempt};

use super::guard::Need;
use super::{Dashboard, PublicAddress, router, routes};

const PASSWORD: &str = "correct horse battery";

struct House {
    pages: Router,
    operations: Operations,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.store.path = folder.path().join("relay.sqlite3");
    config.keys.server_key = Some(SecretString::from("5a".repeat(32)));
    let operations = Operations::open(&config, "dashboard").await.unwrap();
    let refresh_token_file = folder.path().join("refresh");
    std::fs::write(&refresh_token_file, "refresh").unwrap();
    for id in ["one", "two"] {
        let new = NewBinding {
            id: id.to_owned(),
            api_key_file: None,
            api_url: "http://127.0.0.1:9/v3.1".to_owned(),
            token_url: "http://127.0.0.1:9/token".to_owned(),
            business: "b".to_owned(),
            refresh_token_file: refresh_token_file.clone(),
        };
        operations.add_binding(&new).await.unwrap();
    }
    let address = PublicAddress::of(&config, "127.0.0.1:8412".parse().unwrap()).unwrap();
    let pages = router(Dashboard::new(
        &config,
        operations.clone(),
        address,
        "127.0.0.1:8411".parse().unwrap(),
    ));
    House {
        pages,
        operations,
        _folder: folder,
    }
}

impl House {
    /// Somebody with these roles, signed in: the token of the session.
    async fn somebody(&self, name: &str, grants: &[(Option<&str>, AccountRole)]) -> SecretString {
        let grants = grants.iter().map(|(on, role)| RoleGrant {
            binding: on.and_then(BindingId::new),
            role: *role,
        });
        let email = format!("{name}@example.com");
        let new = NewPerson {
            name: name.to_owned(),
            email: email.clone(),
            grants: grants.collect(),
        };
        let invited = self.operations.add_person(&new).await.unwrap();
        let token = invited.link.rsplit('/').next().unwrap().to_owned();
        let token = SecretString::from(token);
        let chosen = self.operations.choose_password(&token, PASSWORD.into());
        chosen.await.unwrap();
        self.signed_in(&email, PASSWORD).await.unwrap()
    }

    async fn signed_in(&self, email: &str, password: &str) -> Option<SecretString> {
        let attempt = SignInAttempt {
            email: email.to_owned(),
            password: password.into(),
            code: String::new(),
            address: "192.0.2.1".parse().unwrap(),
        };
        match self.operations.sign_in(attempt).await.unwrap() {
            SignIn::Welcome(token) => Some(token),
            SignIn::Refused | SignIn::TooMany(_) => None,
        }
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&SecretString>,
        form: &str,
    ) -> Response {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:8412")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(token) = token {
            let cookie = format!("ledger_loopback={}", token.expose_secret());
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::from(form.to_owned())).unwrap();
        let pages = TowerToHyperService::new(self.pages.clone());
        pages.call(request).await.unwrap()
    }

    async fn status(&self, method: &str, path: &str, token: Option<&SecretString>) -> StatusCode {
        self.ask(method, path, token, "").await.status()
    }
}

fn path(route: &str) -> String {
    let run = uuid::Uuid::new_v4().to_string();
    [
        ("{binding}", "one"),
        ("{run}", &run),
        ("{action}", "retry"),
        ("{version}", "1"),
        ("{account}", &run),
        ("{token}", "x"),
        ("{*file}", "x.js"),
    ]
    .iter()
    .fold(route.to_owned(), |path, (name, value)| {
        path.replace(name, value)
    })
}

#[tokio::test]
async fn every_route_wants_its_role_and_every_form_its_token() {
    let house = house().await;
    let accountant = house.somebody("ac", &[(Some("one"), Accountant)]).await;
    let operator = house.somebody("op", &[(Some("one"), Operator)]).await;
    let administrator = house.somebody("ad", &[(Some("one"), Administrator)]).await;
    let foreign = house.somebody("fo", &[(Some("two"), Administrator)]).await;
    let everything = house.somebody("ev", &[(None, Administrator)]).await;
    let people = [
        (&accountant, Accountant),
        (&operator, Operator),
        (&administrator, Administrator),
    ];
    let mut seen = 0;
    for route in routes::all() {
        let path = path(route.path);
        for method in ["GET", "POST"] {
            let what = format!("{method} {path}");
            let of = async |token| house.status(method, &path, token).await;
            let nobody = house.ask(method, &path, None, "").await;
            if route.need != Need::Nothing {
                assert_eq!(nobody.status(), StatusCode::SEE_OTHER, "{what}");
                let to = nobody.headers()[header::LOCATION].to_str().unwrap();
                assert!(to.starts_with("/sign-in?next=%2F"), "{what}: {to}");
            }
            match route.need {
                Need::Nothing | Need::Person => {}
                Need::OnBinding(wanted) => {
                    assert_eq!(of(Some(&foreign)).await, StatusCode::NOT_FOUND, "{what}");
                    for (token, role) in people {
                        let status = of(Some(token)).await;
                        let is_let_in = status != StatusCode::FORBIDDEN;
                        let expected = role >= wanted && method == "GET";
                        assert_eq!(is_let_in, expected, "{what} {role:?}: {status}");
                    }
                }
                Need::Everywhere(_) => {
                    for (token, role) in people {
                        let status = of(Some(token)).await;
                        assert_eq!(status, StatusCode::FORBIDDEN, "{what} {role:?}");
                    }
                    if method == "GET" {
                        assert_ne!(of(Some(&everything)).await, StatusCode::FORBIDDEN, "{what}");
                    }
                }
            }
            if method == "POST" {
                // Without its token, or with another one's, even for who may do everything.
                for form in ["", "form_token=", "form_token=0123456789abcdef"] {
                    let refused = house.ask(method, &path, Some(&everything), form).await;
                    assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{what} {form}");
                }
            }
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen}");
}

#[tokio::test]
async fn every_answer_has_its_headers_and_another_name_is_refused() {
    let house = house().await;
    for path in [
        "/sign-in",
        "/no-such-page",
        super::assets::style_path(),
        "/",
    ] {
        let answer = house.ask("GET", path, None, "").await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        for part in [
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        let is_asset = path.starts_with("/assets/");
        assert_eq!(header("cache-control") == "no-store", !is_asset, "{path}");
    }
    let elsewhere = Request::builder()
        .uri("/sign-in")
        .header(header::HOST, "evil.example")
        .body(Body::empty())
        .unwrap();
    let pages = TowerToHyperService::new(house.pages.clone());
    let answer = pages.call(elsewhere).await.unwrap();
    assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn unknown_people_are_told_what_known_ones_are_and_all_are_throttled() {
    let house = house().await;
    house.somebody("ada", &[(None, Administrator)]).await;
    let before = house.operations.audit(100).await.unwrap().len();
    assert!(house.signed_in("ada@example.com", "wrong").await.is_none());
    assert!(house.signed_in("eve@example.com", "wrong").await.is_none());
    let log = house.operations.audit(100).await.unwrap();
    assert_eq!(log.len(), before + 2, "each leaves one entry");
    assert!(
        log.iter()
            .take(2)
            .all(|entry| entry.action == "sign-in refused")
    );
    assert!(!log.iter().any(|entry| entry.subject.contains('@')));
    for _ in 0..10 {
        house.signed_in("eve@example.com", "wrong").await;
        house.signed_in("ada@example.com", "wrong").await;
    }
    for email in ["ada@example.com", "eve@example.com"] {
        let attempt = SignInAttempt {
            email: email.to_owned(),
            password: PASSWORD.into(),
            code: String::new(),
            address: "192.0.2.9".parse().unwrap(),
        };
        let outcome = house.operations.sign_in(attempt).await.unwrap();
        assert!(
            matches!(outcome, SignIn::TooMany(1..=16)),
            "{email}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let house = house().await;
    house.somebody("ada", &[(None, Administrator)]).await;
    house.somebody("bob", &[(Some("one"), Administrator)]).await;
    let operations = &house.operations;
    assert!(
        operations
            .set_person_disabled("ada@example.com", true)
            .await
            .is_err()
    );
    assert!(operations.set_roles("ada@example.com", &[]).await.is_err());
    let bob = operations
        .set_person_disabled("bob@example.com", true)
        .await
        .unwrap();
    assert_eq!(bob.state, "disabled");
    assert!(house.signed_in("bob@example.com", PASSWORD).await.is_none());
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() {
    let house = house().await;
    house.somebody("ada", &[(None, Administrator)]).await;
    let bob = house.somebody("bob", &[(Some("one"), Accountant)]).await;
    assert_eq!(
        house.status("GET", "/b/one", Some(&bob)).await,
        StatusCode::OK
    );
    let disabled = house
        .operations
        .set_person_disabled("bob@example.com", true);
    disabled.await.unwrap();
    assert_eq!(
        house.status("GET", "/b/one", Some(&bob)).await,
        StatusCode::SEE_OTHER
    );
}
