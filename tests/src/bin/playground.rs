//! Writes the playground; with `--serve [PORT]` serves it until it is interrupted.

use anyhow::{Context, Result, bail};
use ledger_tests::file_server::FileServer;
use ledger_tests::hosts::artefact;
use ledger_tests::playground;

/// Where it is served, unless another port is named.
const PORT: u16 = 8137;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let port = match arguments.as_slice() {
        [] => None,
        ["--serve"] => Some(PORT),
        ["--serve", port] => Some(
            port.parse()
                .with_context(|| format!("{port:?} is no port; give a number up to 65535"))?,
        ),
        _ => bail!("usage: cargo xtask playground [--serve [PORT]]"),
    };
    let folder = artefact("LEDGER_PLAYGROUND")?;
    let samples = playground::write(&artefact("LEDGER_BROWSER")?, &folder)?;
    println!("{}: {samples} samples", folder.display());
    if let Some(port) = port {
        let server = FileServer::start(&folder, port)?;
        println!("open {} and stop it with Ctrl+C", server.url("/"));
        loop {
            std::thread::park();
        }
    }
    Ok(())
}
