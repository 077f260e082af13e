//! What can be reported, on two levels, and how long each may take: data in
//! `geodata/issues/categories.json`, checked when read. Never decides who solves it.

use super::clock::Limit;
use super::words::{Level, Stage};
use crate::atlas::Ident;
use crate::atlas::layer::Title;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

const BUILT_IN: &str = include_str!("../../geodata/issues/categories.json");

/// Everything that can be reported, and the limits that hold for all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = IssueCategories)]
#[serde(deny_unknown_fields)]
pub struct Categories {
    /// Where the limits come from.
    pub note: Title,
    /// Until when the reporter has an answer, whatever happens in between.
    pub promise: Limit,
    pub desk: DeskLimits,
    /// At which part of a limit a warning is given, per cent.
    pub warn_percent: u8,
    pub units: Vec<QuantityUnit>,
    pub groups: Vec<Group>,
}

/// Limits of the desk's own steps, the same for all categories.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskLimits {
    pub accept: Limit,
    pub dispatch: Limit,
    pub check: Limit,
}

/// What an amount is counted in: 处, 条, 吨, 公里 …
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuantityUnit {
    #[schema(value_type = String)]
    pub id: Ident,
    pub title: Title,
}

/// The upper level (大类).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = IssueCategoryGroup)]
#[serde(deny_unknown_fields)]
pub struct Group {
    #[schema(value_type = String)]
    pub id: Ident,
    pub title: Title,
    pub categories: Vec<Category>,
}

/// The lower level (小类): what a case is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = IssueCategory)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Unique among all groups.
    #[schema(value_type = String)]
    pub id: Ident,
    pub title: Title,
    /// Where a case of it begins.
    #[serde(default = "grid")]
    pub level: Level,
    /// Never public: disputes, petitions, people.
    #[serde(default)]
    pub restricted: bool,
    /// Accepted and given to its owner at once, without a look by the desk.
    #[serde(default)]
    pub direct: bool,
    /// Finished only with a photo.
    #[serde(default)]
    pub photo: bool,
    /// Ids of the units that an amount of it may be given in, the usual one first.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub units: Vec<Ident>,
    /// How soon somebody is there.
    #[serde(default)]
    pub arrive: Option<Limit>,
    /// How soon it is solved, from dispatch, on the level where it begins.
    pub solve: Limit,
    /// The same on wider levels, where they have another limit.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Limit>)]
    pub solve_above: BTreeMap<Level, Limit>,
}

const fn grid() -> Level {
    Level::Grid
}

impl Category {
    pub fn solve_at(&self, level: Level) -> Limit {
        self.solve_above.get(&level).copied().unwrap_or(self.solve)
    }
}

/// Why a file of categories is not taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CategoryError {
    #[error("not a file of categories: {0}")]
    Json(String),
    #[error("{place}: {what}")]
    Fault { place: String, what: String },
}

impl Categories {
    /// Those that come with the program.
    pub fn built_in() -> Result<Self, CategoryError> {
        Self::read(BUILT_IN)
    }

    /// Reads and checks a file like `geodata/issues/categories.json`.
    pub fn read(json: &str) -> Result<Self, CategoryError> {
        let all: Self = serde_json::from_str(json).map_err(|e| CategoryError::Json(e.to_string()))?;
        match all.faults().into_iter().next() {
            Some((place, what)) => Err(CategoryError::Fault { place, what }),
            None => Ok(all),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Group, &Category)> {
        self.groups.iter().flat_map(|group| group.categories.iter().map(move |category| (group, category)))
    }

    pub fn get(&self, id: &str) -> Option<&Category> {
        self.iter().map(|(_, category)| category).find(|category| category.id.as_str() == id)
    }

    /// The limit of a stage of a case that is on `level`; `None` where there is none.
    pub fn limit(&self, category: &Category, stage: Stage, level: Level) -> Option<Limit> {
        match stage {
            Stage::Accept => Some(self.desk.accept),
            Stage::Dispatch => Some(self.desk.dispatch),
            Stage::Check => Some(self.desk.check),
            Stage::Promise => Some(self.promise),
            Stage::Arrive => category.arrive,
            Stage::Solve => Some(category.solve_at(level)),
        }
    }

    fn faults(&self) -> Vec<(String, String)> {
        let mut faults: Vec<(String, String)> = Vec::new();
        let mut fault = |place: &str, what: String| faults.push((place.to_owned(), what));
        if !(1..=99).contains(&self.warn_percent) {
            fault("warn_percent", "must be between 1 and 99".into());
        }
        let desk = [self.desk.accept, self.desk.dispatch, self.desk.check];
        desk.into_iter().chain([self.promise]).filter_map(Limit::fault).for_each(|what| fault("desk, promise", what));
        let units: HashSet<&Ident> = self.units.iter().map(|unit| &unit.id).collect();
        if units.len() < self.units.len() {
            fault("units", "two units have the same id".into());
        }
        let mut seen = HashSet::new();
        for group in &self.groups {
            if group.categories.is_empty() {
                fault(group.id.as_str(), "has no categories".into());
            }
            for id in std::iter::once(&group.id).chain(group.categories.iter().map(|c| &c.id)) {
                if !seen.insert(id) {
                    fault(id.as_str(), "is there twice".into());
                }
            }
        }
        let titles = self.iter().flat_map(|(g, c)| [(&g.id, &g.title), (&c.id, &c.title)]);
        for (id, title) in titles.chain(self.units.iter().map(|u| (&u.id, &u.title))) {
            if title.zh.trim().is_empty() || title.en.trim().is_empty() {
                fault(id.as_str(), "has no title in one of the languages".into());
            }
        }
        for (_, category) in self.iter() {
            category.faults(&units).into_iter().for_each(|what| fault(category.id.as_str(), what));
        }
        faults
    }
}

impl Category {
    fn faults(&self, units: &HashSet<&Ident>) -> Vec<String> {
        let limits = self.arrive.into_iter().chain([self.solve]).chain(self.solve_above.values().copied());
        let mut faults: Vec<String> = limits.filter_map(Limit::fault).collect();
        let unknown = self.units.iter().filter(|unit| !units.contains(unit));
        faults.extend(unknown.map(|unit| format!("unit {unit} is not in the list of units")));
        let narrower = self.solve_above.keys().filter(|level| **level <= self.level);
        faults.extend(narrower.map(|level| format!("solve_above names {level}, which is not above {}", self.level)));
        if let Some(arrive) = self.arrive.filter(|a| a.unit == self.solve.unit && a.value >= self.solve.value) {
            faults.push(format!("arrive ({}) is not before solve ({})", arrive.value, self.solve.value));
        }
        if self.restricted && self.direct {
            faults.push("a restricted category is looked at by the desk: it cannot be direct".into());
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::LimitUnit;
    use super::*;
    use serde_json::{Value, json};

    fn built_in() -> Categories {
        Categories::built_in().unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn the_published_limits_are_those_of_practice() {
        use LimitUnit::{WorkingDays, WorkingHours};
        let all = built_in();
        for (id, value, unit) in [
            ("waterlogging", 4, WorkingHours),
            ("exposed_garbage", 1, WorkingDays),
            ("dirty_road", 5, WorkingHours),
            ("construction_spoil", 4, WorkingDays),
            ("green_care", 5, WorkingDays),
            ("illegal_building", 15, WorkingDays),
        ] {
            assert_eq!(all.get(id).map(|c| c.solve), Some(Limit::new(value, unit)), "{id}");
        }
        assert_eq!(all.promise, Limit::new(7, LimitUnit::Days), "answered within a week");
    }

    #[test]
    fn what_the_four_reports_name_can_be_reported() {
        let all = built_in();
        let titles: Vec<&str> = all.iter().map(|(_, c)| c.title.zh.as_str()).collect();
        for named in [
            "上下水管道破裂",
            "路面积水",
            "电动车乱停乱放",
            "油烟扰民",
            "停车难",
            "违章建筑",
            "违规经营",
            "飞线",
            "杂物堆积",
            "矛盾纠纷",
            "信访事项",
            "流动人口",
            "社会治安",
            "背街小巷",
            "卫生死角",
            "小广告",
            "人行道破损",
            "屋面险情",
            "无主楼院",
        ] {
            assert!(titles.contains(&named), "{named}");
        }
        let units: Vec<&str> = all.units.iter().map(|u| u.title.zh.as_str()).collect();
        assert!(["处", "条", "吨", "公里", "堆", "张"].iter().all(|unit| units.contains(unit)), "{units:?}");
    }

    #[test]
    fn sensitive_cases_are_restricted_and_wait_for_the_desk() {
        let all = built_in();
        for id in ["dispute", "petition", "floating_population", "public_order"] {
            assert!(all.get(id).is_some_and(|c| c.restricted && !c.direct && !c.photo), "{id}");
        }
        assert!(all.iter().filter(|(g, _)| g.id.as_str() != "sensitive").all(|(_, c)| !c.restricted));
    }

    /// The built-in file with one value changed.
    fn changed(pointer: &str, value: Value) -> String {
        let mut all: Value = serde_json::from_str(BUILT_IN).expect("JSON");
        *all.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        Categories::read(&all.to_string()).expect_err("a fault").to_string()
    }

    #[test]
    fn a_fault_in_the_file_is_named() {
        let first = "/groups/0/categories/0";
        assert!(changed("/warn_percent", json!(0)).contains("warn_percent"));
        assert!(changed("/promise", json!({"value": 0, "unit": "days"})).contains("not between 1 and"));
        assert!(changed("/promise", json!({"value": 7, "unit": "weeks"})).contains("weeks"));
        assert!(changed(&format!("{first}/id"), json!("waterlogging")).contains("waterlogging: is there twice"));
        assert!(changed(&format!("{first}/units"), json!(["mile"])).contains("unit mile"));
        assert!(changed(&format!("{first}/title/en"), json!(" ")).contains("no title"));
        assert!(changed("/groups/0/categories", json!([])).contains("has no categories"));
        let mut whole = serde_json::to_value(built_in()).expect("JSON");
        whole["groups"][0]["categories"][0]["colour"] = json!("red");
        assert!(Categories::read(&whole.to_string()).expect_err("unknown").to_string().contains("colour"));
    }

    #[test]
    fn faults_of_one_category_are_found() {
        let all = built_in();
        let units = all.units.iter().map(|u| &u.id).collect();
        let good = all.get("waterlogging").expect("there").clone();
        let faults = |category: Category| category.faults(&units);
        assert!(faults(good.clone()).is_empty());
        assert_eq!(faults(Category { restricted: true, ..good.clone() }).len(), 1);
        assert_eq!(faults(Category { arrive: Some(good.solve), ..good.clone() }).len(), 1);
        let below = [(Level::Grid, good.solve)].into();
        assert_eq!(faults(Category { solve_above: below, ..good }).len(), 1);
    }
}
