//! Bytes of a text file to characters. Chinese spreadsheets still write GB18030.

use encoding_rs::{Encoding, GB18030, UTF_8};

/// The text, or why it cannot be read. A byte order mark decides; then the named encoding;
/// then UTF-8 when the bytes are, else GB18030 when they are.
pub fn decode(bytes: &[u8], named: Option<&str>) -> Result<String, String> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return whole(encoding, &bytes[length..]);
    }
    if let Some(name) = named {
        let encoding = Encoding::for_label(name.as_bytes());
        return whole(encoding.ok_or_else(|| format!("{name:?} is not a known encoding"))?, bytes);
    }
    let guessed = whole(UTF_8, bytes).or_else(|_| whole(GB18030, bytes));
    guessed.map_err(|_| "its text is neither UTF-8 nor GB18030; name its --encoding".into())
}

fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text = text.ok_or_else(|| format!("its text is not {}", encoding.name()))?;
    // A spreadsheet or database that was only renamed.
    if text.contains('\0') { Err("it is not a text file".into()) } else { Ok(text.into_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_with_and_without_mark_and_gb18030_say_the_same() {
        let gb18030 = [0xcd, 0xf8, 0xb8, 0xf1];
        for bytes in ["网格".as_bytes(), "\u{feff}网格".as_bytes(), &gb18030] {
            assert_eq!(decode(bytes, None).as_deref(), Ok("网格"));
        }
        assert_eq!(decode(&gb18030, Some("gbk")).as_deref(), Ok("网格"));
        assert!(decode(&gb18030, Some("utf-8")).is_err());
        assert!(decode(b"a\0b", None).is_err());
        assert!(decode(&[0xff, 0x80, 0x80], None).is_err());
        assert!(decode(b"a", Some("klingon")).is_err());
    }
}
