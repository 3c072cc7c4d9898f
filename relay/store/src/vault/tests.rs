//! Sealing, opening, and keys that are no keys.

use super::*;

fn vault(digit: &str) -> Vault {
    Vault::new(&SecretString::from(digit.repeat(64))).unwrap()
}

#[test]
fn opens_only_for_its_binding_column_and_key() {
    let (one, two) = (
        BindingId::new("one").unwrap(),
        BindingId::new("two").unwrap(),
    );
    let sealed = vault("a").seal(&one, "refresh", &"secret".into()).unwrap();
    assert_eq!(
        vault("a")
            .open(&one, "refresh", &sealed)
            .unwrap()
            .expose_secret(),
        "secret"
    );
    assert!(vault("a").open(&two, "refresh", &sealed).is_err());
    assert!(vault("a").open(&one, "access", &sealed).is_err());
    assert!(vault("b").open(&one, "refresh", &sealed).is_err());
    assert!(vault("a").open(&one, "refresh", &[1, 2, 3]).is_err());
    assert!(!sealed.windows(6).any(|window| window == b"secret"));
}

#[test]
fn a_new_seal_key_seals_and_the_old_ones_still_open() {
    let one = BindingId::new("one").unwrap();
    let lines = |keys: &[&str]| {
        let lines: Vec<String> = keys.iter().map(|digit| digit.repeat(64)).collect();
        SecretString::from(format!("# newest last\n{}\n", lines.join("\n")))
    };
    let with = |keys: &[&str]| vault("a").with_seal_keys(&lines(keys)).unwrap();
    let (none, first, both) = (vault("a"), with(&["b"]), with(&["b", "c"]));
    let oldest = none.seal_bytes(&one, "plan", b"text").unwrap();
    let middle = first.seal_bytes(&one, "plan", b"text").unwrap();
    let newest = both.seal_bytes(&one, "plan", b"text").unwrap();
    for sealed in [&oldest, &middle, &newest] {
        assert_eq!(both.open_bytes(&one, "plan", sealed).unwrap(), b"text");
    }
    assert!(first.open_bytes(&one, "plan", &newest).is_err());
    assert!(
        with(&["c"]).open_bytes(&one, "plan", &middle).is_err(),
        "its key is gone"
    );
    let news = [&oldest, &middle, &newest].map(|sealed| both.is_newest(sealed));
    assert_eq!(news, [false, false, true]);
    let other = with(&["c", "b"]);
    assert_eq!(
        other.open_bytes(&one, "plan", &newest).unwrap(),
        b"text",
        "a process that knows the key, but does not seal with it yet"
    );
    let id = |vault: &Vault| vault.idempotency_id(&one, "k", 0, 1).unwrap();
    assert_eq!(id(&none), id(&both), "ids outlive a rotation");
    assert!(
        vault("a")
            .with_seal_keys(&SecretString::from("abc"))
            .is_err()
    );
}

#[test]
fn what_is_sealed_alike_is_alike_and_opens_like_any_other() {
    let one = BindingId::new("one").unwrap();
    let alike = |place: &str, text: &[u8]| vault("a").seal_alike(&one, place, text).unwrap();
    let sealed = alike("words/1", b"text");
    assert_eq!(sealed, alike("words/1", b"text"));
    assert_eq!(
        vault("a").open_bytes(&one, "words/1", &sealed).unwrap(),
        b"text"
    );
    let nonce = |sealed: &[u8]| sealed[1..=NONCE].to_vec();
    assert_ne!(nonce(&sealed), nonce(&alike("words/1", b"texT")));
    assert_ne!(nonce(&sealed), nonce(&alike("words/2", b"text")));
}

#[test]
fn ids_are_stable_and_differ_in_every_part() {
    let (one, two) = (
        BindingId::new("one").unwrap(),
        BindingId::new("two").unwrap(),
    );
    let id = vault("a")
        .idempotency_id(&one, "invoice.created:33", 1, 1)
        .unwrap();
    assert_eq!(id.len(), 32);
    assert_eq!(
        id,
        vault("a")
            .idempotency_id(&one, "invoice.created:33", 1, 1)
            .unwrap()
    );
    let others = [
        vault("b")
            .idempotency_id(&one, "invoice.created:33", 1, 1)
            .unwrap(),
        vault("a")
            .idempotency_id(&two, "invoice.created:33", 1, 1)
            .unwrap(),
        vault("a")
            .idempotency_id(&one, "invoice.created:3", 1, 1)
            .unwrap(),
        vault("a")
            .idempotency_id(&one, "invoice.created:33", 0, 1)
            .unwrap(),
        vault("a")
            .idempotency_id(&one, "invoice.created:33", 1, 2)
            .unwrap(),
    ];
    assert!(others.iter().all(|other| *other != id));
}

#[test]
fn malformed_keys_are_refused() {
    for key in ["", "abc", "zz", &"a".repeat(63), &"g".repeat(64)] {
        assert!(
            matches!(
                Vault::new(&SecretString::from(key.to_owned())),
                Err(VaultError::KeyMalformed)
            ),
            "{key}"
        );
    }
}
