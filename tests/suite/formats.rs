//! Holds every report format to its schema, or to a reader of it, with text that means harm.

use std::collections::BTreeSet;
use std::error::Error;

use mirrorlint::finding::{Applicability, Draft, Edit, Finding, Fix, Place, Severity};
use mirrorlint::report::{Comment, Format, Report, RuleText, Style, Subject, Summary, Texts};
use mirrorlint::syntax::span::Span;
use mirrorlint::tree::RepoPath;
use serde_json::Value;
use sha2::Digest;

use crate::support::Outcome;

/// What a stranger may write into a file, its name, or a key that a message quotes.
pub(super) const HOSTILE: &[&str] = &[
    "plain",
    "\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}",
    "nul\0 bell\u{7} del\u{7f} c1\u{9b}31m",
    "line\nbreak\r\n::error::forged",
    "%0A::warning::forged%0D",
    "##[error]forged ##[add-mask]x",
    "]]> <!-- --> <![CDATA[",
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "| a | **b** | [c](javascript:x) `d",
    "\u{202e}gnp.exe\u{2066}\u{200b}\u{feff}",
    "𝕏 ä \u{fffe} \u{ffff} 👩‍👩‍👧",
    "a,b:c;d=e\\f{g}",
];

/// Every file reads like this; column 7 in characters is 8 in UTF-16 and 12 in bytes.
const TEXT: &str = "# first\nä𝕏 ä  widget:1 # </script>\u{1b}[31m\n";

struct Files(Option<String>);

impl Texts for Files {
    fn text(&self, _: &RepoPath) -> Option<&str> {
        self.0.as_deref()
    }
}

fn rule_texts() -> Vec<RuleText> {
    ["first-rule", "quiet-rule"]
        .iter()
        .map(|id| RuleText {
            id: (*id).to_owned(),
            title: format!("Title of {id} {}", HOSTILE[7]),
            severity: Severity::Error,
            help_markdown: format!(
                "Why. {}\n\n**To fix**, what the\npage says\n\nMore.",
                HOSTILE.join(" ")
            ),
            page: Some(format!("https://example.org/{id}.md")),
        })
        .collect()
}

fn findings() -> Vec<Finding> {
    let long = "x".repeat(20_000);
    let texts = HOSTILE.iter().copied().chain([long.as_str()]);
    let severities = [Severity::Error, Severity::Warning, Severity::Hint];
    let widget = TEXT.find("widget").unwrap_or_default();
    let mut findings: Vec<Finding> = texts
        .zip(severities.iter().cycle())
        .map(|(text, severity)| {
            let path = RepoPath::new(&format!("core-services/{text}/mapping"));
            let place = Place::new(&path, Span::new(widget, widget + "widget".len()));
            let fix = Fix {
                applicability: Applicability::Safe,
                title: format!("write {text}"),
                edits: vec![Edit {
                    place: place.clone(),
                    text: text.to_owned(),
                }],
                renames: Vec::new(),
            };
            Draft::new(place.clone(), text, format!("`{text}` is wrong: {text}"))
                .help(format!("do\n{text}"))
                .related(Place::whole_file(&path), format!("also {text}"))
                .related(place, text)
                .fix(fix)
                .into_finding("first-rule", *severity)
        })
        .collect();
    // The same thing twice, as happens where an entity says too little.
    findings.push(findings[0].clone());
    let whole = Place::whole_file(&RepoPath::new("OWNERS"));
    findings.push(Draft::new(whole, "x", "whole file").into_finding("first-rule", Severity::Error));
    findings
}

fn written(format: Format, findings: &[Finding]) -> Result<String, Box<dyn Error>> {
    let rules = rule_texts();
    let files = Files(Some(TEXT.to_owned()));
    let report = report(findings, &rules, &files);
    let style = Style {
        color: false,
        width: 100,
    };
    let mut out = Vec::new();
    report.write(format, style, &mut out)?;
    Ok(String::from_utf8(out)?)
}

fn report<'r>(findings: &'r [Finding], rules: &'r [RuleText], texts: &'r Files) -> Report<'r> {
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    Report {
        findings,
        rules,
        summary: Summary {
            files: 3,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            hints: count(Severity::Hint),
            ..Summary::default()
        },
        subject: Subject::default(),
        fails_from: Some(Severity::Error),
        statistics: None,
        online: None,
        offers: mirrorlint::report::Offers::default(),
        comment: Comment::default(),
        texts,
    }
}

/// What breaks `schema` in `document`.
pub(super) fn faults(schema: &str, document: &Value) -> Result<Vec<String>, Box<dyn Error>> {
    let validator = jsonschema::validator_for(&serde_json::from_str(schema)?)?;
    Ok(validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect())
}

/// `document` after whatever `pointer` leads to is replaced.
pub(super) fn torn(document: &Value, pointer: &str, by: Value) -> Result<Value, Box<dyn Error>> {
    let mut torn = document.clone();
    *torn.pointer_mut(pointer).ok_or("no such place")? = by;
    Ok(torn)
}

fn list<'v>(value: &'v Value, pointer: &str) -> Result<&'v Vec<Value>, Box<dyn Error>> {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.ok_or_else(|| format!("no list at {pointer}").into())
}

#[test]
fn no_format_lets_control_characters_through() -> Outcome {
    for (name, format) in Format::ALL {
        // The JSON contract leaves the text as it is; JSON itself escapes what is below U+0020.
        let is_json = *format == Format::Json;
        let text = written(*format, &findings())?;
        let raw = text.chars().find(|c| {
            let reorders = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            *c != '\n'
                && (c.is_ascii_control() && *c != '\u{7f}'
                    || !is_json && (c.is_control() || reorders))
        });
        assert_eq!(raw, None, "{name}");
        assert!(text.ends_with('\n'), "{name} ends in the middle of a line");
        assert_eq!(text, written(*format, &findings())?, "{name}");
    }
    Ok(())
}

#[test]
fn no_format_needs_findings_or_texts() -> Outcome {
    let rules = rule_texts();
    let (none, all) = (Vec::new(), findings());
    for (name, format) in Format::ALL {
        for findings in [&none, &all] {
            let files = Files(None);
            let style = Style {
                color: false,
                width: 100,
            };
            let mut out = Vec::new();
            let written = report(findings, &rules, &files).write(*format, style, &mut out);
            assert!(written.is_ok(), "{name}");
        }
    }
    Ok(())
}

#[test]
fn sarif_keeps_to_its_schema() -> Outcome {
    const SCHEMA: &str = include_str!("../data/formats/sarif-2.1.0.schema.json");
    let findings = findings();
    for some in [&findings[..], &[]] {
        let log: Value = serde_json::from_str(&written(Format::Sarif, some)?)?;
        assert_eq!(faults(SCHEMA, &log)?, Vec::<String>::new());
    }
    let log: Value = serde_json::from_str(&written(Format::Sarif, &findings)?)?;
    let bad = torn(&log, "/runs/0/results/0/level", "fatal".into())?;
    assert!(!faults(SCHEMA, &bad)?.is_empty(), "it accepts anything");

    let described = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(described["helpUri"], "https://example.org/first-rule.md");
    let results = list(&log, "/runs/0/results")?;
    assert_eq!(results.len(), findings.len());
    let region = &results[0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (
            &region["startLine"],
            &region["startColumn"],
            &region["endColumn"]
        ),
        (&2.into(), &7.into(), &13.into())
    );
    assert_eq!(log["runs"][0]["columnKind"], "unicodeCodePoints");
    assert!(findings.iter().any(|finding| finding.fix.is_some()));
    let mut seen = BTreeSet::new();
    for (result, finding) in results.iter().zip(&findings) {
        let name = result["partialFingerprints"]["mirrorlint/v1"].as_str();
        assert!(seen.insert(name.ok_or("no fingerprint")?), "{name:?} twice");
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let uri = uri.as_str().ok_or("no uri")?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
        assert!(uri.chars().all(is_plain), "{uri}");
        assert_eq!(percent_decoded(uri)?, finding.place.path.as_str());
        if let Some(fix) = &finding.fix {
            let text = &result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]
                ["text"];
            assert_eq!(*text, *fix.edits[0].text, "an edit must stay exact");
        }
    }
    assert_eq!(
        log["runs"][0]["tool"]["driver"]["rules"][1]["id"],
        "quiet-rule"
    );
    Ok(())
}

fn percent_decoded(uri: &str) -> Result<String, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let mut parts = uri.split('%');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16)?);
        bytes.extend(part[2..].bytes());
    }
    Ok(String::from_utf8(bytes)?)
}

#[test]
fn rdjson_keeps_to_its_schema() -> Outcome {
    const SCHEMA: &str = include_str!("../data/formats/rdjson.schema.json");
    let findings = findings();
    for some in [&findings[..], &[]] {
        let result: Value = serde_json::from_str(&written(Format::Rdjson, some)?)?;
        assert_eq!(faults(SCHEMA, &result)?, Vec::<String>::new());
    }
    let result: Value = serde_json::from_str(&written(Format::Rdjson, &findings)?)?;
    let bad = torn(&result, "/diagnostics/0/severity", "FATAL".into())?;
    assert!(!faults(SCHEMA, &bad)?.is_empty(), "it accepts anything");
    let first = &result["diagnostics"][0];
    assert_eq!(first["location"]["range"]["start"]["column"], 12);
    assert_eq!(first["suggestions"][0]["range"]["end"]["column"], 18);
    assert_eq!(first["suggestions"][0]["text"], "plain");
    let whole = list(&result, "/diagnostics")?.last().ok_or("none")?;
    assert!(whole["location"]["range"].is_null());
    Ok(())
}

#[test]
fn gitlab_keeps_to_its_schema() -> Outcome {
    const SCHEMA: &str = include_str!("../data/formats/gitlab-codequality.schema.json");
    assert_eq!(written(Format::Gitlab, &[])?.trim(), "[]");
    let issues: Value = serde_json::from_str(&written(Format::Gitlab, &findings())?)?;
    let mut seen = BTreeSet::new();
    for issue in list(&issues, "")? {
        assert_eq!(faults(SCHEMA, issue)?, Vec::<String>::new());
        let name = issue["fingerprint"].as_str().ok_or("no fingerprint")?;
        assert!(seen.insert(name), "{name} twice");
        let severity = issue["severity"].as_str().unwrap_or_default();
        assert!(["info", "minor", "critical"].contains(&severity));
    }
    let bad = torn(&issues, "/0/fingerprint", 1.into())?;
    assert!(!faults(SCHEMA, &bad[0])?.is_empty(), "it accepts anything");
    Ok(())
}

#[test]
fn junit_has_a_suite_for_each_rule_and_a_case_for_each_finding() -> Outcome {
    let findings = findings();
    let xml = written(Format::Junit, &findings)?;
    let report = quick_junit::Report::deserialize_from_str(&xml)?;
    let suites: Vec<(&str, usize, usize)> = report
        .test_suites
        .iter()
        .map(|suite| (suite.name.as_str(), suite.tests, suite.failures))
        .collect();
    // What fails no run fails no case: the exit status and the report say the same.
    let errors = findings.iter().filter(|f| f.severity == Severity::Error);
    let (all, errors) = (findings.len(), errors.count());
    assert!(0 < errors && errors < all);
    assert_eq!(suites, [("first-rule", all, errors), ("quiet-rule", 1, 0)]);
    let cases = &report.test_suites[0].test_cases;
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), all, "a name twice");
    let name = "core-services/plain/mapping: `plain` is wrong: plain";
    assert!(names.contains(name), "{names:?}");
    assert!(names.contains(format!("{name} (2)").as_str()));
    let passed = cases.iter().find_map(|case| case.system_out.as_ref());
    let said = passed.ok_or("no output")?.as_str();
    assert!(said.contains("/mapping:2:7: warning: "), "{said}");
    // Nothing that XML 1.0 has no place for (2.2), raw or as a reference.
    let is_char = |c: char| matches!(c, '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert_eq!(xml.chars().find(|c| !is_char(*c)), None);
    Ok(())
}

#[test]
fn concise_ends_with_help_and_the_next_step() -> Outcome {
    let place = |path: &str| Place::new(&RepoPath::new(path), Span::new(0, 1));
    let one = |path: &str, help: &str| {
        let draft = Draft::new(place(path), path, "`x` is wrong").help(help);
        draft.into_finding("first-rule", Severity::Error)
    };
    let end = |findings: &[Finding]| -> Result<String, Box<dyn Error>> {
        let text = written(Format::Concise, findings)?;
        let (lines, end) = text.split_once("\n\n").ok_or("no end")?;
        assert_eq!(lines.lines().count(), findings.len());
        Ok(end.to_owned())
    };
    let next =
        "More on a rule: `mirrorlint explain first-rule`, or https://example.org/first-rule.md\n";
    assert_eq!(
        end(&[one("a", "do this\n- so"), one("b", "do this\n- so")])?,
        format!("help[first-rule]: do this\n  - so\n\n2 errors in 3 files.\n{next}")
    );
    assert_eq!(
        end(&[one("a", "do this"), one("b", "do that")])?,
        format!(
            "help[first-rule] at a:1:1: do this\nhelp[first-rule] at b:1:1: do that\n\n\
             2 errors in 3 files.\n{next}"
        )
    );
    let many: Vec<Finding> = (0..30).map(|n| one("a", &format!("do {n}"))).collect();
    let said = end(&many)?;
    assert!(
        said.starts_with("help[first-rule]: what the page says\n\n"),
        "{said}"
    );
    assert!(said.contains("\n    30 error    first-rule\n"), "{said}");
    assert!(said.contains("--write-baseline"), "{said}");
    assert_eq!(written(Format::Concise, &[])?, "No findings in 3 files.\n");
    Ok(())
}

#[test]
fn github_is_told_no_more_than_it_shows_and_nothing_forged() -> Outcome {
    let many: Vec<Finding> = findings().iter().cycle().take(60).cloned().collect();
    let text = written(Format::Github, &many)?;
    let commands: Vec<&str> = text
        .lines()
        .filter(|l| l.trim().starts_with("::"))
        .collect();
    let of = |kind: &str| {
        let start = format!("::{kind} file=");
        commands
            .iter()
            .filter(|line| line.starts_with(&start))
            .count()
    };
    assert_eq!((of("error"), of("warning"), of("notice")), (10, 10, 10));
    assert_eq!(commands.len(), 32, "group and endgroup are the others");
    assert!(commands[0] == "::group::mirrorlint: 60 findings");
    assert!(!text.contains("##["), "a command of the old form");
    assert!(text.contains(" errors annotated, which is what GitHub shows"));
    for line in commands.iter().filter(|line| line.contains(" file=")) {
        let (properties, _) = line[2..].split_once("::").ok_or("no message")?;
        let (_, properties) = properties.split_once(' ').ok_or("no properties")?;
        let keys: Vec<&str> = properties
            .split(',')
            .filter_map(|property| Some(property.split_once('=')?.0))
            .collect();
        assert_eq!(keys[..3], ["file", "line", "endLine"], "{line}");
        assert_eq!(keys.last(), Some(&"title"), "{line}");
    }
    Ok(())
}

#[test]
fn the_job_summary_holds_no_markup_of_a_stranger() -> Outcome {
    let rules = rule_texts();
    let files = Files(Some(TEXT.to_owned()));
    let findings: Vec<Finding> = findings().iter().cycle().take(5000).cloned().collect();
    let mut out = Vec::new();
    report(&findings, &rules, &files).write_job_summary(&mut out)?;
    let text = String::from_utf8(out)?;
    assert!(text.len() < 1024 * 1024, "{} bytes", text.len());
    assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("]("));
    for row in text.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(row.matches('|').count(), 5, "{row}");
    }
    assert!(text.contains("and 4800 more findings"));
    Ok(())
}

/// The SHA-256 of `text` as a Content-Security-Policy names it.
pub(super) fn csp_hash(text: &str) -> String {
    let digest = sha2::Sha256::digest(text.as_bytes());
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut hash = String::from("sha256-");
    for three in digest.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let index = (bits >> (18 - 6 * at)) as usize & 63;
            hash.push(if at > three.len() {
                '='
            } else {
                char::from(alphabet[index])
            });
        }
    }
    hash
}

/// What stands between the first `start` and the next `end`, and what follows.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Result<(&'t str, &'t str), String> {
    let missing = || format!("no {start} with {end}");
    let (_, rest) = text.split_once(start).ok_or_else(missing)?;
    rest.split_once(end).ok_or_else(missing)
}

#[test]
fn the_page_runs_nothing_but_its_own_script() -> Outcome {
    let page = written(Format::Html, &findings())?;
    let (policy, _) = between(&page, "Content-Security-Policy\" content=\"", "\"")?;
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    let (style, rest) = between(&page, "<style>", "</style>")?;
    let (script, rest) = between(rest, "<script>", "</script>")?;
    for asset in [style, script] {
        let hash = csp_hash(asset);
        assert!(
            policy.contains(&format!("-src '{hash}'")),
            "{hash} is not in {policy}"
        );
    }
    assert!(!rest.contains("<script"));
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img") && !page.contains("http://") && !page.contains("https://"));
    // Every attribute that text of a stranger goes to.
    for tag in page.split('<').filter(|tag| tag.starts_with("article ")) {
        let (attributes, _) = tag.split_once('>').ok_or("no end")?;
        assert_eq!(attributes.matches('"').count(), 10, "{attributes}");
    }
    Ok(())
}

#[test]
fn the_page_holds_every_finding_once() -> Outcome {
    let all = findings();
    let usual = all.iter().filter(|finding| finding.message.len() < 10_000);
    let many: Vec<Finding> = usual.cycle().take(5000).cloned().collect();
    let page = written(Format::Html, &many)?;
    assert_eq!(page.matches("<article ").count(), 5000);
    assert_eq!(
        page.matches("<mark>widget</mark>").count(),
        5000 - 5000 / 15
    );
    assert!(page.len() < 20_000_000, "{} bytes", page.len());
    Ok(())
}
