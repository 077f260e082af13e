//! Who is busy while the half-year is played: cases go to whoever of the unit has fewest, and every
//! community and town has a desk.

use super::Setting;
use crate::accounts::AreaCode;
use crate::dispatch::assign::Staff;
use crate::dispatch::{Case, Level, WorkerName};
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

pub struct Crowd {
    staff: Staff,
    /// Cases by when they will be over, and who has them.
    ends: BinaryHeap<Reverse<(DateTime<Utc>, WorkerName)>>,
}

impl Crowd {
    pub fn new(setting: &Setting<'_>) -> Self {
        let mut staff = setting.staff.clone();
        for level in [Level::Community, Level::Town] {
            if let Some((entry, data)) = setting.map.layer(level.layer()) {
                let codes = data.features.values().filter_map(|f| f.code(&entry.layer));
                staff.desks.extend(codes.map(|code| AreaCode(code.to_owned())));
            }
        }
        Self { staff, ends: BinaryHeap::new() }
    }

    /// Everybody, with what they have open then. Moments must not go back.
    pub fn staff_at(&mut self, at: DateTime<Utc>) -> &Staff {
        while self.ends.peek().is_some_and(|Reverse((end, _))| *end <= at) {
            let Some(Reverse((_, who))) = self.ends.pop() else { break };
            if let Some(open) = self.staff.open.get_mut(&who) {
                *open = open.saturating_sub(1);
            }
        }
        &self.staff
    }

    pub fn note(&mut self, case: &Case) {
        let end = if case.state.is_over() { case.updated_at } else { DateTime::<Utc>::MAX_UTC };
        if let Some(worker) = &case.owner.worker {
            *self.staff.open.entry(worker.clone()).or_default() += 1;
            self.ends.push(Reverse((end, worker.clone())));
        }
    }
}
