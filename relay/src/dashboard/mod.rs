//! The dashboard: pages for people, rendered on the server.
//!
//! Pages call `operations` and do nothing themselves. Every route stands in `routes` with what it
//! needs, and `guard` sees to that before a page runs: the session, the role on the binding in the
//! path, the token of a form. Templates and style lie in `relay/dashboard`.
//!
//! More than twenty entries: a file for each page, and beside them one idea each.

mod account_pages;
mod address;
mod assets;
mod audit_page;
mod chart;
mod check_view;
mod csv;
mod connect_pages;
mod connection_pages;
mod document_comments;
mod document_links;
mod document_page;
mod error;
mod exceptions_page;
mod fields;
mod frame;
mod guard;
mod headers;
mod history_filter;
mod history_page;
mod labels;
mod mapping_form;
mod mapping_rows;
mod notification_form;
mod overview_page;
mod plan_view;
mod preview_pages;
mod qr_code;
mod reconciliation_book;
mod reconciliation_labels;
mod reconciliation_page;
mod reasons;
mod routes;
mod settings_changes;
mod settings_file;
mod settings_form;
mod settings_pages;
mod settings_read;
mod setup_pages;
mod setup_steps;
mod sign_in_pages;
mod times;
mod user_pages;
mod visit;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::config::Config;
use crate::operations::Operations;

pub(crate) use address::PublicAddress;
#[cfg(test)]
pub(crate) use reasons::REASONS;
pub(crate) use reasons::reason as reason_words;
#[cfg(test)]
pub(crate) use reconciliation_labels::cause;

/// What the pages share.
pub(crate) struct Dashboard {
    pub(crate) operations: Operations,
    pub(crate) address: PublicAddress,
    /// Where shops reach the relay; empty when only a person knows.
    pub(crate) relay_url: String,
    /// Where the files of the preview are; empty is no preview.
    pub(crate) preview_folder: PathBuf,
    /// The core for browsers, where it is there.
    core: Option<assets::BrowserCore>,
    /// Proxies, which say for whom they ask.
    pub(crate) proxies: Vec<IpAddr>,
}

impl Dashboard {
    pub(crate) fn new(
        config: &Config,
        operations: Operations,
        address: PublicAddress,
        relay: SocketAddr,
    ) -> Arc<Self> {
        let configured = config.server.public_url.trim_end_matches('/');
        let relay_url = match configured {
            "" if relay.ip().is_loopback() => format!("http://{relay}"),
            configured => configured.to_owned(),
        };
        let preview_folder = assets::preview_folder(&config.dashboard.preview_folder);
        Arc::new(Self {
            relay_url,
            core: assets::BrowserCore::read(&preview_folder),
            preview_folder,
            operations,
            address,
            proxies: config.server.proxies.clone(),
        })
    }
}

/// All pages.
pub(crate) fn router(dashboard: Arc<Dashboard>) -> Router {
    routes::all()
        .into_iter()
        .fold(Router::new(), |router, route| {
            let guarded = from_fn_with_state((Arc::clone(&dashboard), route.need), guard::guard);
            router.route(route.path, route.methods.layer(guarded))
        })
        .merge(assets::router())
        .fallback(error::no_page)
        .layer(from_fn_with_state(Arc::clone(&dashboard), headers::secured))
        .with_state(dashboard)
}

#[cfg(test)]
mod tests;
