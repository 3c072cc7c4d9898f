//! What the parts of the relay take from the settings.

use std::time::Duration;

use crate::config::Config;
use crate::http::Limits;
use crate::http::listener::ConnectionLimits;
use crate::maintenance::RetentionDays;
use crate::notify::send::Ways;
use crate::operations::RefreshSettings;
use crate::push::worker::PushSettings;
use ledger_store::retry::Schedule;

impl Config {
    pub(crate) fn refresh_settings(&self) -> RefreshSettings {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        RefreshSettings {
            every: Duration::from_millis(self.upkeep.every_ms.max(1)),
            reference_age: hours(self.upkeep.reference_max_age_hours.into()),
            idle: hours(u64::from(self.upkeep.refresh_idle_days) * 24),
            limits: self.call_limits(),
        }
    }

    pub(crate) fn retention_days(&self) -> RetentionDays {
        RetentionDays {
            succeeded: self.retention.succeeded_days,
            rejected: self.retention.rejected_days,
        }
    }

    pub(crate) fn notify_ways(&self) -> Ways {
        Ways {
            private: self.push.allow_private_networks,
            timeout: Duration::from_millis(self.push.timeout_ms),
        }
    }

    pub(crate) fn push_settings(&self) -> PushSettings {
        PushSettings {
            every: Duration::from_millis(self.push.every_ms.max(1)),
            timeout: Duration::from_millis(self.push.timeout_ms),
            schedule: Schedule {
                first: Duration::from_millis(self.retry.first_ms),
                cap: Duration::from_millis(self.retry.cap_ms),
            },
            private: self.push.allow_private_networks,
        }
    }

    pub(crate) fn connections(&self) -> ConnectionLimits {
        let server = &self.server;
        ConnectionLimits {
            all: server.max_connections.max(1),
            per_address: server.max_connections_per_address.max(1),
            proxies: server.proxies.clone(),
            headers: Duration::from_millis(server.header_timeout_ms.max(1)),
            stall: Duration::from_millis(server.body_timeout_ms.max(server.header_timeout_ms))
                .saturating_add(Duration::from_secs(1)),
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            body_bytes: self.server.max_body_bytes,
            json_depth: self.server.max_json_depth,
            batch: self.server.max_batch,
            body_wait: Duration::from_millis(self.server.body_timeout_ms),
        }
    }
}
