//! Secrets that machines keep: what a session's cookie or an API token holds. The database has
//! only their hashes; 256 random bits need no salt and no slow hash.

use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// Begins every API token, so that people and scanners know one when they see it.
const TOKEN_PREFIX: &str = "wgt_";

/// 256 random bits. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// What is stored of a [`Secret`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl Secret {
    /// From fresh random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0).into())
    }

    /// What the cookie holds.
    pub fn to_cookie(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut text, b| {
            // Writing to a String cannot fail.
            let _written = write!(text, "{b:02x}");
            text
        })
    }

    pub fn from_cookie(text: &str) -> Option<Self> {
        let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }

    pub fn to_token(&self) -> String {
        format!("{TOKEN_PREFIX}{}", self.to_cookie())
    }

    pub fn from_token(text: &str) -> Option<Self> {
        Self::from_cookie(text.strip_prefix(TOKEN_PREFIX)?)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_from_its_text_and_is_not_shown() {
        let secret = Secret::new(std::array::from_fn(|i| i as u8 * 7));
        assert_eq!(Secret::from_cookie(&secret.to_cookie()), Some(secret.clone()));
        assert_eq!(Secret::from_token(&secret.to_token()), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        for bad in ["", "wgt_", "zz", &"é".repeat(32), &"g".repeat(64), &secret.to_cookie()[1..]] {
            assert_eq!(Secret::from_cookie(bad), None, "{bad}");
        }
        assert_eq!(Secret::from_token(&secret.to_cookie()), None);
    }
}
