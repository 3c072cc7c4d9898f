//! Values for a spreadsheet.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A value for a spreadsheet, which must not take it for a formula.
pub(super) fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || (text.starts_with('-') && text.parse::<i64>().is_err() && !is_amount(text));
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn is_amount(text: &str) -> bool {
    text.parse::<rust_decimal::Decimal>().is_ok()
}

/// A row.
pub(super) fn row(values: &[&str]) -> String {
    let cells: Vec<String> = values.iter().map(|value| cell(value)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A file to be kept.
pub(super) fn download(name: &str, kind: &'static str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_sees_no_formula() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("-3.50"), "\"-3.50\"");
        assert_eq!(cell("-cmd"), "\"'-cmd\"");
        assert_eq!(cell("-1.5+cmd|x"), "\"'-1.5+cmd|x\"");
        assert_eq!(cell("a \"b\""), "\"a \"\"b\"\"\"");
    }
}
