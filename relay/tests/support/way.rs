//! A relay without any binding, the simulator with its consent page, and a shop: the way of a merchant.

use ledger_relay::Relay;
use ledger_relay::config::Config;
use ledger_relay::operations::Operations;
use sage_simulator::Simulator;
use serde_json::Value;
use tempfile::TempDir;

use super::browser_files::preview;
use super::magento::Magento;
use super::rig::config;

pub(crate) struct Way {
    pub(crate) relay: Relay,
    pub(crate) simulator: Simulator,
    pub(crate) magento: Magento,
    pub(crate) config: Config,
    _folder: TempDir,
}

impl Way {
    pub(crate) async fn begin(tells: bool) -> Self {
        Self::made(tells, "", false).await
    }

    /// With tiers of its own.
    pub(crate) async fn with_tiers(tells: bool, tiers: &str) -> Self {
        Self::made(tells, tiers, false).await
    }

    /// With the core for browsers.
    pub(crate) async fn with_core() -> Self {
        Self::made(false, "", true).await
    }

    async fn made(tells: bool, tiers: &str, has_core: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let simulator = sage_simulator::Config::default();
        let simulator = Simulator::start(simulator).await.unwrap();
        let sage = simulator.base_url();
        let mut config = config(folder.path());
        std::fs::write(&config.keys.server_key_file, "5a".repeat(32)).unwrap();
        config.sage.request_timeout_ms = 10_000;
        config.sage.client_id = "test-app".to_owned();
        config.sage.authorize_url = format!("{sage}/oauth2/auth/central?filter=apiv3.1");
        config.sage.token_url = format!("{sage}/token");
        config.sage.api_url = format!("{sage}/v3.1");
        config.push.allow_private_networks = true;
        config.dashboard.preview_folder = folder.path().join("preview");
        std::fs::create_dir_all(config.dashboard.preview_folder.join("samples/invoice")).unwrap();
        if has_core {
            preview(&config.dashboard.preview_folder);
        }
        if !tiers.is_empty() {
            config.tiers.file = folder.path().join("tiers.toml");
            std::fs::write(&config.tiers.file, tiers).unwrap();
        }
        Self {
            relay: Relay::start(&config).await.unwrap(),
            magento: Magento::start(tells).await,
            simulator,
            config,
            _folder: folder,
        }
    }

    pub(crate) async fn operations(&self) -> Operations {
        Operations::open(&self.config, "test").await.unwrap()
    }

    /// What stands in the simulated Sage.
    pub(crate) async fn ledger(&self) -> Value {
        let url = format!("{}/_simulator/ledger", self.simulator.base_url());
        let answer = reqwest::get(url).await.unwrap();
        answer.json().await.unwrap()
    }

    /// Changes what the simulated Sage does.
    pub(crate) async fn switch(&self, switches: &Value) {
        let url = format!("{}/_simulator/switches", self.simulator.base_url());
        let request = reqwest::Client::new().post(url).body(switches.to_string());
        assert!(request.send().await.unwrap().status().is_success());
    }
}
