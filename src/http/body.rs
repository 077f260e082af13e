//! A whole body in memory. How long and how slow it may be has been bounded by the front.

use super::error::{Kind, Problem};
use super::front::meter::TooSlow;
use axum::body::{Body, Bytes, to_bytes};
use http_body_util::LengthLimitError;
use std::error::Error;

/// The bytes, or why there are none.
pub async fn whole(body: Body) -> Result<Bytes, Problem> {
    to_bytes(body, usize::MAX).await.map_err(|error| broken(&error))
}

/// What went wrong while a body was read.
pub fn broken(error: &(dyn Error + 'static)) -> Problem {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return Problem::new(Kind::SlowBody, "The body came too slowly.");
        }
        if error.is::<LengthLimitError>() {
            return Problem::new(Kind::TooLarge, "The body is too long.");
        }
        cause = error.source();
    }
    Problem::new(Kind::InvalidBody, "The body broke off.")
}
