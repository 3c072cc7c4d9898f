//! What goes wrong at the fake Sage.

/// What happens to one request instead of the ordinary.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Nothing is committed; this is answered.
    Answer {
        status: u16,
        body: String,
        retry_after: Option<u32>,
    },
    /// Nothing is committed; the client is sent to the same place once more.
    Redirect,
    /// The object is made, then this is answered.
    CommitThen { status: u16, body: String },
    /// The object is made, then the connection breaks.
    CommitThenDrop,
    /// The connection breaks before anything is made.
    Drop,
    /// Nothing is made and no answer comes.
    Hang,
    /// The object is made, but the answer comes when the relay has given up.
    CommitThenHang,
    /// The ordinary, so that the fault behind it strikes the next request.
    Ordinary,
}

impl Fault {
    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self::Answer {
            status,
            body: body.to_owned(),
            retry_after: None,
        }
    }
}
