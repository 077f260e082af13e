//! A layer's descriptor: what it is called, what its features look like, who may see them, how
//! it is drawn. Built-in descriptors lie in `geodata/layers/`; a planner adds more at run time.
//! One descriptor makes the table in both databases, the JSON Schema check, the tiles, the
//! legend and the style.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// A checked identifier of a layer or property: `[a-z][a-z0-9_]{0,47}`. Safe inside SQL and URLs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String)]
pub struct Ident(String);

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an identifier: a-z, then a-z, 0-9 or _, 48 characters at the most")]
pub struct IdentError(pub String);

impl Ident {
    pub fn new(text: impl Into<String>) -> Result<Self, IdentError> {
        let text = text.into();
        let mut bytes = text.bytes();
        let ok = bytes.next().is_some_and(|b| b.is_ascii_lowercase())
            && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            && text.len() <= 48;
        if ok { Ok(Self(text)) } else { Err(IdentError(text)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Ident {
    type Error = IdentError;
    fn try_from(text: String) -> Result<Self, IdentError> {
        Self::new(text)
    }
}

impl Serialize for Ident {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<Ident> for String {
    fn from(id: Ident) -> Self {
        id.0
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Ident {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A text in both languages of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Title {
    pub zh: String,
    pub en: String,
}

/// What a layer's geometries are. A single geometry is read as the multi kind where needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeometryKind {
    /// Point or MultiPoint.
    Point,
    /// LineString or MultiLineString.
    Line,
    /// Polygon or MultiPolygon.
    Polygon,
    /// Any of them (e.g. a project that is a spot or a street).
    Any,
}

/// Who may see a layer or a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    #[default]
    Public,
    /// Everybody with an account.
    Members,
    /// Who has any role where the feature lies.
    Area,
    /// Dispatchers and admins of where the feature lies: personal data.
    Restricted,
}

/// Type of a property, and thus of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PropertyType {
    String,
    Integer,
    Number,
    Boolean,
    /// A list or an object, kept as JSON text.
    Array,
    Object,
}

/// One property of a layer's features, as the descriptor's JSON Schema names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    pub name: Ident,
    pub kind: PropertyType,
    pub required: bool,
    pub title: Title,
    pub access: Access,
}

/// Which property plays which part. A part that a layer lacks is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Roles {
    /// The field's code, unique in the layer, e.g. a 12-digit division code.
    pub code: Option<Ident>,
    pub name: Option<Ident>,
    /// Number of households living in the feature.
    pub households: Option<Ident>,
    /// Opening hours in OSM syntax.
    pub hours: Option<Ident>,
    /// List of offered services.
    pub services: Option<Ident>,
    /// List of `{name, role, …}` of the people responsible.
    pub workers: Option<Ident>,
    /// Code of the area one level up.
    pub parent: Option<Ident>,
    /// List of `[lon, lat]` of the doors, where the geometry is not where people go in.
    pub entrances: Option<Ident>,
}

/// What a layer is to the area tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaRole {
    /// A level of the tree; `locate` answers one per level. 0 is the widest.
    Level(u8),
    /// Lies over the tree and may overlap: exclusive grids, responsibility areas.
    Zone,
}

/// A layer, as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    pub id: Ident,
    pub title: Title,
    #[serde(default)]
    pub description: Option<Title>,
    /// Heading in the layer switcher: `area`, `service`, `parking`, `work`, `base`.
    pub group: Ident,
    pub geometry: GeometryKind,
    /// JSON Schema (2020-12) of the properties: an object schema, `properties` in column order,
    /// each with `type`, `x-title` {zh, en} and, when not public, `x-access`.
    pub schema: serde_json::Value,
    #[serde(default)]
    pub roles: Roles,
    #[serde(default)]
    pub area: Option<AreaRole>,
    /// Zoom levels at which tiles carry the layer.
    pub zoom: [u8; 2],
    /// Drawing order, low first; also the order in lists.
    pub order: u16,
    /// Drawn when the page opens.
    #[serde(default)]
    pub visible: bool,
    #[serde(default)]
    pub access: Access,
    /// Properties carried in tiles (the style needs them); others only come with the item.
    #[serde(default)]
    pub tile_properties: Vec<Ident>,
    /// MapLibre style layers; `id`, `source` and `source-layer` are filled in by the server.
    #[serde(default)]
    pub style: Vec<serde_json::Value>,
    #[serde(default)]
    pub legend: Vec<LegendEntry>,
}

/// One line of the legend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LegendEntry {
    pub title: Title,
    /// `fill`, `line`, `circle` or `icon`.
    pub symbol: Ident,
    /// CSS colour.
    pub color: String,
    /// CSS colour of the outline.
    #[serde(default)]
    pub outline: Option<String>,
    /// Icon name where the symbol is an icon.
    #[serde(default)]
    pub icon: Option<String>,
}

/// What is wrong with a descriptor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayerError {
    #[error(transparent)]
    Ident(#[from] IdentError),
    #[error("schema.{0}")]
    Schema(String),
    #[error("property {0:?} is a name the service keeps for itself")]
    Reserved(String),
    #[error("role or tile property {0:?} is not in the schema")]
    Unknown(String),
}

/// Columns every layer's table has besides its own.
pub const RESERVED: [&str; 8] = ["id", "geom", "source", "ref", "version", "updated_at", "extra", "fid"];

impl Layer {
    /// The schema's properties in column order; the descriptor's check.
    pub fn properties(&self) -> Result<Vec<Property>, LayerError> {
        let schema = |text: String| LayerError::Schema(text);
        let object = self.schema.get("properties").and_then(|v| v.as_object());
        let object = object.ok_or_else(|| schema("properties is missing".into()))?;
        let required: Vec<&str> = self
            .schema
            .get("required")
            .and_then(|v| v.as_array())
            .into_iter()
            .flatten()
            .filter_map(|v| v.as_str())
            .collect();
        let mut all = Vec::with_capacity(object.len());
        for (name, def) in object {
            let ident = Ident::new(name.as_str())?;
            if RESERVED.contains(&name.as_str()) {
                return Err(LayerError::Reserved(name.clone()));
            }
            let kind = def.get("type").cloned().unwrap_or_default();
            let kind = serde_json::from_value(kind).map_err(|_| {
                schema(format!("properties.{name}.type must be one of string, integer, number, boolean, array, object"))
            })?;
            let title = def.get("x-title").cloned().map(serde_json::from_value::<Title>).transpose();
            let title = title.map_err(|_| schema(format!("properties.{name}.x-title needs zh and en")))?;
            let access = def.get("x-access").cloned().map(serde_json::from_value).transpose();
            all.push(Property {
                required: required.contains(&name.as_str()),
                title: title.unwrap_or_else(|| Title { zh: name.clone(), en: name.clone() }),
                access: access
                    .map_err(|_| schema(format!("properties.{name}.x-access is not known")))?
                    .unwrap_or_default(),
                name: ident,
                kind,
            });
        }
        self.check_roles(&all)?;
        Ok(all)
    }

    fn check_roles(&self, properties: &[Property]) -> Result<(), LayerError> {
        let r = &self.roles;
        let roles = [&r.code, &r.name, &r.households, &r.hours, &r.services, &r.workers, &r.parent, &r.entrances];
        let named = roles.into_iter().flatten().chain(&self.tile_properties);
        for name in named {
            if !properties.iter().any(|p| p.name == *name) {
                return Err(LayerError::Unknown(name.to_string()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_cannot_carry_sql() {
        for bad in ["", "1a", "a-b", "a\"b", "A", "a b", &"a".repeat(49)] {
            assert!(Ident::new(bad).is_err(), "{bad}");
        }
        assert!(Ident::new("parking_lot2").is_ok());
    }
}
