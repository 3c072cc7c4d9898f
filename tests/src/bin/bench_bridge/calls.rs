//! Time of one translation of an invoice of five lines, by every way.

use crate::{median, micros, plain, ratio};
use anyhow::{Context, Result, ensure};
use ledger_tests::hosts::{Php, Service, artefact};
use ledger_wasm_host::Translator;
use serde_json::Value;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

const LINES: u32 = 5;
const ROUNDS: usize = 25;
const ROUND: Duration = Duration::from_millis(60);

/// A PHP process that measures on demand; see `tests/php/bench.php`.
struct PhpSide {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl PhpSide {
    fn start(
        event: &std::path::Path,
        settings: &std::path::Path,
        service: &Service,
    ) -> Result<Self> {
        let mut child = Php::open()?
            .command()
            // As in production: compiled scripts are kept.
            .args(["-d", "opcache.enable_cli=1", "tests/php/bench.php"])
            .arg(event)
            .arg(settings)
            .arg(service.socket())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("php does not start")?;
        let input = child.stdin.take().context("no standard input")?;
        let output = BufReader::new(child.stdout.take().context("no standard output")?);
        Ok(Self {
            child,
            input,
            output,
        })
    }

    fn ask(&mut self, command: &str) -> Result<Value> {
        writeln!(self.input, "{command}")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("php on {command:?}: {line}"))
    }

    fn nanoseconds(&mut self, way: &str) -> Result<u64> {
        let answer = self.ask(&format!("time {way} {}", ROUND.as_millis()))?;
        answer["nanoseconds"].as_u64().context("no time")
    }
}

impl Drop for PhpSide {
    fn drop(&mut self) {
        // It ends with its input; nothing is lost when it is ended here.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Prints the table.
pub(crate) fn table() -> Result<()> {
    let event = plain::event(LINES);
    let folder = tempfile::tempdir()?;
    let (event_file, settings_file) = (folder.path().join("event"), folder.path().join("settings"));
    std::fs::write(&event_file, &event)?;
    std::fs::write(&settings_file, plain::SETTINGS.as_str())?;
    let component = Translator::load(artefact("LEDGER_COMPONENT")?)?;
    let service = Service::start(&[])?;
    let mut php = PhpSide::start(&event_file, &settings_file, &service)?;

    let native = || ledger_core::translate(black_box(&event), &plain::SETTINGS).to_json();
    let hosted = || component.translate(black_box(&event), &plain::SETTINGS);
    let expected = native();
    ensure!(hosted()?.document == expected, "the component differs");
    let ways = ["extension", "module", "socket", "php"];
    for way in ways {
        let answer = php.ask(&format!("answer {way}"))?;
        ensure!(
            answer["answer"] == expected.as_str(),
            "{way} differs: {answer}"
        );
    }

    let mut times: [Vec<u64>; 6] = Default::default();
    for _ in 0..ROUNDS {
        let round = [
            own_round(|| drop(black_box(native()))),
            own_round(|| drop(black_box(hosted()))),
            php.nanoseconds(ways[0])?,
            php.nanoseconds(ways[1])?,
            php.nanoseconds(ways[2])?,
            php.nanoseconds(ways[3])?,
        ];
        for (column, time) in times.iter_mut().zip(round) {
            column.push(time);
        }
    }
    let [native, hosted, extension, module, socket, pure] = times.map(median);
    println!(
        "invoice of {LINES} lines, {} bytes of event and {} of settings; \
         medians of calls in {ROUNDS} rounds of {} ms; all ways give the same bytes",
        event.len(),
        plain::SETTINGS.len(),
        ROUND.as_millis()
    );
    println!("{:<44} {:>10} {:>10} {:>10}", "", "µs", "÷ native", "÷ PHP");
    for (name, time) in [
        ("native Rust", native),
        ("component in Rust", hosted),
        ("PHP, extension", extension),
        ("PHP, module's class around the extension", module),
        ("PHP, sage-translate by socket", socket),
        ("PHP alone, without any core (yardstick)", pure),
    ] {
        println!(
            "{name:<44} {:>10} {:>10} {:>10}",
            micros(time),
            ratio(time, native),
            ratio(time, pure)
        );
    }
    println!(
        "PHP's own share of a call by extension: {} µs over the component in Rust",
        micros(extension.saturating_sub(hosted))
    );
    println!(
        "the extension takes {} of the time of PHP alone: WebAssembly with fuel and bounds checks \
         costs {} of native code; the core reads and checks every field, while the yardstick knows \
         plain domestic sales only (the same decision on 31 of the 71 golden invoices under these \
         settings)\n",
        ratio(extension, pure),
        ratio(hosted, native)
    );
    Ok(())
}

/// The middle one of a round's calls, in nanoseconds.
///
/// Not their average: on a busy machine a few calls are interrupted for long, by no fault of theirs.
fn own_round(call: impl Fn()) -> u64 {
    let start = Instant::now();
    let mut times = Vec::new();
    while start.elapsed() < ROUND {
        let begin = Instant::now();
        call();
        times.push(u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    median(times)
}
