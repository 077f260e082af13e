//! `GET /api/planning/coverage/tiles/{z}/{x}/{y}`: coverage as a map. Every building by its walk to the
//! nearest place, areas by their share, the places themselves; and beside now, when asked.

use super::ask::{Call, Desk, Question, QuestionParams, level};
use super::body::share;
use crate::atlas::{Feature, FeatureId, Ident};
use crate::geometry::{BBox, Seconds, TileCoord};
use crate::http::compute;
use crate::http::error::Problem;
use crate::http::extract::PathOf;
use crate::http::tiles::{acceptable, answer, coord};
use crate::http::walking::WalkerParams;
use crate::planning::coverage::{Groups, Tally};
use crate::planning::scenario::{Shift, compare, shift};
use crate::planning::{Coverage, Extent, Scope};
use crate::tiles::CachedTile;
use crate::tiles::encode::{Shown, here, part};
use axum::response::Response;
use geo::Geometry;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Buildings are told from this zoom on.
const BUILDINGS_FROM: u8 = 12;

/// Coverage as a vector tile (MVT)
///
/// Layers: `building` (from zoom 12, those with households: `walk_s`, `households`, `band`: number of the
/// smallest band that holds it, or how many bands there are), `area` (`code`, `name`, `households`, `share` of the
/// largest band) and `facility` (`name`). With `against=now` also what changes: `before_s` and `change`
/// (gained, lost, nearer, farther) of buildings, `gained` and `lost` households of areas.
#[utoipa::path(get, path = "/api/planning/coverage/tiles/{z}/{x}/{y}", operation_id = "planning_tile", tag = "planning",
    params(
        ("z" = u8, Path, description = "Zoom level, 0 to 22", maximum = 22),
        ("x" = u32, Path, description = "Column"),
        ("y" = u32, Path, description = "Row from the north"),
        QuestionParams, WalkerParams,
        ("by" = Option<String>, Query, description = "A level of the area tree (the finest when left out), or whole"),
        ("against" = Option<String>, Query, description = "now: what a scenario changes", pattern = "^now$"),
    ),
    responses(
        (status = 200, content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "Nothing here"),
        (status = 304, description = "As the caller has it"),
        (status = 422),
    ))]
pub async fn get(PathOf((z, x, y)): PathOf<(String, String, String)>, mut call: Call) -> Result<Response, Problem> {
    let coord = coord(&mut call.params, &z, &x, &y);
    let (question, chosen) = call.question().await?;
    let by = level(&mut call.params, &call.seen);
    let against = call.params.choice("against", false, &[("now", true)]);
    let Some(((coord, question), (by, against))) = coord.zip(question).zip(by.zip(against)) else {
        return Err(call.params.refused());
    };
    acceptable(&call.headers)?;
    let headers = call.headers.clone();
    let desk = call.desk(chosen).await?;
    let tile = compute(move || tile(&desk, &question, by.as_ref(), against, coord)).await??;
    Ok(answer(&tile, &headers))
}

/// What is drawn.
struct Sheet<'a> {
    desk: &'a Desk,
    question: &'a Question,
    coverage: &'a Coverage,
    before: Option<&'a Coverage>,
    scope: &'a Scope,
    coord: TileCoord,
}

fn tile(
    desk: &Desk,
    question: &Question,
    by: Option<&Ident>,
    against: bool,
    coord: TileCoord,
) -> Result<CachedTile, Problem> {
    let coverage = desk.coverage(&question.walks)?;
    let before = match against {
        true => Some(desk.coverage_now(&question.walks)?),
        false => None,
    };
    let scope = desk.scope();
    let sheet = Sheet { desk, question, coverage: &coverage, before: before.as_deref(), scope: &scope, coord };
    let mut bytes = Vec::new();
    if let Some(level) = by {
        bytes.extend(sheet.areas(level, &desk.groups(by)).map_err(Problem::internal)?);
    }
    if coord.z() >= BUILDINGS_FROM {
        bytes.extend(sheet.buildings().map_err(Problem::internal)?);
    }
    bytes.extend(sheet.facilities().map_err(Problem::internal)?);
    Ok(CachedTile::new(bytes))
}

type Tags = Vec<(&'static str, Cow<'static, Value>)>;

fn tags<const N: usize>(all: [(&'static str, Value); N]) -> Tags {
    all.into_iter().map(|(name, value)| (name, Cow::Owned(value))).collect()
}

fn shown(feature: &Feature, tags: Tags) -> Shown<'_> {
    Shown { id: feature.id, geometry: &feature.geometry, bbox: feature.bbox, tags }
}

impl Sheet<'_> {
    fn widest(&self) -> Extent {
        self.question.widest()
    }

    fn buildings(&self) -> fast_mvt::MvtResult<Vec<u8>> {
        let Some((_, data)) = self.desk.map.layer(crate::atlas::facility::HOME_LAYER) else { return Ok(Vec::new()) };
        let homes = &self.coverage.homes;
        let number = |id: FeatureId| homes.binary_search_by_key(&id, |home| home.id).ok();
        let one = |feature| {
            let feature: &Arc<Feature> = feature;
            let home = number(feature.id).filter(|home| self.scope.holds(*home) && homes[*home].households > 0)?;
            Some(shown(feature, self.of_building(home)))
        };
        part("building", here(data, self.coord).into_iter().filter_map(one), self.coord)
    }

    fn of_building(&self, home: usize) -> Tags {
        let within = |extent: &Extent| self.coverage.covers(home, *extent);
        let extents = &self.question.extents;
        let band = extents.iter().position(within).unwrap_or(extents.len());
        let mut all = tags([("households", json!(self.coverage.homes[home].households)), ("band", json!(band))]);
        let seconds = |walk: Option<Seconds>| walk.map(|walk| json!(walk.whole()));
        all.extend(seconds(self.coverage.walk(home)).map(|walk| ("walk_s", Cow::Owned(walk))));
        let Some(before) = self.before else { return all };
        all.extend(seconds(before.walk(home)).map(|walk| ("before_s", Cow::Owned(walk))));
        let change = shift(before, self.coverage, home, self.widest()).map(|shift| match shift {
            Shift::Gained => "gained",
            Shift::Lost => "lost",
            Shift::Nearer => "nearer",
            Shift::Farther => "farther",
        });
        all.extend(change.map(|change| ("change", Cow::Owned(json!(change)))));
        all
    }

    fn areas(&self, level: &Ident, groups: &Groups) -> fast_mvt::MvtResult<Vec<u8>> {
        let Some((_, data)) = self.desk.map.layer(level.as_str()) else { return Ok(Vec::new()) };
        let tallies = self.coverage.tally_by(groups, &[self.widest()], self.scope).areas;
        let changes = self.before.map(|before| compare(before, self.coverage, groups, self.widest(), self.scope).areas);
        let tally = |tally: &Tally| {
            let part = tally.share(0).map(|part| ("share", Cow::Owned(json!(share(part)))));
            tags([("households", json!(tally.all.households))]).into_iter().chain(part).collect::<Tags>()
        };
        let mut figures: HashMap<FeatureId, Tags> = tallies
            .iter()
            .filter(|row| self.scope.tells(row.tally.all))
            .map(|row| {
                let text = |name, text: &Option<String>| text.clone().map(|text| (name, Cow::Owned(json!(text))));
                let label = [text("code", &row.area.code), text("name", &row.area.name)].into_iter().flatten();
                (row.area.id, label.chain(tally(&row.tally)).collect())
            })
            .collect();
        for row in changes.into_iter().flatten() {
            if let Some(tags) = figures.get_mut(&row.area.id) {
                let [gained, lost] = [row.change.gained, row.change.lost].map(|n| Cow::Owned(json!(n.households)));
                tags.extend([("gained", gained), ("lost", lost)]);
            }
        }
        let one = |feature| {
            let feature: &Arc<Feature> = feature;
            Some(shown(feature, figures.get(&feature.id)?.clone()))
        };
        part("area", here(data, self.coord).into_iter().filter_map(one), self.coord)
    }

    fn facilities(&self) -> fast_mvt::MvtResult<Vec<u8>> {
        let points: Vec<(usize, Geometry)> = {
            let point = |(i, site): (usize, &Arc<crate::atlas::facility::Facility>)| {
                (i, Geometry::Point(site.anchor.coord().into()))
            };
            self.coverage.sites.iter().enumerate().map(point).collect()
        };
        let all = points.iter().filter_map(|(i, geometry)| {
            let site = &self.coverage.sites[*i];
            let name = site.name.clone().map(|name| ("name", Cow::Owned(json!(name))));
            let tags = tags([("layer", json!(site.layer))]).into_iter().chain(name).collect();
            Some(Shown { id: site.id, geometry, bbox: BBox::of(geometry)?, tags })
        });
        part("facility", all, self.coord)
    }
}
