//! The running service: store, snapshot, the tail of the change log.
