//! The PHP that the extension was built for.

use crate::process::{Outcome, capture};
use std::process::Command;

/// What decides whether an extension fits.
pub(crate) struct Php {
    /// `8.2`.
    pub(crate) version: String,
    /// The number of the extension interface, such as 20220829.
    pub(crate) api: String,
    thread_safe: bool,
    debug: bool,
    extension_folder: String,
}

impl Php {
    /// The PHP in the search path.
    pub(crate) fn of_path() -> Outcome<Self> {
        let ask = |code: &str| {
            capture(Command::new("php").args(["-n", "-r", code]))
                .ok_or_else(|| "php does not answer".to_owned())
        };
        let config = |what: &str| {
            capture(Command::new("php-config").arg(what))
                .ok_or_else(|| "php-config does not answer".to_owned())
        };
        Ok(Self {
            version: crate::php::version(&mut Command::new("php")).ok_or("php does not answer")?,
            thread_safe: ask("echo PHP_ZTS;")? == "1",
            debug: ask("echo PHP_DEBUG;")? == "1",
            api: config("--phpapi")?,
            extension_folder: config("--extension-dir")?,
        })
    }

    /// `php8.2-nts`.
    pub(crate) fn flavour(&self) -> String {
        format!("php{}-{}{}", self.version, self.mode(), self.debug_suffix())
    }

    /// The name under which PIE looks for a pre-packaged binary.
    pub(crate) fn pie_asset(&self, release: &str, processor: &str) -> String {
        format!(
            "php_byte8_sage-{release}_php{}-{processor}-linux-glibc{}-{}.tgz",
            self.version,
            self.debug_suffix(),
            self.mode()
        )
    }

    /// Where Debian's packages keep extensions of this PHP; nothing where it is not Debian's.
    pub(crate) fn debian_folder(&self) -> Option<String> {
        let code = format!("echo is_dir('/etc/php/{}/mods-available');", self.version);
        let known = capture(Command::new("php").args(["-n", "-r", &code]));
        (known.as_deref() == Some("1"))
            .then(|| self.extension_folder.trim_start_matches('/').to_owned())
    }

    /// What a reader of the archive must know.
    pub(crate) fn description(&self) -> String {
        format!(
            "PHP {} ({}), extension interface {}, {} {}\n\
             The extension loads into this PHP only. It refuses nothing by itself: PHP does, with \
             \"Module API\" or \"build ID\" in the message.\n",
            self.version,
            if self.thread_safe {
                "thread-safe, ZTS"
            } else {
                "not thread-safe, NTS"
            },
            self.api,
            std::env::consts::OS,
            std::env::consts::ARCH,
        )
    }

    fn mode(&self) -> &'static str {
        if self.thread_safe { "zts" } else { "nts" }
    }

    fn debug_suffix(&self) -> &'static str {
        if self.debug { "-debug" } else { "" }
    }
}
