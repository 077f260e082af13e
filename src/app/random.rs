//! Randomness of the operating system, for secrets.

/// So many fresh random bytes. A system that cannot give any cannot be trusted with a login.
pub fn random<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(format!("no randomness: {e}")))?;
    Ok(bytes)
}
