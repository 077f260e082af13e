//! A case lives: simulated people do, at believable times, what the workflow allows them. What would
//! be done after the present moment is not done; what falls due until then is done by the clock.

use super::super::rng::Rng;
use super::Setting;
use super::data::{Texts, Words};
use super::fate::Fate;
use crate::accounts::Role;
use crate::dispatch::assign::Assignment;
use crate::dispatch::clock::Counting;
use crate::dispatch::workflow::{self, Ground, Step};
use crate::dispatch::{Action, Actor, Case, CaseNumber, Event, Ladder, Level, Owner, Report, Source, Stage, State};
use crate::dispatch::{Triage, WorkerName};
use chrono::{DateTime, Duration, Utc};

/// What is the same for a case's whole life.
pub struct Life<'a> {
    pub setting: &'a Setting<'a>,
    pub words: &'a Words,
    pub texts: &'a Texts,
}

struct Living<'a> {
    life: &'a Life<'a>,
    ladder: &'a Ladder,
    case: Case,
    events: Vec<Event>,
    rng: &'a mut Rng,
}

/// The case as it is at last, and everything that happened.
type Lived = (Case, Vec<Event>);

impl Life<'_> {
    /// The case as it is now, with everything that happened.
    pub fn lived(
        &self,
        told: (Report, Assignment, DateTime<Utc>),
        way: (&Fate, Option<CaseNumber>),
        rng: &mut Rng,
    ) -> Lived {
        let (report, assignment, at) = told;
        let setting = self.setting;
        let ground = Ground { categories: setting.categories, calendar: setting.calendar, ladder: &assignment.ladder };
        let made = workflow::report(report, &assignment, at, &ground);
        let (case, events) = made.unwrap_or_else(|e| unreachable!("a category of the demo: {e}"));
        let mut living = Living { life: self, ladder: &assignment.ladder, case, events, rng };
        living.go(way);
        living.wait(setting.now);
        (living.case, living.events)
    }
}

impl Living<'_> {
    fn ground(&self) -> Ground<'_> {
        let setting = self.life.setting;
        Ground { categories: setting.categories, calendar: setting.calendar, ladder: self.ladder }
    }

    /// Time passes.
    fn wait(&mut self, until: DateTime<Utc>) {
        let until = until.min(self.life.setting.now);
        let (case, events) = workflow::advance(&self.case, until, &self.ground());
        self.case = case;
        self.events.extend(events);
    }

    /// Somebody does something, unless it is yet to come, or not theirs to do any more.
    fn does(&mut self, actor: &Actor, step: &Step, at: DateTime<Utc>) -> bool {
        if at > self.life.setting.now {
            return false;
        }
        let (case, events, done) = workflow::act(&self.case, step, actor, at, &self.ground());
        self.case = case;
        self.events.extend(events);
        done.is_ok()
    }

    /// The moment so many working minutes later.
    fn work(&mut self, low: f64, high: f64) -> DateTime<Utc> {
        let seconds = (self.rng.range(low, high) * 60.0) as i64;
        self.life.setting.calendar.after(Counting::Working, self.case.updated_at, seconds)
    }

    fn say(&mut self, list: &[String]) -> String {
        self.rng.pick(list).clone()
    }

    /// Whoever has it.
    fn holder(&self) -> Actor {
        match &self.case.owner.worker {
            Some(name) => Actor::staff(name.clone(), &[Role::Worker]),
            None => Actor::staff(watch_of(&self.case.owner), &[Role::Worker, Role::Dispatcher]),
        }
    }

    /// The dispatcher who has a say in it: of the community, and of the town for what is the town's.
    fn desk(&self) -> Actor {
        let level = self.case.owner.level.max(Level::Community);
        let owner = self.ladder.get(&level).unwrap_or(&self.case.owner);
        Actor::staff(watch_of(owner), &[Role::Dispatcher])
    }

    /// Who checks what somebody else finished.
    fn checker(&self) -> Actor {
        let owner = self.ladder.get(&self.case.owner.level.max(Level::Town)).unwrap_or(&self.case.owner);
        let name = WorkerName(format!("{}核查员", unit_name(owner)));
        Actor::staff(name, &[Role::Dispatcher])
    }

    fn go(&mut self, (fate, joined): (&Fate, Option<CaseNumber>)) {
        if let Some(number) = joined {
            let step = Step { joined_to: Some(number), ..Step::new(Action::Void).noting(&self.life.words.join[0]) };
            let at = self.work(5.0, 60.0);
            self.wait(at);
            let desk = self.desk();
            self.does(&desk, &step, at);
            return;
        }
        if !self.decided(fate) || (fate.withdrawn && self.withdrawn()) {
            return;
        }
        if fate.comments && self.case.source == Source::Resident {
            let note = self.say(&self.life.words.comment);
            let at = self.work(60.0, 900.0);
            self.does(&Actor::reporter(), &Step::new(Action::Comment).noting(&note), at);
        }
        for _ in 0..fate.returns {
            self.returned();
        }
        self.detours(fate);
        if fate.explained {
            let (note, at) = (self.say(&self.life.words.explain), self.work(300.0, 1200.0));
            self.wait(at);
            let desk = self.desk();
            self.does(&desk, &Step::new(Action::Close).noting(&note), at);
            return;
        }
        if self.solved(fate) && fate.reopened && self.reopened() {
            self.solved(&Fate { failed_checks: 0, reopened: false, ..fate.clone() });
        }
    }

    /// The desk decides and gives it to its owner, where that was not done at once.
    fn decided(&mut self, fate: &Fate) -> bool {
        if self.case.state != State::Reported {
            return true;
        }
        // Now and then longer than the limit of two working hours.
        let at = if self.rng.chance(0.9) { self.work(8.0, 100.0) } else { self.work(100.0, 300.0) };
        self.wait(at);
        let desk = self.desk();
        if fate.rejected {
            let note = self.say(&self.life.words.reject);
            self.does(&desk, &Step::new(Action::Reject).noting(&note), at);
            return false;
        }
        if !self.does(&desk, &Step::new(Action::Accept), at) {
            return false;
        }
        let at = self.work(1.0, 60.0);
        self.given(at)
    }

    /// To the narrowest level on which it may be done, or where it began.
    fn given(&mut self, at: DateTime<Utc>) -> bool {
        self.wait(at);
        let level = if self.case.triage == Triage::Waiting { Level::Community } else { self.case.began };
        let to = self.ladder.range(level..).next().map(|(_, owner)| owner.clone());
        let Some(to) = to.filter(|to| to.level <= self.case.owner.level) else { return false };
        let desk = self.desk();
        self.does(&desk, &Step::new(Action::Dispatch).to(to), at)
    }

    fn withdrawn(&mut self) -> bool {
        let (note, at) = (self.say(&self.life.words.void), self.work(20.0, 200.0));
        self.wait(at);
        let desk = self.desk();
        self.does(&desk, &Step::new(Action::Void).noting(&note), at)
    }

    fn returned(&mut self) {
        let (note, at) = (self.say(&self.life.words.give_back), self.work(20.0, 110.0));
        self.wait(at);
        let holder = self.holder();
        if self.does(&holder, &Step::new(Action::Return).noting(&note), at) {
            let at = self.work(10.0, 100.0);
            self.given(at);
        }
    }

    fn detours(&mut self, fate: &Fate) {
        if fate.escalates {
            let (note, at) = (self.say(&self.life.words.escalate), self.work(40.0, 220.0));
            self.wait(at);
            let holder = self.holder();
            self.does(&holder, &Step::new(Action::Escalate).noting(&note), at);
        }
        if fate.answered && self.case.reported_at + Duration::days(2) < self.life.setting.now {
            let note = self.say(&self.life.words.answer);
            let (at, desk) = (self.work(60.0, 400.0), self.desk());
            self.does(&desk, &Step { answer: true, ..Step::new(Action::Comment).noting(&note) }, at);
        }
        if let Some(days) = fate.suspended_days {
            let (note, at) = (self.say(&self.life.words.suspend), self.work(60.0, 300.0));
            self.wait(at);
            let desk = self.desk();
            if self.does(&desk, &Step::new(Action::Suspend).noting(&note).until(at + Duration::days(days)), at) {
                self.wait(at + Duration::days(days));
            }
        }
        let due = self.case.tally.due_at.filter(|_| fate.extends);
        if let Some(due) = due {
            let (note, at, desk) = (self.say(&self.life.words.extend), self.work(20.0, 90.0), self.desk());
            let until = self.life.setting.calendar.after(Counting::Working, due, 4 * 3600);
            self.does(&desk, &Step::new(Action::Extend).noting(&note).until(until), at);
        }
    }

    /// The holder goes there and solves it; another person checks, and the desk closes it.
    fn solved(&mut self, fate: &Fate) -> bool {
        for _ in 0..fate.neglected {
            let Some(due) = self.case.tally.due_at else { break };
            self.wait(due);
        }
        let Some((began, share)) = self.pace() else { return false };
        let calendar = self.life.setting.calendar;
        let solved = calendar.after(began, self.case.updated_at, (share * fate.pace) as i64);
        let arrives = calendar.after(began, self.case.updated_at, (share * fate.pace * 0.4) as i64);
        self.wait(arrives);
        let holder = self.holder();
        self.does(&holder, &Step::new(Action::Start), arrives);
        if !self.finished(solved) {
            return false;
        }
        for _ in 0..fate.failed_checks {
            let (note, at) = (self.say(&self.life.words.fail), self.work(30.0, 240.0));
            self.wait(at);
            let checker = self.checker();
            if !self.does(&checker, &Step::new(Action::Fail).noting(&note), at) {
                return false;
            }
            let again = self.work(60.0, 240.0);
            if !self.finished(again) {
                return false;
            }
        }
        let at = self.work(20.0, 300.0);
        self.wait(at);
        let checker = self.checker();
        if !self.does(&checker, &Step::new(Action::Pass), at) {
            return false;
        }
        let (at, desk) = (self.work(2.0, 120.0), self.desk());
        self.does(&desk, &Step::new(Action::Close), at) && self.rated(fate)
    }

    /// What kind of time its limit counts, and how much it grants.
    fn pace(&self) -> Option<(Counting, f64)> {
        let watch = self.case.watch(Stage::Solve)?;
        Some((watch.limit.unit.counts(), self.life.setting.calendar.seconds(watch.limit) as f64))
    }

    fn finished(&mut self, at: DateTime<Utc>) -> bool {
        self.wait(at);
        let passed_up = self.case.owner.level > self.case.began && !self.life.texts.passed_up.is_empty();
        let list = if passed_up { &self.life.texts.passed_up } else { &self.life.texts.results };
        let (note, holder) = (self.say(list), self.holder());
        self.does(&holder, &Step::new(Action::Finish).noting(&note).with_photos(1), at)
    }

    fn rated(&mut self, fate: &Fate) -> bool {
        if fate.rated && self.case.source == Source::Resident {
            let late = self.case.tally.missed_at.is_some();
            let rating = match self.rng.unit() {
                u if u < if late { 0.3 } else { 0.7 } => 5,
                u if u < if late { 0.6 } else { 0.92 } => 4,
                _ => 2 + self.rng.below(2) as u8,
            };
            let words = self.life.words;
            let note = (rating > 3 && self.rng.chance(0.3)).then(|| self.rng.pick(&words.rating).clone());
            let at = self.case.updated_at + Duration::minutes(30 + self.rng.below(2000) as i64);
            self.does(&Actor::reporter(), &Step { rating: Some(rating), note, ..Step::new(Action::Comment) }, at);
        }
        true
    }

    fn reopened(&mut self) -> bool {
        let note = self.say(&self.life.words.reopen);
        let at = self.case.updated_at + Duration::hours(20 + self.rng.below(70) as i64);
        if !self.does(&Actor::reporter(), &Step::new(Action::Reopen).noting(&note), at) {
            return false;
        }
        let at = self.work(10.0, 100.0);
        self.given(at)
    }
}

/// Who sits at the unit's desk.
fn watch_of(owner: &Owner) -> WorkerName {
    WorkerName(format!("{}值班员", unit_name(owner)))
}

fn unit_name(owner: &Owner) -> String {
    let named = owner.unit.as_ref().and_then(|unit| unit.name.clone());
    named.unwrap_or_else(|| owner.level.title().zh)
}
