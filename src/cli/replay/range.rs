//! Which commits are judged.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::NaiveDate;

use crate::cli::Failure;
use crate::tree::{LineCommit, Repository, TreeError};

/// What a range without an end goes to.
const HEAD: &str = "HEAD";

/// The commits that were asked for.
pub(super) enum Range {
    /// From one to another.
    Between { from: String, to: String },
    /// Those of the recent past.
    Since(Since),
}

/// `--since`: when the past of interest starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// So many seconds ago.
    Ago(i64),
    /// On this day (UTC).
    Day(NaiveDate),
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Ok(Self::Day(day));
        }
        const HOUR: i64 = 60 * 60;
        let units = [("h", HOUR), ("d", 24 * HOUR), ("w", 7 * 24 * HOUR)];
        let mut ages = units.into_iter().filter_map(|(unit, seconds)| {
            let count: u32 = text.strip_suffix(unit)?.parse().ok()?;
            Some(Self::Ago(i64::from(count) * seconds))
        });
        ages.next().ok_or_else(|| {
            format!("`{text}` is no age; write hours, days or weeks as in `36h`, `90d` or `4w`, or a day as in `2024-01-31`")
        })
    }
}

impl Since {
    /// In seconds since the start of 1970.
    fn time(self) -> i64 {
        match self {
            Self::Day(day) => day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp(),
            Self::Ago(seconds) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                let now = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
                now.saturating_sub(seconds)
            }
        }
    }
}

impl Range {
    /// What the two places of the command line mean: with `--since`, the first is the path.
    pub(super) fn of<'p>(
        since: Option<Since>,
        first: Option<&'p OsStr>,
        second: Option<&'p OsStr>,
    ) -> Result<(Self, &'p Path), Failure> {
        let path = |path: Option<&'p OsStr>| Path::new(path.unwrap_or(OsStr::new(".")));
        let Some(since) = since else {
            let range = first.and_then(OsStr::to_str).unwrap_or_default();
            return Ok((Self::between(range)?, path(second)));
        };
        if second.is_some() {
            return Err("give either a range or `--since`, not both".into());
        }
        Ok((Self::Since(since), path(first)))
    }

    fn between(text: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            let why = format!("`{text}` is no range of commits: {why}");
            Err(why.into())
        };
        match text.split_once("..") {
            Some((_, to)) if to.starts_with('.') => wrong("write two dots, as in `v1..v2`"),
            Some(("", _)) => wrong("say from where, as in `v1..v2`"),
            Some((from, "")) => Ok(Self::Between {
                from: from.to_owned(),
                to: HEAD.to_owned(),
            }),
            Some((from, to)) => Ok(Self::Between {
                from: from.to_owned(),
                to: to.to_owned(),
            }),
            None => wrong("write `FROM..TO`, as in `HEAD~100..HEAD`, or use `--since 90d`"),
        }
    }

    /// The commits, the oldest first.
    pub(super) fn line(&self, repository: &Repository) -> Result<Vec<LineCommit>, TreeError> {
        match self {
            Self::Between { from, to } => repository.line_between(from, to),
            Self::Since(since) => repository.line_since(HEAD, since.time()),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Between { from, to } => write!(f, "{from}..{to}"),
            Self::Since(Since::Day(day)) => write!(f, "{HEAD} since {day}"),
            Self::Since(Since::Ago(seconds)) => {
                write!(f, "{HEAD} in the last {} hours", seconds / 3600)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, Since};

    #[test]
    fn a_range_has_two_ends_and_an_age_a_unit() {
        for (text, shown) in [("a..b", "a..b"), ("a..", "a..HEAD")] {
            let range = Range::between(text).map(|range| range.to_string());
            assert_eq!(range.unwrap_or_default(), shown);
        }
        for text in ["", "a", "..b", "..", "a...b"] {
            assert!(Range::between(text).is_err(), "{text}");
        }
        assert_eq!("2d".parse(), Ok(Since::Ago(172_800)));
        assert_eq!("1w".parse(), Ok(Since::Ago(604_800)));
        let day: Result<Since, _> = "1970-01-02".parse();
        assert_eq!(day.map(Since::time), Ok(86_400));
        for text in ["", "d", "-1d", "1", "99999999999d", "1y", "2024-02-30"] {
            assert!(text.parse::<Since>().is_err(), "{text}");
        }
    }
}
