//! Passwords on the command line: asked for without an echo, read from standard input, or made
//! here and shown once. Never an argument, which every user of the machine could read.

use super::CliError;
use crate::accounts::audit::Stamp;
use crate::accounts::{Password, PasswordHash, UserName};
use crate::app::random;
use console::Term;
use std::io::{BufRead, IsTerminal};

/// Longest line that is read as a password, bytes.
const LONGEST: u64 = 4096;

/// A new password, and whether it was made here and must be shown.
pub struct Chosen {
    pub password: Password,
    pub made: bool,
}

/// Who acts, for the audit.
pub fn stamp() -> Stamp {
    Stamp { at: chrono::Utc::now(), actor: None, via: "cli".into(), address: None }
}

/// Asks for a new password of the user.
pub fn choose(name: &UserName, from_stdin: bool) -> Result<Chosen, CliError> {
    if from_stdin {
        return right(line()?, name);
    }
    let term = Term::stderr();
    if !std::io::stdin().is_terminal() || !term.is_term() {
        return made();
    }
    let ask = |prompt: &str| -> Result<String, CliError> {
        term.write_str(prompt).map_err(CliError::failed)?;
        term.read_secure_line().map_err(CliError::failed)
    };
    let text = ask(&format!("New password of {name} (empty: one is made): "))?;
    if text.is_empty() {
        return made();
    }
    if ask("Once more: ")? != text {
        return Err(CliError::failed("the two passwords differ"));
    }
    right(text, name)
}

fn line() -> Result<String, CliError> {
    let mut text = String::new();
    let mut input = std::io::Read::take(std::io::stdin().lock(), LONGEST);
    input.read_line(&mut text).map_err(CliError::failed)?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

fn right(text: String, name: &UserName) -> Result<Chosen, CliError> {
    let password = Password::new(text, name).map_err(|e| CliError::failed(format!("the password {e}")))?;
    Ok(Chosen { password, made: false })
}

pub fn made() -> Result<Chosen, CliError> {
    let password = Password::generated(random().map_err(CliError::failed)?);
    Ok(Chosen { password, made: true })
}

pub async fn hash(password: Password) -> Result<PasswordHash, CliError> {
    let salt = random().map_err(CliError::failed)?;
    tokio::task::spawn_blocking(move || password.hash(salt)).await.map_err(CliError::failed)
}
