//! What all formats for people say.

use chrono::DateTime;

use super::{PastReport, seconds_to_repair};
use crate::finding::{Fate, PastCommit, PastFinding, Severity};
use crate::report::plural;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The heads of the table by rule.
pub(super) const COLUMNS: [&str; 5] = [
    "rule",
    "commits",
    "findings",
    "repaired",
    "median time to repair",
];

/// The table by rule, without its heads.
pub(super) fn rows(report: &PastReport<'_>) -> Vec<[String; 5]> {
    let rules = report.by_rule();
    let rows = rules.iter().map(|row| {
        [
            row.rule.to_owned(),
            row.commits.to_string(),
            row.findings.to_string(),
            row.repaired().to_string(),
            row.median().map_or_else(|| "-".to_owned(), duration),
        ]
    });
    rows.collect()
}

/// The day of a time in seconds since 1970 (UTC).
pub(super) fn day(time: i64) -> String {
    let time = DateTime::from_timestamp(time, 0).unwrap_or_default();
    time.format("%Y-%m-%d").to_string()
}

/// So many seconds, in the unit that fits.
pub(super) fn duration(seconds: i64) -> String {
    let (unit, one) = if seconds < HOUR {
        (MINUTE, "minute")
    } else if seconds < 2 * DAY {
        (HOUR, "hour")
    } else {
        (DAY, "day")
    };
    let count = usize::try_from(seconds / unit).unwrap_or_default();
    plural(count, one)
}

/// What became of a finding.
pub(super) fn fate(past: &PastCommit, found: &PastFinding) -> String {
    match &found.fate {
        Fate::StillThere => "still there".to_owned(),
        Fate::Unknown => "what became of it cannot be told".to_owned(),
        Fate::Gone(commit) => {
            let after = duration(seconds_to_repair(past, found).unwrap_or_default());
            format!(
                "gone after {after}, on {} by {}",
                day(commit.time),
                commit.short_id()
            )
        }
    }
}

/// What was judged, and how often that would have raised an alarm.
pub(super) fn summary(report: &PastReport<'_>) -> String {
    let mut said = format!("{} of {}", plural(report.commits, "commit"), report.range);
    for alarms in report.alarms() {
        let brought = match alarms.severity {
            Severity::Error => "an error",
            _ => "an error or a warning",
        };
        said.push_str(&format!(
            "; {} with {brought}, {:.1} of a hundred",
            alarms.commits, alarms.per_hundred
        ));
    }
    match report.failed() {
        0 => {}
        failed => said.push_str(&format!("; {failed} could not be judged")),
    }
    said
}

#[cfg(test)]
mod tests {
    use super::{day, duration};

    #[test]
    fn times_have_the_unit_that_fits() {
        assert_eq!(day(1_704_067_199), "2023-12-31");
        assert_eq!(day(i64::MAX), "1970-01-01");
        for (seconds, said) in [
            (0, "0 minutes"),
            (60, "1 minute"),
            (3_599, "59 minutes"),
            (3_600, "1 hour"),
            (172_799, "47 hours"),
            (172_800, "2 days"),
        ] {
            assert_eq!(duration(seconds), said);
        }
    }
}
