//! The MapLibre style of all layers of a snapshot, put together from the layers' own
//! fragments. It names no glyphs and no sprite: text is drawn from the fonts of the device.

use super::tilejson::{bounds, tiles_url, zooms};
use crate::atlas::{CatalogueEntry, Ident, Snapshot};
use crate::geometry::tile::MAX_ZOOM;
use serde_json::{Map, Value, json};

const FONTS: [&str; 2] = ["Noto Sans CJK SC", "sans-serif"];
const BACKGROUND: &str = "#f7f5f0";
/// Layers of this group come in a source of their own: they rarely change.
const BASE: &str = "base";

/// The style. `lang` is `zh` or `en`, `base_url` the server's address without a slash at the end.
pub fn style(snapshot: &Snapshot, lang: &str, base_url: &str) -> Value {
    let entries: Vec<&CatalogueEntry> = snapshot.catalogue.iter().filter(|e| !e.layer.style.is_empty()).collect();
    let (base, data): (Vec<&CatalogueEntry>, Vec<_>) = entries.iter().copied().partition(|e| is_base(e));
    let mut sources = Map::new();
    for (name, entries) in [("base", base), ("data", data)] {
        if !entries.is_empty() {
            sources.insert(name.into(), source(snapshot, &entries, lang, base_url));
        }
    }
    let background = json!({"id": "background", "type": "background", "paint": {"background-color": BACKGROUND}});
    let fragments = || entries.iter().flat_map(|e| e.layer.style.iter().enumerate().map(|(n, f)| (*e, n, f)));
    let is_symbol = |fragment: &Value| fragment["type"] == "symbol";
    // Text and icons of every layer lie above all areas and lines.
    let areas_and_lines = fragments().filter(|(_, _, f)| !is_symbol(f));
    let symbols = fragments().filter(|(_, _, f)| is_symbol(f));
    let drawn = areas_and_lines.chain(symbols).filter_map(|(entry, n, f)| style_layer(entry, n, f, lang));
    let layers: Vec<Value> = std::iter::once(background).chain(drawn).collect();
    let mut style = json!({
        "version": 8,
        "name": title(snapshot, lang),
        "sources": sources,
        "layers": layers,
    });
    if let Some(centre) = snapshot.place.centre {
        style["center"] = json!(centre);
        style["zoom"] = json!(snapshot.place.zoom.unwrap_or(14.0));
    }
    style
}

fn is_base(entry: &CatalogueEntry) -> bool {
    entry.layer.group.as_str() == BASE
}

fn title(snapshot: &Snapshot, lang: &str) -> String {
    let name = snapshot.place.name.as_ref().map(|n| if lang == "en" { &n.en } else { &n.zh });
    name.cloned().unwrap_or_else(|| "wangge".into())
}

fn source(snapshot: &Snapshot, entries: &[&CatalogueEntry], lang: &str, base_url: &str) -> Value {
    let ids: Vec<&str> = entries.iter().map(|e| e.layer.id.as_str()).collect();
    let [minzoom, maxzoom] = zooms(entries);
    let mut source = json!({
        "type": "vector",
        "tiles": [tiles_url(base_url, &ids)],
        "minzoom": minzoom,
        "maxzoom": maxzoom,
    });
    if let Some(bounds) = bounds(snapshot, entries) {
        source["bounds"] = json!(bounds.array());
    }
    let synthetic = if lang == "en" { "Synthetic demo data" } else { "演示数据（虚构）" };
    let credits = snapshot.place.attribution.as_deref().into_iter();
    // The demo's own attribution says so already.
    let said = snapshot.place.attribution.as_deref().is_some_and(|a| a.contains("Synthetic"));
    let credits: Vec<&str> = credits.chain((snapshot.place.synthetic && !said).then_some(synthetic)).collect();
    if !credits.is_empty() {
        source["attribution"] = json!(credits.join(" · "));
    }
    source
}

fn style_layer(entry: &CatalogueEntry, n: usize, fragment: &Value, lang: &str) -> Option<Value> {
    let layer = &entry.layer;
    let mut drawn = fragment.as_object()?.clone();
    drawn.insert("id".into(), json!(format!("{}-{n}", layer.id)));
    drawn.insert("source".into(), json!(if is_base(entry) { "base" } else { "data" }));
    drawn.insert("source-layer".into(), json!(layer.id));
    drawn.entry("minzoom").or_insert(json!(layer.zoom[0]));
    if layer.zoom[1] < MAX_ZOOM {
        drawn.entry("maxzoom").or_insert(json!(layer.zoom[1] + 1));
    }
    let symbol = drawn.get("type").is_some_and(|t| t == "symbol");
    let layout = drawn.entry("layout").or_insert_with(|| json!({}));
    if !layer.visible {
        layout["visibility"] = json!("none");
    }
    if symbol && layout.get("text-field").is_some() {
        if layout.get("text-font").is_none() {
            layout["text-font"] = json!(FONTS);
        }
        translate(layer.tile_properties.as_slice(), layout, lang);
    }
    Some(Value::Object(drawn))
}

/// In English `["get", "name"]` prefers the English name where the tiles carry one.
fn translate(carried: &[Ident], layout: &mut Value, lang: &str) {
    if lang == "en" && carried.iter().any(|name| name.as_str() == "name_en") {
        prefer_english(&mut layout["text-field"]);
    }
}

fn prefer_english(expression: &mut Value) {
    if *expression == json!(["get", "name"]) {
        *expression = json!(["coalesce", ["get", "name_en"], ["get", "name"]]);
    } else if let Value::Array(parts) = expression {
        parts.iter_mut().for_each(prefer_english);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::testing::{feature, ident, snapshot, square};
    use crate::tiles::tilejson;

    fn town() -> Snapshot {
        let grid = feature(1, square(0.0, 0.0, 5.0), json!({"code": "1", "name": "a"}));
        let mut town = snapshot(vec![("grid", vec![grid])]);
        town.place.synthetic = true;
        town.place.attribution = Some("© OpenStreetMap".into());
        town
    }

    #[test]
    fn every_public_layer_is_drawn_from_its_source_with_an_id_of_its_own() {
        let style = style(&town(), "zh", "http://localhost");
        let layers = style["layers"].as_array().expect("layers");
        let mut ids: Vec<&str> = layers.iter().filter_map(|l| l["id"].as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), layers.len());
        for id in ["grid-0", "road-0", "water-0", "station-0", "background"] {
            assert!(ids.contains(&id), "{id}");
        }
        for layer in &layers[1..] {
            let (source, drawn) = (layer["source"].as_str().expect("source"), layer["source-layer"].as_str());
            let tiles = style["sources"][source]["tiles"][0].as_str().expect("tiles");
            let carried = tiles.trim_start_matches("http://localhost/api/tiles/").split('/').next().expect("layers");
            assert!(carried.split(',').any(|l| Some(l) == drawn), "{drawn:?} in {tiles}");
        }
        let first_symbol = layers.iter().position(|l| l["type"] == "symbol").unwrap_or(layers.len());
        assert!(layers[first_symbol..].iter().all(|l| l["type"] == "symbol"), "text lies on top");
        assert!(style.get("glyphs").is_none() && style.get("sprite").is_none());
        let credits = style["sources"]["data"]["attribution"].as_str().expect("credits");
        assert!(credits.contains("OpenStreetMap") && credits.contains("虚构"));
    }

    #[test]
    fn what_is_not_shown_at_first_is_hidden_and_text_has_a_font_of_the_device() {
        let style = style(&town(), "en", "");
        for layer in style["layers"].as_array().expect("layers") {
            if layer["source-layer"] == "zone" {
                assert_eq!(layer["layout"]["visibility"], "none");
            }
            if layer["layout"].get("text-field").is_some() {
                assert!(layer["layout"]["text-font"].is_array());
            }
        }
    }

    #[test]
    fn english_names_come_first_in_english_only() {
        let field = |lang: &str| {
            let style = style(&town(), lang, "");
            let layers = style["layers"].as_array().expect("layers").clone();
            let named = |l: &&Value| l["source-layer"] == "place" && l["layout"].get("text-field").is_some();
            layers.iter().find(named).expect("places are named")["layout"]["text-field"].to_string()
        };
        assert!(field("en").contains(r#"["coalesce",["get","name_en"],["get","name"]]"#), "{}", field("en"));
        assert!(!field("zh").contains("name_en"));
    }

    #[test]
    fn tilejson_says_what_the_tiles_carry_and_where() {
        let json = tilejson(&town(), &[ident("grid"), ident("road"), ident("nothing")], "https://x");
        assert_eq!(
            (&json["tilejson"], &json["tiles"][0]),
            (&json!("3.0.0"), &json!("https://x/api/tiles/road,grid/{z}/{x}/{y}"))
        );
        let ids: Vec<&Value> = json["vector_layers"].as_array().expect("layers").iter().map(|l| &l["id"]).collect();
        assert_eq!(ids, ["road", "grid"]);
        assert_eq!(json["vector_layers"][1]["fields"]["code"], "String");
        assert_eq!(json["bounds"], json!([116.0, 29.0, 116.005, 29.005]));
    }
}
