//! People: invitations, roles, the second factor.

use reqwest::StatusCode;

use crate::dashboard::entered;
use crate::support::browser::Browser;
use crate::support::rig::{BINDING, Rig};

#[tokio::test]
async fn people_are_invited_and_have_only_their_shop() {
    let rig = Rig::start().await;
    rig.bind("shop-two", "refresh-2").await;
    let mut browser = entered(&rig).await;
    browser.get("/users").await;
    let role = format!("role/{BINDING}");
    let nobody = [("name", "Ann"), ("email", "ann@example.com")];
    let page = browser.post("/users/add", &nobody).await;
    assert!(
        page.body.contains("Choose at least one role"),
        "{}",
        page.body
    );
    let new = [
        ("name", "Ann"),
        ("email", "ann@example.com"),
        (role.as_str(), "accountant"),
    ];
    let page = browser.post("/users/add", &new).await;
    let link = page.between("aria-label=\"Link\" value=\"", "\"");
    let page = browser.post("/users/add", &new).await;
    assert!(
        page.body
            .contains("There is an account with this address already"),
        "{}",
        page.body
    );
    let origin = rig.relay.as_ref().unwrap().dashboard_address().unwrap();
    let mut ann = Browser::at(origin);
    // In this test the port is chosen by the system, which the settings do not know.
    let path = format!("/password/{}", link.rsplit('/').next().unwrap());
    ann.get(&path).await;
    let page = ann.post(&path, &[("password", "short")]).await;
    assert!(
        page.body.contains("at least 12 characters"),
        "{}",
        page.body
    );
    let page = ann
        .post(&path, &[("password", "another horse battery")])
        .await;
    assert_eq!(
        page.location.as_deref(),
        Some("/sign-in?chosen=1"),
        "{}",
        page.body
    );
    ann.get("/sign-in").await;
    let fields = [
        ("email", "ann@example.com"),
        ("password", "another horse battery"),
    ];
    assert_eq!(
        ann.post("/sign-in", &fields).await.location.as_deref(),
        Some("/")
    );
    assert_eq!(ann.get("/").await.location, Some(format!("/b/{BINDING}")));
    assert_eq!(ann.get("/b/shop-two").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ann.get("/users").await.status, StatusCode::FORBIDDEN);
    let page = ann.get(&format!("/b/{BINDING}/settings")).await;
    assert!(
        page.body.contains("<fieldset disabled>") && !page.body.contains("<button>Save"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_it_is_on_and_a_new_link_ends_it() {
    let rig = Rig::start().await;
    let mut browser = entered(&rig).await;
    let page = browser.get("/account").await;
    let secret = page.between("name=\"secret\" value=\"", "\"");
    let wrong = [("secret", secret.as_str()), ("code", "000 000")];
    let page = browser.post("/account/second-factor/on", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains(&secret), "the same secret stands");
    let codes = codes(&secret);
    let now = u64::try_from(crate::support::rig::now()).unwrap();
    let code = codes.generate(now - 30).to_string();
    let right = [("secret", secret.as_str()), ("code", code.as_str())];
    let page = browser.post("/account/second-factor/on", &right).await;
    assert_eq!(
        page.location.as_deref(),
        Some("/account?done=on"),
        "{}",
        page.body
    );
    let page = browser.get("/account").await;
    assert!(
        !page.body.contains(&secret),
        "it is shown before it counts only"
    );

    let origin = rig.relay.as_ref().unwrap().dashboard_address().unwrap();
    let mut other = Browser::at(origin);
    other.get("/sign-in").await;
    let next = codes.generate(now).to_string();
    for (given, status) in [
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        (code.as_str(), StatusCode::UNPROCESSABLE_ENTITY),
        (next.as_str(), StatusCode::SEE_OTHER),
        (next.as_str(), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let fields = [
            ("email", "canaria@example.com"),
            ("password", "correct horse battery"),
            ("code", given),
        ];
        let mut other = Browser::at(origin);
        other.get("/sign-in").await;
        let page = other.post("/sign-in", &fields).await;
        assert_eq!(page.status, status, "{given:?}: a code is good once");
    }
    // Lost phone: a new link, a new password, no code.
    let operations = rig.operations().await;
    let link = operations
        .reset_person("canaria@example.com")
        .await
        .unwrap()
        .link;
    operations.close().await;
    let path = format!("/password/{}", link.rsplit('/').next().unwrap());
    other.get(&path).await;
    other
        .post(&path, &[("password", "another horse battery")])
        .await;
    other.get("/sign-in").await;
    let fields = [
        ("email", "canaria@example.com"),
        ("password", "another horse battery"),
    ];
    let page = other.post("/sign-in", &fields).await;
    assert_eq!(page.location.as_deref(), Some("/"), "{}", page.body);
}

#[tokio::test]
async fn where_everybody_needs_a_second_factor_nothing_is_shown_before_it_is_on() {
    let mut rig = Rig::prepare().await;
    rig.config.dashboard.require_second_factor = true;
    rig.up().await;
    let mut browser = entered(&rig).await;
    for path in ["/", "/users", &format!("/b/{BINDING}")] {
        let page = browser.get(path).await;
        assert_eq!(page.location.as_deref(), Some("/account"), "{path}");
    }
    let page = browser.get("/account").await;
    assert!(
        page.body.contains("asks everybody for a second factor"),
        "{}",
        page.body
    );
    assert!(page.body.contains("<svg class=\"qr\""), "{}", page.body);
    let page = browser.post("/users/add", &[("name", "Eve")]).await;
    assert_eq!(page.location.as_deref(), Some("/account"), "{}", page.body);
    let secret = browser.get("/account").await;
    let secret = secret.between("name=\"secret\" value=\"", "\"");
    let code = codes(&secret).generate(u64::try_from(crate::support::rig::now()).unwrap());
    let code = code.to_string();
    let right = [("secret", secret.as_str()), ("code", code.as_str())];
    browser.post("/account/second-factor/on", &right).await;
    assert_eq!(browser.get("/users").await.status, StatusCode::OK);
    browser.get("/users").await;
    let page = browser
        .post("/account/second-factor/off", &[("code", "1")])
        .await;
    assert!(page.body.contains("so it stays on"), "{}", page.body);
}

fn codes(secret: &str) -> totp_rs::Totp {
    totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .with_account_name("canaria@example.com")
        .with_issuer(Some("test"))
        .build()
        .unwrap()
}
