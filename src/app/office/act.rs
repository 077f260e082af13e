//! Reports and actions, decided on the case and the people as they are inside the transaction.

use super::Office;
use crate::accounts::{AreaCode, Caller};
use crate::atlas::Ident;
use crate::dispatch::assign::{Staff, Wanted, assign, feature_of, unit_of};
use crate::dispatch::duplicates::{NotJoined, may_join};
use crate::dispatch::workflow::{self, Report, Reroute, Step};
use crate::dispatch::{Action, Case, CaseNumber, Level, Owner, Refusal, Source, Unit, Who, WorkerName, may_give};
use crate::geometry::{LonLat, Metres};
use crate::store::issues::{Decided, Decision, Stored};
use chrono::{DateTime, Utc};

/// A report, as far as its way is concerned.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub category: Ident,
    pub place: LonLat,
    pub accuracy: Option<Metres>,
    pub source: Source,
    /// The case that it repeats.
    pub join: Option<CaseNumber>,
}

/// To whom a case is to go.
#[derive(Debug, Clone, PartialEq)]
pub struct To {
    pub layer: Ident,
    pub code: AreaCode,
    /// `None`: whoever is the first choice there.
    pub worker: Option<WorkerName>,
}

/// What somebody wants to do with a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    pub action: Action,
    pub note: Option<String>,
    pub until: Option<DateTime<Utc>>,
    pub to: Option<To>,
    pub joined_to: Option<CaseNumber>,
    pub place: Option<LonLat>,
    pub category: Option<Ident>,
    pub rating: Option<u8>,
    pub answer: bool,
}

/// Why it was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("{0}")]
    Rule(#[from] Refusal),
    /// Not there, as far as the caller is to know.
    #[error("there is no such case")]
    Unseen,
    #[error("the map has no such area or street section")]
    NoSuchUnit,
    #[error("nobody of this name works there")]
    NoSuchWorker,
    #[error("it lies outside the areas where you give cases")]
    OutsideArea,
    #[error("{0}")]
    NotJoined(#[from] NotJoined),
    #[error("there is no such case")]
    NoOther,
}

impl Office {
    /// A report becomes a case.
    pub fn receive(
        &self,
        incoming: &Incoming,
        number: CaseNumber,
        staff: &Staff,
        at: DateTime<Utc>,
    ) -> Result<Decision, Refused> {
        let unknown = || Refusal::UnknownCategory(incoming.category.to_string());
        let category = self.categories.get(incoming.category.as_str()).ok_or_else(unknown)?;
        let Incoming { place, accuracy, source, .. } = *incoming;
        let assignment = assign(&self.people(staff), &Wanted { place, accuracy, category, at });
        let report = Report { number, category: incoming.category.clone(), source, place };
        let ground = self.ground(&assignment.ladder);
        let (case, events) = match &incoming.join {
            None => workflow::report(report, &assignment, at, &ground)?,
            Some(other) => workflow::repeat(report, other, &assignment, at, &ground)?,
        };
        Ok(Decision { filing: self.filing(&case), case, events })
    }

    /// Does what is wished, after what the clock had to do first. What the clock did stands, also when
    /// the wish is refused.
    pub fn act(
        &self,
        (was, other): (&Stored, Option<&Stored>),
        scene: &Scene<'_>,
        (wish, photos): (&Wish, usize),
    ) -> Decided<Result<Case, Refused>> {
        let Scene { staff, at, .. } = *scene;
        let ladder = self.ladder(&was.case, staff, at);
        let ground = self.ground(&ladder);
        let (case, mut events) = workflow::advance(&was.case, at, &ground);
        let done = self.step((&case, other), scene, (wish, photos)).and_then(|step| {
            let actor = self.actor(scene.caller, scene.by_link, &case);
            Ok(workflow::apply(&case, &step, &actor, at, &ground)?)
        });
        let (case, answer) = match done {
            Ok((next, event)) => {
                events.push(event);
                (next.clone(), Ok(next))
            }
            Err(refused) => (case, Err(refused)),
        };
        let write = (!events.is_empty()).then(|| Decision { filing: self.filing(&case), case, events });
        Decided { write, with_photos: answer.is_ok(), answer }
    }

    fn step(
        &self,
        (case, other): (&Case, Option<&Stored>),
        scene: &Scene<'_>,
        (wish, photos): (&Wish, usize),
    ) -> Result<Step, Refused> {
        let scope = self.scope(scene.caller);
        if !scene.by_link && !self.sees(&scope, case) {
            return Err(Refused::Unseen);
        }
        let mut step = Step::new(wish.action);
        step.note = wish.note.clone();
        step.photos = u32::try_from(photos).unwrap_or(u32::MAX);
        step.until = wish.until;
        step.rating = wish.rating;
        step.answer = wish.answer;
        if let Some(to) = &wish.to {
            step.to = Some(self.owner(to, case, scene)?);
        }
        if let Some(number) = &wish.joined_to {
            let other = other.filter(|other| self.sees(&scope, &other.case)).ok_or(Refused::NoOther)?;
            may_join(case, &other.case)?;
            step.joined_to = Some(number.clone());
        }
        if wish.place.is_some() || wish.category.is_some() {
            step.reroute = Some(Box::new(self.reroute(case, wish, scene)?));
        }
        Ok(step)
    }

    fn reroute(&self, case: &Case, wish: &Wish, scene: &Scene<'_>) -> Result<Reroute, Refused> {
        let place = wish.place.unwrap_or(case.place);
        let id = wish.category.clone().unwrap_or_else(|| case.category.clone());
        let unknown = || Refusal::UnknownCategory(id.to_string());
        let category = self.categories.get(id.as_str()).ok_or_else(unknown)?;
        let wanted = Wanted { place, accuracy: None, category, at: scene.at };
        let assignment = assign(&self.people(scene.staff), &wanted);
        Ok(Reroute { place, category: id, assignment })
    }

    /// The owner that is meant, when the caller may give the case there.
    fn owner(&self, to: &To, case: &Case, scene: &Scene<'_>) -> Result<Owner, Refused> {
        let Scene { staff, caller, by_link, at } = *scene;
        let named = Unit { layer: to.layer.clone(), code: to.code.clone(), name: None };
        let feature = feature_of(&self.map, &named).ok_or(Refused::NoSuchUnit)?;
        let entry = self.map.catalogue.get(to.layer.as_str()).ok_or(Refused::NoSuchUnit)?;
        let unit = unit_of(entry, feature).ok_or(Refused::NoSuchUnit)?;
        // Zones and street sections have the rank of a grid.
        let level = Level::read(to.layer.as_str()).unwrap_or(Level::Grid);
        let worker = match &to.worker {
            Some(name) if self.works_in(name, &unit, staff) => Some(name.clone()),
            Some(_) => return Err(Refused::NoSuchWorker),
            None => staff.first(&self.map, &unit, &self.routing.roles, at).map(|found| found.name),
        };
        let owner = Owner { level, unit: Some(unit), worker };
        let handover = case.co_owner.as_ref().is_some_and(|co_owner| co_owner.unit == owner.unit);
        let dispatcher = self.actor(caller, by_link, case).is(Who::Dispatcher, case);
        if dispatcher && !handover && !may_give(caller, &owner, case, &self.map) {
            return Err(Refused::OutsideArea);
        }
        Ok(owner)
    }
}

/// Who acts, who else is there, and when.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub staff: &'a Staff,
    pub caller: &'a Caller,
    /// The private link was shown.
    pub by_link: bool,
    pub at: DateTime<Utc>,
}
