//! `docs/reference/commands.md`, from the description of the commands that the program itself prints.

use std::fmt::Write as _;

use clap::{Arg, CommandFactory as _};
use ledger_harness::reference::{cell, is_up_to_date};

use crate::args::Cli;

#[test]
fn commands() {
    let mut page = String::from(
        "# ledger-cli\n\n`ledger-cli --config FILE COMMAND` works on the relay's database, beside a relay that runs or without one. \
         Exit status: 0 done, 1 refused or failed, 2 not understood, 3 differences found.\n",
    );
    let cli = Cli::command();
    let everywhere: Vec<&Arg> = cli.get_arguments().collect();
    let _ = writeln!(page, "\nWith every command:\n");
    options(&mut page, &everywhere);
    for command in cli.get_subcommands() {
        let about = command.get_about().map(ToString::to_string);
        let own: Vec<&Arg> = command.get_arguments().collect();
        let places: String = own
            .iter()
            .filter(|option| option.is_positional())
            .map(|option| format!(" {}", option.get_id().as_str().to_uppercase()))
            .collect();
        let _ = writeln!(
            page,
            "\n## {}\n\n`ledger-cli {0}{places}`\n\n{}",
            command.get_name(),
            about.unwrap_or_default()
        );
        let named: Vec<&Arg> = own
            .into_iter()
            .filter(|option| !option.is_positional())
            .collect();
        if !named.is_empty() {
            page.push('\n');
            options(&mut page, &named);
        }
    }
    is_up_to_date("commands.md", &page).unwrap();
}

fn options(page: &mut String, options: &[&Arg]) {
    let _ = writeln!(page, "| option | meaning |\n|---|---|");
    for option in options {
        let Some(long) = option.get_long() else {
            continue;
        };
        let values: String = option
            .get_value_names()
            .filter(|_| option.get_action().takes_values())
            .into_iter()
            .flatten()
            .map(|name| format!(" {name}"))
            .collect();
        let help = option.get_help().map(ToString::to_string);
        let _ = writeln!(
            page,
            "| `--{long}{values}` | {} |",
            cell(&help.unwrap_or_default())
        );
    }
}
