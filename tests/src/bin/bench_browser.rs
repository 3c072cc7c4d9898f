//! The core in Chromium: what is downloaded, how long until it is ready, how long a call takes.
//!
//! Nothing is asserted: times depend on the machine.

use anyhow::{Context, Result};
use ledger_chromium::Chromium;
use ledger_tests::corpus::Case;
use ledger_tests::file_server::FileServer;
use ledger_tests::hosts::artefact;
use std::fs;

/// Times the page is loaded anew.
const LOADS: usize = 25;

/// A typical invoice, and the number of calls that are timed together.
const CASE: &str = "golden/cases/invoice/domestic_sale_with_taxed_shipping";
const CALLS: usize = 2000;

/// Loads the core in a fresh page and gives milliseconds until `describe` has answered.
const READY: &str = "(async () => {
    const start = performance.now();
    const core = await import('/core.js');
    await core.load();
    core.describe();
    globalThis.core = core;
    return performance.now() - start;
})()";

fn main() -> Result<()> {
    let folder = artefact("LEDGER_BROWSER")?;
    println!("bytes                 raw      gzip    brotli");
    for name in ["ledger_bg.wasm", "ledger.js"] {
        let size = |ending: &str| -> Result<u64> {
            let file = folder.join(format!("{name}{ending}"));
            Ok(fs::metadata(&file)
                .with_context(|| format!("{}: run `cargo xtask browser`", file.display()))?
                .len())
        };
        let (raw, gzip, brotli) = (size("")?, size(".gz")?, size(".br")?);
        println!("{name:<15} {raw:>9} {gzip:>9} {brotli:>9}");
    }

    let server = FileServer::start(&folder, 0)?;
    let mut chromium = Chromium::start()?;
    println!("\nfetch, compile, instantiate, first describe(): ms, {LOADS} fresh pages");
    times("as it is", &mut ready(&mut chromium, &server)?);
    chromium.slow_down(4)?;
    times(
        "processor 4 times slower",
        &mut ready(&mut chromium, &server)?,
    );
    chromium.slow_down(1)?;

    let case = Case::load(&ledger_tests::root().join(CASE))?;
    println!("\none call: µs, median of 25 rounds of {CALLS}");
    for (function, first, second) in [
        ("translate", case.event.as_str(), case.settings.as_str()),
        ("explain", &case.event, &case.settings),
        ("explainSections", &case.event, &case.settings),
        ("validate", &case.settings, ""),
    ] {
        let texts = serde_json::to_string(&[first, second])?;
        let script = format!(
            "(() => {{
                const texts = {texts};
                return Array.from({{ length: 25 }}, () => {{
                    const start = performance.now();
                    for (let call = 0; call < {CALLS}; call += 1) core.{function}(...texts);
                    return (performance.now() - start) * 1000 / {CALLS};
                }});
            }})()"
        );
        let answers = chromium.run(&script)?;
        let mut values: Vec<f64> = serde_json::from_value(answers)?;
        times(function, &mut values);
    }
    Ok(())
}

fn ready(chromium: &mut Chromium, server: &FileServer) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for _ in 0..LOADS {
        // Another document has no script and no module of the last one.
        chromium.open("about:blank")?;
        chromium.open(&server.url("/core.js"))?;
        let time = chromium.run(READY)?;
        times.push(time.as_f64().context("no time")?);
    }
    Ok(times)
}

fn times(name: &str, values: &mut [f64]) {
    values.sort_by(f64::total_cmp);
    let at = |share: usize| values.get(values.len() * share / 100).copied();
    let shown = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.1}"));
    println!(
        "{name:<26} best {:>8}  median {:>8}  90 % {:>8}",
        shown(values.first().copied()),
        shown(at(50)),
        shown(at(90))
    );
}
