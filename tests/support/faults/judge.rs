//! What `mirrorlint check --base` says of a fault.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use mirrorlint::checkout::{Change, Checkout, Inputs};
use mirrorlint::finding::{Finding, Severity};
use mirrorlint::findings::{Policy, brought};
use mirrorlint::linter::Linter;
use mirrorlint::model;
use mirrorlint::rules::Catalogue;
use mirrorlint::tree::{MemoryTree, RepoPath};

use super::score::Verdict;
use super::{Fault, Kind, Source};

/// The checkout without faults, read once. A change to it is judged as a review is.
pub struct Judge {
    linter: Linter,
    base: Checkout,
}

/// A finding that is shown.
#[derive(Clone, Debug)]
pub struct Seen {
    pub rule: String,
    pub severity: Severity,
    pub path: String,
    pub line: usize,
    pub end_line: usize,
    pub message: String,
}

impl Judge {
    pub fn of(source: &Source) -> Result<Self, Box<dyn Error>> {
        let (policy, inputs) = (Policy::default(), Inputs::default());
        let linter = Linter::new(Catalogue::builtin()?, policy, inputs, |_| true)?;
        let mut tree = MemoryTree::default();
        for (path, text) in source.files() {
            tree.insert(path, text);
        }
        let base = linter.load(&tree)?;
        Ok(Self { linter, base })
    }

    /// What the change that brings the fault is told, from `severity` on.
    pub fn seen(&self, fault: &Fault, severity: Severity) -> Result<Vec<Seen>, Box<dyn Error>> {
        let Linter {
            conventions,
            inputs,
            policy,
            ..
        } = &self.linter;
        let mut files = self.base.files().to_vec();
        for (path, text) in &fault.edits {
            files.retain(|file| file.path.as_str() != path);
            if let (Some(text), Some(kind)) = (text, conventions.kind(path)) {
                let file = model::parse(RepoPath::new(path), kind, text.clone().into_bytes());
                files.push(Arc::new(file));
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let change = Change::between(self.base.files(), &files);
        let result = self.base.update(files, &change, conventions, inputs);
        let alone = || Ok::<_, String>(None);
        let (filtered, _) = self.linter.review(&self.base, &result, alone)?;
        let mut shown = brought(filtered.found, |_| true, &policy.config).findings;
        shown.retain(|finding| finding.severity >= severity);
        let seen = shown.into_iter().map(|finding| Seen::of(finding, &result));
        Ok(seen.collect())
    }

    /// The verdicts of up to `count` faults of each kind, on all cores.
    pub fn verdicts(
        &self,
        kinds: &[&Kind],
        source: &Source,
        count: usize,
    ) -> Result<Vec<Verdict>, Box<dyn Error>> {
        let faults: Vec<(&Kind, u64, Fault)> = kinds
            .iter()
            .flat_map(|&kind| {
                let faults = kind.faults(source, count).into_iter();
                faults.map(move |(number, fault)| (kind, number, fault))
            })
            .collect();
        let (next, verdicts) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || -> Result<(), String> {
            while let Some((kind, number, fault)) = faults.get(next.fetch_add(1, Ordering::Relaxed))
            {
                let severity = kind.severity.min(Severity::Warning);
                let seen = self.seen(fault, severity);
                let seen = seen.map_err(|error| format!("{}: {error}", kind.name))?;
                let verdict = Verdict::new(kind, *number, source, fault, seen);
                let mut verdicts = verdicts.lock().map_err(|error| error.to_string())?;
                verdicts.push(verdict);
            }
            Ok(())
        };
        let cores = std::thread::available_parallelism()?.get();
        let ended: Result<(), String> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            let mut ended = workers.into_iter().map(|worker| worker.join());
            ended.try_for_each(|ended| ended.unwrap_or_else(|_| Err("a panic".to_owned())))
        });
        ended?;
        let mut verdicts = verdicts.into_inner()?;
        verdicts.sort_by(|a, b| (a.family, a.kind, a.number).cmp(&(b.family, b.kind, b.number)));
        Ok(verdicts)
    }
}

impl Seen {
    fn of(finding: Finding, checkout: &Checkout) -> Self {
        let place = finding.place;
        let text = checkout.text(&place.path).unwrap_or_default();
        let line = |at: usize| {
            let above = text.get(..at).unwrap_or_default();
            1 + above.matches('\n').count()
        };
        let span = place.span.range();
        Self {
            line: line(span.start),
            end_line: line(span.end),
            rule: finding.rule,
            severity: finding.severity,
            path: place.path.to_string(),
            message: finding.message,
        }
    }
}
