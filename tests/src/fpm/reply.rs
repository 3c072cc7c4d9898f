//! What a request to PHP-FPM gives.

use fastcgi_client::ClientError;
use std::collections::BTreeMap;

/// A reply of a script.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers by their lower-case names.
    headers: BTreeMap<String, String>,
    /// What the script printed.
    pub body: String,
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The connection was refused or broke.
    #[error("the connection broke: {0}")]
    Broken(#[from] std::io::Error),
    /// The protocol was.
    #[error("FastCGI: {0}")]
    Protocol(String),
    /// Nothing came in time.
    #[error("no reply in time")]
    Late,
    /// The worker ended before it said anything.
    #[error("an empty reply")]
    Empty,
}

impl From<ClientError> for RequestError {
    fn from(error: ClientError) -> Self {
        if let ClientError::Io(error) = error {
            return Self::Broken(error);
        }
        Self::Protocol(error.to_string())
    }
}

impl Reply {
    /// Reads what a script sent to standard output.
    pub(super) fn parse(output: &[u8]) -> Result<Self, RequestError> {
        let text = String::from_utf8_lossy(output);
        if text.is_empty() {
            return Err(RequestError::Empty);
        }
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            return Err(RequestError::Protocol("headers without an end".to_owned()));
        };
        let headers: BTreeMap<String, String> = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let status = headers
            .get("status")
            .and_then(|status| status.get(..3)?.parse().ok())
            .unwrap_or(200);
        Ok(Self {
            status,
            headers,
            body: body.to_owned(),
        })
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The number of the worker that replied.
    pub fn worker(&self) -> u32 {
        self.header("x-worker").parse().unwrap_or_default()
    }
}
