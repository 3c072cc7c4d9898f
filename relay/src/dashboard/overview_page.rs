//! How the shops are, and how one of them is.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use ledger_store::accounts::AccountRole;
use ledger_store::clock;

use crate::operations::{BindingOverview, Operations};

use super::Dashboard;
use super::chart::bars;
use super::error::{PageError, page};
use super::frame::Frame;
use super::labels::{Status, count, of_binding};
use super::setup_steps::Progress;
use super::times::ago;
use super::visit::Visit;

const DAY: i64 = 86_400_000;
/// A document that waits for longer is worth a word.
const LONG: i64 = 3_600_000;

/// What is to be done, with the page that does it.
struct Remedy {
    label: &'static str,
    href: String,
}

/// A binding in a card.
struct Card {
    id: String,
    state: Status,
    health: String,
    health_class: &'static str,
    remedy: Option<Remedy>,
    last_arrival: Option<String>,
    oldest_open: Option<String>,
    open: String,
    attention: String,
    attention_number: i64,
    connection: String,
    calls: String,
    in_sage: String,
    replaced: String,
    failed: String,
    chart: Option<String>,
    /// What is left of the set-up, for whoever may do it.
    setup: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "shops.html")]
struct ShopsPage {
    frame: Frame,
    cards: Vec<Card>,
    may_connect: bool,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    card: Card,
}

pub(super) async fn shops(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    let account = &visit.user()?.account;
    let bindings = operations.bindings().await?;
    let own: Vec<String> = bindings
        .into_iter()
        .map(|binding| binding.id)
        .filter(|id| account.role_on(id).is_some())
        .collect();
    let may_connect = visit.may(AccountRole::Administrator);
    if let ([only], false) = (own.as_slice(), may_connect) {
        return Ok(Redirect::to(&format!("/b/{only}")).into_response());
    }
    if own.is_empty() && may_connect {
        return Ok(Redirect::to("/connect").into_response());
    }
    let mut cards = Vec::new();
    for id in own {
        let role = account.role_on(&id);
        cards.push(card_with_setup(&operations, &id, role).await?);
    }
    page(&ShopsPage {
        frame: Frame::of(&visit, "Shops")?,
        cards,
        may_connect,
    })
}

pub(super) async fn binding(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    let id = visit.binding()?;
    let role = visit.user()?.account.role_on(id);
    let card = card_with_setup(&operations, id, role).await?;
    page(&OverviewPage {
        frame: Frame::of(&visit, "Overview")?,
        card,
    })
}

/// The card, and what is left of the set-up of a binding that no document came for yet.
async fn card_with_setup(
    operations: &Operations,
    id: &str,
    role: Option<AccountRole>,
) -> Result<Card, PageError> {
    let overview = operations.overview(id).await?;
    let may_set_up = role == Some(AccountRole::Administrator);
    let is_new = overview.pulse.last_arrival.is_none() && may_set_up;
    let mut card = card(overview);
    if is_new {
        card.setup = Progress::of(operations, id).await?.left();
    }
    Ok(card)
}

fn card(overview: BindingOverview) -> Card {
    let now = clock::now();
    let id = overview.binding.id.clone();
    let (health, health_class, remedy) = health(&overview, now);
    let sum = |states: &[&str]| -> i64 {
        let wanted = overview.days.iter();
        let wanted = wanted.filter(|day| states.contains(&day.state.as_str()));
        wanted.map(|day| day.documents).sum()
    };
    let calls = count(overview.pulse.calls);
    let connection = match &overview.connection.reference_read_at {
        Some(at) => format!("Accounts and tax rates read {}", super::times::of_text(at)),
        None => "Accounts and tax rates not read yet".to_owned(),
    };
    Card {
        state: of_binding(&overview.binding.state),
        health,
        health_class,
        remedy,
        last_arrival: overview.pulse.last_arrival.map(|at| ago(at, now)),
        oldest_open: overview.pulse.oldest_open.map(|at| ago(at, now)),
        open: count(overview.pulse.open),
        attention: count(overview.pulse.attention),
        attention_number: overview.pulse.attention,
        connection,
        calls: match overview.calls_per_day {
            0 => calls,
            most => format!("{calls} of {}", count(most.into())),
        },
        in_sage: count(sum(&["succeeded"])),
        replaced: count(sum(&["superseded"])),
        failed: count(sum(&["rejected", "ambiguous"])),
        chart: bars(&overview.days, now.div_euclid(DAY)),
        setup: None,
        id,
    }
}

/// How it is in a sentence, and what mends it.
fn health(overview: &BindingOverview, now: i64) -> (String, &'static str, Option<Remedy>) {
    let id = &overview.binding.id;
    let to = |label, page: &str| {
        Some(Remedy {
            label,
            href: format!("/b/{id}/{page}"),
        })
    };
    let pulse = &overview.pulse;
    let several = |number: i64, one: &str, many: &str| {
        let words = if number == 1 { one } else { many };
        format!("{} {words}", count(number))
    };
    if overview.binding.state != "active" {
        let state = of_binding(&overview.binding.state);
        let kept = several(pulse.open + pulse.parked, "document is", "documents are");
        let sentence = format!(
            "{}. {kept} kept and will be sent once it is connected again.",
            state.word
        );
        return (sentence, "bad", to("Connect Sage again", "connections"));
    }
    if overview.binding.live_since.is_none() {
        let sentence = "Stopped. Documents wait in the shop until you go live.";
        return (sentence.to_owned(), "open", to("Go live", "setup#live"));
    }
    if pulse.attention > 0 {
        let sentence = several(pulse.attention, "document needs", "documents need");
        let sentence = format!("{sentence} attention.");
        return (
            sentence,
            "bad",
            to(
                if pulse.attention == 1 {
                    "Look at it"
                } else {
                    "Look at them"
                },
                "documents?status=attention",
            ),
        );
    }
    if overview.binding.recovering_since.is_some() {
        let sentence =
            "The relay was restored from a backup and compares itself with Sage and the shop.";
        return (sentence.to_owned(), "open", None);
    }
    if let Some(oldest) = pulse.oldest_open.filter(|oldest| now - oldest > LONG) {
        let open = several(pulse.open, "document is", "documents are");
        let sentence = format!("{open} on the way; the oldest came {}.", ago(oldest, now));
        return (
            sentence,
            "open",
            to("Look at them", "documents?status=open"),
        );
    }
    let week = now.div_euclid(DAY) - 6;
    let recent = overview.days.iter().filter(|day| day.day >= week);
    let recent: i64 = recent
        .filter(|day| day.state == "succeeded")
        .map(|day| day.documents)
        .sum();
    match (recent, pulse.open) {
        (0, 0) => (
            "Connected. No document came in the last 7 days.".to_owned(),
            "quiet",
            None,
        ),
        (1, 0) => (
            "The one document of the last 7 days is in Sage.".to_owned(),
            "good",
            None,
        ),
        (recent, 0) => (
            format!(
                "All {} of the last 7 days are in Sage.",
                several(recent, "document", "documents")
            ),
            "good",
            None,
        ),
        (_, open) => (
            format!(
                "{} on the way to Sage.",
                several(open, "document is", "documents are")
            ),
            "good",
            None,
        ),
    }
}
