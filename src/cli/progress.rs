//! A spinner with counts, for runs that take their time.

use std::env;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::tree::{Entry, Listing, Tree, TreeError, Unreadable, Wanted};

/// A run that ends within this time shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// Between two pictures of the spinner.
const TICK: Duration = Duration::from_millis(100);

/// Tells on standard error how far the run is, once the run has taken half a second; only on
/// a terminal, and not where the environment says `CI`. Gone without a trace when it is dropped.
pub(super) struct Progress {
    bar: ProgressBar,
    painter: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to count files that are read.
    pub(super) fn start() -> Self {
        Self::start_with(0, "{spinner} {human_pos} of {human_len} files read")
    }

    /// Starts to count the `total` commits that are judged.
    pub(super) fn of_commits(total: usize) -> Self {
        let template = "{spinner} {human_pos} of {human_len} commits judged, {eta} left";
        Self::start_with(total as u64, template)
    }

    /// Starts to count the `total` images that registries are asked for.
    #[cfg(feature = "online")]
    pub(super) fn of_images(total: usize) -> Self {
        let template = "{spinner} {human_pos} of {human_len} images asked for";
        Self::start_with(total as u64, template)
    }

    fn start_with(total: u64, template: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        let stderr = ProgressDrawTarget::stderr();
        if stderr.is_hidden() || env::var_os("CI").is_some() {
            return Self { bar, painter: None };
        }
        let (done, is_done) = mpsc::channel::<()>();
        let painted = bar.clone();
        let thread = thread::spawn(move || {
            if is_done.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            if let Ok(style) = ProgressStyle::with_template(template) {
                painted.set_style(style);
            }
            painted.set_draw_target(stderr);
            painted.enable_steady_tick(TICK);
        });
        Self {
            bar,
            painter: Some((done, thread)),
        }
    }

    /// One more is done.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    /// `tree`, with its files counted as they are read.
    pub(super) fn watch<'t>(&'t self, tree: &'t dyn Tree) -> impl Tree + 't {
        CountingTree {
            tree,
            bar: &self.bar,
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.painter.take() {
            drop(done);
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

struct CountingTree<'t> {
    tree: &'t dyn Tree,
    bar: &'t ProgressBar,
}

impl Tree for CountingTree<'_> {
    fn list(&self, wanted: &Wanted) -> Result<Listing, TreeError> {
        let listing = self.tree.list(wanted)?;
        self.bar.inc_length(listing.entries.len() as u64);
        Ok(listing)
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        let bytes = self.tree.read(entry);
        self.bar.inc(1);
        bytes
    }
}
