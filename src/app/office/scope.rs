//! What of all cases a caller may see, by the grants on this map.

use super::Office;
use crate::accounts::{Caller, Extent, Role, area_of};
use crate::dispatch::{Actor, Case, Level, Who, WorkerName};
use crate::store::issues::{Areas, IssueScope};

impl Office {
    /// A token that may not read sees what everybody sees: nothing.
    pub fn scope(&self, caller: &Caller) -> IssueScope {
        let Some(user) = caller.user().filter(|_| caller.scopes().read) else { return IssueScope::default() };
        let staff = caller.has(&[Role::Worker, Role::Dispatcher]);
        IssueScope {
            staff: self.areas(&caller.extent(&[Role::Worker, Role::Dispatcher])),
            dispatcher: self.areas(&caller.extent(&[Role::Dispatcher])),
            me: staff.then(|| WorkerName(user.name.clone())),
        }
    }

    pub fn areas(&self, extent: &Extent) -> Areas {
        let Extent::Areas(codes) = extent else {
            return if *extent == Extent::Everywhere { Areas::Everywhere } else { Areas::Nowhere };
        };
        let found = codes.iter().filter_map(|code| {
            let (layer, _) = area_of(&self.map, code)?;
            Some((Level::read(layer.as_str())?, code.clone()))
        });
        let found: Vec<_> = found.collect();
        if found.is_empty() { Areas::Nowhere } else { Areas::Named(found) }
    }

    /// The part that the caller has in the case; `by_link` when the private link was shown, too.
    pub fn actor(&self, caller: &Caller, by_link: bool, case: &Case) -> Actor {
        let actor = Actor::of(caller, case, &self.map);
        if by_link { actor.and_reporter() } else { actor }
    }

    /// Whether the caller is a dispatcher where the case is now.
    pub fn dispatches(&self, caller: &Caller, case: &Case) -> bool {
        self.actor(caller, false, case).is(Who::Dispatcher, case)
    }
}
