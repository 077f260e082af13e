//! The name by which somebody logs in.

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Lower-case letters and digits of any script, and `. _ - @` between them. Whoever writes it in
/// capitals, full width or with composed accents means the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserName(String);

/// Longest name, characters.
const LONGEST: usize = 64;

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 letters, digits or any of . _ - @, and begin with a letter or digit")]
pub struct UserNameError;

/// The same for all spellings that mean the same: capitals, full width, composed accents.
pub fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

impl UserName {
    pub fn new(text: &str) -> Result<Self, UserNameError> {
        // Far more than any spelling of the longest name.
        if text.len() > 1024 {
            return Err(UserNameError);
        }
        let name = folded(text.trim());
        let fits = |c: char| c.is_alphanumeric() || "._-@".contains(c);
        let begins = name.chars().next().is_some_and(char::is_alphanumeric);
        let ok = begins && name.chars().all(fits) && name.chars().count() <= LONGEST;
        if ok { Ok(Self(name)) } else { Err(UserNameError) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for UserName {
    type Err = UserNameError;
    fn from_str(text: &str) -> Result<Self, UserNameError> {
        Self::new(text)
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_name_however_it_is_typed() {
        for text in ["ann@town", "  Ann@Town ", "ＡＮＮ＠town"] {
            assert_eq!(UserName::new(text).map(|n| n.to_string()), Ok("ann@town".into()));
        }
        assert_eq!(UserName::new("王建国").map(|n| n.to_string()), Ok("王建国".into()));
    }

    #[test]
    fn what_cannot_stand_in_an_address_or_a_log_is_no_name() {
        for text in ["", " ", "-a", "a b", "a/b", "a\nb", "a\0", "a\u{202e}b", &"a".repeat(65), &"a".repeat(9999)] {
            assert!(UserName::new(text).is_err(), "{text:?}");
        }
    }
}
