//! A transaction whose connection is used again only when the transaction has ended well.
//!
//! When `BEGIN`, `COMMIT` or `ROLLBACK` fails, nobody knows in which state the connection is: after
//! a full disk, for example, SQLite has ended the transaction by itself while the driver believes
//! it is open, and every later `BEGIN` on that connection fails. Such a connection is closed, and
//! the pool opens another one. The same happens to a transaction that is dropped half-way.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{Database, Pool};

use super::{BEGIN, Db};

type Connection = <Db as Database>::Connection;

/// An open transaction.
#[derive(Debug)]
pub(in super::super) struct Tx {
    connection: PoolConnection<Db>,
    is_open: bool,
}

impl Tx {
    /// Takes a connection of the pool and begins.
    pub(in super::super) async fn begin(pool: &Pool<Db>) -> Result<Self, sqlx::Error> {
        let mut tx = Self {
            connection: pool.acquire().await?,
            is_open: true,
        };
        tx.end_or_begin(BEGIN).await?;
        Ok(tx)
    }

    /// Makes everything durable, or nothing.
    pub(in super::super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.end_or_begin("COMMIT").await?;
        self.is_open = false;
        Ok(())
    }

    /// Takes everything back.
    pub(in super::super) async fn rollback(mut self) -> Result<(), sqlx::Error> {
        self.end_or_begin("ROLLBACK").await?;
        self.is_open = false;
        Ok(())
    }

    async fn end_or_begin(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(statement)
            .execute(&mut *self.connection)
            .await
            .map(|_| ())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.is_open {
            self.connection.close_on_drop();
        }
    }
}

impl Deref for Tx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
