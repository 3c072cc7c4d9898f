//! `bless_advice <collection>/<idea> …`: writes the expectation of golden policies, responses and
//! explanations (`explanations/<kind>/<idea>`, named after a golden case).
//!
//! Shows what is written, to be read line by line against the evidence.

use anyhow::{Context, Result, bail, ensure};
use ledger_tests::advice::{Advice, EXPECTED, PolicyCase, ResponseCase, explain_case, pretty};
use ledger_tests::root;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<()> {
    ensure!(
        env::var_os("CI").is_none(),
        "expectations are never written in CI"
    );
    for name in env::args().skip(1) {
        let (file, answer) = match name.strip_prefix("explanations/") {
            Some(case) => (
                root().join("golden").join(format!("{name}.txt")),
                explain_case(case)?,
            ),
            None => {
                let folder = root().join("golden").join(&name);
                let answer = answer(&name, &folder).with_context(|| name.clone())?;
                (folder.join(EXPECTED), answer)
            }
        };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        if fs::read_to_string(&file).ok().as_deref() == Some(&answer) {
            println!("{name}: nothing changes");
            continue;
        }
        fs::write(&file, &answer)?;
        println!("{name}: wrote {answer}");
    }
    Ok(())
}

fn answer(name: &str, folder: &Path) -> Result<String> {
    let answer = match name.split_once('/') {
        Some(("policies", _)) => PolicyCase::read(folder)?.answer(),
        Some(("responses", _)) => ResponseCase::read(folder)?.answer(),
        _ => bail!(
            "usage: bless_advice policies/<idea> | responses/<idea> | explanations/<kind>/<idea> …"
        ),
    };
    pretty(&answer)
}
