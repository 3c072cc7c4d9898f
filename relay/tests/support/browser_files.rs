//! What only a build makes: the core for browsers, and the accessibility checker.

use std::path::{Path, PathBuf};

use serde_json::json;

fn built(variable: &str, folder: &str, command: &str) -> PathBuf {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let usual = || {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../target")
            .join(folder)
    };
    let folder = named.unwrap_or_else(usual);
    assert!(
        folder.is_dir(),
        "run `cargo xtask {command}` first, or the test with `cargo xtask test relay`"
    );
    folder
}

/// The script of axe-core.
pub(crate) fn axe() -> String {
    let folder = built("LEDGER_AXE", "axe", "axe");
    std::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).unwrap()
}

/// Writes the page of the preview with the core and one sample.
pub(super) fn preview(folder: &Path) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm/browser/playground");
    for source in [built("LEDGER_BROWSER", "browser", "browser"), page] {
        for entry in std::fs::read_dir(source).unwrap() {
            let file = entry.unwrap().path();
            std::fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
        }
    }
    let event = include_str!(
        "../../../golden/cases/invoice/domestic_sale_with_taxed_shipping/canonical.json"
    );
    let settings = include_str!("../../../golden/profiles/gb_base.json");
    let decision = ledger_core::translate(event, settings).to_json();
    let decision: serde_json::Value = serde_json::from_str(&decision).unwrap();
    let list = json!([{
        "name": "invoice/one", "why": "an invoice", "rules": [], "decision": decision["decision"],
    }]);
    std::fs::write(folder.join("samples.json"), list.to_string()).unwrap();
    let sample = json!({"event": event, "settings": settings});
    std::fs::write(folder.join("samples/invoice/one.json"), sample.to_string()).unwrap();
}
