//! Starting other programs.
//!
//! Their standard output is sent to standard error, because a command such as `plan` must put
//! nothing but its answer on standard output.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The answer, or one line that says what went wrong.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// Says what is being done.
pub(crate) fn say(text: impl AsRef<str>) {
    eprintln!("xtask: {}", text.as_ref());
}

/// Runs a program to its end and shows what it prints.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command
        .stdout(Stdio::from(std::io::stderr()))
        .status()
        .map_err(|error| format!("{} cannot be started: {error}", name(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed ({status})", line(command)))
    }
}

/// Runs a program to its end and gives its standard output; nothing where it fails.
pub(crate) fn capture(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program succeeds within a time. It is stopped when the time is over.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut child) = command
        .stdin(Stdio::null())
        .stdout(Stdio::from(std::io::stderr()))
        .spawn()
    else {
        return false;
    };
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if start.elapsed() < limit => std::thread::sleep(Duration::from_millis(100)),
            Ok(None) | Err(_) => {
                say(format!(
                    "{} took longer than {} s and was stopped",
                    line(command),
                    limit.as_secs()
                ));
                // It may have ended by itself meanwhile; either way it is gone after this.
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// Whether a program of this name is in the search path.
pub(crate) fn installed(program: &str) -> bool {
    find(program).is_some()
}

/// Where a program of this name is in the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// Whether `output` is there and younger than all of `inputs`.
pub(crate) fn is_fresh(output: &Path, inputs: &[&Path]) -> bool {
    let modified = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let Some(made) = modified(output) else {
        return false;
    };
    inputs
        .iter()
        .all(|input| modified(input).is_some_and(|changed| changed <= made))
}

/// The size of a file for people.
pub(crate) fn size(path: &Path) -> String {
    path.metadata().map_or_else(
        |_| "missing".to_owned(),
        |data| format!("{} kB", data.len().div_ceil(1000)),
    )
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn line(command: &Command) -> String {
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word: &OsStr| word.to_string_lossy().into_owned())
        .collect();
    words.join(" ")
}
