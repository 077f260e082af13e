//! What goes wrong on the wire: `application/problem+json` (RFC 9457) with a stable `type`.
//! A 5xx body is constant; its reason goes to the log and nowhere else.

use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt::Display;
use std::sync::Arc;

/// The kinds of problem. Each has one `type`, one title and one status, which never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A parameter is missing, malformed, out of range or not known.
    InvalidParameter,
    /// The body cannot be read.
    InvalidBody,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    TooLarge,
    UnsupportedMediaType,
    /// The position is farther from the walking network than people walk off it.
    OutsideNetwork,
    /// No walking network has been loaded.
    NoNetwork,
    /// The two positions are not connected on foot.
    NoRoute,
    Internal,
    /// Nobody is logged in, or what shows who calls is not valid.
    NotLoggedIn,
    /// Name or password is wrong.
    WrongCredentials,
    /// The caller's roles do not allow it.
    Forbidden,
    /// The caller may do it, but not there.
    OutsideArea,
    /// A page of somewhere else sent the request.
    CrossSite,
    /// A feature or layer that cannot be kept as it was sent.
    InvalidContent,
    /// Somebody else changed it since the caller read it.
    LostUpdate,
    /// An edit must say which version it was made on.
    NoPrecondition,
    /// It cannot be, as things stand: the name is taken, it would be the last administrator, …
    Conflict,
    /// A case as it stands cannot be given that action.
    NotNow,
    /// The map is still being read from the database.
    Loading,
    /// Too many such requests are being answered at the moment, or the service is stopping.
    Busy,
    /// This caller asks for more than it may; `Retry-After` says when to come back.
    TooManyRequests,
    /// The body came too slowly.
    SlowBody,
    /// The answer took longer than a request may.
    TimedOut,
    /// The database does not answer or cannot be written; what is in memory is answered still.
    NoDatabase,
}

impl Kind {
    pub const ALL: [Self; 27] = [
        Self::InvalidParameter,
        Self::InvalidBody,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::OutsideNetwork,
        Self::NoNetwork,
        Self::NoRoute,
        Self::Internal,
        Self::NotLoggedIn,
        Self::WrongCredentials,
        Self::Forbidden,
        Self::OutsideArea,
        Self::CrossSite,
        Self::InvalidContent,
        Self::LostUpdate,
        Self::NoPrecondition,
        Self::Conflict,
        Self::NotNow,
        Self::Loading,
        Self::Busy,
        Self::TooManyRequests,
        Self::SlowBody,
        Self::TimedOut,
        Self::NoDatabase,
    ];

    /// Last part of the `type`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::InvalidParameter => "invalid-parameter",
            Self::InvalidBody => "invalid-body",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::NotAcceptable => "not-acceptable",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::OutsideNetwork => "outside-network",
            Self::NoNetwork => "no-network",
            Self::NoRoute => "no-route",
            Self::Internal => "internal",
            Self::NotLoggedIn => "not-logged-in",
            Self::WrongCredentials => "wrong-credentials",
            Self::Forbidden => "forbidden",
            Self::OutsideArea => "outside-area",
            Self::CrossSite => "cross-site",
            Self::InvalidContent => "invalid-content",
            Self::LostUpdate => "lost-update",
            Self::NoPrecondition => "precondition-required",
            Self::Conflict => "conflict",
            Self::NotNow => "not-now",
            Self::Loading => "loading",
            Self::Busy => "busy",
            Self::TooManyRequests => "too-many-requests",
            Self::SlowBody => "slow-body",
            Self::TimedOut => "timed-out",
            Self::NoDatabase => "no-database",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidParameter => "A parameter is wrong",
            Self::InvalidBody => "The body cannot be read",
            Self::NotFound => "There is nothing here",
            Self::MethodNotAllowed => "This address does not take that method",
            Self::NotAcceptable => "The answer has no form that the request accepts",
            Self::TooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The body's type is not understood",
            Self::OutsideNetwork => "The position is too far from any walkable way",
            Self::NoNetwork => "No walking network has been loaded",
            Self::NoRoute => "There is no way on foot between the positions",
            Self::Internal => "The service failed",
            Self::NotLoggedIn => "Nobody is logged in",
            Self::WrongCredentials => "Name or password is wrong",
            Self::Forbidden => "You may not do this",
            Self::OutsideArea => "You may not do this here",
            Self::CrossSite => "The request came from another site",
            Self::InvalidContent => "What was sent cannot be kept",
            Self::LostUpdate => "Somebody else was quicker",
            Self::NoPrecondition => "The edit does not say what it was made on",
            Self::Conflict => "It cannot be done as things stand",
            Self::NotNow => "The case does not stand so that this can be done",
            Self::Loading => "The map is still being loaded",
            Self::Busy => "The service has too much to do",
            Self::TooManyRequests => "That is more than one caller may ask for",
            Self::SlowBody => "The body came too slowly",
            Self::TimedOut => "The answer took too long",
            Self::NoDatabase => "The database cannot be used at the moment",
        }
    }

    pub const fn status(self) -> StatusCode {
        match self {
            Self::InvalidParameter | Self::InvalidBody => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::OutsideNetwork | Self::NoNetwork | Self::NoRoute => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotLoggedIn | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::OutsideArea | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Conflict | Self::NotNow => StatusCode::CONFLICT,
            Self::InvalidContent => StatusCode::UNPROCESSABLE_ENTITY,
            Self::LostUpdate => StatusCode::PRECONDITION_FAILED,
            Self::NoPrecondition => StatusCode::PRECONDITION_REQUIRED,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Self::Loading | Self::Busy | Self::TimedOut | Self::NoDatabase => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// A field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Name of the parameter, property or column.
    pub field: String,
    pub detail: String,
}

/// A problem, as it goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub kind: Kind,
    pub detail: String,
    pub errors: Vec<FieldError>,
    /// Further members, e.g. `distance_m`.
    pub more: Vec<(&'static str, Value)>,
    /// Seconds until it is worth trying again.
    pub retry_after: Option<u32>,
}

/// The document of a [`Problem`].
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Stable; a page that explains it.
    pub r#type: String,
    pub title: &'static str,
    pub status: u16,
    pub detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Of a failure of the service: names it in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: Map<String, Value>,
}

impl Problem {
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), more: Vec::new(), retry_after: None }
    }

    /// The caller has had its share for now.
    pub fn too_many_requests(detail: impl Into<String>, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(Kind::TooManyRequests, detail) }
    }

    pub fn too_large(most_bytes: u64) -> Self {
        Self::new(Kind::TooLarge, format!("The body is longer than {most_bytes} bytes."))
    }

    /// All faulty parameters at once.
    pub fn parameters(errors: Vec<FieldError>) -> Self {
        let detail = errors.iter().map(|e| format!("{}: {}", e.field, e.detail)).collect::<Vec<_>>().join("; ");
        Self { errors, ..Self::new(Kind::InvalidParameter, detail) }
    }

    pub fn parameter(field: &str, detail: impl Into<String>) -> Self {
        Self::parameters(vec![FieldError { field: field.into(), detail: detail.into() }])
    }

    pub fn not_found(what: impl Display) -> Self {
        Self::new(Kind::NotFound, what.to_string())
    }

    /// Something of ours broke. `reason` is logged; the answer does not carry it.
    pub fn internal(reason: impl Display) -> Self {
        tracing::error!(%reason, "request failed");
        Self::constant_internal()
    }

    fn constant_internal() -> Self {
        Self::new(Kind::Internal, "The reason has been written to the service's log.")
    }

    /// The database did not do what was asked. That it does not answer is told.
    pub fn store(error: StoreError) -> Self {
        if !error.is_unavailable() {
            return Self::internal(error);
        }
        tracing::warn!(%error, "the database does not answer");
        Self::new(Kind::NoDatabase, "Nothing was changed; try again in a moment.")
    }

    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.more.push((name, value.into()));
        self
    }
}

impl Problem {
    /// As a part of an answer.
    pub fn body(self) -> ProblemBody {
        ProblemBody {
            r#type: format!("/api/docs#{}", self.kind.slug()),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: self.detail,
            errors: self.errors,
            request_id: None,
            more: self.more.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }
}

impl ProblemBody {
    fn answer(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (kind, retry_after) = (self.kind, self.retry_after);
        let status = kind.status();
        let body = self.body();
        let seconds = retry_after.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(1));
        let mut response = body.clone().answer();
        if let Some(seconds) = seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if kind == Kind::NotLoggedIn {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // For the front, which knows the request.
        response.extensions_mut().insert(kind);
        response.extensions_mut().insert(Arc::new(body));
        response
    }
}

/// A problem's answer with what only the front knows: the path that the service is under, and
/// the number under which the log has a failure. Other answers stay as they are.
pub fn finished(response: Response, path: &str, request_id: &str) -> Response {
    let Some(body) = response.extensions().get::<Arc<ProblemBody>>() else { return response };
    let failure = response.status().is_server_error();
    if path.is_empty() && !failure {
        return response;
    }
    let mut body = ProblemBody::clone(body);
    body.r#type = format!("{path}{}", body.r#type);
    body.request_id = failure.then(|| request_id.to_owned());
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body.answer().into_body())
}

/// The answer when a handler panicked.
pub fn on_panic(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    Problem::internal(format!("panic: {text}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_type() {
        let mut slugs: Vec<_> = Kind::ALL.iter().map(|k| k.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Kind::ALL.len());
    }

    #[test]
    fn an_internal_problem_does_not_tell_its_reason() {
        assert_eq!(Problem::internal("the password is 123"), Problem::constant_internal());
    }
}
