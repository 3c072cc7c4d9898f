//! Settings in `golden/policies` have exactly the problems that are expected.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use ledger_core::policy::validate::{Feature, Problem, ProblemCode, validate};
use ledger_tests::advice::{self, PolicyCase};
use ledger_tests::{corpus, root};
use std::fs;

#[test]
fn every_policy_has_its_problems_and_no_other() {
    let wrong = advice::unexpected::<PolicyCase>().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_and_every_feature_with_a_knob_has_a_case() {
    let texts = advice::expectations::<PolicyCase>().unwrap();
    for code in ProblemCode::ALL {
        let quoted = format!("\"code\": \"{}\"", code.as_str());
        assert!(texts.contains(&quoted), "{} has no case", code.as_str());
    }
    for feature in Feature::ALL {
        // Quotes have no knob yet.
        if *feature != Feature::Estimates {
            let named = format!("the feature {},", feature.as_str());
            assert!(texts.contains(&named), "{} has no case", feature.as_str());
        }
    }
}

#[test]
fn a_tier_with_every_feature_allows_everything() {
    let every = ledger_core::policy::validate::Tier::of(Feature::ALL);
    for (folder, case) in advice::load::<PolicyCase>().unwrap() {
        let unlimited = validate(&case.settings, None);
        let limited = validate(&case.settings, Some(&every));
        assert_eq!(unlimited, limited, "{}", folder.display());
    }
}

#[test]
fn every_profile_is_free_of_problems() {
    for profile in fs::read_dir(root().join("golden/profiles")).unwrap() {
        let path = profile.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name.starts_with("sage_") {
            continue; // the pretended business, no settings
        }
        let settings = fs::read_to_string(&path).unwrap();
        assert_eq!(validate(&settings, None), [], "{name}");
    }
}

/// What a translation refuses, the validation must find too.
#[test]
fn settings_that_a_case_refuses_are_found() {
    for case in corpus::load().unwrap() {
        let text = &case.expected.as_ref().unwrap().text;
        let malformed = ["invalid_format", "not_in_reference"]
            .iter()
            .find(|code| text.contains(&format!("\"code\": \"{code}\"")));
        let Some(code) = malformed else { continue };
        let decision: serde_json::Value = serde_json::from_str(text).unwrap();
        // A number beyond its bound has a code of its own when settings are saved.
        let is_found = |problem: &Problem| {
            let found = problem.code.as_str();
            found == *code || (found == "OUT_OF_RANGE" && decision["pointer"] == problem.pointer)
        };
        let problems = validate(&case.settings, None);
        assert!(problems.iter().any(is_found), "{}: {problems:?}", case.name);
    }
}
