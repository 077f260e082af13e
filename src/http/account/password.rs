//! `/api/account/password`: a new password for oneself.

use super::super::compute;
use super::super::credentials::Acting;
use super::super::error::{Kind, Problem};
use super::super::fields::Fields;
use super::body::random;
use super::{login, problem};
use crate::accounts::password::PasswordError;
use crate::accounts::{Caller, Password, PasswordHash, UserName};
use crate::app::App;
use crate::store::accounts::UserChange;
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;
use utoipa::ToSchema;

/// The old password and the new one
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by Fields; here for the document only")]
pub struct NewPassword {
    #[schema(max_length = 1000)]
    current: String,
    /// At least 10 characters, not the name.
    #[schema(min_length = 10, max_length = 200)]
    new: String,
}

/// The hash of a password that somebody shall have.
pub async fn hash(password: Password) -> Result<PasswordHash, Problem> {
    let salt = random()?;
    compute(move || password.hash(salt)).await
}

/// Reads a new password of this user from a member of the body.
pub fn read(fields: &mut Fields, member: &str, text: String, name: &UserName) -> Option<Password> {
    let read = Password::new(text, name);
    read.map_err(|fault: PasswordError| fields.fault(member, fault)).ok()
}

/// Change one's own password
///
/// All other sessions end; tokens stay.
#[utoipa::path(put, path = "/api/account/password", operation_id = "change_password", tag = "account",
    request_body = NewPassword,
    responses(
        (status = 204, description = "Changed; all other sessions have ended"),
    ))]
pub async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Acting(stamp): Acting,
    mut fields: Fields,
) -> Result<StatusCode, Problem> {
    let user = caller.user().ok_or_else(|| Problem::internal("nobody changes a password"))?;
    let name = UserName::new(&user.name).map_err(Problem::internal)?;
    let (current, new) = (fields.text("current"), fields.text("new"));
    let new = new.and_then(|text| read(&mut fields, "new", text, &name));
    let (Some(current), Some(new)) = (current, new) else { return Err(fields.refused()) };
    fields.finish()?;
    let known = login::check(&app, &name, Password::typed(current), &stamp).await?;
    if known.is_none() {
        return Err(Problem::new(Kind::WrongCredentials, "The current password is wrong."));
    }
    let change = UserChange { password: Some(hash(new).await?), keep: caller.session(), ..UserChange::default() };
    app.store.change_user(&name, &change, |_| true, &stamp).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
