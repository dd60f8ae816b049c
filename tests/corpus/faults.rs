//! Puts faults into the checkouts in the layout of today, one at a time, and holds how many are seen.
//!
//! Each kind is tried at one place in one of the checkouts; with `MIRRORLINT_FAULT_SITES` at so many in
//! each. `MIRRORLINT_FAULT_DATES` says which checkouts are taken, and `MIRRORLINT_FAULT_MISSES` is a file
//! that gets a line for each fault that was not seen where and as it should be.

use std::env;
use std::fmt::Write as _;
use std::io::Write as _;

use crate::checkout;
use crate::support::Outcome;
use crate::support::faults::{Family, Judge, Kind, Score, Source, kinds, table};

/// What the faults of a family must come to, in percent.
struct Goal {
    family: Family,
    /// Seen, with a finding that is expected.
    found: usize,
    /// Of those, seen where the fault is.
    placed: usize,
}

/// What is held: the one table to raise.
const GOALS: [Goal; 7] = [
    goal(Family::Mapping, 97, 97),
    goal(Family::Jobs, 95, 95),
    goal(Family::Secrets, 95, 90),
    goal(Family::CiOperator, 95, 97),
    goal(Family::Access, 95, 97),
    goal(Family::ImageStreams, 90, 97),
    goal(Family::Supplemental, 97, 97),
];

/// Seen of all faults together, in percent.
const FOUND: usize = 97;

/// Half of the faults have so many findings at most.
const MEDIAN: usize = 1;

const fn goal(family: Family, found: usize, placed: usize) -> Goal {
    Goal {
        family,
        found,
        placed,
    }
}

#[test]
fn injected_faults_are_seen() -> Outcome {
    let sites = env::var("MIRRORLINT_FAULT_SITES").ok();
    let sites: Option<usize> = sites.map(|sites| sites.parse()).transpose()?;
    let dates = env::var("MIRRORLINT_FAULT_DATES");
    let dates = dates
        .as_deref()
        .unwrap_or("2024-03-20 2023-06-15 2021-06-15");
    let dates: Vec<&str> = dates.split_whitespace().collect();
    let kinds = kinds();
    let (mut all, mut misses) = (Vec::new(), String::new());
    for (turn, date) in dates.iter().enumerate() {
        let Some(root) = checkout(&format!("modernised/{date}"))? else {
            continue;
        };
        let source = Source::load(&root)?;
        let is_due = |at: usize| sites.is_some() || at % dates.len() == turn;
        let due = kinds.iter().enumerate().filter(|(at, _)| is_due(*at));
        let due: Vec<&Kind> = due.map(|(_, kind)| kind).collect();
        let verdicts = Judge::of(&source)?.verdicts(&due, &source, sites.unwrap_or(1))?;
        let mut out = std::io::stderr();
        write!(out, "\n{date}\n{}", table(&verdicts))?;
        for miss in verdicts.iter().filter_map(|verdict| verdict.miss()) {
            writeln!(misses, "{date}\t{miss}")?;
        }
        all.extend(verdicts);
        if let Some(path) = env::var_os("MIRRORLINT_FAULT_MISSES") {
            std::fs::write(path, &misses)?;
        }
    }
    let said = format!("{}\n{misses}", table(&all));
    for (family, score) in Score::by_family(&all) {
        let goal = GOALS.iter().find(|goal| goal.family == family);
        let goal = goal.ok_or("a family without a goal")?;
        assert!(
            score.percent_found() >= goal.found,
            "{family}: found\n{said}"
        );
        assert!(
            score.percent_placed() >= goal.placed,
            "{family}: placed\n{said}"
        );
    }
    let all = Score::of(&all);
    assert!(all.percent_found() >= FOUND, "found\n{said}");
    assert!(all.median() <= MEDIAN, "too many findings\n{said}");
    Ok(())
}
