//! The program itself, as a process that can be killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use secrecy::ExposeSecret;
use serde_json::Value;

use super::rig::{BINDING, Rig, Shop, api_key};

pub(crate) struct Process {
    child: Child,
    address: String,
    /// Where the dashboard is, and the link for the first account.
    pub(crate) dashboard: Option<(String, String)>,
}

impl Process {
    /// Starts and waits for the line that says where it listens. Its log goes to a file.
    pub(crate) fn start(rig: &Rig, crash: Option<&str>) -> Self {
        Self::launch(rig, crash, false).0
    }

    /// With the operator's listener; its address comes second.
    pub(crate) fn with_admin(rig: &Rig) -> (Self, String) {
        let (relay, admin) = Self::launch(rig, None, true);
        (relay, admin.unwrap())
    }

    fn launch(rig: &Rig, crash: Option<&str>, admin: bool) -> (Self, Option<String>) {
        let settings = rig.folder.path().join("relay.toml");
        if !settings.exists() {
            write_settings(&settings);
        }
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(rig.folder.path().join("log"))
            .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ledger-relay"));
        command
            .arg("serve")
            .arg("--config")
            .arg(&settings)
            .env("LEDGER_RELAY__LOG__LEVEL", "trace")
            .stdout(Stdio::piped())
            .stderr(log);
        if let Some(url) = &rig.config.store.url {
            command.env("LEDGER_RELAY__STORE__URL", url.expose_secret());
        }
        if admin {
            command.env("LEDGER_RELAY__ADMIN__LISTEN", "127.0.0.1:0");
        }
        if let Some(crash) = crash {
            command.env("LEDGER_RELAY_CRASH_POINT", crash);
        }
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| Some(ready[name].as_str()?.to_owned());
        let url = |name: &str| Some(format!("http://{}", ready[name].as_str()?));
        let relay = Self {
            child,
            address: url("listening").unwrap(),
            dashboard: text("dashboard").zip(text("create_the_first_account")),
        };
        (relay, url("admin"))
    }

    pub(crate) fn shop(&self) -> Shop {
        Shop::at(&self.address, BINDING, &api_key(BINDING))
    }

    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, by the program that every system has for it.
    pub(crate) fn terminate(&self) {
        let sent = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(sent.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write_settings(path: &Path) {
    let text = "[server]\nlisten = \"127.0.0.1:0\"\nmax_requests_per_minute = 0\n[dashboard]\nlisten = \"127.0.0.1:0\"\n[store]\npath = \"relay.sqlite3\"\n[keys]\nserver_key_file = \"server.key\"\n\
                [sage]\nrequest_timeout_ms = 2000\nrequests_per_minute = 0\n[retry]\nfirst_ms = 10\ncap_ms = 50\nquiet_ms = 60\nrecheck_ms = 20\n";
    std::fs::write(path, text).unwrap();
}
