//! What one shop has is not there for another.

use serde_json::{Value, json};

use crate::shop_reports::reports;
use crate::support::contract::guarded;
use crate::support::plans::{invoice, paid};
use crate::support::rig::{BINDING, Rig};
use crate::surface::NOBODYS;

/// What one shop has, another may ask for: every route answers as if it were not there.
#[tokio::test]
async fn with_ids_of_another_tenant_every_route_finds_nothing() {
    let rig = Rig::start().await;
    rig.bind("shop-two", "refresh-of-two").await;
    let (one, two) = (rig.shop(), rig.shop_named("shop-two"));
    let run = one.deliver(1, "succeeded").await["run_id"].clone();
    let run = run.as_str().unwrap();
    let text = include_str!("../../golden/profiles/gb_base.json");
    let operations = rig.operations().await;
    operations.set_settings(BINDING, text).await.unwrap();
    operations.close().await;
    for (operation, _, path) in guarded(run) {
        // A route that is added must be thought of here.
        match operation.as_str() {
            "getRun" => {
                assert_eq!(one.get(&path).await.status().as_u16(), 200);
                let foreign = two.get(&path).await;
                assert_eq!(foreign.status().as_u16(), 404);
                let foreign: Value = foreign.json().await.unwrap();
                let unknown = two.get(&path.replace(run, NOBODYS)).await;
                let unknown: Value = unknown.json().await.unwrap();
                assert_eq!(foreign, unknown, "a foreign run looks like no run");
            }
            "getSettings" => {
                assert_eq!(one.get(&path).await.status().as_u16(), 200);
                assert_eq!(two.get(&path).await.status().as_u16(), 404);
            }
            // The feed has no ids but the cursor: one that another shop was given shows nothing.
            "getSyncState" => {
                let cursor = one.feed("0").await["next"].clone();
                for since in ["0", cursor.as_str().unwrap()] {
                    let seen = two.feed(since).await.to_string();
                    assert!(!seen.contains(run), "{seen}");
                }
            }
            // The same keys are other documents, and what they need is sought among the shop's own.
            "postPlans" => {
                let payment = two.accept(&paid(1, &[("card", "35.99")])).await;
                let waiting = two.until(&payment, "waiting").await;
                assert_eq!(waiting["error"]["code"], "waiting_for_needs");
                let (_, results) = two.post(&[invoice(1)]).await;
                assert_eq!(results[0]["status"], "accepted");
                assert_ne!(results[0]["run_id"], run);
            }
            "getBinding" => {
                let (of_one, of_two) = (one.get(&path).await, two.get(&path).await);
                let of_one: Value = of_one.json().await.unwrap();
                let of_two: Value = of_two.json().await.unwrap();
                assert_eq!(of_one["binding_id"], BINDING);
                assert_eq!(of_two["binding_id"], "shop-two");
            }
            // A recovery of one is none of the other's.
            "postRecovery" => {
                one.get("/v1/sync-state?since=4000000000").await;
                let standing: Value = one.get("/v1/binding").await.json().await.unwrap();
                let id = standing["recovery"]["recovery_id"].clone();
                let body = json!({"recovery_id": id, "highest": {}});
                assert_eq!(two.post_to(&path, &body).await.status().as_u16(), 404);
                assert_eq!(one.post_to(&path, &body).await.status().as_u16(), 200);
            }
            // What one shop tells is not the other's.
            "putShopProfile" | "putDryRun" | "putShopTotals" => {
                let reports = reports();
                let report = reports.iter().find(|(of, _)| *of == path).unwrap();
                one.tell(&path, &report.1, 204).await;
                let operations = rig.operations().await;
                assert!(operations.shop_profile("shop-two").await.unwrap().is_none());
                assert!(operations.dry_run("shop-two").await.unwrap().is_none());
                let told = "SELECT count(*) FROM shop_day WHERE binding_id = 'shop-two'";
                assert_eq!(rig.sql(told).await, Some(0));
                operations.close().await;
            }
            "postInstallation" => {
                rig.bind("shop-three", "refresh-of-three").await;
                let three = rig.shop_named("shop-three");
                let body = json!({"installation": "1".repeat(32)});
                assert_eq!(three.post_to(&path, &body).await.status().as_u16(), 200);
                assert_eq!(three.get("/v1/settings").await.status().as_u16(), 409);
                assert_eq!(one.get("/v1/settings").await.status().as_u16(), 200);
            }
            other => panic!("{other}: what does it show of another tenant?"),
        }
    }
}
