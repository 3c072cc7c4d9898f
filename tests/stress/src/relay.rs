//! The relay's program, on one of two databases, in one or several processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use ledger_harness::child::announced;
use ledger_postgres::{Durability, Server};
use tempfile::TempDir;

use crate::sage::Sage;
use crate::shop::Shop;

/// Waiting made short: what takes minutes in production takes fractions of a second here.
pub(crate) const SHORT_WAITS: [(&str, &str); 10] = [
    ("LEDGER_RELAY__SERVER__MAX_REQUESTS_PER_MINUTE", "0"),
    ("LEDGER_RELAY__RETRY__FIRST_MS", "50"),
    ("LEDGER_RELAY__RETRY__CAP_MS", "400"),
    ("LEDGER_RELAY__RETRY__QUIET_MS", "500"),
    ("LEDGER_RELAY__RETRY__RECHECK_MS", "200"),
    ("LEDGER_RELAY__SAGE__REQUEST_TIMEOUT_MS", "1000"),
    ("LEDGER_RELAY__SAGE__REQUESTS_PER_MINUTE", "0"),
    ("LEDGER_RELAY__SAGE__REQUESTS_PER_DAY", "0"),
    ("LEDGER_RELAY__STORE__LEASE_MS", "1000"),
    ("LEDGER_RELAY__STORE__CONNECTIONS", "8"),
];

/// A process that has closed its output ends within this time.
const DYING: Duration = Duration::from_secs(5);

/// Where the inbox is.
#[derive(Debug)]
pub(crate) enum Database {
    Sqlite,
    Postgres(String),
}

/// What the processes share.
#[derive(Debug)]
pub(crate) struct Installation {
    folder: TempDir,
    program: PathBuf,
    database: Database,
    /// Settings by their names in the environment, beside the usual ones.
    settings: Vec<(String, String)>,
    server: Option<Server>,
}

/// One process.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
}

/// The relay's program: as the environment names it, else beside this one.
fn program() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("LEDGER_RELAY_BIN") {
        return Ok(path.into());
    }
    let own = std::env::current_exe()?;
    let beside = own
        .ancestors()
        .map(|folder| folder.join("ledger-relay"))
        .find(|path| path.is_file());
    beside.context("no ledger-relay beside this program: cargo build --package ledger-relay")
}

impl Installation {
    pub(crate) fn on_sqlite(settings: &[(&str, &str)]) -> Result<Self> {
        Self::new(Database::Sqlite, None, settings)
    }

    pub(crate) fn on_postgres(durability: Durability, settings: &[(&str, &str)]) -> Result<Self> {
        let server = Server::start(durability)?;
        let database = Database::Postgres(server.database()?);
        Self::new(database, Some(server), settings)
    }

    fn new(database: Database, server: Option<Server>, settings: &[(&str, &str)]) -> Result<Self> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("data"))?;
        Ok(Self {
            folder,
            program: program()?,
            database,
            settings: settings.iter().map(own).collect(),
            server,
        })
    }

    /// The folder of the SQLite file, which may be on a file system of its own.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The SQLite file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("data").join("relay.sqlite3")
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// The PostgreSQL server, where there is one.
    pub(crate) fn server(&mut self) -> Option<&mut Server> {
        self.server.as_mut()
    }

    /// Adds or changes a setting for processes to come.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Runs `ledger-cli`; what it says, and whether it succeeded.
    pub(crate) async fn cli(&self, words: &[&str]) -> Result<(bool, String)> {
        let program = self.program.with_file_name("ledger-cli");
        ensure!(
            program.is_file(),
            "no ledger-cli beside the relay: cargo build --package ledger-cli"
        );
        let mut command = tokio::process::Command::from(self.configured(&program));
        let output = command.arg("--json").args(words).output().await?;
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        Ok((output.status.success(), told))
    }

    fn command(&self) -> Command {
        self.configured(&self.program)
    }

    fn configured(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("LEDGER_RELAY__SERVER__LISTEN", "127.0.0.1:0")
            .env("LEDGER_RELAY__DASHBOARD__LISTEN", "")
            .env("LEDGER_RELAY__KEYS__SERVER_KEY", "5a".repeat(32))
            .env("LEDGER_RELAY__LOG__LEVEL", "warn")
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        match &self.database {
            Database::Sqlite => command.env("LEDGER_RELAY__STORE__PATH", self.file()),
            Database::Postgres(url) => command.env("LEDGER_RELAY__STORE__URL", url),
        };
        command
    }

    pub(crate) fn secret(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Connects a shop with a Sage business.
    pub(crate) async fn connect(&self, shop: &Shop, sage: &Sage) -> Result<()> {
        let grant = sage.grant().await?;
        self.add(shop, &sage.url(), &grant.refresh_token, &grant.business)
    }

    /// Sets up a binding.
    pub(crate) fn add(
        &self,
        shop: &Shop,
        sage_url: &str,
        refresh_token: &str,
        business: &str,
    ) -> Result<()> {
        let key = self.secret(&format!("{}.key", shop.id), &shop.api_key)?;
        let refresh = self.secret(&format!("{}.refresh", shop.id), refresh_token)?;
        let mut command = self.command();
        command
            .args(["binding", "add", "--id", &shop.id])
            .args(["--business", business])
            .args(["--sage-base-url", sage_url, "--api-key-file"])
            .arg(key)
            .arg("--refresh-token-file")
            .arg(refresh);
        done(command)
    }

    /// A new consent after a lost family of tokens.
    pub(crate) async fn reconnect(&self, shop: &Shop, sage: &Sage) -> Result<()> {
        let grant = sage.grant().await?;
        let refresh = self.secret(&format!("{}.refresh", shop.id), &grant.refresh_token)?;
        let mut command = self.command();
        command
            .args(["binding", "reconnect", "--id", &shop.id])
            .arg("--refresh-token-file")
            .arg(refresh);
        done(command)
    }

    /// Starts a process of this name, which may be told where to die; nothing when it died before
    /// it was ready.
    pub(crate) fn start(&self, instance: &str, crash: Option<&str>) -> Result<Option<Process>> {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))?;
        let mut command = self.command();
        command
            .arg("serve")
            .env("LEDGER_RELAY__STORE__INSTANCE", instance)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        if let Some(crash) = crash {
            command.env("LEDGER_RELAY_CRASH_POINT", crash);
        }
        let child = command.spawn().context("the relay does not start")?;
        let mut process = Process {
            child,
            url: String::new(),
        };
        match announced("the relay", &mut process.child) {
            Ok(url) => {
                process.url = url;
                Ok(Some(process))
            }
            Err(error) => {
                // Its end of the pipe closes a moment before it can be waited for.
                let end = Instant::now() + DYING;
                let mut ended = process.child.try_wait()?;
                while ended.is_none() && Instant::now() < end {
                    std::thread::sleep(Duration::from_millis(5));
                    ended = process.child.try_wait()?;
                }
                let was_killed = ended.is_some_and(|status| status.code().is_none());
                ensure!(was_killed, "{error}: {}", self.log());
                Ok(None)
            }
        }
    }

    /// Starts another relay on this SQLite file, which may be the same by another name; what it
    /// said when it refused.
    pub(crate) fn refusal_on(&self, file: &Path) -> Result<String> {
        let said = self.folder.path().join("refusal");
        let mut command = self.command();
        command
            .arg("serve")
            .env("LEDGER_RELAY__STORE__PATH", file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&said)?);
        let mut other = Process {
            child: command.spawn().context("the relay does not start")?,
            url: String::new(),
        };
        let ready = announced("the second relay", &mut other.child);
        ensure!(ready.is_err(), "a second relay runs on {}", file.display());
        Ok(fs::read_to_string(said)?)
    }

    /// Everything that the processes have said.
    pub(crate) fn whole_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The last lines of it.
    pub(crate) fn log(&self) -> String {
        let log = self.whole_log();
        let last: Vec<&str> = log.lines().rev().take(20).collect();
        last.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

fn done(mut command: Command) -> Result<()> {
    let output = command.output().context("the relay does not start")?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", told.trim());
    Ok(())
}

impl Process {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it died by itself within this time.
    pub(crate) async fn dies_within(&mut self, timeout: Duration) -> Result<bool> {
        let end = Instant::now() + timeout;
        while Instant::now() < end {
            if self.child.try_wait()?.is_some() {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(false)
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends a signal by the program that every system has for it.
    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()?;
        ensure!(sent.success(), "kill -{name}");
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have died already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
