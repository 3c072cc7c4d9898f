//! Makes a copy of the relay's database older: every instant in it moves back.

use std::path::Path;

use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// Columns that hold instants, in milliseconds since 1970; smaller numbers are none.
const INSTANTS: &str = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
     WHERE m.type = 'table' AND c.type = 'INTEGER'
       AND (c.name LIKE '%\\_at' ESCAPE '\\' OR c.name LIKE '%\\_until' ESCAPE '\\'
            OR c.name LIKE '%\\_since' ESCAPE '\\' OR c.name = 'at')";

/// Moves every instant of a file that nobody has open.
pub(super) async fn sqlite(file: &Path, age_ms: i64) -> Result<()> {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection: SqliteConnection = options.connect().await?;
    let columns: Vec<(String, String)> =
        sqlx::query_as(INSTANTS).fetch_all(&mut connection).await?;
    anyhow::ensure!(columns.len() > 10, "too few instants: {columns:?}");
    for (table, column) in columns {
        let statement = format!(
            "UPDATE \"{table}\" SET \"{column}\" = \"{column}\" - {age_ms} WHERE \"{column}\" > 1000000000000"
        );
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await?;
    }
    connection.close().await?;
    Ok(())
}

/// The same as one statement for PostgreSQL.
pub(super) fn postgres(age_ms: i64) -> String {
    format!(
        "DO $$ DECLARE c record; BEGIN
           FOR c IN SELECT table_name AS t, column_name AS i FROM information_schema.columns
                    WHERE table_schema = 'public' AND data_type = 'bigint'
                      AND (column_name ~ '_(at|until|since)$' OR column_name = 'at') LOOP
             EXECUTE format('UPDATE %I SET %I = %I - {age_ms} WHERE %I > 1000000000000', c.t, c.i, c.i, c.i);
           END LOOP;
         END $$"
    )
}
