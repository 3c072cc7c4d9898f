//! Every recorded document goes the whole way and stands in the ledger as Magento has it.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_tests::demo::{Decision, Report, Row, Stage, in_ireland, of_files, with_everything};
use ledger_tests::recorded;
use serde_json::json;
use std::collections::BTreeSet;

/// Whether Sage takes destination rates outside the European Union is not known: reported are
/// refusals, documented is destination VAT. Both answers must end well.
async fn everything(zero_rated_only: bool) -> Report {
    let stage = Stage::open(&|_| ()).await.unwrap();
    stage
        .switch(&json!({ "foreign_zero_rated": zero_rated_only }))
        .await
        .unwrap();
    let mut files = recorded::files().unwrap();
    // Made of the rows of other recordings, so they share their ids.
    files.retain(|file| !file.contains("/report_"));
    stage.play(&with_everything(&files), &|_| ()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_document_stands_in_the_ledger_as_magento_has_it() {
    let report = everything(false).await;
    assert!(report.is_good(), "{}", report.complaints().join("\n"));
    for row in report.rows() {
        match &row.document.decision {
            Decision::Post { .. } => assert!(row.agrees(), "{}", row.name()),
            // Nothing is paid where nothing is owed, and composite products are no items of Sage's.
            Decision::Skip(reason) => assert!(
                ["payment_method_set_to_none", "PRODUCT_TYPE_NOT_SUPPORTED"]
                    .contains(&reason.as_str()),
                "{}: {reason}",
                row.name()
            ),
            Decision::Reject(code) => assert_eq!(
                recorded::refusal(row.file()),
                Some(code.as_str()),
                "{}",
                row.name()
            ),
        }
    }
    let posted = |event: &str| {
        let of = |row: &&Row| row.document.event == event && row.is_posted();
        report.rows().filter(of).count()
    };
    assert_eq!(report.ledger["sales_invoices"], posted("invoice.created"));
    assert_eq!(
        report.ledger["sales_credit_notes"],
        posted("creditmemo.created")
    );
    let counts = [
        "invoice.created",
        "invoice.paid",
        "creditmemo.created",
        "customer.upserted",
        "product.upserted",
    ]
    .map(posted);
    let least = [115, 112, 44, 5, 11];
    assert!(
        counts
            .iter()
            .zip(least)
            .all(|(count, least)| *count >= least),
        "only {counts:?}"
    );
    assert_eq!(report.mirrored, 0, "both addresses are always sent");
    let domestic = report.rows().filter(|row| row.document.is_domestic_invoice);
    assert!(domestic.count() >= 90);
}

/// Every recorded shop with euros: an Irish buyer, German ones, and one who pays in dollars.
#[tokio::test(flavor = "multi_thread")]
async fn documents_of_an_irish_shop_stand_in_the_ledger_as_magento_has_them() {
    let stage = Stage::open_in_ireland(&|_| ()).await.unwrap();
    let files = ["cur_eur", "ws_eur_base", "ws_eur_base_usd_view"]
        .map(|name| format!("golden/magento/{name}.json"));
    let report = stage.play(&in_ireland(&files), &|_| ()).await.unwrap();
    assert!(report.is_good(), "{}", report.complaints().join("\n"));
    for row in report.rows() {
        assert!(row.is_posted() && row.agrees(), "{}", row.name());
    }
    assert_eq!(report.ledger["sales_invoices"], 3);
    assert_eq!(report.ledger["sales_credit_notes"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_that_sage_refuses_is_told_with_all_that_hangs_on_it() {
    let report = everything(true).await;
    let refused: Vec<_> = report
        .rows()
        .filter(|row| row.is_posted() && !row.agrees())
        .collect();
    let files: BTreeSet<_> = refused
        .iter()
        .filter_map(|row| row.name().split(' ').next().map(ToOwned::to_owned))
        .collect();
    let expected = ["addr_tax_on_origin.json", "buyer_ny.json", "cur_usd.json"];
    assert_eq!(files, expected.map(ToOwned::to_owned).into());
    for row in refused {
        let error = row.error.as_deref().unwrap_or_default();
        let wanted = if ["invoice.created", "order.placed"].contains(&row.document.event.as_str()) {
            "must be 'Zero Rated' for Customers outside the EU"
        } else {
            "needs_rejected"
        };
        assert!(error.contains(wanted), "{}: {error}", row.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sage_refuses_is_told_and_nothing_is_called_good() {
    let stage = Stage::open(&|_| ()).await.unwrap();
    // Three at 8.33 carry 5.01 tax where the rate gives 5.00: a stricter Sage than any on record.
    stage
        .switch(&json!({ "tax_tolerance": "0.00" }))
        .await
        .unwrap();
    let files = [
        "golden/magento/alg_U_excl_3x833.json",
        "golden/magento/ship_excl_taxed.json",
    ];
    let report = stage
        .play(&of_files(&files.map(ToOwned::to_owned)), &|_| ())
        .await
        .unwrap();
    assert!(!report.is_good());
    let complaints = report.complaints();
    assert!(
        complaints[0].starts_with("alg_U_excl_3x833.json 000000007: post, rejected"),
        "{complaints:?}"
    );
    assert!(
        complaints[0].contains("line_items.tax_amount"),
        "{complaints:?}"
    );
    assert_eq!(
        report.ledger["sales_invoices"], 1,
        "the other invoice is posted all the same"
    );
}
