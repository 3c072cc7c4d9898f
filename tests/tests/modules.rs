//! Imports point one way: no circle between the modules of a crate, and the picture is true.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_tests::modules::{
    CRATES, Graph, ROOT, advice, circle, graph, statements, used, way_up, with_picture,
};
use ledger_tests::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

#[test]
fn no_crate_has_a_circle_of_modules() {
    for name in CRATES {
        let graph = graph(name);
        assert!(!graph.is_empty(), "{name}: no module uses another");
        for (module, uses) in &graph {
            // The root uses every module, so this is a circle too.
            let place = uses.get(ROOT);
            assert!(place.is_none(), "{module} uses the root at {place:?}");
        }
        if let Some(circle) = circle(&graph) {
            panic!("{name}: {}", advice(&graph, &circle));
        }
    }
}

#[test]
fn a_circle_is_found_and_its_arrows_are_named() {
    let arrow = |from: &str, to: &str| {
        let place = format!("{from}.rs:1");
        (from.to_owned(), BTreeMap::from([(to.to_owned(), place)]))
    };
    let graph = Graph::from([arrow("a", "b"), arrow("b", "c"), arrow("c", "b")]);
    let found = circle(&graph).unwrap();
    assert_eq!(found, ["b", "c"]);
    assert!(advice(&graph, &found).contains("c uses b at c.rs:1"));
}

#[test]
fn a_file_knows_how_deep_it_lies() {
    let up = |file: &str| way_up(Path::new("src"), &Path::new("src").join(file));
    assert_eq!(up("a.rs"), "super::");
    assert_eq!(up("a/mod.rs"), "super::");
    assert_eq!(up("a/b.rs"), "super::super::");
}

#[test]
fn imports_are_read_from_lists_paths_and_several_lines() {
    assert_eq!(
        used("use crate::{a::{B, C}, d, e::F};"),
        BTreeSet::from(["a", "d", "e"])
    );
    assert_eq!(
        used("let x = crate::a::b(crate::c);"),
        BTreeSet::from(["a", "c"])
    );
    let text = "use crate::{\n    a,\n    b::C,\n};\n// crate::d\n#[cfg(test)]\nuse crate::e;";
    let all: Vec<String> = statements(text).into_iter().map(|(_, line)| line).collect();
    assert_eq!(all, ["use crate::{a,b::C,};"]);
    let text = "#[cfg(test)]\nmod tests {\n    use crate::a;\n}\nuse crate::b;";
    let all: Vec<String> = statements(text).into_iter().map(|(_, line)| line).collect();
    assert_eq!(all, ["use crate::b;"], "what stands below a test is read");
}

#[test]
fn the_picture_in_the_architecture_is_the_present_one() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert_eq!(
        page,
        with_picture(&page).unwrap(),
        "run `cargo xtask modules`"
    );
}
