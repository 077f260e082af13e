//! Categories: what residents ask for ("a clinic", "a park"), as data. `geodata/categories.json`
//! says which features of which layers count and which OSM tags they come from.

use super::layer::{Ident, Title};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub id: Ident,
    pub title: Title,
    /// Name of the icon (Maki).
    pub icon: String,
    /// CSS colour on map and in lists.
    pub color: String,
    /// One of the five services of "1+5+X".
    #[serde(default)]
    pub basic: bool,
    /// A feature counts when one rule holds.
    pub rules: Vec<Rule>,
    /// OSM tags that make an imported feature a POI of this category.
    #[serde(default)]
    pub osm: Vec<TagRule>,
}

/// All features of `layer` whose properties match: each named property has one of the listed
/// values, or is a list that holds one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub layer: Ident,
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Vec<Value>>,
}

/// OSM tags, all of which must match; an empty list of values means "any value".
pub type TagRule = BTreeMap<String, Vec<String>>;

impl Rule {
    pub fn holds(&self, properties: &Map<String, Value>) -> bool {
        self.conditions.iter().all(|(name, wanted)| match properties.get(name) {
            Some(Value::Array(list)) => list.iter().any(|v| wanted.contains(v)),
            Some(v) => wanted.contains(v),
            None => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_matches_a_value_or_a_list_that_holds_it() {
        let rule: Rule = serde_json::from_str(r#"{"layer":"centre","where":{"services":["medical"]}}"#).expect("rule");
        let holds =
            |text: &str| rule.holds(serde_json::from_str::<Value>(text).expect("json").as_object().expect("object"));
        assert!(holds(r#"{"services":["culture","medical"]}"#));
        assert!(holds(r#"{"services":"medical"}"#));
        assert!(!holds(r#"{"services":["culture"]}"#));
        assert!(!holds("{}"));
    }
}
