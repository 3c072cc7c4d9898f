//! A real PHP-FPM with the extension, and requests to it.
//!
//! The requests speak FastCGI to its socket as a web server would. The master runs in the
//! foreground under a folder of its own and is gone when it is dropped.

mod load;
mod memory;
mod reply;

pub use load::{Load, Outcome};
pub use memory::Memory;
pub use reply::{Reply, RequestError};

use crate::hosts::artefact;
use crate::root;
use anyhow::{Context, Result, ensure};
use fastcgi_client::{Client, Params, Request};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::UnixStream;
use tokio::time::{sleep, timeout};

const TIMEOUT: Duration = Duration::from_secs(60);

/// Settings of the pool, one `name = value` line each.
pub const FOUR_WORKERS: &[&str] = &["pm = static", "pm.max_children = 4"];

/// A pool in which every request meets the same worker.
pub const ONE_WORKER: &[&str] = &["pm = static", "pm.max_children = 1"];

/// A running PHP-FPM.
#[derive(Debug)]
pub struct Fpm {
    master: Child,
    folder: TempDir,
}

impl Fpm {
    /// Starts a master with one pool and waits until it accepts requests.
    ///
    /// # Errors
    /// When the tests were started without the xtask, or PHP-FPM does not start.
    pub async fn start(pool: &[&str]) -> Result<Self> {
        let component = artefact("LEDGER_COMPONENT")?;
        Self::start_with(pool, &component).await
    }

    /// As [`Fpm::start`], without the extension.
    ///
    /// # Errors
    /// As [`Fpm::start`].
    pub async fn start_plain(pool: &[&str]) -> Result<Self> {
        Self::spawn(pool, &[]).await
    }

    /// As [`Fpm::start`], with this component configured.
    ///
    /// # Errors
    /// As [`Fpm::start`].
    pub async fn start_with(pool: &[&str], component: &Path) -> Result<Self> {
        let extension = artefact("LEDGER_PHP_EXTENSION")?;
        let settings = [
            format!("extension={}", extension.display()),
            format!("byte8_sage.component={}", component.display()),
        ];
        Self::spawn(pool, &settings).await
    }

    async fn spawn(pool: &[&str], settings: &[String]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let configuration = folder.path().join("fpm.conf");
        fs::write(&configuration, configure(folder.path(), pool)?)?;
        let mut command = Command::new(artefact("LEDGER_PHP_FPM")?);
        // -n: nothing but the extension; -F: in the foreground; -R: root may, where tests are root.
        command.args(["-n", "-F", "-R", "-y"]).arg(&configuration);
        let common = ["memory_limit=512M", "post_max_size=64M", "display_errors=1"];
        for setting in settings.iter().map(String::as_str).chain(common) {
            command.arg("-d").arg(setting);
        }
        command.args(["-d", "html_errors=0"]);
        let master = command
            .current_dir(root())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("PHP-FPM does not start")?;
        let mut fpm = Self { master, folder };
        let start = Instant::now();
        while UnixStream::connect(fpm.socket()).await.is_err() {
            if let Some(status) = fpm.master.try_wait()? {
                anyhow::bail!("PHP-FPM ended with {status}: {}", fpm.log());
            }
            ensure!(start.elapsed() < TIMEOUT, "PHP-FPM is not ready");
            sleep(Duration::from_millis(10)).await;
        }
        Ok(fpm)
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("fpm.sock")
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("fpm.log")).unwrap_or_default()
    }

    /// The numbers of the worker processes that live now.
    pub fn workers(&self) -> BTreeSet<u32> {
        let master = self.master.id();
        let path = format!("/proc/{master}/task/{master}/children");
        let text = fs::read_to_string(path).unwrap_or_default();
        text.split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect()
    }

    /// Tells the master to reload, as `systemctl reload` does, and does not wait.
    ///
    /// # Errors
    /// When the master is gone.
    pub fn reload(&self) -> Result<()> {
        self.signal(Signal::USR2)
    }

    /// Waits until none of these workers lives any more.
    ///
    /// # Errors
    /// When one still does after a minute.
    pub async fn replaced(&self, workers: &BTreeSet<u32>) -> Result<()> {
        let start = Instant::now();
        while !self.workers().is_disjoint(workers) || self.workers().is_empty() {
            ensure!(start.elapsed() < TIMEOUT, "a worker outlives the reload");
            sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Sends a request for a script of `php-ext-bridge/tests`, with a body.
    ///
    /// # Errors
    /// When no complete reply comes.
    pub async fn request(
        &self,
        script: &str,
        query: &str,
        body: &[u8],
    ) -> Result<Reply, RequestError> {
        request(&self.socket(), script, query, body).await
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let number = i32::try_from(self.master.id())?;
        let master = Pid::from_raw(number).context("the master has no number")?;
        Ok(kill_process(master, signal)?)
    }
}

impl Drop for Fpm {
    fn drop(&mut self) {
        // TERM lets the master take its workers with it; KILL would leave them behind.
        drop(self.signal(Signal::TERM));
        drop(self.master.wait());
    }
}

/// Sends a request to the PHP-FPM at `socket`; see [`Fpm::request`].
///
/// # Errors
/// When no complete reply comes.
pub async fn request(
    socket: &Path,
    script: &str,
    query: &str,
    body: &[u8],
) -> Result<Reply, RequestError> {
    // PHP-FPM refuses paths with dots in them.
    let file = root()
        .join("php-ext-bridge/tests")
        .join(script)
        .canonicalize()?;
    let params = Params::default()
        .request_method("POST")
        .script_filename(file.to_string_lossy().into_owned())
        .script_name(format!("/{script}"))
        .query_string(query.to_owned())
        .request_uri(format!("/{script}?{query}"))
        .server_protocol("HTTP/1.1")
        .content_type("application/json")
        .content_length(body.len());
    let exchange = async {
        let stream = UnixStream::connect(socket).await?;
        let client = Client::new_tokio(stream);
        client
            .execute_once(Request::new(params, body))
            .await
            .map_err(RequestError::from)
    };
    let response = timeout(TIMEOUT, exchange)
        .await
        .map_err(|_| RequestError::Late)??;
    Reply::parse(&response.stdout.unwrap_or_default())
}

fn configure(folder: &Path, pool: &[&str]) -> Result<String> {
    let folder = folder.display();
    let mut text = format!(
        "[global]\nerror_log = {folder}/fpm.log\ndaemonize = no\nprocess_control_timeout = 30s\n\
         [www]\nlisten = {folder}/fpm.sock\nlisten.backlog = 511\nclear_env = no\n\
         catch_workers_output = yes\n"
    );
    if geteuid().is_root() {
        text.push_str("user = root\ngroup = root\n");
    }
    for line in pool {
        writeln!(text, "{line}")?;
    }
    Ok(text)
}
