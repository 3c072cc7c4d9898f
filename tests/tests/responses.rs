//! Replies in `golden/responses` are explained exactly as expected.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use ledger_core::envelope::{CauseCode, explain};
use ledger_tests::advice::{self, ResponseCase};
use serde_json::Value;

#[test]
fn every_reply_has_its_causes_and_no_other() {
    let wrong = advice::unexpected::<ResponseCase>().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_case() {
    let texts = advice::expectations::<ResponseCase>().unwrap();
    for code in CauseCode::ALL {
        let quoted = format!("\"code\": \"{}\"", code.as_str());
        assert!(texts.contains(&quoted), "{} has no case", code.as_str());
    }
}

/// Whatever is left out of the explanation, Sage's own messages are not.
#[test]
fn every_item_of_a_list_is_kept() {
    for (folder, case) in advice::load::<ResponseCase>().unwrap() {
        let Ok(Value::Array(items)) = serde_json::from_str(&case.reply) else {
            continue;
        };
        let causes = explain(&case.reply, &case.plan, &case.step);
        for item in items {
            let source = item["$source"].as_str().or(item["source"].as_str());
            let kept = causes
                .iter()
                .flat_map(|cause| &cause.sage)
                .any(|kept| Some(kept.source.as_str()) == source);
            assert!(kept, "{}: {item} is lost", folder.display());
        }
    }
}

/// A pointer leads to a field of the event, or to a setting.
#[test]
fn every_cause_says_what_why_and_what_to_do() {
    for (folder, case) in advice::load::<ResponseCase>().unwrap() {
        for cause in explain(&case.reply, &case.plan, &case.step) {
            let name = folder.display();
            assert!(!cause.what.is_empty(), "{name}");
            assert!(!cause.why.is_empty(), "{name}");
            assert!(!cause.suggestion.is_empty(), "{name}");
            assert!(
                cause.pointer.is_empty() || cause.pointer.starts_with('/'),
                "{name}: {}",
                cause.pointer
            );
        }
    }
}

/// Every reply against every plan, every prefix of a reply: an answer, and never a panic.
#[test]
fn any_text_is_explained() {
    let cases = advice::load::<ResponseCase>().unwrap();
    for (_, reply) in &cases {
        for (_, plan) in &cases {
            assert!(!explain(&reply.reply, &plan.plan, &plan.step).is_empty());
        }
        for (end, _) in reply.reply.char_indices() {
            let cut = reply.reply.get(..end).unwrap();
            assert!(!explain(cut, cut, "contact").is_empty(), "{cut}");
        }
    }
    let deep = "[".repeat(100_000);
    assert!(!explain(&deep, &deep, &deep).is_empty());
}

/// A reply without end is explained as far as anybody would read, and says so.
#[test]
fn a_flood_of_messages_is_counted() {
    let items: Vec<Value> = (0..50_000)
        .map(|number| serde_json::json!({"$message": format!("message {number}")}))
        .collect();
    let causes = explain(&Value::Array(items).to_string(), "", "");
    assert_eq!(causes.len(), 201);
    assert_eq!(
        causes.last().unwrap().what,
        "Sage sent 49800 more messages."
    );
}
