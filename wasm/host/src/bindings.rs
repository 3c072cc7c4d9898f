//! What wasmtime generates from the WIT file. Private: callers see [`crate::Decision`].

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::allow_attributes_without_reason,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "generated code; the WIT file documents it"
)]

wasmtime::component::bindgen!({
    world: "translator",
    path: "../wit",
});
