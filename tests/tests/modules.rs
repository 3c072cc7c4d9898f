//! Imports point one way: no circle between the modules of a crate, and the picture is true.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_tests::modules::{
    CRATES, ROOT, advice, circle, declared, graph, graph_of, statements, used, way_up, with_picture,
};
use ledger_tests::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn no_crate_has_a_circle_of_modules() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for name in CRATES {
        let graph = graph(name);
        assert!(!graph.is_empty(), "{name}: no module uses another");
        for (module, uses) in &graph {
            // The root uses every module, so this is a circle too.
            let place = uses.get(ROOT);
            assert!(place.is_none(), "{module} uses the root at {place:?}");
        }
        if let Some(circle) = circle(&graph) {
            let declared = declared(&page, name);
            panic!("{name}: {}", advice(&graph, &circle, &declared));
        }
    }
}

/// A page that lists the modules `a`, `b`, `c` of a crate in this order.
const PAGE: &str = "\
<!-- modules: written by `cargo xtask modules` -->
```text
other
  c
planted
  a
  b                        a
  c                        a b
```
";

/// The message about a crate of these files, if it has a circle.
fn message(files: &[(&str, &str)]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let graph = graph_of(folder.path(), false);
    let message = advice(&graph, &circle(&graph)?, &declared(PAGE, "planted"));
    let prefix = format!("{}/", folder.path().display());
    Some(message.replace(&prefix, ""))
}

#[test]
fn a_planted_circle_names_the_arrow_to_turn() {
    let above = ("b.rs", "use crate::a::A;\n");
    let root = ("lib.rs", "mod a;\nmod b;\nmod c;\n");
    let good = ("a.rs", "//! The first.\n");
    assert_eq!(message(&[root, good, above]), None);
    let planted = ("a.rs", "//! The first.\n\nuse crate::{\n    b::B,\n};\n");
    assert_eq!(
        message(&[root, planted, above]).unwrap(),
        "a circle of modules; turn the arrow against the order in ARCHITECTURE.md:\n  \
         a uses b at a.rs:3\n\
         the others of the circle stay:\n  \
         b uses a at b.rs:1\n"
    );
}

#[test]
fn a_longer_circle_has_one_wrong_arrow_and_a_new_module_comes_last() {
    let root = ("lib.rs", "mod a;\nmod b;\nmod c;\nmod d;\n");
    let files = [
        root,
        ("a.rs", "fn x() {\n    crate::d::y();\n}\n"),
        ("b.rs", "use crate::a;\n"),
        ("c.rs", "use crate::b;\n"),
        ("d.rs", "use super::c;\n"),
    ];
    let message = message(&files).unwrap();
    let (wrong, right) = message.split_once("the others").unwrap();
    assert!(wrong.ends_with(":\n  a uses d at a.rs:2\n"), "{message}");
    assert_eq!(right.matches(" uses ").count(), 3, "{message}");
}

#[test]
fn the_declared_order_is_read_from_the_picture() {
    assert_eq!(declared(PAGE, "planted"), ["a", "b", "c"]);
    assert_eq!(declared(PAGE, "other"), ["c"]);
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for name in CRATES {
        assert!(
            declared(&page, name).len() > 1,
            "{name} is not in the picture"
        );
    }
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
