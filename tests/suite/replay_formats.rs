//! Holds what `mirrorlint replay` writes to the schema of its JSON and to the rules of the others, with
//! text that means harm.

use std::error::Error;

use mirrorlint::finding::{CommitInfo, Draft, Fate, PastCommit, PastFinding, Place, Severity};
use mirrorlint::report::Style;
use mirrorlint::report::past::{PastFormat, PastReport};
use mirrorlint::syntax::span::{Position, Span};
use mirrorlint::tree::RepoPath;
use serde_json::Value;

use super::formats::{HOSTILE, csp_hash, faults, torn};
use crate::fuzzing::fuzz::markdown::read;
use crate::support::Outcome;

fn commit(number: usize, subject: &str) -> CommitInfo {
    CommitInfo {
        id: format!("{number:040x}"),
        time: 1_700_000_000 + 100_000 * i64::try_from(number).unwrap_or_default(),
        subject: subject.to_owned(),
    }
}

fn past() -> Vec<PastCommit> {
    let severities = [Severity::Error, Severity::Warning, Severity::Hint];
    let commits = HOSTILE.iter().zip(severities.iter().cycle()).enumerate();
    let commits = commits.map(|(number, (text, severity))| {
        let path = RepoPath::new(&format!("core-services/{text}/mapping"));
        let finding = Draft::new(
            Place::new(&path, Span::new(0, 4)),
            *text,
            format!("`{text}` is wrong: {text}"),
        )
        .help(format!("do\n{text}"))
        .into_finding("first-rule", *severity);
        let start = Position { line: 1, column: 1 };
        PastCommit {
            commit: commit(number, text),
            findings: vec![PastFinding {
                finding,
                start,
                end: start,
                fate: match number % 3 {
                    0 => Fate::StillThere,
                    1 => Fate::Gone(commit(number + 1, text)),
                    _ => Fate::Unknown,
                },
            }],
            failure: None,
        }
    });
    let mut past: Vec<PastCommit> = commits.collect();
    past.push(PastCommit {
        commit: commit(99, HOSTILE[1]),
        findings: Vec::new(),
        failure: Some(HOSTILE.join("\n")),
    });
    past
}

fn written(format: PastFormat, past: &[PastCommit]) -> Result<String, Box<dyn Error>> {
    let report = PastReport {
        range: format!("a..{}", HOSTILE[9]),
        commits: 200,
        past,
        shown_from: Severity::Hint,
    };
    let style = Style {
        color: false,
        width: 100,
    };
    let mut out = Vec::new();
    report.write(format, style, &mut out)?;
    Ok(String::from_utf8(out)?)
}

#[test]
fn no_format_lets_control_characters_through() -> Outcome {
    for (name, format) in PastFormat::ALL {
        for past in [past(), Vec::new()] {
            let text = written(*format, &past)?;
            let raw = text.chars().find(|c| {
                let reorders = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
                *c != '\n' && (c.is_control() || reorders)
            });
            assert_eq!(raw, None, "{name}");
            assert!(text.ends_with('\n'), "{name}");
        }
    }
    Ok(())
}

#[test]
fn json_keeps_to_its_schema() -> Outcome {
    const SCHEMA: &str = include_str!("../data/formats/replay.schema.json");
    for past in [past(), Vec::new()] {
        let document: Value = serde_json::from_str(&written(PastFormat::Json, &past)?)?;
        assert_eq!(faults(SCHEMA, &document)?, Vec::<String>::new());
    }
    let document: Value = serde_json::from_str(&written(PastFormat::Json, &past())?)?;
    for pointer in [
        "/past/0/findings/0/severity",
        "/past/1/findings/0/fate/state",
        "/past/0/commit",
        "/alarms",
    ] {
        let bad = torn(&document, pointer, "other".into())?;
        assert!(
            !faults(SCHEMA, &bad)?.is_empty(),
            "{pointer} may be anything"
        );
    }
    assert_eq!(
        (&document["commits"], &document["failed"]),
        (&200.into(), &1.into())
    );
    // 5 of 13 are errors, 9 at least warnings, of 199 that were judged.
    let alarms = &document["alarms"];
    assert_eq!(
        (&alarms[0]["commits"], &alarms[0]["per_hundred"]),
        (&5.into(), &2.51.into())
    );
    assert_eq!(
        (&alarms[1]["commits"], &alarms[1]["per_hundred"]),
        (&9.into(), &4.52.into())
    );
    let rule = &document["rules"][0];
    assert_eq!(
        (&rule["findings"], &rule["repaired"]),
        (&13.into(), &4.into())
    );
    assert_eq!(rule["median_seconds_to_repair"], 100_000);
    Ok(())
}

#[test]
fn markup_stays_text() -> Outcome {
    let markdown = written(PastFormat::Markdown, &past())?;
    let html = written(PastFormat::Html, &past())?;
    for harm in ["<img", "</script>", "<![CDATA", "<!--", "javascript:x)"] {
        assert!(!html.contains(harm), "{harm}");
    }
    let read = read(&markdown);
    let odd = read.odd.iter();
    let odd: Vec<_> = odd
        .filter(|odd| !odd.starts_with("Start(Heading"))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
    read.assert_words_mean_nothing();
    // A row of the table has as many cells as its head, and a list item one line.
    let cells = |line: &str| line.matches('|').count();
    let rows: Vec<&str> = markdown
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    assert!(
        rows.len() == 3 && rows.iter().all(|row| cells(row) == cells(rows[0])),
        "{rows:?}"
    );
    let items = markdown
        .lines()
        .filter(|line| line.starts_with("- "))
        .count();
    assert_eq!(items, past().len());

    // The styles are those that the policy names, and nothing else may load or run.
    assert!(!html.contains("<script"));
    let styles: Vec<&str> = html
        .split("<style>")
        .skip(1)
        .filter_map(|rest| rest.split("</style>").next())
        .collect();
    assert_eq!(styles.len(), 2);
    for style in styles {
        let hash = csp_hash(style);
        assert!(html.contains(&format!("'{hash}'")), "{hash}");
    }
    Ok(())
}
