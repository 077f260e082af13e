//! Work that takes a processor for a while, kept off the threads that answer requests.

use super::error::Problem;
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// As many at once as there are processors; the others wait in order, and one whose caller has
/// gone never starts.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, |n| n.get())));

/// Runs `work` on a thread of its own. A panic in it is an internal problem.
pub async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let turn = TURNS.acquire().await.map_err(Problem::internal)?;
    // The turn goes with the work: it lasts as long as the work does, also when nobody waits for
    // the answer any more.
    let turned = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(turned).await.map_err(Problem::internal)
}
