//! Who acts on a case, as far as the case is concerned. What somebody may do follows from the part
//! they have in it, and that from the account's grants and from whose the case is.

use super::case::{Case, Owner, Who, WorkerName};
use crate::accounts::{Caller, Role, Where};
use crate::atlas::Snapshot;

/// Somebody, seen from one case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actor {
    pub name: Option<WorkerName>,
    reporter: bool,
    /// Is a worker or dispatcher anywhere.
    staff: bool,
    /// Is a worker where the case's owner is.
    worker: bool,
    dispatcher: bool,
    service: bool,
}

impl Actor {
    /// The clock, and whatever is done without a person.
    pub fn service() -> Self {
        Self { service: true, ..Self::default() }
    }

    /// Who holds the case's private link.
    pub fn reporter() -> Self {
        Self { reporter: true, ..Self::default() }
    }

    /// Somebody with an account and the roles that hold where the case's owner is.
    pub fn staff(name: WorkerName, roles: &[Role]) -> Self {
        let (worker, dispatcher) = (roles.contains(&Role::Worker), roles.contains(&Role::Dispatcher));
        Self { name: Some(name), staff: true, worker, dispatcher, ..Self::default() }
    }

    /// The caller, as the grants stand on this map. A grant holds for what lies inside its area, so
    /// a community's dispatcher has no say in what the town has.
    pub fn of(caller: &Caller, case: &Case, map: &Snapshot) -> Self {
        let Some(user) = caller.user() else { return Self::default() };
        let holds = |role: Role| holds(caller, role, case, map);
        Self {
            name: Some(WorkerName(user.name.clone())),
            staff: caller.has(&[Role::Worker, Role::Dispatcher]),
            worker: holds(Role::Worker),
            dispatcher: holds(Role::Dispatcher),
            ..Self::default()
        }
    }

    /// The same person, who holds the case's private link besides.
    pub fn and_reporter(self) -> Self {
        Self { reporter: true, ..self }
    }

    /// The first of these parts that the actor has in the case.
    pub fn stands_as(&self, case: &Case, parts: &[Who]) -> Option<Who> {
        parts.iter().copied().find(|who| self.is(*who, case))
    }

    pub fn is(&self, who: Who, case: &Case) -> bool {
        match who {
            Who::Service => self.service,
            Who::Reporter => self.reporter,
            Who::Dispatcher => self.dispatcher,
            // A restricted case is no business of those beside its holder.
            Who::Worker => self.worker && (!case.restricted || self.is(Who::Holder, case)),
            Who::Holder => match &case.owner.worker {
                Some(holder) => self.staff && self.name.as_ref() == Some(holder),
                None => self.dispatcher || (self.worker && !case.restricted),
            },
        }
    }
}

/// Whether the caller has the role where the case's owner is.
fn holds(caller: &Caller, role: Role, case: &Case, map: &Snapshot) -> bool {
    let region = caller.extent(&[role]).on(map);
    let named = case.owner.unit.as_ref().and_then(|unit| {
        let (entry, _) = map.layer(unit.layer.as_str())?;
        Some((entry, super::assign::feature_of(map, unit)?))
    });
    match (named, case.owner.unit.is_some()) {
        (Some((entry, feature)), _) => region.holds(Where::of(entry, feature)),
        // The unit is gone from the map: whoever answers for the place.
        (None, true) => region.holds(Where::At(case.place)),
        (None, false) => region.holds(Where::Everywhere),
    }
}

/// Whether the caller, as a dispatcher, may give cases to this owner.
pub fn may_give(caller: &Caller, to: &Owner, case: &Case, map: &Snapshot) -> bool {
    holds(caller, Role::Dispatcher, &Case { owner: to.clone(), ..case.clone() }, map)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Town, owner};
    use super::super::words::Level;
    use super::*;
    use crate::accounts::{AreaCode, Grant, GrantId, Scopes, SessionId, TokenId, User, UserId, Via};
    use crate::atlas::testing::{feature, snapshot, square};
    use crate::geometry::LonLat;
    use serde_json::json;

    /// Each in the middle of the next: grid g1, community c1, town t1, district d1; grid g2 beside all.
    fn map() -> Snapshot {
        let area = |code: &str, at: f64, side: f64| {
            vec![feature(1, square(at, at, side), json!({"code": code, "name": code}))]
        };
        let mut grids = area("g1", 1.5, 1.0);
        grids.push(feature(2, square(9.0, 9.0, 1.0), json!({"code": "g2", "name": "g2"})));
        snapshot(vec![
            ("district", area("d1", 0.0, 4.0)),
            ("town", area("t1", 0.5, 3.0)),
            ("community", area("c1", 1.0, 2.0)),
            ("grid", grids),
        ])
    }

    fn caller(name: &str, grants: &[(Role, Option<&str>)]) -> Caller {
        let grant = |(role, area): &(Role, Option<&str>)| Grant {
            id: GrantId(1),
            role: *role,
            area: area.map(|code| AreaCode(code.to_owned())),
        };
        let grants = grants.iter().map(grant).collect();
        let user = User { id: UserId(1), name: name.into(), display_name: None, grants };
        Caller::Known { user, via: Via::Session(SessionId(1)) }
    }

    fn case(owner: Owner) -> Case {
        let place = LonLat::new(116.002, 29.002).expect("in range");
        Case { owner, place, ..Town::new().case("exposed_garbage", "2026-11-18T10:00").0 }
    }

    fn parts(caller: &Caller, case: &Case) -> Vec<Who> {
        let actor = Actor::of(caller, case, &map());
        Who::ALL.iter().copied().filter(|who| actor.is(*who, case)).collect()
    }

    #[test]
    fn a_grant_holds_for_cases_of_units_inside_its_area_and_not_above_it() {
        let cai = caller("cai", &[(Role::Dispatcher, Some("c1"))]);
        let dispatches = |owner: Owner| parts(&cai, &case(owner)).contains(&Who::Dispatcher);
        assert!(dispatches(owner(Level::Grid, "g1", Some("ann"))));
        assert!(dispatches(owner(Level::Community, "c1", None)));
        assert!(!dispatches(owner(Level::Town, "t1", None)), "what was passed up is the town's");
        assert!(!dispatches(owner(Level::Grid, "g2", None)));
        let gone = Owner { level: Level::District, unit: None, worker: None };
        assert!(!dispatches(gone.clone()), "nobody's land is for those who answer for everything");
        assert!(parts(&caller("dan", &[(Role::Dispatcher, None)]), &case(gone)).contains(&Who::Dispatcher));
        assert!(dispatches(owner(Level::Grid, "no such grid", None)), "a grid that is gone: by place");
    }

    #[test]
    fn the_holder_is_who_is_named_or_anybody_of_the_desk() {
        let ann = caller("ann", &[(Role::Worker, Some("g1"))]);
        assert_eq!(parts(&ann, &case(owner(Level::Grid, "g1", Some("ann")))), [Who::Holder, Who::Worker]);
        assert_eq!(parts(&ann, &case(owner(Level::Grid, "g1", Some("bob")))), [Who::Worker]);
        assert_eq!(parts(&ann, &case(owner(Level::Grid, "g1", None))), [Who::Holder, Who::Worker]);
        assert_eq!(parts(&ann, &case(owner(Level::Community, "c1", None))), []);
        // Standing in elsewhere makes her the holder, and nothing more.
        assert_eq!(parts(&ann, &case(owner(Level::Grid, "g2", Some("ann")))), [Who::Holder]);
        assert_eq!(parts(&caller("ann", &[(Role::Planner, None)]), &case(owner(Level::Grid, "g1", Some("ann")))), []);
        assert_eq!(parts(&Caller::Anonymous, &case(owner(Level::Grid, "g1", Some("ann")))), []);
    }

    #[test]
    fn a_dispatcher_gives_cases_inside_the_own_area_only() {
        let cai = caller("cai", &[(Role::Dispatcher, Some("c1")), (Role::Worker, None)]);
        let case = case(owner(Level::Community, "c1", None));
        let may = |to: Owner| may_give(&cai, &to, &case, &map());
        assert!(may(owner(Level::Grid, "g1", Some("ann"))) && !may(owner(Level::Grid, "g2", Some("bob"))));
        assert!(!may(owner(Level::Town, "t1", None)));
    }

    #[test]
    fn the_way_somebody_came_in_does_not_change_the_part_they_have() {
        let Caller::Known { user, .. } = caller("dan", &[(Role::Dispatcher, None)]) else { panic!("known") };
        let token = Caller::Known { user, via: Via::Token(TokenId(1), Scopes { read: true, write: true }) };
        assert!(parts(&token, &case(owner(Level::Grid, "g1", None))).contains(&Who::Dispatcher));
        let me = Actor::of(&Caller::Anonymous, &case(owner(Level::Grid, "g1", None)), &map()).and_reporter();
        assert_eq!(me, Actor::reporter());
    }
}
