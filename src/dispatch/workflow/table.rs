//! The one table of what may be done: in which state, which action, to which state, by whom, and
//! what it needs. Nothing else lets a case change.

use crate::dispatch::case::Who;
use crate::dispatch::words::{Action, State, words};

words! {
    /// What an action needs.
    Need {
        Reason "reason" "理由" "a reason",
        /// Only where the category asks for one.
        Photo "photo" "照片（类别要求时）" "a photo (where the category asks for one)",
        Time "time" "期限" "a time",
        Owner "owner" "接办对象" "an owner",
        Checked "checked" "核查已通过" "a passed check",
        AnotherPerson "another_person" "非处置人本人" "another person than who finished it",
    }
}

/// Whether a row holds for cases that are put off (挂账).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum While {
    Running,
    Suspended,
    Either,
}

/// One thing that may be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    pub from: State,
    pub action: Action,
    pub to: State,
    pub during: While,
    /// The part that somebody acts in is the first one of these that he has.
    pub who: &'static [Who],
    pub needs: &'static [Need],
}

const fn row(from: State, action: Action, to: State, who: &'static [Who], needs: &'static [Need]) -> Row {
    Row { from, action, to, during: While::Running, who, needs }
}

const fn during(during: While, row: Row) -> Row {
    Row { during, ..row }
}

use Need::{AnotherPerson, Checked, Photo, Reason, Time};
use State::{Accepted, Closed, Dispatched, Done, InProgress, Rejected, Reported, Void};
use Who::{Dispatcher, Holder, Reporter, Service, Worker};

const DESK: &[Who] = &[Dispatcher];
const HOLDER: &[Who] = &[Holder];
const HOLDER_OR_DESK: &[Who] = &[Holder, Dispatcher];
const ANYBODY: &[Who] = &[Holder, Dispatcher, Worker, Reporter];

pub const TABLE: &[Row] = &[
    row(Reported, Action::Accept, Accepted, &[Dispatcher, Service], &[]),
    row(Reported, Action::Reject, Rejected, DESK, &[Reason]),
    row(Reported, Action::Reassign, Reported, DESK, &[]),
    row(Reported, Action::Void, Void, &[Dispatcher, Reporter], &[Reason]),
    row(Reported, Action::Comment, Reported, ANYBODY, &[]),
    row(Accepted, Action::Dispatch, Dispatched, &[Dispatcher, Service], &[]),
    row(Accepted, Action::Reassign, Accepted, DESK, &[]),
    row(Accepted, Action::Escalate, Accepted, DESK, &[Reason]),
    row(Accepted, Action::Close, Closed, DESK, &[Reason]),
    row(Accepted, Action::Void, Void, DESK, &[Reason]),
    row(Accepted, Action::Comment, Accepted, ANYBODY, &[]),
    row(Rejected, Action::Reopen, Reported, &[Dispatcher, Reporter], &[Reason]),
    row(Rejected, Action::Comment, Rejected, ANYBODY, &[]),
    row(Dispatched, Action::Start, InProgress, HOLDER, &[]),
    row(Dispatched, Action::Finish, Done, HOLDER, &[Photo]),
    row(Dispatched, Action::Return, Accepted, HOLDER, &[Reason]),
    row(Dispatched, Action::Escalate, Dispatched, &[Holder, Dispatcher, Service], &[Reason]),
    row(Dispatched, Action::Reassign, Dispatched, HOLDER_OR_DESK, &[]),
    row(Dispatched, Action::Extend, Dispatched, DESK, &[Reason, Time]),
    row(Dispatched, Action::Suspend, Dispatched, DESK, &[Reason, Time]),
    during(While::Suspended, row(Dispatched, Action::Resume, Dispatched, &[Dispatcher, Service], &[])),
    during(While::Either, row(Dispatched, Action::Close, Closed, DESK, &[Reason])),
    during(While::Either, row(Dispatched, Action::Void, Void, DESK, &[Reason])),
    during(While::Either, row(Dispatched, Action::Comment, Dispatched, ANYBODY, &[])),
    row(InProgress, Action::Finish, Done, HOLDER, &[Photo]),
    row(InProgress, Action::Return, Accepted, HOLDER, &[Reason]),
    row(InProgress, Action::Escalate, Dispatched, &[Holder, Dispatcher, Service], &[Reason]),
    row(InProgress, Action::Reassign, Dispatched, HOLDER_OR_DESK, &[]),
    row(InProgress, Action::Extend, InProgress, DESK, &[Reason, Time]),
    row(InProgress, Action::Suspend, InProgress, DESK, &[Reason, Time]),
    during(While::Suspended, row(InProgress, Action::Resume, InProgress, &[Dispatcher, Service], &[])),
    during(While::Either, row(InProgress, Action::Close, Closed, DESK, &[Reason])),
    during(While::Either, row(InProgress, Action::Void, Void, DESK, &[Reason])),
    during(While::Either, row(InProgress, Action::Comment, InProgress, ANYBODY, &[])),
    row(Done, Action::Pass, Done, &[Dispatcher, Worker], &[AnotherPerson]),
    row(Done, Action::Fail, InProgress, &[Dispatcher, Worker], &[Reason, AnotherPerson]),
    row(Done, Action::Close, Closed, DESK, &[Checked]),
    row(Done, Action::Comment, Done, ANYBODY, &[]),
    row(Closed, Action::Reopen, Accepted, &[Dispatcher, Reporter], &[Reason]),
    row(Closed, Action::Comment, Closed, ANYBODY, &[]),
];

/// The row of an action in a state; `None` where it may not be done.
pub fn find(from: State, suspended: bool, action: Action) -> Option<&'static Row> {
    let holds = |during: While| match during {
        While::Running => !suspended,
        While::Suspended => suspended,
        While::Either => true,
    };
    TABLE.iter().find(|row| row.from == from && row.action == action && holds(row.during))
}

/// Whether cases in this state can be put off.
pub fn can_be_suspended(state: State) -> bool {
    TABLE.iter().any(|row| row.from == state && row.during != While::Running)
}

/// The rows of a state.
pub fn of(from: State, suspended: bool) -> impl Iterator<Item = &'static Row> {
    Action::ALL.iter().filter_map(move |action| find(from, suspended, *action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn an_action_in_a_state_stands_once_in_the_table() {
        let rows: HashSet<_> = TABLE.iter().map(|row| (row.from, row.action)).collect();
        assert_eq!(rows.len(), TABLE.len());
        assert!(TABLE.iter().all(|row| !row.who.is_empty()));
    }

    #[test]
    fn every_action_can_be_done_and_every_state_reached_and_left_but_void() {
        let used: HashSet<Action> = TABLE.iter().map(|row| row.action).collect();
        assert_eq!(used.len(), Action::ALL.len());
        let reached: HashSet<State> = TABLE.iter().map(|row| row.to).collect();
        assert_eq!(reached.len(), State::ALL.len(), "reported by reopening what was rejected");
        let left = |state: State| of(state, false).any(|row| row.to != state);
        let stuck: Vec<State> = State::ALL.iter().copied().filter(|state| !left(*state)).collect();
        assert_eq!(stuck, [Void]);
    }

    #[test]
    fn a_case_that_is_put_off_can_only_be_resumed_ended_or_spoken_of() {
        let may = |state| of(state, true).map(|row| row.action).collect::<Vec<_>>();
        let four = [Action::Resume, Action::Close, Action::Void, Action::Comment];
        assert_eq!(may(State::Dispatched), four);
        assert_eq!(may(State::InProgress), four);
        assert_eq!(find(State::InProgress, false, Action::Resume), None);
    }
}
