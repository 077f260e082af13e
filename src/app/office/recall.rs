//! Cases of another system, taken in with the history that is known of them: reported, and closed.

use super::{Incoming, Office, Refused};
use crate::accounts::Role;
use crate::dispatch::assign::Staff;
use crate::dispatch::workflow::{self, Step};
use crate::dispatch::{Action, Actor, CaseNumber, State, WorkerName};
use crate::store::issues::Decision;
use chrono::{DateTime, Utc};

/// Who closed it, as far as is known.
const BY: &str = "导入";
const NOTE: &str = "原系统已结案。";

impl Office {
    /// The case as its rules would have had it: the limits run from its report, what was missed is
    /// missed. `times` are the report, the end if there was one, and now.
    pub fn recall(
        &self,
        incoming: &Incoming,
        number: CaseNumber,
        staff: &Staff,
        times: (DateTime<Utc>, Option<DateTime<Utc>>, DateTime<Utc>),
    ) -> Result<Decision, Refused> {
        let (reported_at, closed_at, now) = times;
        let Decision { mut case, mut events, .. } = self.receive(incoming, number, staff, reported_at)?;
        let ladder = self.ladder(&case, staff, reported_at);
        let ground = self.ground(&ladder);
        if let Some(closed_at) = closed_at {
            let desk = Actor::staff(WorkerName(BY.to_owned()), &[Role::Dispatcher]);
            // A case is closed only when it was accepted.
            let accept = (case.state == State::Reported).then_some((Action::Accept, reported_at));
            for (action, at) in accept.into_iter().chain([(Action::Close, closed_at)]) {
                let (next, more, done) = workflow::act(&case, &Step::new(action).noting(NOTE), &desk, at, &ground);
                done?;
                case = next;
                events.extend(more);
            }
        }
        let (case, more) = workflow::advance(&case, now, &ground);
        events.extend(more);
        Ok(Decision { filing: self.filing(&case), case, events })
    }
}
