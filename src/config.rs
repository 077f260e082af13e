//! The only reader of environment and arguments.
