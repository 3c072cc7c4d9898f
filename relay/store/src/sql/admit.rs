//! What becomes of the plans of a group, in a handful of statements whatever its size.
//!
//! A statement costs the way to the database and back, and the plans of a group are many.

use std::collections::{HashMap, HashSet};

use sqlx::{FromRow, QueryBuilder};

use crate::admission::{Decision, FIRST, Present, decide};
use crate::retry::Millis;
use crate::state::State;
use crate::{Admission, Admitted, BindingId, NewRun, StoreError};

use super::ingest::Batch;
use super::{Db, Tx, during, portions};
/// A run that is to be written.
#[derive(Clone, Copy)]
struct Candidate<'g> {
    binding: &'g BindingId,
    run: &'g NewRun,
    generation: u32,
    now: Millis,
}

/// Decides on every plan of the group and writes the new ones; `None` for a request whose ticket
/// was used before.
pub(super) async fn group(
    tx: &mut Tx,
    group: &[Batch],
) -> Result<Vec<Option<Admission>>, StoreError> {
    let mut unused = spend(tx, group).await?;
    // Of two requests of a group with one ticket the first has it.
    let heard: Vec<bool> = group
        .iter()
        .map(|batch| {
            unused.remove(&(
                batch.binding.as_str().to_owned(),
                batch.token_use.jti.clone(),
            ))
        })
        .collect();
    let requests = || heard.iter().zip(group);
    let candidates: Vec<Candidate<'_>> = requests()
        .filter(|(heard, _)| **heard)
        .flat_map(|(_, batch)| batch.runs.iter().map(|run| first(batch, run)))
        .collect();
    let mut admitted = admit(tx, &candidates).await?.into_iter();
    let answers = requests().map(|(heard, batch)| {
        heard.then(|| {
            let (admitted, seqs): (Vec<Admitted>, Vec<i64>) =
                admitted.by_ref().take(batch.runs.len()).unzip();
            Admission {
                admitted,
                newest_seq: seqs.into_iter().max().unwrap_or_default(),
            }
        })
    });
    Ok(answers.collect())
}

/// Nearly every plan is the first under its key, and is written without asking; what stands under
/// the keys of the others is asked then.
///
/// With each comes the place of the run that was made of it, 0 for none.
async fn admit(
    tx: &mut Tx,
    candidates: &[Candidate<'_>],
) -> Result<Vec<(Admitted, i64)>, StoreError> {
    let mut written = write(tx, candidates).await?;
    let (mut admitted, mut accepted, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for candidate in candidates {
        if let Some(seq) = written.remove(&candidate.run.run_id) {
            accepted.push(*candidate);
            let new = Admitted {
                decision: Decision::Accept(FIRST),
                run_id: candidate.run.run_id.clone(),
            };
            admitted.push(Some((new, seq)));
        } else {
            others.push(*candidate);
            admitted.push(None);
        }
    }
    let Judged {
        admitted: judged,
        successors,
        replaced,
    } = judge(present(tx, &others).await?, &others)?;
    replace_rejected(tx, &replaced, &others).await?;
    let written = write(tx, &successors).await?;
    if written.len() != successors.len() {
        return Err(StoreError::Contradiction(
            "a generation that is there already",
        ));
    }
    accepted.extend(successors);
    write_keys(tx, &accepted).await?;
    let mut judged = judged.into_iter();
    let known = || {
        let known = judged.next()?;
        let seq = written.get(&known.run_id).copied().unwrap_or_default();
        Some((known, seq))
    };
    let mut known = known;
    Ok(admitted
        .into_iter()
        .filter_map(|new| new.or_else(&mut known))
        .collect())
}

fn first<'g>(batch: &'g Batch, run: &'g NewRun) -> Candidate<'g> {
    Candidate {
        binding: &batch.binding,
        run,
        generation: FIRST,
        now: batch.now,
    }
}

/// What becomes of plans under keys that are taken.
struct Judged<'g> {
    /// In their order.
    admitted: Vec<Admitted>,
    /// The runs to be written.
    successors: Vec<Candidate<'g>>,
    /// The rejected runs that have a successor now.
    replaced: Vec<String>,
}

/// What becomes of plans under keys that are taken.
fn judge<'g>(
    mut present: HashMap<(&'g str, &'g str), Present>,
    candidates: &[Candidate<'g>],
) -> Result<Judged<'g>, StoreError> {
    let mut judged = Vec::with_capacity(candidates.len());
    let mut successors = Vec::new();
    let mut replaced = Vec::new();
    for candidate in candidates {
        let run = candidate.run;
        let found = present
            .get_mut(&candidate.key())
            .ok_or(StoreError::Contradiction("a taken key that nothing has"))?;
        let decision = decide(found, run.kind, &run.digest, run.sequence);
        if let Decision::Accept(generation) = decision {
            if found.state == State::Rejected {
                replaced.push(found.run_id.clone());
            }
            *found = Present {
                run_id: run.run_id.clone(),
                generation,
                digest: run.digest.clone(),
                sequence: run.sequence,
                state: State::Queued,
                is_set_aside: false,
            };
            successors.push(Candidate {
                generation,
                ..*candidate
            });
        }
        let run_id = found.run_id.clone();
        judged.push(Admitted { decision, run_id });
    }
    Ok(Judged {
        admitted: judged,
        successors,
        replaced,
    })
}

/// Nobody needs to act on a rejected run whose document came again with other content.
async fn replace_rejected(
    tx: &mut Tx,
    replaced: &[String],
    candidates: &[Candidate<'_>],
) -> Result<(), StoreError> {
    let Some(now) = candidates.first().map(|candidate| candidate.now) else {
        return Ok(());
    };
    for portion in portions(replaced) {
        let mut update = QueryBuilder::<Db>::new("UPDATE run SET state = ");
        update.push_bind(State::Superseded.word());
        update.push(", updated_at = ").push_bind(now);
        update
            .push(" WHERE state = ")
            .push_bind(State::Rejected.word());
        update.push(" AND run_id IN (");
        let mut ids = update.separated(", ");
        for run_id in portion {
            ids.push_bind(run_id);
        }
        update.push(")");
        update
            .build()
            .execute(&mut **tx)
            .await
            .map_err(during("ingest"))?;
    }
    Ok(())
}

impl<'g> Candidate<'g> {
    fn key(&self) -> (&'g str, &'g str) {
        (self.binding.as_str(), &self.run.key)
    }
}

/// Uses the tickets up; answers binding and name of those that were new.
async fn spend(tx: &mut Tx, group: &[Batch]) -> Result<HashSet<(String, String)>, StoreError> {
    let mut unused = HashSet::with_capacity(group.len());
    for portion in portions(group) {
        let mut insert = QueryBuilder::<Db>::new("INSERT INTO ticket (binding_id, jti, void_at) ");
        insert.push_values(portion, |mut row, batch| {
            row.push_bind(batch.binding.as_str())
                .push_bind(&batch.token_use.jti)
                .push_bind(batch.token_use.void_at);
        });
        insert.push(" ON CONFLICT DO NOTHING RETURNING binding_id, jti");
        let new: Vec<(String, String)> = insert
            .build_query_as()
            .fetch_all(&mut **tx)
            .await
            .map_err(during("ingest"))?;
        unused.extend(new);
    }
    Ok(unused)
}

#[derive(FromRow)]
struct PresentRow {
    /// The place of its key among those asked for.
    place: i64,
    run_id: String,
    generation: i64,
    digest: String,
    sequence: i64,
    state: String,
    set_aside_at: Option<Millis>,
}

/// The newest generation under the keys of these runs.
async fn present<'g>(
    tx: &mut Tx,
    candidates: &[Candidate<'g>],
) -> Result<HashMap<(&'g str, &'g str), Present>, StoreError> {
    let wanted: Vec<(&str, &str)> = candidates.iter().map(Candidate::key).collect();
    let mut present = HashMap::with_capacity(wanted.len());
    for portion in portions(&wanted) {
        let mut select = QueryBuilder::<Db>::new(
            "SELECT w.column1 AS place, r.run_id, r.generation, r.digest, r.sequence, r.state, r.set_aside_at FROM (",
        );
        let places = (0_i64..).zip(portion);
        select.push_values(places, |mut row, (place, (binding, key))| {
            row.push_bind(place).push_bind(*binding).push_bind(*key);
        });
        // CROSS: SQLite then goes from the few wanted keys to the many runs, and not back.
        select.push(
            ") AS w CROSS JOIN run r WHERE r.binding_id = w.column2 AND r.key = w.column3
             ORDER BY r.generation",
        );
        let rows: Vec<PresentRow> = select
            .build_query_as()
            .fetch_all(&mut **tx)
            .await
            .map_err(during("ingest"))?;
        for row in rows {
            let wanted = usize::try_from(row.place).ok();
            let key = wanted.and_then(|place| portion.get(place));
            let key = key.ok_or(StoreError::Contradiction("a key nobody asked for"))?;
            present.insert(*key, row.try_into()?);
        }
    }
    Ok(present)
}

impl TryFrom<PresentRow> for Present {
    type Error = StoreError;

    fn try_from(row: PresentRow) -> Result<Self, StoreError> {
        Ok(Self {
            run_id: row.run_id,
            generation: u32::try_from(row.generation)
                .map_err(|_| StoreError::Contradiction("an impossible generation"))?,
            digest: row.digest,
            sequence: row.sequence,
            state: State::from_word(&row.state)
                .ok_or(StoreError::Contradiction("an unknown run state"))?,
            is_set_aside: row.set_aside_at.is_some(),
        })
    }
}

/// Writes the runs whose generation is not there yet; answers their ids with their places.
async fn write(
    tx: &mut Tx,
    candidates: &[Candidate<'_>],
) -> Result<HashMap<String, i64>, StoreError> {
    let mut written = HashMap::with_capacity(candidates.len());
    for portion in portions(candidates) {
        let mut insert = QueryBuilder::<Db>::new(
            "INSERT INTO run (run_id, binding_id, key, generation, digest, plan, sequence, entity_type, entity_id,
                              principal_xref, expected_total, expected_currency, state, created_at, updated_at, priority,
                              increment_id) ",
        );
        insert.push_values(portion, |mut row, candidate| {
            let Candidate {
                binding,
                run,
                generation,
                now,
            } = candidate;
            row.push_bind(&run.run_id)
                .push_bind(binding.as_str())
                .push_bind(&run.key)
                .push_bind(i64::from(*generation))
                .push_bind(&run.digest)
                .push_bind(&run.plan)
                .push_bind(run.sequence)
                .push_bind(&run.entity_type)
                .push_bind(run.entity_id)
                .push_bind(&run.principal_xref)
                .push_bind(&run.expected_total)
                .push_bind(&run.expected_currency)
                .push_bind(State::Queued.word())
                .push_bind(*now)
                .push_bind(*now)
                .push_bind(i64::from(run.priority))
                .push_bind(&run.increment_id);
        });
        insert.push(" ON CONFLICT (binding_id, key, generation) DO NOTHING RETURNING run_id, seq");
        let new: Vec<(String, i64)> = insert
            .build_query_as()
            .fetch_all(&mut **tx)
            .await
            .map_err(during("ingest"))?;
        written.extend(new);
    }
    Ok(written)
}

/// Keeps which keys the runs make known and which they need.
async fn write_keys(tx: &mut Tx, accepted: &[Candidate<'_>]) -> Result<(), StoreError> {
    let mut keys = Vec::new();
    for Candidate { binding, run, .. } in accepted {
        let makes = run.makes.iter().map(|key| (key, "makes"));
        let needs = run.needs.iter().map(|key| (key, "needs"));
        let of_run = |(key, role)| (binding.as_str(), key, role, &run.run_id);
        keys.extend(makes.chain(needs).map(of_run));
    }
    for portion in portions(&keys) {
        let mut insert =
            QueryBuilder::<Db>::new("INSERT INTO run_key (binding_id, xref_key, role, run_id) ");
        insert.push_values(portion, |mut row, (binding, key, role, run_id)| {
            row.push_bind(*binding)
                .push_bind(*key)
                .push_bind(*role)
                .push_bind(*run_id);
        });
        insert.push(" ON CONFLICT DO NOTHING");
        insert
            .build()
            .execute(&mut **tx)
            .await
            .map_err(during("ingest"))?;
    }
    Ok(())
}
