//! What every page of somebody signed in has around it.

use ledger_store::accounts::AccountRole;

use super::assets::{keys_path, style_path};
use super::error::PageError;
use super::visit::Visit;

/// A link of the navigation.
#[derive(Debug)]
pub(super) struct NavLink {
    pub(super) label: &'static str,
    pub(super) href: String,
    pub(super) is_here: bool,
}

/// Head, navigation and foot.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) style: &'static str,
    pub(super) keys: &'static str,
    pub(super) person: String,
    pub(super) form_token: String,
    pub(super) binding: Option<String>,
    pub(super) links: Vec<NavLink>,
    /// What was just done.
    pub(super) notice: Option<String>,
}

impl Frame {
    /// The frame of a page.
    ///
    /// # Errors
    /// When nobody is signed in, which is a mistake of ours.
    pub(super) fn of(visit: &Visit, title: &str) -> Result<Self, PageError> {
        let user = visit.user()?;
        let links = match &visit.binding {
            Some(binding) => of_binding(visit, binding),
            None => of_relay(visit),
        };
        Ok(Self {
            title: title.to_owned(),
            style: style_path(),
            keys: keys_path(),
            person: user.account.name.clone(),
            form_token: visit.form_token.clone(),
            binding: visit.binding.clone(),
            links,
            notice: None,
        })
    }

    pub(super) fn with_notice(mut self, notice: Option<&str>) -> Self {
        self.notice = notice.map(ToOwned::to_owned);
        self
    }
}

fn link(visit: &Visit, label: &'static str, href: String, is_exact: bool) -> NavLink {
    let is_here = visit.path == href || (!is_exact && visit.path.starts_with(&href));
    NavLink {
        label,
        is_here,
        href,
    }
}

fn of_binding(visit: &Visit, binding: &str) -> Vec<NavLink> {
    let base = format!("/b/{binding}");
    let under = |name: &str| format!("{base}/{name}");
    let mut links = vec![
        link(visit, "Overview", base.clone(), true),
        link(visit, "Documents", under("documents"), false),
        link(visit, "Exceptions", under("exceptions"), false),
        link(visit, "Reconciliation", under("reconciliation"), false),
        link(visit, "Settings", under("settings"), false),
        link(visit, "Connections", under("connections"), false),
        link(visit, "Audit", under("audit"), false),
    ];
    if visit.has_preview {
        links.push(link(visit, "Preview", under("preview/"), false));
    }
    if visit.may(AccountRole::Administrator) {
        links.push(link(visit, "Set-up", under("setup"), false));
    }
    links
}

fn of_relay(visit: &Visit) -> Vec<NavLink> {
    let mut links = vec![link(visit, "Shops", "/".to_owned(), true)];
    if visit.may(AccountRole::Administrator) {
        links.push(link(visit, "Add a business", "/connect".to_owned(), false));
        links.push(link(visit, "Users", "/users".to_owned(), false));
        links.push(link(visit, "Audit", "/audit".to_owned(), false));
    }
    links
}
