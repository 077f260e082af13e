//! Progress of long work: a bar on a terminal, a plain line a phase elsewhere.

use crate::exchange::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Shows phases and shares on standard error.
pub struct Shown {
    bar: Option<ProgressBar>,
    phase: &'static str,
}

const STEPS: u64 = 1000;

impl Shown {
    pub fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(STEPS);
            // The template is a constant; were it wrong, the default style would do.
            if let Ok(style) = ProgressStyle::with_template("{msg:18} [{bar:30}] {percent:>3} %  {elapsed}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        Self { bar, phase: "" }
    }

    pub fn show(&mut self, progress: Progress) {
        let new_phase = self.phase != progress.phase;
        self.phase = progress.phase;
        match &self.bar {
            Some(bar) => {
                bar.set_message(progress.phase);
                bar.set_position((progress.share * STEPS as f64) as u64);
            }
            None if new_phase => eprintln!("{} …", progress.phase),
            None => {}
        }
    }

    /// Starts a phase of unknown length.
    pub fn phase(&mut self, phase: &'static str) {
        self.show(Progress { phase, share: 0.0 });
    }
}

impl Default for Shown {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
