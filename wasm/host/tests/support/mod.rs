//! Tiny components for tests, written as WebAssembly text.
//!
//! They offer the real interface, read from the WIT file, so that the host cannot tell them
//! from ours until it calls them. Each differs from [`honest`] in one thing.

#![allow(dead_code, reason = "every test file uses some of them")]
#![allow(
    clippy::unwrap_used,
    reason = "a test fixture that cannot be made ends the test"
)]

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A component that answers `post` with the document `{}`.
pub(crate) fn honest() -> Vec<u8> {
    component("1", "i32.const 1024")
}

/// Its event schema is not the host's.
pub(crate) fn of_another_schema() -> Vec<u8> {
    component("2", "i32.const 1024")
}

/// It traps, as the core would if it panicked.
pub(crate) fn that_traps() -> Vec<u8> {
    component("1", "unreachable")
}

/// It never ends.
pub(crate) fn that_spins() -> Vec<u8> {
    component("1", "(loop $again br $again) unreachable")
}

/// It asks for memory, page by page, and does not look whether it gets any.
pub(crate) fn that_hoards() -> Vec<u8> {
    component(
        "1",
        "(loop $again (drop (memory.grow (i32.const 1))) br $again) unreachable",
    )
}

/// It calls itself without end.
pub(crate) fn that_recurses() -> Vec<u8> {
    component(
        "1",
        "local.get 0 local.get 1 local.get 2 local.get 3 call $translate",
    )
}

/// It says that its document lies outside of its memory.
pub(crate) fn that_points_nowhere() -> Vec<u8> {
    component("1", "i32.const 0x7ffffff0")
}

/// It offers nothing at all.
pub(crate) fn without_exports() -> Vec<u8> {
    wat::parse_str("(component)").unwrap()
}

/// It wants to know the time.
pub(crate) fn with_an_import() -> Vec<u8> {
    wat::parse_str(r#"(component (import "now" (func (result u64))))"#).unwrap()
}

/// `schema` is the event schema it names; `translate` is the body of its function, which
/// returns the address of a decision: one that says `post` lies at 1024.
fn component(schema: &str, translate: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
  (memory (export "memory") 1)
  ;; the description: five texts of one byte, each given by address and length
  (data (i32.const 16) "{schema}1")
  (data (i32.const 64)
    "\11\00\00\00\01\00\00\00" "\10\00\00\00\01\00\00\00" "\11\00\00\00\01\00\00\00"
    "\11\00\00\00\01\00\00\00" "\11\00\00\00\01\00\00\00")
  ;; the decision: a discriminant, room for a rejection, then the document
  (data (i32.const 1060) "\00\08\00\00\02\00\00\00")
  (data (i32.const 2048) "{{}}")
  (func (export "byte8:sage/translation@1.0.0#describe") (result i32) i32.const 64)
  (func $translate (export "byte8:sage/translation@1.0.0#translate")
    (param i32 i32 i32 i32) (result i32) {translate})
  ;; the other functions answer with the same text as the decision's document
  (data (i32.const 1096) "\00\08\00\00\02\00\00\00")
  (func (export "byte8:sage/translation@1.0.0#explain")
    (param i32 i32 i32 i32) (result i32) i32.const 1096)
  (func (export "byte8:sage/translation@1.0.0#explain-sections")
    (param i32 i32 i32 i32) (result i32) i32.const 1096)
  (func (export "byte8:sage/translation@1.0.0#validate-settings")
    (param i32 i32 i32 i32) (result i32) i32.const 1096)
  (func (export "byte8:sage/translation@1.0.0#explain-reply")
    (param i32 i32 i32 i32 i32 i32) (result i32) i32.const 1096)
  ;; the arguments are never read, so they may all lie in one place
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 4096))"#
    );
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = Resolve::default();
    let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit");
    let (package, _) = resolve.push_path(wit).unwrap();
    let world = resolve
        .select_world(&[package], Some("translator"))
        .unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    let mut encoder = ComponentEncoder::default();
    encoder.module(&module).unwrap().encode().unwrap()
}
