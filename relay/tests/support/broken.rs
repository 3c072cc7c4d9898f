//! An answer that breaks off.

use std::collections::VecDeque;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;

/// A body that announces more than it sends: the client sees the connection break.
pub(super) fn broken() -> Response {
    let chunks = vec![
        Ok(Bytes::from_static(b"{")),
        Err(std::io::Error::other("cut")),
    ];
    let stream = Chunks(chunks.into());
    Response::builder()
        .status(StatusCode::CREATED)
        .body(Body::new(stream))
        .unwrap()
}

struct Chunks(VecDeque<Result<Bytes, std::io::Error>>);

impl axum::body::HttpBody for Chunks {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, std::io::Error>>> {
        std::task::Poll::Ready(
            self.0
                .pop_front()
                .map(|chunk| chunk.map(http_body::Frame::data)),
        )
    }
}
