//! People are told when they are needed, and left alone when not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use serde_json::Value;
use sha2::Sha256;

use crate::dashboard::entered;
use crate::support::eventually;
use crate::support::fault::Fault;
use crate::support::plans::invoice;
use crate::support::rig::Rig;
use crate::support::sink::{Call, HookSink, MailSink};

const PAGE: &str = "/b/shop-one/connections";
const REFUSED: &str = "[{\"$severity\":\"error\",\"$dataCode\":\"RecordInvalid\",\"$message\":\"no\",\"$source\":\"date\"}]";

async fn rig() -> Rig {
    let mut rig = Rig::prepare().await;
    rig.config.push.allow_private_networks = true;
    rig.config.upkeep.every_ms = 20;
    rig.up().await;
    rig
}

/// Whether a call is signed with the secret.
fn is_signed(call: &Call, secret: &str) -> bool {
    let header = |name: &str| call.headers[name].to_str().unwrap();
    let key = STANDARD
        .decode(secret.trim_start_matches("whsec_"))
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let signed = format!(
        "{}.{}.{}",
        header("webhook-id"),
        header("webhook-timestamp"),
        call.body
    );
    mac.update(signed.as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    header("webhook-signature") == expected
}

#[tokio::test]
async fn a_person_is_told_by_mail_and_webhook_and_not_twice() {
    let rig = rig().await;
    let (mail, hook) = (MailSink::start().await, HookSink::start().await);
    let mut browser = entered(&rig).await;
    browser.get(PAGE).await;
    let port = mail.port.to_string();
    let fields = [
        ("at_once", "1"),
        ("digest", "1"),
        ("mail_to", "canaria@example.com, bob@example.com"),
        ("mail_from", "ledger@example.com"),
        ("host", "127.0.0.1"),
        ("port", port.as_str()),
        ("security", "none"),
        ("user", "mailer"),
        ("password", "mail-secret-Personova"),
        ("webhook_url", hook.url.as_str()),
    ];
    let save = format!("{PAGE}/notifications");
    let page = browser.post(&save, &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let secret = page.between("<p class=\"key-text mono\">", "</p>");
    assert!(secret.starts_with("whsec_"), "{secret}");
    let page = browser.get(PAGE).await;
    assert!(page.body.contains("bob@example.com"), "{}", page.body);
    for hidden in [secret.as_str(), "mail-secret-Personova"] {
        assert!(!page.body.contains(hidden), "{hidden} is shown again");
    }
    for clear in ["Personova", "bob@example.com", "whsec_"] {
        let count = format!(
            "SELECT count(*) FROM notification WHERE instr(settings_sealed, '{clear}') > 0"
        );
        assert_eq!(rig.sql(&count).await, Some(0), "{clear} is not sealed");
    }
    // The password stays when the form is saved without one.
    let again: Vec<(&str, &str)> = fields
        .iter()
        .copied()
        .filter(|(name, _)| *name != "password")
        .collect();
    let page = browser.post(&save, &again).await;
    assert_eq!(
        page.location,
        Some(format!("{PAGE}?done=told")),
        "{}",
        page.body
    );
    browser.get(PAGE).await;
    let page = browser.post(&format!("{save}/try"), &[]).await;
    assert_eq!(
        page.location,
        Some(format!("{PAGE}?done=tried")),
        "{}",
        page.body
    );
    assert!(
        mail.letters()[0].contains("this is a test"),
        "{:?}",
        mail.letters()
    );
    assert_eq!(hook.calls().len(), 1);

    let shop = rig.shop();
    rig.fake.fail("sales_invoices", Fault::status(422, REFUSED));
    let run = shop.accept(&invoice(7)).await;
    shop.until(&run, "rejected").await;
    let call = eventually("a call", || async { hook.calls().get(1).cloned() }).await;
    assert!(is_signed(&call, &secret), "{}", call.body);
    let body: Value = serde_json::from_str(&call.body).unwrap();
    assert_eq!(body["type"], "person_needed");
    assert_eq!(body["data"]["documents_needing_attention"], 1);
    assert_eq!(body["data"]["reasons"][0]["code"], "sage_rejected");
    let letter = &mail.letters()[1];
    for words in [
        "1 document needs a person",
        "Sage refused it",
        "/b/shop-one/exceptions",
        "bob@example.com",
    ] {
        assert!(letter.contains(words), "no {words} in {letter}");
    }
    for personal in ["Pat", "pat@example.com", "35.99"] {
        assert!(
            !letter.contains(personal) && !call.body.contains(personal),
            "{personal}"
        );
    }
    // Many rounds later nothing more has come.
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    assert_eq!((mail.letters().len(), hook.calls().len()), (2, 2));
}

#[tokio::test]
async fn what_does_not_go_out_is_shown_and_what_cannot_be_used_is_refused() {
    let rig = rig().await;
    let mut browser = entered(&rig).await;
    browser.get(PAGE).await;
    let save = format!("{PAGE}/notifications");
    let with = |name: &'static str, value: &'static str| {
        let good = [
            ("at_once", "1"),
            ("mail_to", "canaria@example.com"),
            ("mail_from", "ledger@example.com"),
            ("host", "127.0.0.1"),
            ("port", "1"),
            ("security", "starttls"),
        ];
        let mut fields: Vec<(&str, &str)> = good
            .into_iter()
            .filter(|(other, _)| *other != name)
            .collect();
        fields.push((name, value));
        fields
    };
    for (name, value, words) in [
        ("mail_to", "canaria at example", "is no e-mail address"),
        ("host", "smtp example", "A mail server is named"),
        ("port", "70000", "A port is a number"),
        (
            "webhook_url",
            "ftp://hooks.example.com/",
            "The webhook cannot be used",
        ),
    ] {
        let page = browser.post(&save, &with(name, value)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains(words), "no {words} in {}", page.body);
        assert!(page.body.contains(value), "what was typed stays");
    }
    browser.post(&save, &with("port", "1")).await;
    browser.get(PAGE).await;
    let page = browser.post(&format!("{save}/try"), &[]).await;
    assert!(
        page.body.contains("mail server cannot be reached"),
        "{}",
        page.body
    );
    let shop = rig.shop();
    rig.fake.fail("sales_invoices", Fault::status(422, REFUSED));
    let run = shop.accept(&invoice(7)).await;
    shop.until(&run, "rejected").await;
    let mut shown = browser.get(PAGE).await;
    for _ in 0..200 {
        if shown.body.contains("The last message did not go out") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        shown = browser.get(PAGE).await;
    }
    assert!(
        shown.body.contains("The last message did not go out"),
        "{}",
        shown.body
    );
}
