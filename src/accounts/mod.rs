//! Who may do what: names and passwords, roles and grants over areas, what a caller may see. Pure:
//! who the caller is was found out elsewhere, where things lie is read off a snapshot, time and
//! randomness are arguments.

pub mod audit;
mod caller;
pub mod edit;
#[cfg(test)]
mod edit_tests;
mod name;
pub mod password;
mod region;
mod role;
mod secret;
mod seen;
#[cfg(test)]
mod seen_tests;
mod sight;
pub mod throttle;
mod whereabouts;

pub use caller::{Caller, Scopes, SessionId, TokenId, User, UserId, Via};
pub use name::{UserName, UserNameError, folded};
pub use password::{Password, PasswordHash};
pub use region::{Region, area_of};
pub use role::{AreaCode, Grant, GrantId, Role};
pub use secret::{Secret, SecretHash};
pub use seen::{Key as SightKey, Seen};
pub use sight::{Extent, Sight, View};
pub use throttle::Throttle;
pub use whereabouts::Where;
