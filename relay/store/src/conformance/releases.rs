//! Databases as each release wrote them: the newest relay opens them and goes on.
//!
//! A release adds its own two files before it is made:
//! `cargo test -p ledger-store releases:: -- --ignored`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ledger_postgres::{Durability, Server};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::conformance::{self, Bench, delivery};
use crate::sqlite::Role;
use crate::{postgres, sqlite};

const SQLITE: &str = ".sqlite.sql";
const POSTGRES: &str = ".postgres.sql";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The releases whose files end so.
fn releases(ending: &str) -> BTreeSet<String> {
    let names = fs::read_dir(folder()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter_map(|name| name.strip_suffix(ending).map(str::to_owned))
        .collect()
}

fn sql(release: &str, ending: &str) -> String {
    fs::read_to_string(folder().join(format!("{release}{ending}"))).unwrap()
}

#[test]
fn every_release_has_a_file_of_each_database() {
    let releases = releases(SQLITE);
    assert_eq!(releases, self::releases(POSTGRES));
    assert!(releases.contains(env!("CARGO_PKG_VERSION")), "{releases:?}");
}

#[tokio::test]
async fn sqlite_files_of_every_release_open_and_go_on() {
    for release in releases(SQLITE) {
        println!("{release}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.sqlite3");
        let mut before = connection(&path).await;
        sqlx::raw_sql(AssertSqlSafe(sql(&release, SQLITE)))
            .execute(&mut before)
            .await
            .unwrap();
        before.close().await.unwrap();
        let store = sqlite::open(&path, Role::Serve, conformance::vault()).await;
        let bench = Bench::beside(Arc::new(store.unwrap()));
        delivery::what_was_left_open_goes_on(&bench).await;
    }
}

#[tokio::test]
async fn postgresql_databases_of_every_release_open_and_go_on() {
    let server = Server::start(Durability::Memory).unwrap();
    for release in releases(POSTGRES) {
        println!("{release}");
        let url = server.database().unwrap();
        let mut before = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql(&release, POSTGRES)))
            .execute(&mut before)
            .await
            .unwrap();
        before.close().await.unwrap();
        let store = postgres::open(url.parse().unwrap(), 4, conformance::vault()).await;
        let bench = Bench::beside(Arc::new(store.unwrap()));
        delivery::what_was_left_open_goes_on(&bench).await;
        bench.store.close().await;
    }
}

#[tokio::test]
#[ignore = "writes the two files of this release"]
async fn the_files_of_this_release_are_written() {
    let keep = |ending: &str, sql: &str| {
        let name = format!("{}{ending}", env!("CARGO_PKG_VERSION"));
        fs::write(folder().join(name), sql).unwrap();
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relay.sqlite3");
    let store = sqlite::open(&path, Role::Serve, conformance::vault()).await;
    let bench = Bench::over(Arc::new(store.unwrap()), Box::new(())).await;
    delivery::a_frozen_body_never_changes(&bench).await;
    bench.store.close().await;
    keep(SQLITE, &dump(&path).await);

    let server = Server::start(Durability::Memory).unwrap();
    let url = server.database().unwrap();
    let store = postgres::open(url.parse().unwrap(), 4, conformance::vault()).await;
    let bench = Bench::over(Arc::new(store.unwrap()), Box::new(())).await;
    delivery::a_frozen_body_never_changes(&bench).await;
    bench.store.close().await;
    let database = url.rsplit('/').next().unwrap();
    keep(POSTGRES, &server.dump_sql(database).unwrap());
}

/// Tables are filled in the order of their names, so without foreign keys.
async fn connection(path: &Path) -> SqliteConnection {
    let file = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(false);
    SqliteConnection::connect_with(&file).await.unwrap()
}

/// A SQLite database as SQL: tables, their rows, then what hangs on them.
async fn dump(path: &Path) -> String {
    let mut open = connection(path).await;
    let objects: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY type <> 'table', name",
    )
    .fetch_all(&mut open)
    .await
    .unwrap();
    let mut text = String::from("BEGIN TRANSACTION;\n");
    let is_table = |kind: &str| kind == "table";
    for (_, name, sql) in objects.iter().filter(|(kind, ..)| is_table(kind)) {
        text += &format!("{sql};\n");
        let quoted: String = sqlx::query_scalar(
            "SELECT group_concat('quote(\"' || name || '\")', ' || '','' || ') FROM pragma_table_info(?1)",
        )
        .bind(name)
        .fetch_one(&mut open)
        .await
        .unwrap();
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("SELECT {quoted} FROM \"{name}\"")))
                .fetch_all(&mut open)
                .await
                .unwrap();
        for row in rows {
            text += &format!("INSERT INTO \"{name}\" VALUES({row});\n");
        }
    }
    text += "DELETE FROM \"sqlite_sequence\";\n";
    let counters: Vec<(String, i64)> = sqlx::query_as("SELECT name, seq FROM sqlite_sequence")
        .fetch_all(&mut open)
        .await
        .unwrap();
    for (name, last) in counters {
        text += &format!("INSERT INTO \"sqlite_sequence\" VALUES('{name}',{last});\n");
    }
    for (_, _, sql) in objects.iter().filter(|(kind, ..)| !is_table(kind)) {
        text += &format!("{sql};\n");
    }
    text + "COMMIT;\n"
}
