//! PHP with the freshly built extension.

use crate::process::{Outcome, capture, find, installed, run, say};
use crate::{paths, setup};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// PHP with the extension and the component.
pub(crate) fn command() -> Command {
    let mut php = Command::new("php");
    with_extension(&mut php);
    php
}

/// The version of a PHP, such as `8.2`.
pub(crate) fn version(php: &mut Command) -> Option<String> {
    let code = "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;";
    capture(php.args(["-n", "-r", code]))
}

/// The PHP-FPM of the same version as `php`; Debian keeps it where only root looks.
pub(crate) fn fpm() -> PathBuf {
    let version = version(&mut Command::new("php")).unwrap_or_default();
    let name = format!("php-fpm{version}");
    find(&name).unwrap_or_else(|| Path::new("/usr/sbin").join(name))
}

fn with_extension(php: &mut Command) {
    let setting = |name: &str, value: &Path| {
        let mut text = std::ffi::OsString::from(name);
        text.push("=");
        text.push(value);
        text
    };
    php.arg("-d")
        .arg(setting("extension", &paths::extension()))
        .arg("-d")
        .arg(setting("byte8_sage.component", &paths::artefact()));
}

/// The scripts that prove what the extension does, each in a process of its own.
pub(crate) fn extension_scripts() -> Outcome {
    let folder = paths::root().join("php-ext-bridge/tests/php");
    let mut scripts: Vec<_> = fs::read_dir(&folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".php") && !name.starts_with('_')
        })
        .collect();
    scripts.sort();
    if scripts.is_empty() {
        return Err(format!("{} holds no scripts", folder.display()));
    }
    for script in scripts {
        // -n: nothing but the extension, so that another extension cannot help.
        let mut php = Command::new("php");
        php.arg("-n").args(["-d", "memory_limit=512M"]);
        with_extension(&mut php);
        let output = php
            .arg(&script)
            .envs(paths::environment())
            .output()
            .map_err(|error| format!("php cannot be started: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || text.trim_end().lines().last() != Some("ok") {
            eprintln!("{text}{}", String::from_utf8_lossy(&output.stderr));
            return Err(format!("{} failed ({})", script.display(), output.status));
        }
        say(format!(
            "{}: ok",
            script.file_name().unwrap_or_default().to_string_lossy()
        ));
    }
    Ok(())
}

/// The unit tests of the Magento module; they need neither Magento nor Composer.
pub(crate) fn unit_tests() -> Outcome {
    let root = paths::root();
    run(Command::new("phpunit")
        .args(["-c", "magento-module/phpunit.xml.dist"])
        .current_dir(root)
        .envs(paths::environment()))
}

/// The code style of all PHP, where the release has the program for it.
pub(crate) fn code_style() -> Outcome {
    if !installed("phpcs") && setup::lacks_code_style() {
        say("this release has no phpcs, so the code style is not checked");
        return Ok(());
    }
    run(Command::new("phpcs")
        .args(["--standard=PSR12", "--extensions=php", "-q"])
        .args(["magento-module", "tests/php"])
        .current_dir(paths::root()))
}
