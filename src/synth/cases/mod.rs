//! A believable half-year of cases for a demo town, by playing the real rules with simulated people:
//! who reports what is data (`geodata/issues/demo.json`), whose it is and what may be done is decided
//! by `dispatch`. Pure and seeded; the present moment is an argument, and the last cases are still
//! open then. Every name, number and sentence is invented.
//!
//! `data` (the file), `calendar` (when), `ground` (where), `crowd` (who is busy), `fate` and `life`
//! (what becomes of a case).

mod calendar;
mod crowd;
mod data;
mod fate;
mod ground;
mod life;
#[cfg(test)]
mod tests;

use super::figures::{PlaceFigures, PlaceKey};
use super::names;
use super::rng::{Rng, apportion};
use crate::accounts::AreaCode;
use crate::atlas::{Ident, Snapshot};
use crate::dispatch::assign::{Office, Routing, Staff, Wanted, assign};
use crate::dispatch::{Case, CaseNumber, Categories, Category, Event, Report, Source, WorkCalendar};
use crate::geometry::Metres;
use chrono::{DateTime, Utc};

/// What the cases are made for.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    pub key: PlaceKey,
    pub map: &'a Snapshot,
    pub categories: &'a Categories,
    pub routing: &'a Routing,
    pub calendar: &'a WorkCalendar,
    /// People with accounts.
    pub staff: &'a Staff,
    /// The grid and town of the demo's own accounts: they are to find something to do.
    pub home: (Option<&'a AreaCode>, Option<&'a AreaCode>),
    pub now: DateTime<Utc>,
}

/// A case with its whole history and what its reporter said.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    pub case: Case,
    pub events: Vec<Event>,
    pub description: String,
    pub address: String,
    pub quantity: Option<(f64, Ident)>,
    pub accuracy: Option<Metres>,
    /// Name and telephone number; most have neither.
    pub reporter: Option<(String, String)>,
}

/// What is going to be reported.
struct Plan<'a> {
    at: DateTime<Utc>,
    category: &'a Category,
    texts: &'a data::Texts,
    quantity: Option<(f64, Ident)>,
}

/// The cases in order of their reports; `number` names them.
pub fn cases(setting: &Setting<'_>, mut number: impl FnMut(DateTime<Utc>) -> CaseNumber) -> Vec<Made> {
    let data = data::Demo::built_in();
    let rng = Rng::new(PlaceFigures::of(setting.key).shape.seed).fork(70);
    let ground = ground::Ground::of(setting, &rng);
    if ground.is_empty() {
        return Vec::new();
    }
    let mut crowd = crowd::Crowd::new(setting);
    let mut made: Vec<Made> = Vec::new();
    for (n, plan) in plans(setting, &data, &rng).into_iter().enumerate() {
        let (mut rng, number) = (rng.fork(10_000 + n as u64), number(plan.at));
        let life = life::Life { setting, words: &data.words, texts: plan.texts };
        let case = one(&life, plan, (&ground, &mut crowd, &mut rng), (number, &made));
        made.push(case);
    }
    made
}

/// Everything that is going to be reported, in order of time.
fn plans<'a>(setting: &Setting<'a>, data: &'a data::Demo, rng: &Rng) -> Vec<Plan<'a>> {
    let mut days = calendar::Days::before(setting, rng);
    let mut all = Vec::new();
    for (k, (id, many)) in data.of(setting.key).cases.iter().enumerate() {
        let (Some(category), Some(texts)) = (setting.categories.get(id), data.categories.get(id)) else { continue };
        let mut rng = rng.fork(100 + k as u64);
        let quantities = quantities(category, data.of(setting.key).amounts.get(id), *many, &mut rng);
        let plan = |quantity| Plan { at: days.moment(texts.season, &mut rng), category, texts, quantity };
        all.extend(quantities.into_iter().map(plan));
    }
    all.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.category.id.cmp(&b.category.id)));
    all
}

/// How much of it each report names: the report's amount shared out, else something small.
fn quantities(
    category: &Category,
    total: Option<&(Ident, u32)>,
    many: u32,
    rng: &mut Rng,
) -> Vec<Option<(f64, Ident)>> {
    let n = many as usize;
    if let Some((unit, total)) = total {
        // Tonnes and kilometres come in tenths.
        let parts = if ["ton", "kilometre"].contains(&unit.as_str()) { 10 } else { 1 };
        let weights: Vec<f64> = (0..n).map(|_| rng.range(0.2, 1.8)).collect();
        let shares = apportion((total * parts).saturating_sub(many), &weights);
        return shares.into_iter().map(|k| Some((f64::from(k + 1) / f64::from(parts), unit.clone()))).collect();
    }
    let usual = |rng: &mut Rng| {
        let unit = category.units.first().filter(|_| rng.chance(0.5))?;
        let most = match unit.as_str() {
            "vehicle" | "metre" => 12,
            "sheet" => 20,
            _ => 2,
        };
        Some((1.0 + rng.below(most) as f64, unit.clone()))
    };
    (0..n).map(|_| usual(rng)).collect()
}

type Around<'a, 'g> = (&'a ground::Ground<'g>, &'a mut crowd::Crowd, &'a mut Rng);

/// Reports it and lets it live until the present.
fn one(life: &life::Life<'_>, plan: Plan<'_>, around: Around<'_, '_>, known: (CaseNumber, &[Made])) -> Made {
    let (ground, crowd, rng) = around;
    let (number, before) = known;
    let setting = life.setting;
    let fate = fate::Fate::draw(setting, &plan, rng);
    let twin = fate.joins.then(|| fate::twin(before, &plan, setting)).flatten();
    let spot = match twin {
        Some(twin) => ground.near(twin.case.place, &twin.address, rng),
        None => ground.spot(&plan, rng),
    };
    let source = source(plan.category, rng);
    // Who stands there knows where; who uses a telephone knows about.
    let accuracy = (source == Source::Resident && rng.chance(0.4)).then(|| Metres(rng.range(5.0, 45.0).round()));
    let staff = crowd.staff_at(plan.at);
    let office = Office { map: setting.map, categories: setting.categories, routing: setting.routing, staff };
    let wanted = Wanted { place: spot.place, accuracy, category: plan.category, at: plan.at };
    let assignment = assign(&office, &wanted);
    let report = Report { number, category: plan.category.id.clone(), source, place: spot.place };
    let joined = twin.map(|twin| twin.case.number.clone());
    let (case, events) = life.lived((report, assignment, plan.at), (&fate, joined), rng);
    crowd.note(&case);
    let description = rng.pick(&plan.texts.reports).replace("{a}", &spot.address);
    let named = source == Source::Resident && rng.chance(0.35);
    let reporter = named.then(|| (names::person(rng), names::phone(20_000 + rng.below(9_000))));
    Made { case, events, description, address: spot.address, quantity: plan.quantity, accuracy, reporter }
}

/// Sensitive matters come from those who go from door to door.
fn source(category: &Category, rng: &mut Rng) -> Source {
    let residents = if category.restricted { 0.15 } else { 0.46 };
    match rng.unit() {
        u if u < residents => Source::Resident,
        u if u < 0.86 => Source::Worker,
        u if u < 0.97 => Source::Hotline,
        _ => Source::Dispatcher,
    }
}
