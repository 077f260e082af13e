//! Names prepared for search: folded text, pinyin, pinyin initials and codes of a layer's
//! features in one long text, so that a query is one pass over memory. Ranks nothing.

use super::catalogue::CatalogueEntry;
use super::facility::anchor;
use super::feature::Feature;
use super::layer::Ident;
use crate::geometry::LonLat;
use pinyin::ToPinyin;
use std::collections::HashMap;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a stretch of an entry's text is; the byte before the stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Name = 1,
    Code = 2,
    Pinyin = 3,
    Initials = 4,
}

/// Ends every entry.
const END: u8 = 0;

/// One feature in the index.
#[derive(Debug, Clone)]
pub struct Named {
    pub feature: Arc<Feature>,
    pub at: LonLat,
    /// Characters of its name or code.
    pub length: usize,
    /// Where its text starts.
    start: u32,
}

/// The names of one layer.
#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    text: String,
    entries: Vec<Named>,
}

/// A place in the text where the query stands.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    pub named: &'a Named,
    pub key: Key,
    /// The stretch begins with the query.
    pub prefix: bool,
    /// The stretch is the query.
    pub exact: bool,
}

impl NameIndex {
    /// `None` for a layer that has neither names nor codes. Text of features
    /// that `old` holds already is taken from it.
    pub fn build<'a>(
        entry: &CatalogueEntry,
        features: impl Iterator<Item = &'a Arc<Feature>>,
        old: Option<&Self>,
    ) -> Option<Self> {
        let roles = &entry.layer.roles;
        let code = roles.code.as_ref();
        let names = || entry.properties.iter().map(|p| &p.name).filter(|n| n.as_str().starts_with("name_"));
        let names: Vec<&Ident> = roles.name.iter().chain(names()).collect();
        if code.is_none() && names.is_empty() {
            return None;
        }
        let kept: HashMap<_, _> = old.into_iter().flat_map(|o| o.texts()).collect();
        let mut index = Self::default();
        for feature in features {
            let start = index.text.len();
            match kept.get(&Arc::as_ptr(feature)) {
                Some(same) => index.text.push_str(same),
                None => {
                    let names = names.iter().filter_map(|n| feature.text(Some(n)));
                    write_keys(&mut index.text, names, feature.text(code));
                }
            }
            match anchor(&feature.geometry) {
                Some(at) if index.text.len() > start => {
                    index.text.push(END as char);
                    let shown = feature.name(&entry.layer).or_else(|| feature.code(&entry.layer));
                    let length = shown.map_or(0, |t| t.chars().count());
                    index.entries.push(Named { feature: Arc::clone(feature), at, length, start: start as u32 });
                }
                _ => index.text.truncate(start),
            }
        }
        Some(index)
    }

    /// Text of each entry without its end.
    fn texts(&self) -> impl Iterator<Item = (*const Feature, &str)> {
        let ends = self.entries.iter().skip(1).map(|e| e.start as usize).chain([self.text.len()]);
        self.entries.iter().zip(ends).map(|(e, end)| (Arc::as_ptr(&e.feature), &self.text[e.start as usize..end - 1]))
    }

    /// Every place where the folded query stands, in order of the entries; a code only where it
    /// begins with the query, and so for a single Latin letter or digit, which stands everywhere.
    pub fn find<'a>(&'a self, query: &'a str) -> impl Iterator<Item = Found<'a>> {
        let bytes = self.text.as_bytes();
        let single = match query.as_bytes() {
            [one] => Some(*one),
            _ => None,
        };
        let begins = move |(i, pair): (usize, &[u8])| {
            (pair[0] <= Key::Initials as u8 && Some(pair[1]) == single).then_some(i + 1)
        };
        let starts = single.map(|_| bytes.windows(2).enumerate().filter_map(begins));
        let anywhere = single.is_none().then(|| self.text.match_indices(query).map(|(at, _)| at));
        let mut next = 0;
        starts.into_iter().flatten().chain(anywhere.into_iter().flatten()).filter_map(move |at| {
            // Places come in order, so the entry is found by walking on.
            while self.entries.get(next + 1).is_some_and(|e| e.start as usize <= at) {
                next += 1;
            }
            let named = self.entries.get(next)?;
            let mark = bytes[..at].iter().rposition(|b| *b <= Key::Initials as u8)?;
            let key = match bytes[mark] {
                1 => Key::Name,
                2 => Key::Code,
                3 => Key::Pinyin,
                4 => Key::Initials,
                _ => return None,
            };
            let prefix = mark + 1 == at;
            let exact = prefix && bytes.get(at + query.len()).is_none_or(|b| *b <= Key::Initials as u8);
            (key != Key::Code || prefix).then_some(Found { named, key, prefix, exact })
        })
    }
}

fn write_keys<'a>(text: &mut String, names: impl Iterator<Item = &'a str>, code: Option<&str>) {
    let mut put = |key: Key, value: &str| {
        if !value.is_empty() {
            text.push(key as u8 as char);
            text.push_str(value);
        }
    };
    for name in names {
        let name = fold(name);
        put(Key::Name, &name);
        for (full, initials) in readings(&name) {
            put(Key::Pinyin, &full);
            put(Key::Initials, &initials);
        }
    }
    if let Some(code) = code {
        put(Key::Code, &fold(code));
    }
}

/// Text as search compares it: compatibility forms (full-width digits), diacritics and case
/// folded, punctuation read as space, no space beside a Chinese character.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut space = false;
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if !c.is_alphanumeric() {
            space = true;
            continue;
        }
        let wide = |c: char| !c.is_ascii() && !c.is_lowercase();
        if space && !wide(c) && folded.chars().last().is_some_and(|last| !wide(last)) {
            folded.push(' ');
        }
        space = false;
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            c => folded.push(c),
        }
    }
    folded
}

/// Second readings that are common in names of places; the `pinyin` crate gives the first.
const SECOND: [(char, &[&str]); 16] = [
    ('重', &["chong", "zhong"]),
    ('长', &["chang", "zhang"]),
    ('行', &["xing", "hang"]),
    ('乐', &["le", "yue"]),
    ('朝', &["chao", "zhao"]),
    ('都', &["du", "dou"]),
    ('厦', &["xia", "sha"]),
    ('堡', &["bao", "pu", "bu"]),
    ('单', &["dan", "shan"]),
    ('六', &["liu", "lu"]),
    ('蚌', &["beng", "bang"]),
    ('大', &["da", "dai"]),
    ('会', &["hui", "kuai"]),
    ('尉', &["wei", "yu"]),
    ('番', &["pan", "fan"]),
    ('铅', &["qian", "yan"]),
];

/// Readings kept for one name.
const MAX_READINGS: usize = 8;

/// Pinyin and initials of a name with Chinese characters, in every common reading; other
/// characters stand for themselves. Empty for a name without Chinese characters.
fn readings(name: &str) -> Vec<(String, String)> {
    if !name.chars().any(|c| c.to_pinyin().is_some()) {
        return Vec::new();
    }
    let mut all = vec![(String::new(), String::new())];
    for c in name.chars().filter(|c| *c != ' ') {
        let second = SECOND.iter().find(|(s, _)| *s == c).map(|(_, r)| *r);
        let plain = c.to_pinyin().map(|p| p.plain().replace('ü', "v"));
        let spoken: Vec<&str> = match (second, &plain) {
            (Some(several), _) if all.len() * several.len() <= MAX_READINGS => several.to_vec(),
            (_, Some(one)) => vec![one],
            _ => {
                let one = |(full, initials): &mut (String, String)| {
                    full.push(c);
                    initials.push(c);
                };
                all.iter_mut().for_each(one);
                continue;
            }
        };
        let grown = all.iter().flat_map(|(full, initials)| {
            let longer = |s: &&str| (format!("{full}{s}"), format!("{initials}{}", &s[..1]));
            spoken.iter().map(longer).collect::<Vec<_>>()
        });
        all = grown.collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::Catalogue;
    use crate::atlas::testing::feature;
    use proptest::prelude::*;
    use serde_json::json;

    fn index(names: &[String]) -> NameIndex {
        let catalogue = Catalogue::built_in().expect("built-in layers");
        let one = |(i, name): (usize, &String)| {
            Arc::new(feature(i as i64, geo::Point::new(116.0, 29.0), json!({"name": name, "code": format!("c{i}")})))
        };
        let features: Vec<_> = names.iter().enumerate().map(one).collect();
        NameIndex::build(catalogue.get("station").expect("station"), features.iter(), None).expect("names")
    }

    proptest! {
        #[test]
        fn finds_exactly_the_names_that_hold_the_query(
            names in prop::collection::vec("[南康路a é1-]{0,5}", 1..12), query in "[南康路ae1]{1,3}"
        ) {
            let index = index(&names);
            let single = query.len() == 1;
            let wanted: Vec<i64> = names.iter().enumerate()
                .filter(|(_, name)| if single { fold(name).starts_with(&query) } else { fold(name).contains(&query) })
                .map(|(i, _)| i as i64).collect();
            let mut found: Vec<i64> =
                index.find(&query).filter(|f| f.key == Key::Name).map(|f| f.named.feature.id.0).collect();
            found.dedup();
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn common_second_readings_are_kept_but_not_without_bound() {
        let all = readings("重庆长乐路");
        assert!(all.iter().any(|(full, initials)| full == "chongqingchanglelu" && initials == "cqcll"));
        assert!(all.iter().any(|(full, _)| full == "zhongqingzhangyuelu"));
        assert!(readings(&"长".repeat(40)).len() <= MAX_READINGS);
        assert!(readings("Monaco").is_empty());
    }

    #[test]
    fn folding_joins_chinese_and_parts_latin_words() {
        for (given, folded) in [
            ("Saint-Martin  d'Hères", "saint martin d heres"),
            ("南康 镇（北）", "南康镇北"),
            ("１２号楼 Ａ座", "12号楼a座"),
            ("Straße", "strasse"),
            (" · ", ""),
        ] {
            assert_eq!(fold(given), folded);
        }
    }
}
