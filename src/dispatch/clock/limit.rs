//! A limit: how much time there is, counted in working time or natural time.

use crate::dispatch::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// What a limit is counted in.
    LimitUnit {
        /// 工作时: hours of working time.
        WorkingHours "working_hours" "工作时" "working hours",
        /// 工作日: days of working time, each as long as one day's working hours. Half of a working
        /// day that is left when a limit starts is half a day of it.
        WorkingDays "working_days" "工作日" "working days",
        Hours "hours" "小时" "hours",
        /// 自然日: 24 hours each.
        Days "days" "日" "days",
    }
}

impl LimitUnit {
    pub const fn counts(self) -> Counting {
        match self {
            Self::WorkingHours | Self::WorkingDays => Counting::Working,
            Self::Hours | Self::Days => Counting::Natural,
        }
    }
}

/// Which time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    Working,
    Natural,
}

/// So many of a unit: `{"value": 4, "unit": "working_hours"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub value: u32,
    pub unit: LimitUnit,
}

/// Two years of working days: whoever writes more means something else.
const MOST: u32 = 500;

impl Limit {
    pub const fn new(value: u32, unit: LimitUnit) -> Self {
        Self { value, unit }
    }

    /// Why it cannot be a limit.
    pub fn fault(self) -> Option<String> {
        (!(1..=MOST).contains(&self.value)).then(|| format!("a limit of {} is not between 1 and {MOST}", self.value))
    }
}
