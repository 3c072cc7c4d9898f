//! A PostgreSQL server for tests: a cluster of its own in a temporary folder, reached by a socket
//! in that folder, gone when it is dropped.
//!
//! The programs come from the system's packages (`cargo xtask setup` installs them). PostgreSQL
//! refuses to run as root; then the server runs as `nobody`.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

/// Where Debian keeps the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// `nobody` and `nogroup` on Debian.
const NOBODY: u32 = 65_534;
const USER: &str = "ledger";
const TIMEOUT: Duration = Duration::from_secs(60);

/// Whether a commit waits for the disk. Tests that kill the relay do not need it; a benchmark does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// As in earnest.
    Disk,
    /// Enough when only clients die.
    Memory,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    bin: PathBuf,
    child: Child,
    durability: Durability,
    databases: AtomicU32,
}

impl Server {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// When the packages are missing or the server does not start.
    pub fn start(durability: Durability) -> Result<Self> {
        let bin = programs()?;
        let folder = tempfile::tempdir().context("a folder for the cluster")?;
        let data = folder.path().join("data");
        fs::create_dir(&data)?;
        if is_root(folder.path())? {
            chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
            chown(&data, Some(NOBODY), Some(NOBODY))?;
        }
        let made = unprivileged(Command::new(bin.join("initdb")), folder.path())?
            .args(["--username", USER, "--auth", "trust", "--encoding", "UTF8"])
            .args(["--no-locale", "--no-sync", "--pgdata"])
            .arg(&data)
            .output()
            .context("initdb does not start")?;
        let told = String::from_utf8_lossy(&made.stderr).into_owned();
        ensure!(made.status.success(), "initdb: {told}");
        let child = spawn(&bin, folder.path(), durability)?;
        let mut server = Self {
            folder,
            bin,
            child,
            durability,
            databases: AtomicU32::new(0),
        };
        server.until_ready()?;
        Ok(server)
    }

    /// Kills the server and everything of it at once, as a power cut does.
    ///
    /// # Errors
    /// When a process of it cannot be killed.
    pub fn crash(&mut self) -> Result<()> {
        let family = Command::new("kill")
            .arg("-KILL")
            .args(self.family())
            .status()?;
        ensure!(family.success(), "the server could not be killed");
        self.child.wait()?;
        // A power cut leaves no process that the file could name.
        fs::remove_file(self.data().join("postmaster.pid")).context("postmaster.pid")
    }

    /// Starts the server again on the same data, after a crash.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn restart(&mut self) -> Result<()> {
        self.child = spawn(&self.bin, self.folder.path(), self.durability)?;
        self.until_ready()
    }

    /// Writes a dump of one instant of a database, by `pg_dump`.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn dump(&self, database: &str, file: &Path) -> Result<()> {
        let mut command = self.client("pg_dump");
        command.args(["--format=custom", "--file"]).arg(file);
        done(command.arg(database)).map(|_| ())
    }

    /// Reads a dump into an empty database, by `pg_restore`.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn restore(&self, database: &str, file: &Path) -> Result<()> {
        let mut command = self.client("pg_restore");
        command.args(["--exit-on-error", "--dbname", database]);
        done(command.arg(file)).map(|_| ())
    }

    /// A database as SQL that any client understands.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn dump_sql(&self, database: &str) -> Result<String> {
        let mut command = self.client("pg_dump");
        command.args(["--inserts", "--no-owner", "--no-privileges"]);
        let text = done(command.arg(database))?;
        // Lines for psql alone.
        let lines = text.lines().filter(|line| !line.starts_with('\\'));
        Ok(lines.fold(String::new(), |text, line| text + line + "\n"))
    }

    /// A program of PostgreSQL's that connects to this server.
    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command
            .args(["--username", USER, "--host"])
            .arg(self.folder.path());
        command
    }

    /// The folder of everything, where the server's user may make files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The user whom the server runs as.
    ///
    /// # Errors
    /// When the folder is gone.
    pub fn owner(&self) -> Result<u32> {
        Ok(fs::metadata(self.folder.path())?.uid())
    }

    /// The processes of the server: the postmaster first.
    fn family(&self) -> Vec<String> {
        let own = self.child.id().to_string();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children"));
        let children = children.unwrap_or_default();
        let mut family = vec![own];
        family.extend(children.split_whitespace().map(ToOwned::to_owned));
        family
    }

    fn until_ready(&mut self) -> Result<()> {
        let end = Instant::now() + TIMEOUT;
        while self.sql("postgres", "SELECT 1").is_err() {
            if let Some(status) = self.child.try_wait()? {
                bail!("postgres ended with {status}: {}", self.log());
            }
            ensure!(
                Instant::now() < end,
                "postgres is not ready: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// A new empty database; its URL.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn database(&self) -> Result<String> {
        let name = format!("ledger{}", self.databases.fetch_add(1, Ordering::SeqCst));
        self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(self.url(&name))
    }

    fn url(&self, database: &str) -> String {
        let host = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{host}/{database}")
    }

    /// Runs one statement by `psql`; what it prints, without decoration.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let mut command = self.client("psql");
        command
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--dbname", database, "--command", statement]);
        done(&mut command)
    }

    /// Everything the server keeps on disk.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server's process id, for those who weigh it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The postmaster takes its children with it on SIGQUIT; SIGKILL would leave them behind.
        let sent = Command::new("kill")
            .arg("-QUIT")
            .arg(self.child.id().to_string())
            .status();
        if !sent.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// Runs a program to its end; what it prints.
fn done(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("{name} does not start"))?;
    ensure!(
        output.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn spawn(bin: &Path, folder: &Path, durability: Durability) -> Result<Child> {
    let mut command = unprivileged(Command::new(bin.join("postgres")), folder)?;
    command
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-c", "listen_addresses=", "-c", "max_connections=200"]);
    if durability == Durability::Memory {
        command.args(["-c", "fsync=off"]);
    }
    let log = fs::File::options()
        .create(true)
        .append(true)
        .open(folder.join("log"))?;
    command
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .context("postgres does not start")
}

/// The folder of the newest version there is.
fn programs() -> Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    versions.sort();
    let newest = versions.pop().map(|(_, bin)| bin);
    newest.with_context(|| {
        format!("no PostgreSQL under {DEBIAN}: `cargo xtask setup` installs the package postgresql")
    })
}

/// What we make belongs to whom we are.
fn is_root(ours: &Path) -> Result<bool> {
    Ok(fs::metadata(ours)?.uid() == 0)
}

/// The command as somebody whom PostgreSQL serves; the folder says who that is.
fn unprivileged(mut command: Command, folder: &Path) -> Result<Command> {
    let owner = fs::metadata(folder)?.uid();
    if owner == NOBODY {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.current_dir(folder).env_remove("PGDATA");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_serves_and_leaves_nothing_behind() {
        let server = Server::start(Durability::Memory).unwrap();
        let url = server.database().unwrap();
        assert!(url.starts_with("postgres://ledger@%2F"), "{url}");
        assert_eq!(server.sql("ledger0", "SELECT 40 + 2").unwrap(), "42");
        assert!(server.sql("ledger0", "SELECT nonsense").is_err());
        let folder = server.folder.path().to_owned();
        drop(server);
        assert!(!folder.exists());
    }
}
