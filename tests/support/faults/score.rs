//! How many of the faults were seen, how well, and what was missed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::{Family, Fault, Kind, Place, Seen, Source};

/// What became of one fault.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub family: Family,
    pub kind: &'static str,
    pub number: u64,
    /// Where the fault is.
    pub place: String,
    /// The lines that it takes away and adds.
    pub change: String,
    /// A finding that the kind expects is shown.
    pub is_found: bool,
    /// One of those is where the fault is.
    pub is_placed: bool,
    pub seen: Vec<Seen>,
}

/// A finding may be so many lines away from what is wrong.
const NEAR: usize = 2;

impl Verdict {
    pub fn new(kind: &Kind, number: u64, source: &Source, fault: &Fault, seen: Vec<Seen>) -> Self {
        let is_meant = |seen: &&Seen| {
            let is_one = kind.rules.is_empty() || kind.rules.contains(&seen.rule.as_str());
            is_one && seen.severity >= kind.severity
        };
        let meant = || seen.iter().filter(is_meant);
        let place = fault.places.first();
        Self {
            family: kind.family,
            kind: kind.name,
            number,
            place: place.map(Place::to_string).unwrap_or_default(),
            change: change(source, fault),
            is_found: meant().next().is_some(),
            is_placed: meant().any(|seen| fault.places.iter().any(|place| place.has(seen))),
            seen,
        }
    }

    /// A line for each fault that was not seen where and as it should be.
    pub fn miss(&self) -> Option<String> {
        let how = match (self.is_found, self.is_placed) {
            (true, true) => return None,
            (true, false) => "elsewhere",
            (false, _) => "missed",
        };
        let Self {
            family,
            kind,
            number,
            place,
            change,
            seen,
            ..
        } = self;
        let mut line = format!("{how}\t{family}\t{kind}\t#{number}\t{place}\t{change}");
        for seen in seen.iter().take(4) {
            let Seen {
                rule,
                path,
                line: at,
                message,
                ..
            } = seen;
            let severity = seen.severity.as_str();
            _ = write!(line, "\t{severity} {rule} {path}:{at}: {message}");
        }
        if seen.len() > 4 {
            _ = write!(line, "\tand {} more", seen.len() - 4);
        }
        Some(line)
    }
}

/// So many changed lines tell what a fault is.
const LINES: usize = 6;

/// The first lines that differ, each behind its sign, in one line.
fn change(source: &Source, fault: &Fault) -> String {
    let mut changed = Vec::new();
    for (path, new) in &fault.edits {
        let old = source.text(path).unwrap_or_default();
        let diff = TextDiff::from_lines(old, new.as_deref().unwrap_or_default());
        let lines = diff.iter_all_changes();
        let lines = lines.filter(|line| line.tag() != ChangeTag::Equal);
        let lines = lines.map(|line| format!("{}{}", line.tag(), line.value().trim_end()));
        changed.extend(lines.take(LINES));
    }
    changed.truncate(LINES);
    changed.join(" ⏎ ")
}

impl Place {
    fn has(&self, seen: &Seen) -> bool {
        match &self.lines {
            None => {
                let below = seen.path.strip_prefix(self.path.as_str());
                below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            Some(lines) => {
                self.path == seen.path
                    && seen.end_line + NEAR >= *lines.start()
                    && seen.line <= lines.end() + NEAR
            }
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.lines {
            Some(lines) => write!(out, "{}:{}", self.path, lines.start()),
            None => self.path.fmt(out),
        }
    }
}

/// The verdicts over a family.
#[derive(Clone, Debug, Default)]
pub struct Score {
    pub tried: usize,
    pub found: usize,
    pub placed: usize,
    counts: Vec<usize>,
    kinds: BTreeSet<&'static str>,
}

impl Score {
    pub fn by_family(verdicts: &[Verdict]) -> BTreeMap<Family, Self> {
        let mut scores: BTreeMap<Family, Self> = BTreeMap::new();
        for verdict in verdicts {
            scores.entry(verdict.family).or_default().add(verdict);
        }
        scores
    }

    pub fn of(verdicts: &[Verdict]) -> Self {
        let mut score = Self::default();
        verdicts.iter().for_each(|verdict| score.add(verdict));
        score
    }

    fn add(&mut self, verdict: &Verdict) {
        self.tried += 1;
        self.kinds.insert(verdict.kind);
        if verdict.is_found {
            self.found += 1;
            self.counts.push(verdict.seen.len());
        }
        self.placed += usize::from(verdict.is_placed);
    }

    pub fn percent_found(&self) -> usize {
        self.found * 100 / self.tried.max(1)
    }

    pub fn percent_placed(&self) -> usize {
        self.placed * 100 / self.found.max(1)
    }

    /// How many findings half of the faults that were seen have at most.
    pub fn median(&self) -> usize {
        let mut counts = self.counts.clone();
        counts.sort_unstable();
        counts.get(counts.len() / 2).copied().unwrap_or_default()
    }

    fn row(&self, name: &str) -> String {
        format!(
            "{name:<20} {:>5} {:>6} {:>6} {:>5} % {:>6} % {:>7}\n",
            self.kinds.len(),
            self.tried,
            self.found,
            self.percent_found(),
            self.percent_placed(),
            self.median(),
        )
    }
}

/// The scores as a table.
pub fn table(verdicts: &[Verdict]) -> String {
    let mut table = format!(
        "{:<20} {:>5} {:>6} {:>6} {:>7} {:>8} {:>7}\n",
        "family", "kinds", "tried", "found", "found", "placed", "median"
    );
    for (family, score) in Score::by_family(verdicts) {
        table += &score.row(&family.to_string());
    }
    table + &Score::of(verdicts).row("all")
}
