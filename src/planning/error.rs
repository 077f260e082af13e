//! Why a question about walking has no answer.

use crate::atlas::Snapshot;
use crate::geometry::Seconds;
use crate::walk::{Network, OutsideNetwork};

/// Longer walks are not looked for.
pub const LONGEST_WALK: Seconds = Seconds(8.0 * 3600.0);

/// No answer, and why.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum WalkError {
    #[error("there is no walking network yet: import streets first")]
    NoNetwork,
    #[error(transparent)]
    Outside(#[from] OutsideNetwork),
    #[error("there is no way on foot between the two points within {} hours", LONGEST_WALK.0 / 3600.0)]
    NoWay,
}

/// The snapshot's walking network.
pub(super) fn network(snapshot: &Snapshot) -> Result<&Network, WalkError> {
    snapshot.network.as_deref().ok_or(WalkError::NoNetwork)
}
