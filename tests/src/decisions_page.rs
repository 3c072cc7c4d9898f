//! `docs/reference/decisions.md`: every code of a decision, with an example of the corpus.

use crate::corpus::Case;
use ledger_core::codes::{Reject, Skip, Warning};
use ledger_harness::reference::cell;
use serde_json::Value;
use std::fmt::Write as _;

const HEAD: &str = "\
# Skipped, rejected, warned

What the translation can say about a document. A skipped document is left out on purpose; a rejected one needs somebody; \
a warning stands beside a document that was posted. Message and suggestion are examples.
";

/// The page for a corpus.
pub fn render(cases: &[Case]) -> String {
    let mut page = String::from(HEAD);
    let decisions: Vec<Value> = cases
        .iter()
        .filter_map(|case| case.expected.as_ref())
        .filter_map(|expected| serde_json::from_str(&expected.text).ok())
        .collect();
    let _ = writeln!(
        page,
        "\n## Skipped\n\nTo send one all the same, change the setting that is named and press **Send again** in Magento's admin.\n\n\
         | code | meaning |\n|---|---|"
    );
    for code in Skip::ALL {
        row(&mut page, code.as_str(), &[code.meaning()]);
    }
    let _ = writeln!(
        page,
        "\n## Rejected\n\n| code | meaning | message | what to do |\n|---|---|---|---|"
    );
    for code in Reject::ALL {
        let found = decisions
            .iter()
            .find(|decision| decision["code"] == code.as_str());
        let told = |name: &str| found.map_or("", |decision| text(decision, name));
        let cells = [code.meaning(), told("message"), told("suggestion")];
        row(&mut page, code.as_str(), &cells);
    }
    let _ = writeln!(
        page,
        "\n## Warnings\n\n| code | meaning | message |\n|---|---|---|"
    );
    for code in Warning::ALL {
        let warnings = decisions
            .iter()
            .filter_map(|decision| decision["warnings"].as_array());
        let found = warnings
            .flatten()
            .find(|warning| warning["code"] == code.as_str());
        let message = found.map_or("", |warning| text(warning, "message"));
        row(&mut page, code.as_str(), &[code.meaning(), message]);
    }
    page
}

fn row(page: &mut String, code: &str, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    let _ = writeln!(page, "| `{code}` | {} |", cells.join(" | "));
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
