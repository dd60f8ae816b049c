//! When a job runs: cron expressions as github.com/robfig/cron/v3 parser.go reads them, and
//! durations as Go's `time.ParseDuration` does.

/// The names of times that stand for a whole expression.
const DESCRIPTORS: [&str; 7] = [
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
];

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// What one field of an expression may hold.
struct Bounds {
    min: u32,
    max: u32,
    /// Names of the values from `min` on.
    names: &'static [&'static str],
}

/// Second, minute, hour, day of the month, month, day of the week.
const FIELDS: [Bounds; 6] = [
    plain(0, 59),
    plain(0, 59),
    plain(0, 23),
    plain(1, 31),
    Bounds {
        min: 1,
        max: 12,
        names: &MONTHS,
    },
    Bounds {
        min: 0,
        max: 6,
        names: &WEEKDAYS,
    },
];

const fn plain(min: u32, max: u32) -> Bounds {
    Bounds {
        min,
        max,
        names: &[],
    }
}

/// What is wrong with a cron expression of five fields, or six with seconds.
///
/// # Errors
/// Says so in words that follow the expression.
pub fn check_cron(text: &str) -> Result<(), String> {
    let mut text = text;
    if let Some(zone) = ["TZ=", "CRON_TZ="]
        .iter()
        .find_map(|key| text.strip_prefix(key))
    {
        let (_, rest) = zone.split_once(' ').ok_or("has a time zone and no time")?;
        text = rest.trim();
    }
    if let Some(every) = text.strip_prefix("@every ") {
        return if is_duration(every) {
            Ok(())
        } else {
            Err(format!("has `{every}`, which is no duration"))
        };
    }
    if text.starts_with('@') {
        return if DESCRIPTORS.contains(&text) {
            Ok(())
        } else {
            Err("is none of the names of times".to_owned())
        };
    }
    let fields: Vec<&str> = text.split_whitespace().take(FIELDS.len() + 1).collect();
    let bounds = match fields.len() {
        5 => &FIELDS[1..],
        6 => &FIELDS[..],
        _ => return Err("does not have five fields".to_owned()),
    };
    for (field, bounds) in fields.iter().zip(bounds) {
        for part in field.split(',').filter(|part| !part.is_empty()) {
            if !bounds.allow(part) {
                return Err(format!("has `{part}`, which is out of range or no time"));
            }
        }
    }
    Ok(())
}

impl Bounds {
    /// Whether `part` is `A`, `A-B` or `*`, perhaps with `/STEP` behind, within the bounds.
    fn allow(&self, part: &str) -> bool {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let is_step = step.is_none_or(|step| number(step).is_some_and(|step| step > 0));
        let (low, high) = match range.split_once('-') {
            Some((low, high)) => (low, Some(high)),
            None => (range, None),
        };
        if low == "*" || low == "?" {
            return is_step;
        }
        let Some(start) = self.value(low) else {
            return false;
        };
        let end = match high {
            Some(high) => self.value(high),
            None if step.is_some() => Some(self.max),
            None => Some(start),
        };
        is_step && end.is_some_and(|end| self.min <= start && start <= end && end <= self.max)
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self
            .names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text));
        match named {
            Some(at) => Some(self.min + u32::try_from(at).ok()?),
            None => number(text),
        }
    }
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}

/// Whether `text` is a duration such as `1h30m`.
#[must_use]
pub fn is_duration(text: &str) -> bool {
    const UNITS: [&str; 8] = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut is_some = false;
    while !rest.is_empty() {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let has_digits = after.len() < rest.len();
        let fraction = after.strip_prefix('.');
        let behind = fraction.map_or(after, |fraction| {
            fraction.trim_start_matches(|c: char| c.is_ascii_digit())
        });
        let has_fraction = fraction.is_some_and(|fraction| behind.len() < fraction.len());
        let unit = behind
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(behind.len());
        let (unit, next) = behind.split_at(unit);
        if !(has_digits || has_fraction) || !UNITS.contains(&unit) {
            return false;
        }
        (rest, is_some) = (next, true);
    }
    is_some
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron_expressions_are_read_as_the_parser_does() {
        for good in [
            "@hourly",
            "@every 20m",
            "0 */6 * * 1-5",
            "1 1 12 */12 *",
            "0 0 1 6 *",
            "15 0,8 * * *",
            "5 0 * JAN-mar Sun",
            "0 30 7 * * 1",
            "10/15 * ? * *",
            "TZ=Europe/Berlin 0 6 * * *",
        ] {
            assert_eq!(check_cron(good), Ok(()), "{good}");
        }
        for bad in [
            "hello",
            "@hourli",
            "@every",
            "@every day",
            "* * * *",
            "* * * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "1-2-3 * * * *",
            "1/2/3 * * * *",
            "TZ=UTC",
        ] {
            assert!(check_cron(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_are_those_of_go() {
        for good in [
            "10m", "1h30m", "1.5h", ".5s", "0", "10ns", "-5m", "1µs", "1.s",
        ] {
            assert!(is_duration(good), "{good}");
        }
        for bad in ["", "10", "h", "1d", "1 h", "1h30", ".s", "-", "1hm"] {
            assert!(!is_duration(bad), "{bad}");
        }
    }
}
