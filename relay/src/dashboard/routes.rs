//! Every page, with what it needs of whoever asks.

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};

use ledger_store::accounts::AccountRole::{Accountant, Administrator, Operator};

use super::guard::Need;
use super::{
    Dashboard, account_pages, audit_page, connect_pages, connection_pages, document_comments,
    document_links, document_page, exceptions_page, history_page, overview_page, preview_pages,
    reconciliation_page, settings_file, settings_pages, setup_pages, sign_in_pages, user_pages,
};

/// A path with its methods.
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) need: Need,
    pub(crate) methods: MethodRouter<Arc<Dashboard>>,
}

fn route(path: &'static str, need: Need, methods: MethodRouter<Arc<Dashboard>>) -> Route {
    Route {
        path,
        need,
        methods,
    }
}

/// All pages. What a path needs holds for each of its methods.
pub(crate) fn all() -> Vec<Route> {
    [ways_in(), of_binding(), of_month(), set_up(), of_relay()]
        .into_iter()
        .flatten()
        .collect()
}

fn ways_in() -> Vec<Route> {
    use Need::{Nothing, Person};
    use sign_in_pages as page;
    vec![
        route(
            "/sign-in",
            Nothing,
            get(page::sign_in).post(page::try_sign_in),
        ),
        route("/sign-out", Person, post(page::sign_out)),
        route(
            "/start/{token}",
            Nothing,
            get(page::start).post(page::add_first),
        ),
        route(
            "/password/{token}",
            Nothing,
            get(page::password).post(page::choose_password),
        ),
        route("/", Person, get(overview_page::shops)),
        route("/account", Person, get(account_pages::show)),
        route(
            "/account/second-factor/on",
            Person,
            post(account_pages::switch_on),
        ),
        route(
            "/account/second-factor/off",
            Person,
            post(account_pages::switch_off),
        ),
    ]
}

fn of_binding() -> Vec<Route> {
    let on = Need::OnBinding;
    use connection_pages as connection;
    use settings_pages as settings;
    vec![
        route("/b/{binding}", on(Accountant), get(overview_page::binding)),
        route(
            "/b/{binding}/documents",
            on(Accountant),
            get(history_page::list),
        ),
        route(
            "/b/{binding}/documents.csv",
            on(Accountant),
            get(history_page::csv),
        ),
        route(
            "/b/{binding}/documents/selected",
            on(Operator),
            post(history_page::confirm),
        ),
        route(
            "/b/{binding}/documents/apply",
            on(Operator),
            post(history_page::apply),
        ),
        route(
            "/b/{binding}/documents/all",
            on(Operator),
            get(history_page::confirm_direct_all).post(history_page::direct_all),
        ),
        route(
            "/b/{binding}/documents/filters",
            on(Accountant),
            post(history_page::keep_filter),
        ),
        route(
            "/b/{binding}/documents/{run}/comments",
            on(Accountant),
            post(document_comments::add),
        ),
        route(
            "/b/{binding}/documents/{run}",
            on(Accountant),
            get(document_page::show),
        ),
        route(
            "/b/{binding}/documents/{run}/in-sage",
            on(Accountant),
            get(document_links::in_sage),
        ),
        route(
            "/b/{binding}/documents/{run}/reveal",
            on(Accountant),
            post(document_page::reveal),
        ),
        route(
            "/b/{binding}/documents/{run}/{action}",
            on(Operator),
            get(document_page::confirm).post(document_page::apply),
        ),
        route("/b/{binding}/settings", on(Accountant), get(settings::show)),
        route(
            "/b/{binding}/settings/save",
            on(Administrator),
            post(settings::save),
        ),
        route(
            "/b/{binding}/settings.json",
            on(Accountant),
            get(settings_file::export),
        ),
        route(
            "/b/{binding}/settings/document.json",
            on(Administrator),
            get(settings_file::to_judge),
        ),
        route(
            "/b/{binding}/settings/import",
            on(Administrator),
            post(settings_file::import),
        ),
        route(
            "/b/{binding}/settings/import/save",
            on(Administrator),
            post(settings_file::import_saved),
        ),
        route(
            "/b/{binding}/settings/versions/{version}",
            on(Accountant),
            get(settings::version),
        ),
        route(
            "/b/{binding}/settings/restore",
            on(Administrator),
            post(settings::restore),
        ),
        route(
            "/b/{binding}/connections",
            on(Accountant),
            get(connection::show),
        ),
        route(
            "/b/{binding}/connections/refresh",
            on(Administrator),
            post(connection::refresh),
        ),
        route(
            "/b/{binding}/connections/pair",
            on(Administrator),
            post(connection::pair),
        ),
        route(
            "/b/{binding}/connections/notifications",
            on(Administrator),
            post(connection::set_notifications),
        ),
        route(
            "/b/{binding}/connections/notifications/try",
            on(Administrator),
            post(connection::try_notifications),
        ),
        route(
            "/b/{binding}/connections/key",
            on(Administrator),
            post(connection::key),
        ),
        route(
            "/b/{binding}/connections/live",
            on(Administrator),
            post(connection::live),
        ),
        route(
            "/b/{binding}/connections/renew",
            on(Administrator),
            post(connect_pages::renew),
        ),
        route(
            "/b/{binding}/connections/disconnect",
            on(Administrator),
            get(connection::confirm_disconnect).post(connection::disconnect),
        ),
        route(
            "/b/{binding}/audit",
            on(Accountant),
            get(audit_page::of_binding),
        ),
        route(
            "/b/{binding}/preview",
            on(Accountant),
            get(preview_pages::to_page),
        ),
        route(
            "/b/{binding}/preview/",
            on(Accountant),
            get(preview_pages::show),
        ),
        route(
            "/b/{binding}/preview/{*file}",
            on(Accountant),
            get(preview_pages::file),
        ),
    ]
}

fn of_month() -> Vec<Route> {
    use exceptions_page as exceptions;
    let operator = Need::OnBinding(Operator);
    use reconciliation_page as page;
    let accountant = Need::OnBinding(Accountant);
    vec![
        route("/b/{binding}/exceptions", accountant, get(exceptions::list)),
        route(
            "/b/{binding}/exceptions/{run}",
            operator,
            get(exceptions::show),
        ),
        route(
            "/b/{binding}/exceptions/{run}/{action}",
            operator,
            post(exceptions::decide),
        ),
        route("/b/{binding}/reconciliation", accountant, get(page::show)),
        route(
            "/b/{binding}/reconciliation.csv",
            accountant,
            get(page::csv),
        ),
        route(
            "/b/{binding}/reconciliation.xlsx",
            accountant,
            get(page::xlsx),
        ),
        route(
            "/b/{binding}/reconciliation/update",
            accountant,
            post(page::update),
        ),
    ]
}

fn set_up() -> Vec<Route> {
    let administrator = Need::OnBinding(Administrator);
    use setup_pages as setup;
    vec![
        route("/b/{binding}/setup", administrator, get(setup::show)),
        route("/b/{binding}/setup/read", administrator, post(setup::read)),
        route("/b/{binding}/setup/shop", administrator, post(setup::shop)),
        route("/b/{binding}/setup/map", administrator, post(setup::map)),
        route("/b/{binding}/setup/live", administrator, post(setup::live)),
    ]
}

fn of_relay() -> Vec<Route> {
    let everywhere = Need::Everywhere(Administrator);
    use connect_pages as connect;
    vec![
        route("/connect", everywhere, get(connect::show)),
        route("/connect/app", everywhere, post(connect::set_app)),
        route("/connect/start", everywhere, post(connect::start)),
        // Whoever began the consent, on the binding that it is for: the pages look themselves.
        route("/oauth/callback", Need::Person, get(connect::callback)),
        route(
            "/connect/choose",
            Need::Person,
            get(connect::choose_from).post(connect::choose),
        ),
        route("/audit", everywhere, get(audit_page::of_relay)),
        route("/users", everywhere, get(user_pages::list)),
        route("/users/add", everywhere, post(user_pages::add)),
        route(
            "/users/{account}/roles",
            everywhere,
            post(user_pages::roles),
        ),
        route(
            "/users/{account}/reset",
            everywhere,
            post(user_pages::reset),
        ),
        route(
            "/users/{account}/disable",
            everywhere,
            post(user_pages::disable),
        ),
        route(
            "/users/{account}/enable",
            everywhere,
            post(user_pages::enable),
        ),
    ]
}
