//! What every store must do, whatever it is made of.
//!
//! A case is a function over a [`Bench`]; `cases!` lists them all, and each store runs the list.

use std::any::Any;

use secrecy::SecretString;

use super::admission::Decision;
use super::*;
use crate::retry::Millis;
use crate::tenant::Tenant;
use crate::vault::Vault;
use ledger_plan::Kind;

pub(super) mod accounts;
pub(super) mod bindings;
pub(super) mod delivery;
pub(super) mod operations;
pub(super) mod ingest;
pub(super) mod reference_age;
pub(super) mod lanes;
pub(super) mod notifications;
pub(super) mod people;
pub(super) mod reconciliation;
pub(super) mod recovery;
mod releases;

/// Calls a macro with every case there is.
macro_rules! cases {
    ($with:ident) => {
        $with! {
            accounts::an_account_is_found_by_its_address_and_has_roles,
            accounts::the_first_account_needs_its_link_and_an_empty_house,
            accounts::a_password_is_chosen_once_with_a_link_and_ends_sessions,
            accounts::a_session_ends_by_rest_by_age_by_hand_and_with_its_account,
            accounts::attempts_are_counted_before_they_are_looked_at,
            accounts::a_second_factor_is_sealed_and_each_step_counts_once,
            accounts::a_consent_is_answered_once_by_who_began_it,
            accounts::the_history_is_paged_filtered_and_of_one_binding,
            people::what_needs_a_person_is_listed_and_accepted,
            people::rejected_documents_are_asked_for_until_they_come,
            people::a_rejected_run_is_replaced_by_newer_content,
            people::comments_and_filters_are_kept_and_forgotten,
            people::documents_are_found_by_number_customer_total_and_event,
            notifications::who_is_told_is_sealed_and_each_round_is_taken_by_one,
            delivery::many_at_the_door_at_once_and_each_gets_its_own_answer,
            delivery::a_frozen_body_never_changes,
            delivery::a_request_is_frozen_anew_once_for_each_time,
            delivery::doubt_blocks_others_until_it_is_resolved,
            delivery::a_run_is_told_of_doubts_when_it_is_taken_up,
            delivery::a_key_that_is_named_twice_is_kept_once,
            delivery::an_object_that_is_gone_is_known_no_more,
            delivery::a_settlement_names_its_step_and_failures_are_counted_by_it,
            delivery::what_the_state_forbids_is_not_written,
            delivery::the_cursor_only_grows_and_repeats_nothing,
            delivery::a_settlement_is_whole_or_not_at_all,
            delivery::one_tenant_never_sees_another,
            delivery::the_feed_names_the_contacts_of_customers,
            operations::orders_are_carried_out_where_the_state_allows_it,
            operations::what_is_held_stays_held_when_the_binding_is_connected_again,
            operations::versions_of_settings_grow_and_never_change,
            operations::the_newest_report_of_a_shop_is_kept,
            operations::an_operator_says_what_a_key_stands_for,
            operations::the_feed_once_more_in_its_order,
            operations::a_push_goes_on_where_it_stopped,
            operations::what_is_erased_is_gone_and_what_is_open_is_left,
            operations::old_plans_are_thrown_away_and_replays_still_known,
            operations::throttled_runs_count_as_eligible,
            reference_age::old_reference_data_is_read_by_one_behind_all_documents,
            reconciliation::the_newest_report_of_a_day_stands_and_ends_what_was_wanted,
            reconciliation::what_was_read_from_sage_takes_the_place_of_what_was_there,
            reconciliation::calls_are_counted_before_they_are_made,
            reconciliation::runs_and_objects_are_found_by_their_keys,
            ingest::plans_of_one_request_see_each_other,
            ingest::a_request_may_be_longer_than_a_statement,
            ingest::a_ticket_is_good_for_one_request_of_its_binding,
            ingest::what_the_database_refuses_fails_its_own_request_only,
            recovery::a_clock_that_was_set_back_strands_nothing,
            recovery::a_position_of_a_store_that_is_gone_begins_one_recovery,
            recovery::what_a_store_that_is_gone_may_have_sent_is_marked,
            recovery::one_installation_is_served,
            recovery::a_key_on_offer_counts_when_it_is_proved,
            recovery::a_document_that_was_set_aside_makes_room,
            lanes::one_sender_at_a_time,
            lanes::the_next_run_is_taken_with_the_end_of_one,
            lanes::who_was_overtaken_decides_nothing_but_is_heard,
            lanes::a_restarted_process_has_its_lanes_at_once,
            lanes::what_matters_goes_first_and_what_has_begun_is_finished,
            lanes::a_lane_remembers_what_it_learned,
            lanes::needs_wake_and_revive,
            lanes::what_was_never_sent_is_superseded,
            lanes::what_may_stand_in_sage_is_left_to_its_own_end,
            bindings::a_pair_replaces_only_the_pair_it_came_from,
            bindings::one_refresh_at_a_time,
            bindings::a_parked_binding_rests_and_resumes,
            bindings::a_disconnected_binding_keeps_its_documents,
            bindings::a_former_key_is_good_until_its_end,
            bindings::a_binding_is_live_from_when_somebody_says_so,
            bindings::a_binding_that_rests_lapses_unless_it_was_connected_again,
        }
    };
}
pub(super) use cases;

/// A store with the bindings `one` and `two`.
pub(super) struct Bench {
    pub(super) store: Arc<dyn Store>,
    /// What must outlive it.
    _outlives: Box<dyn Any + Send + Sync>,
}

impl Bench {
    pub(super) async fn over(store: Arc<dyn Store>, outlives: Box<dyn Any + Send + Sync>) -> Self {
        for id in ["one", "two"] {
            let row = BindingRow {
                api_url: "u".to_owned(),
                token_url: "t".to_owned(),
                business_id: "b".to_owned(),
                api_key_sealed: vec![1],
                refresh_token_sealed: vec![2],
                ..BindingRow::default()
            };
            assert!(
                store
                    .add_binding(&binding(id), &row, operations::SETUP)
                    .await
                    .unwrap()
            );
            assert!(
                !store
                    .add_binding(&binding(id), &row, operations::SETUP)
                    .await
                    .unwrap(),
                "a binding is added once"
            );
        }
        Self {
            store,
            _outlives: outlives,
        }
    }

    /// A second store on the same database.
    pub(super) fn beside(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            _outlives: Box::new(()),
        }
    }

    /// Takes a plan in for the binding `one`.
    pub(super) async fn ingest_one(&self, id: u32) -> Decision {
        self.ingest("one", vec![new_run(id, "a")]).await[0].decision
    }

    async fn ingest(&self, id: &str, runs: Vec<NewRun>) -> Vec<Admitted> {
        self.store.ingest(&tenant(id), runs, 1).await.unwrap()
    }

    /// Takes the lane of a binding and a run of it.
    async fn claimed(&self, id: &str, now: Millis) -> Option<(String, Lease)> {
        self.claimed_by(&holder("relay"), id, now).await
    }

    async fn claimed_by(&self, by: &Holder, id: &str, now: Millis) -> Option<(String, Lease)> {
        if let Claim::Run(run, lease, _) = self.ask(by, id, i8::MAX, now).await {
            Some((run.run_id, lease))
        } else {
            None
        }
    }

    async fn ask(&self, by: &Holder, id: &str, priority: i8, now: Millis) -> Claim {
        let claim = self.store.claim(&binding(id), by, priority, now).await;
        claim.unwrap()
    }

    async fn refresh_begins(&self, version: i64, now: Millis) -> bool {
        let timeout = std::time::Duration::from_millis(50);
        let (store, one) = (&self.store, binding("one"));
        let begun = store.refresh_begins(&one, version, now, timeout).await;
        begun.unwrap()
    }
}

fn binding(id: &str) -> BindingId {
    BindingId::new(id).unwrap()
}

pub(super) fn vault() -> Arc<Vault> {
    Arc::new(Vault::new(&SecretString::from("a".repeat(64))).unwrap())
}

fn tenant(id: &str) -> Tenant {
    Tenant::operated(&binding(id), &vault())
}

/// A process whose leases last a hundred milliseconds. One of each name lives in a test.
fn holder(instance: &str) -> Holder {
    Holder::fixed(instance, std::time::Duration::from_millis(100))
}

fn new_run(id: u32, digest: &str) -> NewRun {
    NewRun {
        run_id: format!("run-{id}-{digest}"),
        key: format!("invoice.created:{id}"),
        kind: Kind::Document,
        digest: digest.to_owned(),
        plan: b"{}".to_vec(),
        sequence: 1,
        entity_type: "invoice".to_owned(),
        entity_id: id.into(),
        increment_id: Some(format!("{id:09}")),
        principal_xref: format!("invoice:{id}"),
        expected_total: Some("1.00".to_owned()),
        expected_currency: None,
        priority: 0,
        makes: vec![format!("invoice:{id}")],
        needs: Vec::new(),
    }
}

/// A plan that needs many pages.
pub(super) async fn large(store: &dyn Store) -> Result<Vec<Admitted>, StoreError> {
    let run = NewRun {
        plan: vec![b' '; 1_000_000],
        ..new_run(1, "large")
    };
    store.ingest(&tenant("one"), vec![run], 1).await
}

fn settlement(run_id: &str, verdict: Verdict) -> Settlement<'_> {
    Settlement::of(run_id, 0, verdict, 5)
}

fn waiting(until: Millis, code: &str) -> Verdict {
    Verdict::Wait {
        until,
        counted: true,
        reason: Reason::new(code, ""),
    }
}

fn request(run_id: &str) -> Request<'_> {
    Request {
        run_id,
        step: 0,
        xref_key: "invoice:1",
        target: "",
    }
}

fn open<'a>(run_id: &'a str, body: &'a [u8]) -> OpenAttempt<'a> {
    OpenAttempt {
        request: request(run_id),
        resource: "sales_invoices",
        sage_idempotency_id: "id",
        body,
        renewals: 0,
        now: 3,
    }
}

fn end(attempt_id: i64, outcome: Outcome) -> AttemptEnd {
    AttemptEnd {
        attempt_id,
        outcome,
        http_status: Some(500),
        request_id: None,
        sage_id: None,
    }
}

fn xref(key: &str, sage_id: &str) -> Xref {
    Xref {
        xref_key: key.to_owned(),
        resource: "sales_invoices".to_owned(),
        sage_id: sage_id.to_owned(),
        displayed_as: Some("SI-1".to_owned()),
        total: Some("1.00".to_owned()),
        currency: Some("GBP".to_owned()),
        match_tag: None,
        adopted: false,
    }
}

/// Drives futures side by side.
async fn futures<F: Future<Output: Send + 'static> + Send>(
    all: impl Iterator<Item = F>,
) -> Vec<F::Output> {
    let mut pending: Vec<_> = all.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        pending.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if pending.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}
