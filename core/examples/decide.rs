//! Decides every event of standard input, one JSON line each, with the settings in the file named first.

use std::io::{BufRead, stdin};

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_default();
    let settings = std::fs::read_to_string(path)?;
    for line in stdin().lock().lines() {
        println!("{}", ledger_core::translate(&line?, &settings).to_json());
    }
    Ok(())
}
