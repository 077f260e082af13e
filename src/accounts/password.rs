//! Passwords: which are good enough, and their hashes (argon2id, RFC 9106, as PHC strings). The
//! salt is an argument. A hash takes some 20 MB and a good part of a second's tenth: callers keep
//! it off the threads that answer.

use super::name::UserName;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::fmt;

/// Fewest and most characters.
pub const SHORTEST: usize = 10;
pub const LONGEST: usize = 200;

/// The hash of no password, in the place of one that is not there.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What somebody typed. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// What is stored of a password: a PHC string. Never shown by `Debug` either.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("has fewer than {SHORTEST} characters")]
    Short,
    #[error("has more than {LONGEST} characters")]
    Long,
    #[error("is the user's name")]
    Name,
    #[error("is one character over and over")]
    Same,
}

impl Password {
    /// As it was typed; for a login, which refuses nothing.
    pub fn typed(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A new password of this user.
    pub fn new(text: impl Into<String>, name: &UserName) -> Result<Self, PasswordError> {
        let text = text.into();
        let length = text.chars().count();
        let first = text.chars().next();
        let fault = match length {
            ..SHORTEST => Some(PasswordError::Short),
            n if n > LONGEST => Some(PasswordError::Long),
            _ if UserName::new(&text).is_ok_and(|n| n == *name) => Some(PasswordError::Name),
            _ if text.chars().all(|c| Some(c) == first) => Some(PasswordError::Same),
            _ => None,
        };
        fault.map_or(Ok(Self(text)), Err)
    }

    /// One that nobody chose: 20 characters of 32, hence 100 bits. Letters and digits that look
    /// alike are left out.
    pub fn generated(random: [u8; 32]) -> Self {
        const CHARACTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let all: Vec<char> = random[..20].iter().map(|b| char::from(CHARACTERS[usize::from(b % 32)])).collect();
        Self(all.chunks(5).map(String::from_iter).collect::<Vec<_>>().join("-"))
    }

    /// To be shown to the one it was made for.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self, salt: [u8; 16]) -> PasswordHash {
        let hash = Argon2::default().hash_password_with_salt(self.0.as_bytes(), &salt);
        // The salt and the parameters are right by their types; a hash that fits no password is
        // what could be told otherwise.
        PasswordHash(hash.map(|h: Phc| h.to_string()).unwrap_or_default())
    }

    /// Whether the hash is this password's. `None`: there is no such user; it takes as long.
    pub fn fits(&self, hash: Option<&PasswordHash>) -> bool {
        let stored = hash.map_or(NOBODY, |h| h.0.as_str());
        // What an outside program broke costs as much as what is wrong.
        let phc = Phc::new(stored).or_else(|_| Phc::new(NOBODY));
        let most = self.0.len() <= 4 * LONGEST;
        let fits = phc.is_ok_and(|phc| most && Argon2::default().verify_password(self.0.as_bytes(), &phc).is_ok());
        fits && hash.is_some()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_hash_and_no_other() {
        let typed = Password::typed("correct horse 马");
        let hash = typed.hash([7; 16]);
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert!(typed.fits(Some(&hash)) && !Password::typed("correct horse").fits(Some(&hash)));
        assert_ne!(typed.hash([8; 16]), hash);
        for broken in ["", "plain", "$argon2id$v=19$m=1,t=1,p=1$", "$5$abc$def"] {
            assert!(!typed.fits(Some(&PasswordHash(broken.into()))), "{broken}");
        }
        assert!(!typed.fits(None));
        assert_eq!(format!("{typed:?} {hash:?}"), "Password(…) PasswordHash(…)");
    }

    /// The cost is in the parameters, which are told before the salt.
    #[test]
    fn a_wrong_name_costs_as_much_as_a_wrong_password() {
        let cost = |phc: &str| phc.rsplitn(3, '$').nth(2).map(str::to_owned);
        let hash = Password::typed("correct horse").hash([7; 16]);
        assert_eq!(cost(NOBODY), cost(&hash.0));
        let lengths = |phc: &str| phc.rsplitn(3, '$').take(2).map(str::len).collect::<Vec<_>>();
        assert_eq!(lengths(NOBODY), lengths(&hash.0));
        assert!(Phc::new(NOBODY).is_ok());
    }

    #[test]
    fn weak_passwords_are_refused() {
        let name = UserName::new("annabelle.wang").expect("a name");
        let new = |text: &str| Password::new(text, &name).map(|p| p.reveal().to_owned());
        assert_eq!(new("123456789"), Err(PasswordError::Short));
        assert_eq!(new("Annabelle.Wang"), Err(PasswordError::Name));
        assert_eq!(new("aaaaaaaaaaaaa"), Err(PasswordError::Same));
        assert_eq!(new(&"ab".repeat(200)), Err(PasswordError::Long));
        assert_eq!(new("一二三四五六七八九十"), Ok("一二三四五六七八九十".into()));
        let made = Password::generated(std::array::from_fn(|i| i as u8 * 7));
        assert_eq!((made.reveal().len(), new(made.reveal()).is_ok()), (23, true));
    }
}
