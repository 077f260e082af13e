//! The clock of dispatch: looks again and again whether something is due. What it does is noted in the
//! cases themselves, so a look that comes late, after a restart, or beside another process does
//! everything that was due, and nothing twice.

use super::App;
use super::office::Office;
use crate::store::StoreError;
use crate::store::issues::Ticked;
use std::sync::Arc;
use std::time::Duration;

/// How often it looks.
const POLL: Duration = Duration::from_secs(1);
/// Cases of one transaction: others want to write, too.
const AT_ONCE: usize = 50;

/// Looks until the service stops.
pub async fn run(app: Arc<App>) {
    let work = async {
        let mut trouble = false;
        loop {
            let looked = app.tick().await;
            if let (Err(error), false) = (&looked, trouble) {
                tracing::error!(%error, "the clock of dispatch cannot look; trying again");
            }
            trouble = looked.is_err();
            if !looked.is_ok_and(|ticked| ticked.more) {
                tokio::time::sleep(POLL).await;
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = app.stopped() => {}
    }
}

impl App {
    /// One look of the clock. Without a map nothing is decided.
    pub async fn tick(&self) -> Result<Ticked, StoreError> {
        let Some(office) = self.office() else { return Ok(Ticked::default()) };
        let now = Office::moment((self.clock)());
        let ticked = self.store.tick_issues(now, AT_ONCE, move |was, staff| office.tick(was, staff, now)).await?;
        if ticked.events > 0 {
            tracing::info!(cases = ticked.cases, events = ticked.events, "the clock of dispatch acted");
            self.nudge();
        }
        Ok(ticked)
    }
}
