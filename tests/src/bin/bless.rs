//! `cargo xtask bless <kind>/<idea>`: writes a case's expectation after showing what changes.

use anyhow::{Result, bail, ensure};
use ledger_tests::corpus::Case;
use ledger_tests::root;
use std::{env, fs};

fn main() -> Result<()> {
    ensure!(
        env::var_os("CI").is_none(),
        "expectations are never written in CI"
    );
    let names: Vec<String> = env::args().skip(1).collect();
    let [name] = names.as_slice() else {
        bail!("usage: cargo xtask bless <kind>/<idea>");
    };
    let case = Case::load_unfinished(&root().join("golden/cases").join(name))?;
    let decision = ledger_core::translate(&case.event, &case.settings);
    let fired: Vec<_> = decision.fired.iter().collect();
    ensure!(
        fired == case.rules,
        "case.toml names the rules {:?}, fired were {:?}",
        ids(&case.rules),
        ids(&fired)
    );
    let blessed = Case::expectation(&decision.to_json())?;
    match &case.expected {
        Some(before) if before.file == blessed.file && before.text == blessed.text => {
            println!("{name}: nothing changes");
            return Ok(());
        }
        Some(before) => {
            print_difference(&before.text, &blessed.text);
            if before.file != blessed.file {
                fs::remove_file(case.folder.join(before.file))?;
            }
        }
        None => println!("{}", blessed.text),
    }
    fs::write(case.folder.join(blessed.file), blessed.text)?;
    println!("{name}: wrote {}", blessed.file);
    Ok(())
}

fn ids(rules: &[ledger_core::rule_id::RuleId]) -> Vec<&'static str> {
    rules.iter().map(|rule| rule.info().id).collect()
}

/// Prints the lines that only one side has; expectations are one key per line.
fn print_difference(before: &str, after: &str) {
    for line in before
        .lines()
        .filter(|line| !after.lines().any(|other| other == *line))
    {
        println!("- {line}");
    }
    for line in after
        .lines()
        .filter(|line| !before.lines().any(|other| other == *line))
    {
        println!("+ {line}");
    }
}
