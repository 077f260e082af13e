//! Long computations that somebody started: one at a time, beside the questions of everybody else, each
//! with its progress and a wish to stop. Kept in the memory of this process for an hour.

use crate::accounts::UserId;
use crate::atlas::Snapshot;
use crate::planning::missing_links::{MissingError, MissingLink};
use crate::planning::siting::{Candidate, Goal, SitingError};
use crate::planning::{Cancelled, Run, Siting, WalkError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};

/// How long an answer waits to be asked for.
const KEPT: Duration = Duration::from_secs(3600);
/// Runs that are kept, and those of one planner that go on at once.
const MOST: usize = 200;
const AT_ONCE: usize = 2;

/// Names a run, also to a process that has begun anew.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunId(String);

impl RunId {
    /// From fresh random bytes.
    pub fn new(random: [u8; 16]) -> Self {
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a run was to find, and found.
#[derive(Debug)]
pub enum Found {
    Siting(Box<Sited>),
    Missing(Vec<MissingLink>),
}

/// Sites, and what they were chosen from.
#[derive(Debug)]
pub struct Sited {
    pub map: Arc<Snapshot>,
    pub goal: Goal,
    /// Households are weighed; else buildings.
    pub by_households: bool,
    pub candidates: Vec<Candidate>,
    /// Buildings that count.
    pub buildings: usize,
    pub siting: Siting,
}

/// Why a run found nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    Cancelled,
    Walk(WalkError),
    /// The computation broke; the log tells.
    Broke,
}

impl From<Cancelled> for Failure {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<SitingError> for Failure {
    fn from(error: SitingError) -> Self {
        match error {
            SitingError::Walk(error) => Self::Walk(error),
            SitingError::Cancelled(_) => Self::Cancelled,
            SitingError::Weights { .. } => {
                tracing::error!(%error, "a siting was asked with wrong weights");
                Self::Broke
            }
        }
    }
}

impl From<MissingError> for Failure {
    fn from(error: MissingError) -> Self {
        match error {
            MissingError::Walk(error) => Self::Walk(error),
            MissingError::Cancelled(_) => Self::Cancelled,
        }
    }
}

/// Where a run stands; nothing while it goes on.
pub type End = Option<Arc<Result<Found, Failure>>>;

/// A run.
#[derive(Debug)]
pub struct Started {
    pub id: RunId,
    pub kind: &'static str,
    owner: UserId,
    at: Instant,
    run: Run,
    end: watch::Sender<End>,
}

impl Started {
    /// Pieces of work done, and all of them as far as is known.
    pub fn progress(&self) -> (usize, usize) {
        self.run.progress()
    }

    pub fn end(&self) -> End {
        self.end.borrow().clone()
    }

    /// Waits until it has ended, so long at the most.
    pub async fn wait(&self, longest: Duration) {
        let mut end = self.end.subscribe();
        let _late = tokio::time::timeout(longest, end.wait_for(Option::is_some)).await;
    }
}

/// The planner has enough runs going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{AT_ONCE} of your runs are going on; wait for one or cancel it")]
pub struct TooMany;

/// Work of a run, on threads of its own.
pub type Work = Box<dyn FnOnce(&Run) -> Result<Found, Failure> + Send>;

#[derive(Debug)]
pub struct Runs {
    all: Mutex<HashMap<RunId, Arc<Started>>>,
    /// Whose turn it is: one after the other.
    turn: Arc<Semaphore>,
}

impl Default for Runs {
    fn default() -> Self {
        Self { all: Mutex::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Runs {
    /// Begins a run as soon as those before it have ended.
    pub fn start(&self, id: RunId, owner: UserId, kind: &'static str, work: Work) -> Result<Arc<Started>, TooMany> {
        let started =
            Started { id, kind, owner, at: Instant::now(), run: Run::default(), end: watch::Sender::new(None) };
        let started = Arc::new(started);
        {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            if all.values().filter(|run| run.owner == owner && run.end().is_none()).count() >= AT_ONCE {
                return Err(TooMany);
            }
            make_room(&mut all);
            all.insert(started.id.clone(), Arc::clone(&started));
        }
        let (run, turn) = (Arc::clone(&started), Arc::clone(&self.turn));
        tokio::spawn(async move {
            let Ok(_turn) = turn.acquire_owned().await else { return };
            let going = Arc::clone(&run);
            let found = tokio::task::spawn_blocking(move || compute(&going.run, work)).await;
            let found = found.unwrap_or_else(|error| {
                tracing::error!(%error, "a run broke");
                Err(Failure::Broke)
            });
            run.end.send_replace(Some(Arc::new(found)));
        });
        Ok(started)
    }

    /// A run of this planner.
    pub fn find(&self, owner: UserId, id: &str) -> Option<Arc<Started>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&RunId(id.to_owned())).filter(|run| run.owner == owner).cloned()
    }

    /// Asks a run of this planner to stop soon; one that has ended is forgotten. Whether there was one.
    pub fn cancel(&self, owner: UserId, id: &str) -> bool {
        let Some(run) = self.find(owner, id) else { return false };
        run.run.cancel();
        if run.end().is_some() {
            self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&run.id);
        }
        true
    }

    /// Asks all of them to stop soon.
    pub fn stop(&self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|run| run.run.cancel());
    }
}

/// Threads of its own, one less than there are processors: everybody else's questions go on.
fn compute(run: &Run, work: Work) -> Result<Found, Failure> {
    let processors = std::thread::available_parallelism().map_or(2, |n| n.get());
    match rayon::ThreadPoolBuilder::new().num_threads(processors.saturating_sub(1).max(1)).build() {
        Ok(pool) => pool.install(|| work(run)),
        Err(error) => {
            tracing::error!(%error, "a run has no threads");
            Err(Failure::Broke)
        }
    }
}

/// Lets go of what ended long ago, and of what ended first when there are too many.
fn make_room(all: &mut HashMap<RunId, Arc<Started>>) {
    all.retain(|_, run| run.end().is_none() || run.at.elapsed() < KEPT);
    while all.len() >= MOST {
        let ended = all.values().filter(|run| run.end().is_some());
        let Some(oldest) = ended.min_by_key(|run| run.at).map(|run| run.id.clone()) else { return };
        all.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> RunId {
        RunId::new([n; 16])
    }

    const ANNA: UserId = UserId(1);
    const BEN: UserId = UserId(2);

    fn nothing() -> Work {
        Box::new(|_| Ok(Found::Missing(Vec::new())))
    }

    /// Goes on until it is cancelled.
    fn endless() -> Work {
        Box::new(|run| {
            loop {
                run.check()?;
                std::thread::sleep(Duration::from_millis(1));
            }
        })
    }

    fn ended(run: &Started) -> Option<Failure> {
        run.end().and_then(|end| end.as_ref().as_ref().err().cloned())
    }

    #[tokio::test]
    async fn a_run_is_its_makers_and_is_told_when_it_ends() {
        let runs = Runs::default();
        let run = runs.start(id(1), ANNA, "siting", nothing()).expect("room");
        run.wait(Duration::from_secs(5)).await;
        assert!(run.end().is_some_and(|end| end.is_ok()));
        assert!(runs.find(ANNA, run.id.as_str()).is_some() && runs.find(BEN, run.id.as_str()).is_none());
        assert!(!runs.cancel(BEN, run.id.as_str()) && runs.cancel(ANNA, run.id.as_str()));
        assert!(runs.find(ANNA, run.id.as_str()).is_none(), "one that has ended is forgotten");
    }

    #[tokio::test]
    async fn a_run_stops_when_asked_and_the_next_begins() {
        let runs = Runs::default();
        let first = runs.start(id(2), ANNA, "siting", endless()).expect("room");
        let second = runs.start(id(3), ANNA, "siting", nothing()).expect("room");
        assert_eq!(runs.start(id(4), ANNA, "siting", nothing()).err(), Some(TooMany));
        assert!(runs.start(id(5), BEN, "siting", nothing()).is_ok());
        second.wait(Duration::from_millis(30)).await;
        assert!(first.end().is_none() && second.end().is_none());
        assert!(runs.cancel(ANNA, first.id.as_str()));
        second.wait(Duration::from_secs(5)).await;
        assert_eq!((ended(&first), ended(&second)), (Some(Failure::Cancelled), None));
        assert!(second.end().is_some());
    }

    #[tokio::test]
    async fn one_that_breaks_says_so_and_the_next_begins() {
        let runs = Runs::default();
        let broken = runs.start(id(6), ANNA, "siting", Box::new(|_| panic!("on purpose"))).expect("room");
        broken.wait(Duration::from_secs(5)).await;
        assert_eq!(ended(&broken), Some(Failure::Broke));
        let next = runs.start(id(7), ANNA, "siting", nothing()).expect("room");
        next.wait(Duration::from_secs(5)).await;
        assert!(next.end().is_some_and(|end| end.is_ok()));
    }
}
