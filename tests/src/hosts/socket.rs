//! The core in `sage-translate`: its command line, and its service behind PHP's plain streams.

use super::{Host, Request, artefact, converse};
use anyhow::{Context, Result, bail, ensure};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TIMEOUT: Duration = Duration::from_secs(60);

/// The program, with the component inside.
///
/// # Errors
/// When the tests were started without the xtask.
pub fn program() -> Result<Command> {
    Ok(Command::new(artefact("LEDGER_TRANSLATE_BIN")?))
}

/// The program as a command: lines in, lines out.
#[derive(Debug)]
pub struct CommandLine;

impl Host for CommandLine {
    fn name(&self) -> &'static str {
        "sage-translate"
    }

    fn translate(&self, requests: &[Request<'_>]) -> Result<Vec<String>> {
        converse(program()?.arg("--requests"), requests)
    }
}

/// A running service on a socket of its own; gone when it is dropped.
#[derive(Debug)]
pub struct Service {
    child: Child,
    socket: PathBuf,
    _folder: TempDir,
}

impl Service {
    /// Starts the service and waits until it answers.
    ///
    /// # Errors
    /// When it ends, or does not answer in time.
    pub fn start(arguments: &[&str]) -> Result<Self> {
        Self::start_program(program()?, arguments)
    }

    /// Starts a given build of the service.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub fn start_program(mut program: Command, arguments: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let socket = folder.path().join("translate.sock");
        let child = program
            .arg("serve")
            .arg("--socket")
            .arg(&socket)
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("sage-translate does not start")?;
        let mut service = Self {
            child,
            socket,
            _folder: folder,
        };
        let start = Instant::now();
        while UnixStream::connect(&service.socket).is_err() {
            if let Some(status) = service.child.try_wait()? {
                bail!("sage-translate ended with {status}");
            }
            ensure!(start.elapsed() < TIMEOUT, "sage-translate is not ready");
            sleep(Duration::from_millis(5));
        }
        Ok(service)
    }

    /// The socket's path.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The number of the process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The process itself, for a test that ends it.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// PHP without the extension, by plain streams to the service.
#[derive(Debug)]
pub struct PhpSocket(Service);

impl PhpSocket {
    /// Starts a service of its own.
    ///
    /// # Errors
    /// When the service does not start.
    pub fn open() -> Result<Self> {
        Service::start(&[]).map(Self)
    }

    /// The service behind it.
    pub fn service(&self) -> &Service {
        &self.0
    }
}

impl Host for PhpSocket {
    fn name(&self) -> &'static str {
        "php by socket"
    }

    fn translate(&self, requests: &[Request<'_>]) -> Result<Vec<String>> {
        let mut php = Command::new("php");
        php.current_dir(crate::root())
            .arg("tests/php/translate.php")
            .arg("--socket")
            .arg(self.0.socket());
        converse(&mut php, requests)
    }
}
