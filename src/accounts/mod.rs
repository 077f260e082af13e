//! Who may do what: roles, grants over areas, what a caller may see. Pure: who the caller is was
//! found out elsewhere, and where things lie is read off a snapshot.

mod caller;
mod region;
mod role;
mod sight;
mod whereabouts;

pub use caller::{Caller, Scopes, SessionId, TokenId, User, UserId, Via};
pub use region::Region;
pub use role::{AreaCode, Grant, GrantId, Role};
pub use sight::{Extent, Sight, View};
pub use whereabouts::Where;
