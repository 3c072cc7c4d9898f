//! One difference between the shop and Sage, and its cause.

use rust_decimal::Decimal;

use super::facts::{Known, SageDocument};
use super::outcome::{Cause, Difference};
use super::shop_totals::{DocumentKind, DocumentRow};

pub(super) fn sign(kind: DocumentKind) -> Decimal {
    match kind {
        DocumentKind::Invoice => Decimal::ONE,
        DocumentKind::Creditmemo => Decimal::NEGATIVE_ONE,
    }
}

pub(super) fn run_id(known: Option<&Known>) -> Option<String> {
    let run = known?.run.as_ref()?;
    Some(run.run_id.clone())
}

pub(super) fn in_sage(object: &SageDocument) -> Option<String> {
    object.number.clone().or_else(|| object.reference.clone())
}

pub(super) fn whole(
    row: &DocumentRow,
    known: Option<&Known>,
    object: Option<&SageDocument>,
    cause: Cause,
) -> Difference {
    let sign = sign(row.kind);
    let run = known.and_then(|known| known.run.as_ref());
    let reason = if cause == Cause::Skipped {
        row.skipped.clone()
    } else if cause == Cause::Rejected {
        row.rejected.clone()
    } else if [
        Cause::Failed,
        Cause::NeedsDecision,
        Cause::Waiting,
        Cause::OnHold,
    ]
    .contains(&cause)
    {
        run.and_then(|run| run.reason.clone())
    } else {
        None
    };
    let made = known.and_then(|known| known.object.as_ref());
    Difference {
        cause,
        reason,
        kind: Some(row.kind),
        increment_id: Some(row.increment_id.clone()),
        day: Some(row.day),
        run_id: run_id(known),
        sage_id: made.map(|made| made.sage_id.clone()),
        sage_number: object.and_then(in_sage),
        amount: sign * row.total.0,
        tax: sign * row.tax.0,
    }
}

/// Why a document is not in Sage.
pub(super) fn absent(row: &DocumentRow, known: Option<&Known>) -> Cause {
    let Some(known) = known else {
        return not_sent(row);
    };
    if known.object.is_some() {
        // One that Sage was asked for and has no more stands among its objects as gone.
        return Cause::NotRead;
    }
    let Some(run) = &known.run else {
        return not_sent(row);
    };
    match run.state.as_str() {
        "queued" | "running" | "waiting" => Cause::Waiting,
        "parked" => Cause::OnHold,
        "ambiguous" => Cause::NeedsDecision,
        "succeeded" | "superseded" if known.is_canceled => Cause::Canceled,
        "succeeded" => Cause::MissingInSage,
        _ => Cause::Failed,
    }
}

pub(super) fn not_sent(row: &DocumentRow) -> Cause {
    if row.rejected.is_some() {
        Cause::Rejected
    } else if row.skipped.is_some() {
        Cause::Skipped
    } else {
        Cause::NotCaptured
    }
}

/// What happened to the total between the shop and Sage as it is now, step by step.
pub(super) fn steps(
    row: &DocumentRow,
    known: Option<&Known>,
    object: &SageDocument,
) -> Vec<Difference> {
    let sign = sign(row.kind);
    let run = known.and_then(|known| known.run.as_ref());
    let made = known.and_then(|known| known.object.as_ref());
    let now = object.total;
    let posted = made.and_then(|made| made.posted).unwrap_or(now);
    let sent = run.and_then(|run| run.expected).unwrap_or(posted);
    let all = [
        (Cause::ChangedInShop, row.total.0 - sent),
        (Cause::TotalDiffers, sent - posted),
        (Cause::EditedInSage, posted - now),
    ];
    let tax = sign * (row.tax.0 - object.tax);
    let mut differences: Vec<Difference> = all
        .into_iter()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(cause, amount)| Difference {
            amount: sign * amount,
            tax: Decimal::ZERO,
            ..whole(row, known, Some(object), cause)
        })
        .collect();
    match differences.last_mut() {
        Some(last) => last.tax = tax,
        None if !tax.is_zero() => differences.push(Difference {
            amount: Decimal::ZERO,
            tax,
            ..whole(row, known, Some(object), Cause::VatDiffers)
        }),
        None => {}
    }
    differences
}
