//! The four places as data: `geodata/places/*.json` holds each report's figures with the sentence
//! they come from, real names and codes, and the numbers that shape the synthetic ground.

use crate::atlas::layer::Title;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::str::FromStr;

/// One of the four places that the demo can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlaceKey {
    Nankang,
    Wanli,
    Jiangyin,
    Wancheng,
}

/// The text is none of the four keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a demo place: nankang, wanli, jiangyin or wancheng")]
pub struct UnknownPlace(pub String);

impl PlaceKey {
    pub const ALL: [Self; 4] = [Self::Nankang, Self::Wanli, Self::Jiangyin, Self::Wancheng];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nankang => "nankang",
            Self::Wanli => "wanli",
            Self::Jiangyin => "jiangyin",
            Self::Wancheng => "wancheng",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Nankang => include_str!("../../geodata/places/nankang.json"),
            Self::Wanli => include_str!("../../geodata/places/wanli.json"),
            Self::Jiangyin => include_str!("../../geodata/places/jiangyin.json"),
            Self::Wancheng => include_str!("../../geodata/places/wancheng.json"),
        }
    }
}

impl FromStr for PlaceKey {
    type Err = UnknownPlace;

    fn from_str(text: &str) -> Result<Self, UnknownPlace> {
        Self::ALL.into_iter().find(|k| k.as_str() == text).ok_or_else(|| UnknownPlace(text.into()))
    }
}

impl std::fmt::Display for PlaceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name with its division code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coded {
    pub code: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TownFigures {
    pub code: String,
    pub name: String,
    pub communities: Vec<Coded>,
}

/// A number of the report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    pub value: u32,
    /// The sentence it comes from.
    pub source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StripKind {
    River,
    Stream,
    Rail,
}

/// A river, stream or railway that crosses the whole town.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StripFigures {
    pub kind: StripKind,
    pub name: String,
    /// Metres.
    pub width: f64,
    /// Direction, degrees anticlockwise from east.
    pub angle: f64,
    /// Metres from the centre, to the left of the direction.
    #[serde(default)]
    pub offset: f64,
    /// Name of the street along it.
    pub bank: String,
    /// Metres between bridges, about.
    pub bridge_every: f64,
}

/// Open water beyond the town.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LakeFigures {
    pub name: String,
    /// Direction in which it lies, degrees anticlockwise from east.
    pub angle: f64,
    /// Metres from the centre to the shore.
    pub offset: f64,
    /// Metres of water shown beyond the shore.
    pub extent: f64,
    /// Name of the street along the shore.
    pub bank: String,
}

/// What shapes the synthetic ground. Lengths in metres.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    pub seed: u64,
    pub rx: f64,
    pub ry: f64,
    pub grids: u32,
    pub households_per_grid: f64,
    /// Density at the edge, the centre being 1.
    pub fringe: f64,
    /// Size of the dense centre as a share of the radius.
    pub core: f64,
    /// Usual size of a block in the centre, square metres.
    pub block_m2: f64,
    /// Share of woods in the open land.
    pub woods: f64,
    pub strips: Vec<StripFigures>,
    pub lake: Option<LakeFigures>,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceFigures {
    pub key: String,
    pub name: Title,
    pub jurisdiction: Coded,
    pub centre: [f64; 2],
    pub zoom: f64,
    /// How communities and names were chosen.
    pub note: String,
    pub shape: Shape,
    pub roads: Vec<String>,
    pub estates: Vec<String>,
    /// Community of the estates whose community the report names.
    #[serde(default)]
    pub estate_of: BTreeMap<String, String>,
    pub figures: BTreeMap<String, Figure>,
    pub towns: Vec<TownFigures>,
}

impl PlaceFigures {
    pub fn of(key: PlaceKey) -> Self {
        serde_json::from_str(key.text()).unwrap_or_else(|e| unreachable!("geodata/places/{key}.json: {e}"))
    }

    /// The figure's value; 0 when the report of this place has no such figure.
    pub fn get(&self, figure: &str) -> u32 {
        self.figures.get(figure).map_or(0, |f| f.value)
    }

    /// Communities with the number of their town, in the file's order.
    pub fn communities(&self) -> impl Iterator<Item = (usize, &Coded)> {
        self.towns.iter().enumerate().flat_map(|(t, town)| town.communities.iter().map(move |c| (t, c)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_real_in_form_and_nest() {
        for key in PlaceKey::ALL {
            let place = PlaceFigures::of(key);
            assert_eq!(place.key, key.as_str());
            for town in &place.towns {
                assert_eq!(town.code.len(), 9);
                for community in &town.communities {
                    assert_eq!(community.code.len(), 12);
                    assert!(community.code.starts_with(&town.code), "{}", community.name);
                }
            }
        }
    }

    #[test]
    fn the_named_communities_are_there() {
        let has = |key, name: &str| PlaceFigures::of(key).communities().any(|(_, c)| c.name == name);
        for name in ["翠园社区", "爱民社区", "磨南社区", "阳光社区"] {
            assert!(has(PlaceKey::Wanli, name), "{name}");
        }
        assert!(has(PlaceKey::Jiangyin, "黄河社区") && has(PlaceKey::Wancheng, "黄河社区"));
    }
}
