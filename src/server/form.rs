//! Forms as browsers send them: with files in parts, else as one line. A file becomes a data URI.

use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, Form, FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::domain::prompt::Prompt;

/// The largest form without files: far more than any flow asks for.
const MAX_FORM: usize = 256 * 1024;
/// The largest form with files that is read at all. A photograph that is too large should come back as a fault of its
/// field, with everything else kept, so this is more than is taken.
const MAX_UPLOAD: usize = 32 * 1024 * 1024;
/// How much of such a form is kept in memory.
const MAX_KEPT: usize = 8 * 1024 * 1024;
/// How many parts a form may have.
const MAX_PARTS: usize = 500;

/// The fields of a form, in order.
#[derive(Debug)]
pub struct Posted(pub Vec<(String, String)>);

/// Why a form was not read.
#[derive(Debug, Clone, Copy)]
pub enum Unread {
    /// Its files are too large.
    TooLarge,
    /// It has too many fields, or too much text in them.
    TooMany,
    /// It is none, or broke off; the status that says so.
    Broken(StatusCode),
}

impl IntoResponse for Unread {
    fn into_response(self) -> Response {
        let status = match self {
            Self::TooLarge | Self::TooMany => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken(status) => status,
        };
        status.into_response()
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Unread;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Unread> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            DefaultBodyLimit::max(MAX_UPLOAD).apply(&mut request);
            let parts = Multipart::from_request(request, state).await.map_err(|it| unread(it.status()))?;
            return in_parts(parts).await.map(Self);
        }
        DefaultBodyLimit::max(MAX_FORM).apply(&mut request);
        let Form(pairs) = Form::from_request(request, state).await.map_err(|it| match it.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Unread::TooMany,
            status => unread(status),
        })?;
        Ok(Self(pairs))
    }
}

async fn in_parts(mut parts: Multipart) -> Result<Vec<(String, String)>, Unread> {
    let mut fields = Vec::new();
    let mut kept = 0;
    while let Some(mut part) = parts.next_field().await.map_err(|it| unread(it.status()))? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(|_| media_type(part.content_type()).to_owned());
        let content = read(&mut part).await?;
        kept += content.len();
        if kept > MAX_KEPT {
            return Err(Unread::TooLarge);
        }
        if fields.len() == MAX_PARTS {
            return Err(Unread::TooMany);
        }
        match file {
            // No file was chosen.
            Some(_) if content.is_empty() => {}
            Some(kind) => fields.push((name, format!("data:{kind};base64,{}", STANDARD.encode(content)))),
            None => fields.push((name, String::from_utf8(content).map_err(|_| unread(StatusCode::BAD_REQUEST))?)),
        }
    }
    Ok(fields)
}

/// Reads a part. Of one that is too large only so much that it is known to be.
async fn read(part: &mut Field<'_>) -> Result<Vec<u8>, Unread> {
    let mut content = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|it| unread(it.status()))? {
        let room = (Prompt::MAX_FILE + 1).saturating_sub(content.len());
        content.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
    }
    Ok(content)
}

/// A form that broke off, or came too slowly, is no fault of ours, as the reader of parts has it.
fn unread(status: StatusCode) -> Unread {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Unread::TooLarge,
        status if status.is_server_error() => Unread::Broken(StatusCode::BAD_REQUEST),
        status => Unread::Broken(status),
    }
}

/// The media type that the browser names, where it is one.
fn media_type(named: Option<&str>) -> &str {
    let named = named.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is_token =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    let fits = named.len() <= 100 && named.split_once('/').is_some_and(|(a, b)| is_token(a) && is_token(b));
    if fits { named } else { "application/octet-stream" }
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn a_media_type_that_is_none_becomes_that_of_any_file() {
        assert_eq!(media_type(Some("image/svg+xml; charset=utf-8")), "image/svg+xml");
        for bad in [None, Some("x"), Some("a/b/c"), Some("text/html,<script>"), Some("/")] {
            assert_eq!(media_type(bad), "application/octet-stream", "{bad:?}");
        }
    }
}
