//! The version of the documents.

/// Version of the event, settings and decision documents this core reads and writes.
pub const SCHEMA_VERSION: &str = "1";
