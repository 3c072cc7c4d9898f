//! Every recorded document goes the whole way and stands in the ledger as Magento has it.

use ledger_tests::demo::{Stage, of_files, with_everything};
use ledger_tests::recorded;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_document_stands_in_the_ledger_as_magento_has_it() {
    let stage = Stage::open(&|_| ()).await.unwrap();
    let report = stage
        .play(&with_everything(&recorded::files().unwrap()), &|_| ())
        .await
        .unwrap();
    println!("{report}");
    assert!(report.is_good(), "{}", report.complaints().join("\n"));
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
