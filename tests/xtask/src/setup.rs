//! System packages: looks for what is needed, installs what is missing where it may.

use crate::process::{Outcome, capture, installed, run, say};
use std::path::Path;
use std::process::Command;

/// The oldest PHP that Magento 2.4 and the module accept, as PHP_VERSION_ID.
const OLDEST_PHP: u32 = 80_100;

/// The package that checks the code style of PHP.
const CODE_STYLE: &str = "php-codesniffer";

/// PHP modules and the package that holds each, without the prefix `php` or `php8.2`.
const PHP_MODULES: [(&str, &str); 7] = [
    ("dom", "xml"),
    ("xmlwriter", "xml"),
    ("mbstring", "mbstring"),
    ("pdo_sqlite", "sqlite3"),
    ("curl", "curl"),
    ("bcmath", "bcmath"),
    ("pdo_mysql", "mysql"),
];

/// Makes sure that PHP, its headers and tools, libclang and PostgreSQL are there.
pub(crate) fn packages() -> Outcome {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !installed("apt-get") {
        return Err(format!(
            "these are missing, by their Debian names: {names}; install them and try again"
        ));
    }
    let root = capture(Command::new("id").arg("-u")).as_deref() == Some("0");
    if !root {
        return Err(format!(
            "packages are missing; run this and try again: \
             sudo apt-get update && sudo apt-get install --no-install-recommends {names}"
        ));
    }
    update_lists();
    // Only a list that is there says what this release offers.
    let missing = self::missing();
    say(format!("installing system packages: {}", missing.join(" ")));
    run(apt_get()
        .args(["install", "-y", "--no-install-recommends"])
        .args(&missing))?;
    let still = self::missing();
    if still.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "after the installation these are still missing: {}; PHP 8.1 or later is needed",
            still.join(" ")
        ))
    }
}

/// Fetches the package lists. A failure is only told: the lists at hand may do.
pub(crate) fn update_lists() {
    if let Err(message) = run(apt_get().args(["update", "-q"])) {
        say(format!(
            "{message}; going on with the package lists at hand"
        ));
    }
}

/// apt-get as it must be called by a program: it asks nothing and does not wait for ever.
pub(crate) fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["-o", "Acquire::http::Timeout=30"])
        .args(["-o", "Acquire::https::Timeout=30"])
        .args(["-o", "Acquire::Retries=2"])
        .args(["-o", "DPkg::Lock::Timeout=300"])
        .args(["-q"]);
    command
}

fn missing() -> Vec<String> {
    let mut packages: Vec<String> = Vec::new();
    let mut need = |package: &str| {
        if !packages.iter().any(|known| known == package) {
            packages.push(package.to_owned());
        }
    };
    // Packages of a present PHP carry its version; without one the distribution chooses.
    let php = php_prefix();
    let prefix = php.clone().unwrap_or_else(|| "php".to_owned());
    if php.is_none() {
        need("php-cli");
    }
    let headers = capture(Command::new("php-config").arg("--include-dir"))
        .is_some_and(|folder| Path::new(&folder).join("main/php.h").is_file());
    if !headers {
        need(&format!("{prefix}-dev"));
    }
    let modules = capture(Command::new("php").arg("-m")).unwrap_or_default();
    for (module, package) in PHP_MODULES {
        if !modules
            .lines()
            .any(|line| line.eq_ignore_ascii_case(module))
        {
            need(&format!("{prefix}-{package}"));
        }
    }
    for (program, package) in [
        ("phpunit", "phpunit"),
        ("phpcs", CODE_STYLE),
        ("clang", "clang"),
        ("cc", "gcc"),
        ("mariadb-install-db", "mariadb-server"),
        ("chromium", "chromium"),
        ("npm", "npm"),
        ("zip", "zip"),
        ("unzip", "unzip"),
        ("faketime", "faketime"),
    ] {
        let is_left_out = package == CODE_STYLE && lacks_code_style();
        if !installed(program) && !is_left_out {
            need(package);
        }
    }
    if !libclang() {
        need("libclang-dev");
    }
    if !crate::php::fpm().is_file() {
        need(&format!("{prefix}-fpm"));
    }
    if !postgresql() {
        need("postgresql");
    }
    packages
}

/// Whether the release is known to have no package for the code style, as Debian 13.
pub(crate) fn lacks_code_style() -> bool {
    capture(Command::new("apt-cache").args(["policy", CODE_STYLE]))
        .is_some_and(|told| told.contains("Candidate: (none)"))
}

/// `php8.2` for a PHP 8.2 in the path; nothing for none or one that is too old.
fn php_prefix() -> Option<String> {
    let version = capture(Command::new("php").args([
        "-n",
        "-r",
        "echo PHP_VERSION_ID, ' php', PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;",
    ]))?;
    let (id, prefix) = version.split_once(' ')?;
    (id.parse::<u32>().ok()? >= OLDEST_PHP).then(|| prefix.to_owned())
}

/// The database that tests start for themselves; see `tests/postgres`.
fn postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    versions
        .into_iter()
        .flatten()
        .flatten()
        .any(|version| version.path().join("bin/initdb").is_file())
}

/// The library that reads PHP's headers during the build of the extension.
fn libclang() -> bool {
    if std::env::var_os("LIBCLANG_PATH").is_some() {
        return true;
    }
    let mut folders = vec![Path::new("/usr/lib64").to_path_buf()];
    for entry in ["/usr/lib", "/usr/local/lib"]
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .flatten()
    {
        folders.push(entry.path().join("lib"));
        folders.push(entry.path());
    }
    folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .flatten()
        .any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libclang.so") || name.starts_with("libclang-")
        })
}
