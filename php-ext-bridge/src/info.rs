//! The section of `phpinfo()` and `php --ri byte8_sage`: the first place to look.

use crate::{components, settings};
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};
use ledger_wasm_host::engine::WASMTIME_VERSION;
use ledger_wasm_host::{Error, guarded};

unsafe extern "C" {
    fn display_ini_entries(module: *mut ModuleEntry);
}

/// Prints what is loaded, or why nothing is.
pub(crate) extern "C" fn print(module: *mut ModuleEntry) {
    let rows = guarded(rows).unwrap_or_else(|error: Error| {
        vec![(
            "Component",
            format!("{}: {}", error.code(), error.full_message()),
        )]
    });
    info_table_start!();
    info_table_row!("byte8_sage", env!("CARGO_PKG_VERSION"));
    info_table_row!("wasmtime", WASMTIME_VERSION);
    for (name, value) in rows {
        // The table is made of C strings.
        let value = value.replace('\0', "");
        info_table_row!(name, value);
    }
    info_table_end!();
    // SAFETY: PHP calls this function with its own entry of this module.
    unsafe { display_ini_entries(module) };
}

fn rows() -> Result<Vec<(&'static str, String)>, Error> {
    let path = settings::read()?
        .component
        .ok_or(Error::ComponentNotConfigured)?;
    let component = components::at(&path)?;
    let description = component.describe();
    Ok(vec![
        ("Component", path),
        ("Component SHA-256", component.component_sha256().to_owned()),
        ("Core version", description.core_version.clone()),
        ("Event schema", description.event_schema.clone()),
        ("Settings schema", description.settings_schema.clone()),
        ("Decision schema", description.decision_schema.clone()),
        ("Rule table", description.rule_table_hash.clone()),
    ])
}
