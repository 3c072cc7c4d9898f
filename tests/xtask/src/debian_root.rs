//! Debian releases in folders, so that everything can be tried with the PHP of each.
//!
//! `cargo xtask on trixie test php` runs a command of xtask in a mount namespace of its own, where
//! `php` and its companions are small scripts that change into the release's root. The repository and
//! `/tmp` are mounted there under the same names, so all paths hold on both sides.

use crate::process::{Outcome, capture, installed, run, say};
use crate::setup::apt_get;
use crate::{commands, files, paths, php};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What says that a root is in use, and which.
const ROOT: &str = "LEDGER_DEBIAN_ROOT";

/// Debian's releases that have a PHP of Magento's range.
pub(crate) const RELEASES: [&str; 2] = ["bookworm", "trixie"];

/// What the suite needs of PHP, by the names that both releases have.
const PACKAGES: [&str; 12] = [
    "ca-certificates",
    "php-cli",
    "php-fpm",
    "php-dev",
    "php-xml",
    "php-mbstring",
    "php-sqlite3",
    "php-curl",
    "php-bcmath",
    "php-mysql",
    "phpunit",
    "php-codesniffer",
];

/// Folders that exist on both sides under one name, and how they are mounted: with the file systems
/// in them, or without.
const SHARED: [(&str, &str); 3] = [("/proc", "rbind"), ("/dev", "rbind"), ("/tmp", "bind")];

/// Where a root has its programs. The folder of the scripts is visible there too, and not among them.
const PROGRAMS: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A file that says that a root was made to its end.
const COMPLETE: &str = "made-by-xtask";

/// `cargo xtask on RELEASE COMMAND…`
pub(crate) fn on(arguments: &[OsString]) -> Outcome<ExitCode> {
    let usage = || format!("usage: cargo xtask on {} COMMAND…", RELEASES.join("|"));
    let (release, command) = arguments.split_first().ok_or_else(usage)?;
    let release = known(release).ok_or_else(usage)?;
    if command.is_empty() {
        return Err(usage());
    }
    commands::become_program(&mut with_php_of(release, command)?)
}

/// This program with other arguments, in a namespace where PHP is that of the release.
fn with_php_of(release: &str, arguments: &[OsString]) -> Outcome<Command> {
    let root = with_php(release)?;
    let scripts = write_scripts(release, &root)?;
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut path = scripts.clone().into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = in_namespace(&root);
    command
        .arg(this)
        .args(arguments)
        .env("PATH", path)
        .env("PHP", scripts.join("php"))
        .env("PHP_CONFIG", scripts.join("php-config"))
        .env(ROOT, &root);
    Ok(command)
}

/// The packages of the extension for the PHP of a release.
pub(crate) fn dist_extension(release: &str) -> Outcome {
    run(&mut with_php_of(
        release,
        &["dist", "extension"].map(OsString::from),
    )?)
}

/// Where the extension is built: a folder of its own for each PHP but the machine's.
pub(crate) fn extension_target() -> Option<PathBuf> {
    let root = std::env::var_os(ROOT)?;
    Path::new(&root)
        .parent()
        .map(|folder| folder.join("target"))
}

fn known(release: &OsStr) -> Option<&'static str> {
    RELEASES.into_iter().find(|known| release == *known)
}

fn folder_name(release: &str) -> String {
    format!("debian-{release}")
}

/// A shell in a mount namespace of its own, where the root has the shared folders; it becomes what
/// is added to it.
fn in_namespace(root: &Path) -> Command {
    let (repository, target) = (paths::root(), paths::target());
    let shared = SHARED.map(|(folder, how)| (Path::new(folder), how));
    let ours = [(repository.as_path(), "bind"), (target.as_path(), "bind")];
    let mut mounts = String::from("set -e; ");
    for (folder, how) in shared.into_iter().chain(ours) {
        mounts.push_str(&format!(
            "mkdir -p '{0}'; mount --{how} '{1}' '{0}'; ",
            below(root, folder).display(),
            folder.display()
        ));
    }
    mounts.push_str("exec \"$@\"");
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--propagation", "private", "sh", "-c"])
        .arg(mounts)
        .arg("sh");
    command
}

/// A folder of the machine, as it lies in the root.
fn below(root: &Path, folder: &Path) -> PathBuf {
    root.join(folder.strip_prefix("/").unwrap_or(folder))
}

/// The root of a release with its smallest set of packages, made once.
pub(crate) fn base(release: &str) -> Outcome<PathBuf> {
    make(release, "base", |root| {
        run(Command::new("debootstrap")
            .args(["--variant=minbase", "--include=ca-certificates", release])
            .arg(root))
    })
}

/// The root of a release with its PHP and what tests need of it, made once.
fn with_php(release: &str) -> Outcome<PathBuf> {
    let base = base(release)?;
    make(release, "php", |root| {
        copy(&base, root)?;
        install(root, &PACKAGES.map(OsString::from))
    })
}

fn make(release: &str, name: &str, fill: impl FnOnce(&Path) -> Outcome) -> Outcome<PathBuf> {
    let root = paths::target().join(folder_name(release)).join(name);
    if root.join(COMPLETE).is_file() {
        return Ok(root);
    }
    if capture(Command::new("id").arg("-u")).as_deref() != Some("0") {
        return Err("only root can make and enter the root of another Debian release".to_owned());
    }
    if !installed("debootstrap") {
        run(apt_get().args(["install", "-y", "--no-install-recommends", "debootstrap"]))?;
    }
    say(format!("making {}", root.display()));
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    fill(&root)?;
    fs::write(root.join(COMPLETE), release).map_err(|error| error.to_string())?;
    Ok(root)
}

/// A copy of a root that nothing is mounted in.
pub(crate) fn copy(from: &Path, to: &Path) -> Outcome {
    let _ = fs::remove_dir_all(to);
    run(Command::new("cp")
        .args(["-a", "--reflink=auto"])
        .arg(from)
        .arg(to))?;
    let _ = fs::remove_file(to.join(COMPLETE));
    // Names are resolved as on this machine.
    fs::copy("/etc/resolv.conf", to.join("etc/resolv.conf"))
        .map(|_| ())
        .map_err(|error| format!("/etc/resolv.conf: {error}"))
}

/// Installs packages in a root: by name, or as files that lie in it.
pub(crate) fn install(root: &Path, packages: &[OsString]) -> Outcome {
    let apt = |words: &[&str]| {
        let mut command = inside(root, "apt-get");
        command
            .args(["-q", "-o", "Acquire::Retries=2"])
            .args(words)
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(&mut apt(&["update"]))?;
    run(apt(&["install", "-y", "--no-install-recommends"]).args(packages))
}

/// A program in a root, where the shared folders are mounted.
pub(crate) fn inside(root: &Path, program: &str) -> Command {
    let mut command = in_namespace(root);
    command
        .arg("chroot")
        .arg(root)
        .arg(program)
        .env("PATH", PROGRAMS);
    command
}

/// Scripts with the names of PHP's programs that run those of the root, in the folder where they
/// are called if the root has it.
fn write_scripts(release: &str, root: &Path) -> Outcome<PathBuf> {
    let folder = paths::target().join(folder_name(release)).join("bin");
    let version =
        php::version(&mut inside(root, "php")).ok_or("the PHP of the root does not answer")?;
    let fpm = format!("php-fpm{version}");
    for name in ["php", "phpunit", "phpcs", "php-config", &fpm] {
        let mut script = format!(
            "#!/bin/sh\nPATH={PROGRAMS} exec chroot '{}' /bin/sh -c 'if [ -d \"$0\" ]; then cd \"$0\"; fi; exec \"$@\"' \"$PWD\" {name} \"$@\"",
            root.display()
        );
        if name == "php-config" {
            // Headers are read by the compiler of this machine.
            script = script.replace("exec chroot", "chroot");
            script.push_str(&format!(
                " | sed 's#/usr/include/php#{}/usr/include/php#g'",
                root.display()
            ));
        }
        script.push('\n');
        files::write(&folder.join(name), &script, 0o755)?;
    }
    Ok(folder)
}
