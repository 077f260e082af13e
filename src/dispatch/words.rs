//! The words of dispatch: states, actions, levels and the like, the same in Rust, SQL, JSON and on
//! the page, each with its title in both languages. The states and actions are the contract's; the
//! Chinese words are those of GB/T 30428.

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident $text:literal $zh:literal $en:literal,)+ }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        $(#[$meta])*
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As written on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            pub fn read(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }

            pub fn title(self) -> crate::atlas::layer::Title {
                let (zh, en) = match self { $(Self::$variant => ($zh, $en),)+ };
                crate::atlas::layer::Title { zh: zh.to_owned(), en: en.to_owned() }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(super) use words;

words! {
    /// Where a case stands.
    #[schema(as = IssueState)]
    State {
        /// Come in, nobody has decided yet.
        Reported "reported" "已上报" "Reported",
        /// Ours to solve; not yet given to anybody.
        Accepted "accepted" "已立案" "Accepted",
        /// Not ours, with a reason.
        Rejected "rejected" "不予立案" "Not accepted",
        /// Given to an owner; the clock runs.
        Dispatched "dispatched" "已派遣" "Dispatched",
        /// The owner is at it.
        InProgress "in_progress" "处置中" "In progress",
        /// Solved as the owner says; to be checked by another person.
        Done "done" "已处置，待核查" "Done, to be checked",
        Closed "closed" "已结案" "Closed",
        /// Withdrawn, made by mistake, or joined to another case.
        Void "void" "已作废" "Void",
    }
}

impl State {
    /// Nobody has anything left to do.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Rejected | Self::Closed | Self::Void)
    }
}

words! {
    /// What may be done with a case.
    #[schema(as = IssueAction)]
    Action {
        Accept "accept" "立案" "Accept",
        Reject "reject" "不予立案" "Reject",
        Dispatch "dispatch" "派遣" "Dispatch",
        Start "start" "到场处置" "Start",
        /// Not ours: back to the desk; the second time to the town's triage.
        Return "return" "退回" "Return",
        /// Up to the next level.
        Escalate "escalate" "上报上级" "Escalate",
        Extend "extend" "延期" "Extend",
        /// Cannot be finished now; the clock stands still until a named day.
        Suspend "suspend" "挂账" "Suspend",
        Resume "resume" "恢复" "Resume",
        Finish "finish" "处置完成" "Finish",
        Pass "pass" "核查通过" "Pass the check",
        /// To be done again.
        Fail "fail" "核查不通过" "Fail the check",
        Close "close" "结案" "Close",
        Void "void" "作废" "Void",
        Reopen "reopen" "重新办理" "Reopen",
        Comment "comment" "补充说明" "Comment",
        /// To another owner, or anew after the place or category was put right. The clock runs on.
        Reassign "reassign" "改派" "Reassign",
    }
}

words! {
    /// Whose a case is, narrowest first. Each is a level of the area tree.
    #[schema(as = IssueLevel)]
    Level {
        Grid "grid" "网格" "Grid",
        Community "community" "社区" "Community",
        Town "town" "街道（镇）" "Town",
        District "district" "区（县）" "District",
    }
}

impl Level {
    /// The layer of its areas.
    pub const fn layer(self) -> &'static str {
        self.as_str()
    }

    /// The levels above it, the next one first.
    pub fn above(self) -> impl DoubleEndedIterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |level| *level > self)
    }
}

words! {
    /// Where a report came from.
    #[schema(as = IssueSource)]
    Source {
        Resident "resident" "居民上报" "Resident",
        /// 监督员 in GB/T 30428.
        Worker "worker" "网格员上报" "Worker",
        Hotline "hotline" "热线转办" "Hot line",
        Dispatcher "dispatcher" "指挥中心" "Dispatcher",
    }
}

words! {
    /// How a case ended. Whether in time is the clock's to say.
    #[schema(as = IssueOutcome)]
    Outcome {
        /// Solved where it began.
        Solved "solved" "就地解决" "Solved on the spot",
        /// Solved at a wider level.
        PassedUp "passed_up" "上报解决" "Passed up and solved",
        /// Cannot be solved now; the reporter was told why.
        Explained "explained" "解释说明" "Explained",
    }
}

words! {
    /// The parts of a case's way that have a limit each.
    #[schema(as = IssueStage)]
    Stage {
        /// From the report until it is accepted or rejected.
        Accept "accept" "受理" "Acceptance",
        /// From acceptance until it is given to an owner.
        Dispatch "dispatch" "派遣" "Dispatch",
        /// From dispatch until somebody is there.
        Arrive "arrive" "到场" "Arrival",
        /// From dispatch until it is solved, on this level.
        Solve "solve" "处置" "Solution",
        /// From "solved" until another person has checked.
        Check "check" "核查" "Check",
        /// From the report until the reporter has an answer; never stands still.
        Promise "promise" "答复承诺" "Answer promised",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    fn same<T: Serialize + Copy>(all: &[T], text: impl Fn(T) -> &'static str) {
        for word in all {
            assert_eq!(serde_json::to_value(word).expect("a word"), text(*word));
        }
    }

    #[test]
    fn a_word_is_the_same_on_the_wire_and_in_the_database() {
        same(State::ALL, State::as_str);
        same(Action::ALL, Action::as_str);
        same(Level::ALL, Level::as_str);
        same(Source::ALL, Source::as_str);
        same(Outcome::ALL, Outcome::as_str);
        same(Stage::ALL, Stage::as_str);
        assert_eq!(State::read("in_progress"), Some(State::InProgress));
        assert_eq!(State::read("In_progress"), None);
    }

    #[test]
    fn states_and_actions_are_those_of_the_contract() {
        let all: Vec<&str> = State::ALL.iter().map(|s| s.as_str()).collect();
        assert_eq!(all.join(" "), "reported accepted rejected dispatched in_progress done closed void");
        let mut all: Vec<&str> = Action::ALL.iter().map(|a| a.as_str()).collect();
        let mut contract: Vec<&str> = "accept reject dispatch start return escalate extend suspend resume finish \
            pass fail close void reopen comment reassign"
            .split_whitespace()
            .collect();
        all.sort_unstable();
        contract.sort_unstable();
        assert_eq!(all, contract);
    }

    #[test]
    fn the_levels_above_come_next_one_first() {
        assert_eq!(Level::Community.above().collect::<Vec<_>>(), [Level::Town, Level::District]);
        assert_eq!(Level::District.above().next(), None);
    }
}
