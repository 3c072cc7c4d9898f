//! Other documents that must be in Sage first.

use ledger_plan::Plan;
use ledger_store::clock;
use ledger_store::retry::later;
use ledger_store::state::State;
use ledger_store::{Maker, Reason, Run, Verdict};

use super::Fault;
use super::session::SageSession;

/// Where a run goes that cannot begin yet, or never; `None` when everything is there.
pub(super) async fn verdict(
    session: &SageSession<'_>,
    run: &Run,
    plan: &Plan,
) -> Result<Option<Verdict>, Fault> {
    let keys: Vec<&str> = plan.needs.iter().map(String::as_str).collect();
    let (engine, lease) = (session.engine, session.lease);
    let found = engine.store.xrefs(lease, &keys).await?;
    let mut waits = None;
    for (index, need) in plan.needs.iter().enumerate() {
        if found.contains_key(need) {
            continue;
        }
        let makers = engine.store.makers(lease, need).await?;
        if let Some(rejected) = hopeless(&makers) {
            let reason = Reason::new("needs_rejected", words(need, rejected));
            return Ok(Some(Verdict::Refuse(reason.at(format!("/needs/{index}")))));
        }
        waits.get_or_insert((index, need));
    }
    Ok(waits.map(|(index, need)| {
        let longest = engine.timing.needs;
        if session.now() >= later(run.created_at, longest) {
            let days = longest.as_secs() / 86_400;
            let detail = format!("{need} was not in Sage within {days} days; send its document, and this one goes on.");
            return Verdict::Refuse(Reason::new("needs_timeout", detail).at(format!("/needs/{index}")));
        }
        let schedule = &engine.timing.schedule;
        let failures = run.tries.saturating_add(1);
        Verdict::Wait {
            until: schedule.next(failures, None, clock::jitter(), session.now()),
            counted: true,
            reason: Reason::new("waiting_for_needs", format!("{need} is not in Sage yet.")),
        }
    }))
}

/// The rejected maker of a key that nobody else will make.
fn hopeless(makers: &[Maker]) -> Option<&Maker> {
    let is = |maker: &&Maker, state: State| State::from_word(&maker.state) == Some(state);
    let ended = |maker: &Maker| is(&maker, State::Rejected) || is(&maker, State::Superseded);
    makers
        .iter()
        .find(|maker| is(maker, State::Rejected))
        .filter(|_| makers.iter().all(ended))
}

fn words(need: &str, maker: &Maker) -> String {
    let reason = maker
        .error
        .as_deref()
        .and_then(|error| serde_json::from_str::<Reason>(error).ok());
    let because = reason.map_or_else(String::new, |reason| {
        format!(" ({}: {})", reason.code, reason.detail)
    });
    format!(
        "{need} will not be in Sage: {} was rejected{because}.",
        maker.key
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maker(key: &str, state: State) -> Maker {
        Maker {
            run_id: "r".to_owned(),
            key: key.to_owned(),
            state: state.word().to_owned(),
            error: Some(r#"{"code":"sage_rejected","detail":"no"}"#.to_owned()),
        }
    }

    #[test]
    fn hope_ends_with_the_last_maker() {
        assert!(hopeless(&[]).is_none());
        let rejected = || maker("invoice.created:1", State::Rejected);
        for open in [
            State::Queued,
            State::Waiting,
            State::Parked,
            State::Ambiguous,
            State::Succeeded,
        ] {
            assert!(hopeless(&[rejected(), maker("invoice.paid:1", open)]).is_none());
        }
        let makers = [rejected()];
        assert_eq!(
            words("invoice:1", hopeless(&makers).unwrap()),
            "invoice:1 will not be in Sage: invoice.created:1 was rejected (sage_rejected: no)."
        );
    }
}
