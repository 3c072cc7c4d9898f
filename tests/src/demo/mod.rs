//! The demo: recorded Magento documents go the whole way and stand in a ledger.
//!
//! Rows → PHP builds the event → the PHP extension runs the component → plan → relay → Sage simulator.
//! Then the ledger's totals are set beside Magento's. `tests/tests/end_to_end.rs` walks the same way.

mod amount;
mod documents;
mod relay;
mod report;
mod row;
mod scenes;
mod simulator;
mod stage;

pub use documents::{Decision, Document};
pub use report::Report;
pub use row::Row;
pub use scenes::{Scene, chosen, in_ireland, of_files, with_everything};
pub use stage::Stage;

use anyhow::{Context, Result};

/// What the user asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Stop after the table.
    pub once: bool,
    /// Files of recorded rows; none takes the curated ones.
    pub rows: Vec<String>,
}

impl Options {
    /// What `--help` prints.
    pub const USAGE: &'static str = "\
cargo xtask demo [--once] [--rows FILE…]
  --once   end after the table; exit code 0 only if every total agrees
  --rows   files of recorded rows instead of the curated ones";

    /// Reads command-line arguments, without the program's name.
    ///
    /// # Errors
    /// When an argument is unknown or `--rows` names no file.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut options = Self::default();
        let mut in_rows = false;
        for argument in arguments {
            match argument.as_str() {
                "--once" => (options.once, in_rows) = (true, false),
                "--rows" => in_rows = true,
                "-" => anyhow::bail!(
                    "the demo reads files only; `cargo xtask plan` reads standard input"
                ),
                file if in_rows && !file.starts_with("--") => options.rows.push(from_here(file)),
                other => anyhow::bail!("{other:?} is not known\n{}", Self::USAGE),
            }
        }
        anyhow::ensure!(
            !in_rows || !options.rows.is_empty(),
            "--rows names no file\n{}",
            Self::USAGE
        );
        Ok(options)
    }
}

/// Runs the demo; true when everything posted agrees.
///
/// # Errors
/// When a part of the way cannot be started or answers nonsense.
pub async fn run(options: &Options) -> Result<bool> {
    // From the first step on, so that no child outlives an interrupted demo.
    let mut stop = tokio::spawn(until_told_to_stop());
    let stage = Stage::open(&say).await?;
    let scenes = if options.rows.is_empty() {
        chosen()
    } else {
        of_files(&options.rows)
    };
    let report = tokio::select! {
        report = stage.play(&scenes, &say) => report?,
        stopped = &mut stop => {
            stopped.context("waiting for a signal")??;
            anyhow::bail!("stopped before the table");
        }
    };
    println!("\n{report}");
    let mut is_good = report.is_good();
    if options.rows.is_empty() {
        let irish = tokio::select! {
            irish = irish_shop() => irish?,
            stopped = &mut stop => {
                stopped.context("waiting for a signal")??;
                anyhow::bail!("stopped before the second table");
            }
        };
        println!("\n{irish}");
        is_good &= irish.is_good();
    }
    if options.once {
        return Ok(is_good);
    }
    stage.furnish().await?;
    println!("Look around:");
    if let Some((dashboard, link)) = stage.dashboard() {
        println!("  dashboard     {dashboard}");
        println!("  sign in       {link}  (makes the first account; good once, for 30 minutes)");
    }
    println!("  Sage ledger   {}/", stage.simulator_url());
    println!(
        "  as JSON       {}/_simulator/ledger",
        stage.simulator_url()
    );
    println!("  relay         {}/readyz", stage.relay_url());
    println!("  relay's files {}", stage.folder().display());
    println!("Ctrl-C stops everything.");
    stop.await.context("waiting for a signal")??;
    println!("\nStopping the relay and the simulator.");
    Ok(is_good)
}

/// An Irish business beside it, with a relay and a ledger of its own.
async fn irish_shop() -> Result<Report> {
    let stage = Stage::open_in_ireland(&say).await?;
    let files = ["cur_eur", "ws_eur_base"].map(|name| format!("golden/magento/{name}.json"));
    stage.play(&in_ireland(&files), &say).await
}

/// PHP runs in the repository's root; the user's files are named from where the user is.
fn from_here(file: &str) -> String {
    let here = std::path::absolute(file).ok().filter(|path| path.exists());
    here.and_then(|path| path.into_os_string().into_string().ok())
        .unwrap_or_else(|| file.to_owned())
}

fn say(step: &str) {
    println!("• {step}");
}

/// Waits for Ctrl-C or for SIGTERM.
async fn until_told_to_stop() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .context("cannot listen for SIGTERM")?;
    tokio::select! {
        interrupt = tokio::signal::ctrl_c() => interrupt.context("cannot listen for Ctrl-C"),
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        Options::parse(line.split_whitespace().map(ToOwned::to_owned))
    }

    #[test]
    fn options_are_read_in_any_order() {
        let wanted = Options {
            once: true,
            rows: vec!["a.json".to_owned(), "b.json".to_owned()],
        };
        assert_eq!(parse("--rows a.json b.json --once").unwrap(), wanted);
        assert_eq!(parse("--once --rows a.json b.json").unwrap(), wanted);
        assert_eq!(parse("").unwrap(), Options::default());
        for wrong in ["--rows", "a.json", "--once a.json", "--twice", "--rows -"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
