//! The extension in a real PHP-FPM: the scripts of the command line, the life of workers, and
//! what one call may not do to the next.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

mod calls;
mod scripts;
mod workers;

use ledger_tests::fpm::{Fpm, Outcome, Reply};
use ledger_tests::root;
use std::fs;

const TRANSLATE: &str = "fpm/translate.php";

fn settings() -> String {
    fs::read_to_string(root().join("golden/profiles/gb_base.json")).unwrap()
}

fn event() -> String {
    let path = "golden/cases/invoice/domestic_sale_with_taxed_shipping/canonical.json";
    fs::read_to_string(root().join(path)).unwrap()
}

fn decision(event: &str) -> String {
    ledger_core::translate(event, &settings()).to_json()
}

async fn translate(fpm: &Fpm, event: &str) -> Reply {
    let reply = fpm.request(TRANSLATE, "", event.as_bytes()).await;
    reply.unwrap()
}

/// Translates and gives the worker that did.
async fn translates(fpm: &Fpm) -> u32 {
    let reply = translate(fpm, &event()).await;
    assert_eq!((reply.status, &reply.body), (200, &decision(&event())));
    reply.worker()
}

fn all_right(outcome: &Outcome, requests: usize) {
    assert_eq!(outcome.complaints, Vec::<String>::new());
    assert_eq!((outcome.right, outcome.failed), (requests, 0));
}
