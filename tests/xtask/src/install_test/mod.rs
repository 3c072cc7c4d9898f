//! `cargo xtask install-test`: the packages and the quick start in fresh roots of Debian.
//!
//! Every command is taken from the page. A root has no init, so two small scripts stand for `systemctl`
//! and `journalctl`; the package's own scripts and unit are used as they are. Sage is the simulator, and
//! the shop of the browser steps is the one of the relay's own tests.

mod page;
mod sage;

use crate::build::{self, cargo};
use crate::debian_root::{self, RELEASES};
use crate::process::{Outcome, capture, run, say};
use crate::steps::Steps;
use crate::{browser, dist, files, paths, php, setup};
use sage::Sage;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the packages lie in a root, and where its commands are run.
const DOWNLOADS: &str = "srv";

/// Where package managers leave what is theirs, and `useradd` its copies of what was before.
const NOT_OURS: [&str; 12] = [
    "var/lib/dpkg",
    "var/lib/apt",
    "var/lib/php",
    "var/cache",
    "var/log",
    "tmp",
    "proc",
    "dev",
    "etc/passwd-",
    "etc/group-",
    "etc/shadow-",
    "etc/gshadow-",
];

/// The roots named, or all.
pub(crate) fn command(names: &[OsString]) -> Outcome {
    let wanted: Vec<&str> = RELEASES
        .into_iter()
        .filter(|release| names.is_empty() || names.iter().any(|name| name == release))
        .collect();
    if wanted.is_empty() {
        return Err(format!(
            "usage: cargo xtask install-test [{}]",
            RELEASES.join("|")
        ));
    }
    setup::packages()?;
    dist::all()?;
    build::rest()?;
    browser::browser()?;
    browser::axe()?;
    let mut tables = Vec::new();
    for release in wanted {
        let mut steps = Steps::default();
        one(release, &mut steps).map_err(|message| format!("{release}: {message}"))?;
        tables.push((release, steps));
    }
    for (release, steps) in tables {
        eprintln!("\n{release}");
        steps.table();
    }
    Ok(())
}

/// The whole way in the root of one release.
fn one(release: &str, steps: &mut Steps) -> Outcome {
    debian_root::dist_extension(release)?;
    let root = Root::fresh(release)?;
    let php = root.php()?;
    root.take_packages()?;
    let sage = Sage::start(&root.folder.join(DOWNLOADS))?;
    root.write_drop_in(&sage)?;
    let before = root.files()?;
    steps.step("steps 1 to 3: relay", || root.follow("relay", &php))?;
    let link = root.link()?;
    steps.step("steps 4, 5, 8 to 10: browser", || in_browser(&link, &sage))?;
    steps.step("step 6: extension", || {
        root.follow("shop", &php)?;
        dist::proof::translates_in(&mut root.command("php"), Path::new("byte8_sage"))
    })?;
    steps.step("step 7: module unpacked", || root.unpack_module(&php))?;
    steps.step("upgrade with data", || {
        root.install_older()?;
        root.follow("upgrade", &php)?;
        root.has_account()
    })?;
    steps.step("removal without traces", || {
        root.follow("removal", &php)?;
        let left: Vec<_> = root.files()?.difference(&before).cloned().collect();
        if left.is_empty() {
            Ok(())
        } else {
            Err(format!("left behind: {}", left.join(", ")))
        }
    })
}

/// From the first account to an invoice in Sage, in Chromium.
fn in_browser(link: &str, sage: &Sage) -> Outcome {
    run(cargo()
        .args(["test", "--package", "ledger-relay", "--test", "relay"])
        .args(["--", "--ignored", "--nocapture", "installed::"])
        .envs(paths::environment())
        .env("LEDGER_INSTALLED_LINK", link)
        .env("LEDGER_INSTALLED_CLIENT_ID", sage::APP)
        .env("LEDGER_INSTALLED_CLIENT_SECRET", &sage.secret)
        .env("LEDGER_INSTALLED_SAGE", &sage.address))
}

/// A fresh root in which the packages are installed.
struct Root {
    folder: PathBuf,
}

impl Drop for Root {
    /// Also after a failure no service of it goes on.
    fn drop(&mut self) {
        let _ = self.shell("systemctl stop ledger-relay");
    }
}

impl Root {
    /// As an administrator has it: PHP is there, and nothing of ours.
    fn fresh(release: &str) -> Outcome<Self> {
        let base = debian_root::base(release)?;
        let folder = base.with_file_name("install");
        debian_root::copy(&base, &folder)?;
        let root = Self { folder };
        debian_root::install(&root.folder, &["php-cli", "unzip"].map(OsString::from))?;
        for (name, text) in [
            ("systemctl", include_str!("systemctl.sh")),
            ("journalctl", include_str!("journalctl.sh")),
        ] {
            // Not in /usr/local, where the scripts of a package do not look.
            root.write(&format!("usr/bin/{name}"), text, 0o755)?;
        }
        // By this folder packages see that there is a systemd.
        root.write("run/systemd/system/.keep", "", 0o644)?;
        Ok(root)
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> Outcome {
        files::write(&self.folder.join(name), text, mode)
    }

    /// `8.2`
    fn php(&self) -> Outcome<String> {
        php::version(&mut self.command("php"))
            .ok_or_else(|| "the PHP of the root does not answer".to_owned())
    }

    fn command(&self, program: &str) -> Command {
        debian_root::inside(&self.folder, program)
    }

    /// Puts everything of the release where the page has it.
    fn take_packages(&self) -> Outcome {
        let to = self.folder.join(DOWNLOADS);
        let from = paths::target().join("dist");
        for entry in fs::read_dir(&from)
            .map_err(|error| error.to_string())?
            .flatten()
        {
            if entry.path().is_file() {
                fs::copy(entry.path(), to.join(entry.file_name()))
                    .map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    /// Has the service speak to the simulator.
    fn write_drop_in(&self, sage: &Sage) -> Outcome {
        let lines: String = sage
            .settings()
            .iter()
            .map(|(name, value)| format!("Environment={name}={value}\n"))
            .collect();
        let name = "etc/systemd/system/ledger-relay.service.d/simulator.conf";
        self.write(name, &format!("[Service]\n{lines}"), 0o644)
    }

    /// Runs the page's commands under a word.
    fn follow(&self, word: &str, php: &str) -> Outcome {
        for command in page::commands(word, php)? {
            say(format!("$ {command}"));
            self.shell(&command)?;
        }
        Ok(())
    }

    fn shell(&self, command: &str) -> Outcome {
        let there = format!("cd /{DOWNLOADS}; {command}");
        run(self
            .command("sh")
            .args(["-e", "-c", &there])
            .env("DEBIAN_FRONTEND", "noninteractive"))
    }

    /// The link for the first account, which the service has printed.
    fn link(&self) -> Outcome<String> {
        let command = page::commands("relay", "")?.pop().unwrap_or_default();
        let told = capture(self.command("sh").args(["-c", &command])).unwrap_or_default();
        told.split('"')
            .find(|word| word.starts_with("http") && word.contains("/start/"))
            .map(str::to_owned)
            .ok_or_else(|| format!("no link for the first account in {told:?}"))
    }

    /// Magento itself is not here: that part of the step is tried by `module-e2e`.
    fn unpack_module(&self, php: &str) -> Outcome {
        let mut commands = page::commands("magento", php)?;
        commands.retain(|command| !command.starts_with("bin/magento"));
        self.shell(&commands.join("; "))?;
        self.shell("php -l app/code/Byte8/SageAccounting/registration.php")
    }

    /// The same package under an older version: what the newer one then takes the place of.
    fn install_older(&self) -> Outcome {
        self.shell(
            "rm -rf older && dpkg-deb -R ledger-relay_*.deb older \
             && sed -i 's/^Version: .*/&~before/' older/DEBIAN/control \
             && dpkg-deb --build older older.deb && dpkg --install older.deb",
        )
    }

    /// The account of before the upgrade is still there.
    fn has_account(&self) -> Outcome {
        let list = "setpriv --reuid ledger-relay --regid ledger-relay --init-groups \
                    ledger-cli --config /etc/ledger-relay/relay.toml user:list";
        let told = capture(self.command("sh").args(["-c", list])).unwrap_or_default();
        if told.contains("canaria@example.com") {
            return Ok(());
        }
        Err(format!("the account is gone: {told:?}"))
    }

    /// Every file of the root but those of package managers, and the downloads.
    fn files(&self) -> Outcome<BTreeSet<String>> {
        let mut find = Command::new("find");
        find.arg(".").current_dir(&self.folder);
        for path in NOT_OURS.into_iter().chain([DOWNLOADS]) {
            find.args(["-path", &format!("./{path}"), "-prune", "-o"]);
        }
        let told = capture(find.arg("-print")).ok_or("find does not answer")?;
        Ok(told.lines().map(str::to_owned).collect())
    }
}
