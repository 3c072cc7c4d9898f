//! What people write about a document.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use crate::operations::DocumentComment;

use super::Dashboard;
use super::error::PageError;
use super::times::moment;
use super::visit::Visit;

pub(super) struct CommentLine {
    pub(super) author: String,
    pub(super) at: String,
    pub(super) text: String,
}

impl From<DocumentComment> for CommentLine {
    fn from(comment: DocumentComment) -> Self {
        Self {
            author: comment.author,
            at: moment(comment.created_at),
            text: comment.text,
        }
    }
}

pub(super) async fn add(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path((binding, run)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let author = &visit.user()?.account.id;
    let text = visit.fields.text("text");
    let operations = visit.operations(&dashboard);
    operations.add_comment(&binding, &run, author, text).await?;
    Ok(Redirect::to(&format!("/b/{binding}/documents/{run}")).into_response())
}
