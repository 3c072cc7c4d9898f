//! Set-up, build, test and demo of the whole project: `cargo xtask help`.
//!
//! Every command does the set-up it needs, says what it is doing and is quick when there is
//! nothing to do. What it says goes to standard error; standard output belongs to the programs
//! it starts. It uses the standard library only, so that it builds in seconds.

mod browser;
mod build;
mod commands;
mod debian;
mod debian_root;
mod dist;
mod files;
mod install_test;
mod magento;
mod measure;
mod paths;
mod php;
mod process;
mod setup;
mod steps;
mod test;
mod wasm;

use process::Outcome;
use std::ffi::OsString;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  demo [--once] …   shows recorded Magento documents go all the way into the Sage simulator
  test              everything: set-up, builds, format, lints, tests of Rust and PHP
  test PART…        some of it: core, corpus, relay, stores, simulator, stress, socket,
                    php, module, host, browser, lints
  plan --rows FILE… the decision on every event of recorded rows, one JSON line each
       [--settings FILE]; FILE may be - for standard input; --explain prints pages for people

  on RELEASE COMMAND…   a command with the PHP of Debian bookworm (8.2) or trixie (8.4), which is fetched into
                    target: 'on trixie test php module'

  check             format and lints only
  setup             system packages and the WebAssembly target
  component         target/component/translator.wasm and translator.cwasm
  browser           target/browser: the core for pages, with its compressed sizes
  axe               target/axe: the accessibility checker of the tests
  playground [--serve [PORT]]   target/playground: a page that decides on events, also served on 127.0.0.1
  extension         the PHP extension
  translate         sage-translate, the program for hosts without the extension
  dist              packages of relay, extension, sage-translate and Magento module, tried after packing;
                    'dist module' and 'dist extension' make one of them
  install-test [RELEASE…]   the packages and the quick start in fresh roots of Debian
  bless CASE        accepts the present answer to a golden case, after showing the difference
  rules             writes golden/RULES.md again
  reference         writes the pages of docs/reference again
  pictures          makes the pictures of the set-up guide in docs/screenshots again
  modules           writes the picture of the modules in ARCHITECTURE.md again
  properties [N]    tries N generated documents (a million) in the release profile
  soak [CALLS]      the extension in PHP-FPM under load, with reloads; sage-translate too (100,000)
  bench core        time of a translation, native and as a component
  bench bridge      the same from PHP: extension, service, PHP alone; first use, start, memory
  bench browser     the core in Chromium: sizes, time until it is ready, time of a translation
  bench relay       the relay under load, SQLite and PostgreSQL side by side; words choose one of them and parts;
                    --peer measures Fastify with graphile-worker beside it (needs npm)
  bench dashboard   its pages over a million documents, on both; words choose one of them and how many documents
  bench module --magento DIR   what the module adds to the save of an invoice in a real Magento,
                               and how long the invoice takes to Sage
  bench backfill --magento DIR dry run, decisions and delivery of many invoices in a real Magento
  day [SHOPS]       a day of a thousand shops on virtual time: waits, budgets, calls for a document
  chaos [SEED]      the relay killed 240 times under 10,000 documents and a Sage that lies
  disasters [SEED]  full disks, restored databases, copied shops, hostile neighbours, clocks that jump;
                    words behind the seed choose rows: 'restored|copied' SQLite
  fuzz [SECONDS]    every fuzz target for a time (a minute); needs cargo-fuzz and nightly
  module-check --magento DIR   compares the Magento module with a real Magento's sources
  module-e2e --magento DIR     installs it into an installed Magento, drives it, takes it away again
  help              this text
";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    match run(&command.to_string_lossy(), &rest) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, rest: &[OsString]) -> Outcome<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match command {
        "setup" => commands::setup().map(done),
        "component" => commands::component().map(done),
        "browser" => browser::command().map(done),
        "axe" => browser::axe().map(|()| ExitCode::SUCCESS),
        "playground" => browser::playground(rest),
        "extension" => commands::extension().map(done),
        "translate" => commands::translate().map(done),
        "test" => test::command(rest).map(done),
        "on" => debian_root::on(rest),
        "check" => test::check_only().map(done),
        "plan" => commands::plan(rest),
        "demo" => commands::demo(rest),
        "bless" => commands::corpus_tool("bless", rest),
        "rules" => commands::corpus_tool("rules", rest),
        "reference" => build::reference_pages().map(done),
        "pictures" => browser::pictures().map(done),
        "modules" => commands::corpus_tool("modules", rest),
        "properties" => measure::properties(rest).map(done),
        "soak" => measure::soak(rest),
        "dist" if rest.first().is_some_and(|word| word == "module") => {
            dist::module_zip().map(|_| ExitCode::SUCCESS)
        }
        "dist" if rest.first().is_some_and(|word| word == "extension") => {
            dist::extension_alone().map(done)
        }
        "install-test" => install_test::command(rest).map(done),
        "dist" => dist::all().map(done),
        "bench" => measure::bench(rest),
        "day" => measure::day(rest).map(done),
        "chaos" => commands::trial("chaos", rest),
        "disasters" => commands::trial("disasters", rest),
        "fuzz" => measure::fuzz(rest).map(done),
        "module-check" => magento::check(rest),
        "module-e2e" => magento::end_to_end(rest),
        "help" | "" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => {
            eprint!("{HELP}");
            Err(format!("there is no command {other:?}"))
        }
    }
}
