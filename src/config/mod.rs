//! The only reader of environment, settings file and arguments that hold for every command. One
//! precedence: flag, then environment, then file, then default (`read`); every setting is a row
//! of one table (`keys`).

mod flags;
mod keys;
mod log;
mod read;
mod settings;
mod value;

pub use flags::{Global, Listen};
pub use log::start_log;
pub use read::{Effective, Fault, Origin, effective, template};
pub use settings::{DispatchFiles, Limits, LogFormat, RuleFile, Settings, Stop};
