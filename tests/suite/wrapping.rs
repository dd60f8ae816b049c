//! Holds that `pretty` breaks lines at spaces only: a name that is broken cannot be copied.

use mirrorlint::finding::{Draft, Finding, Place, Severity};
use mirrorlint::report::{Comment, Format, Report, Style, Subject, Summary, Texts};
use mirrorlint::syntax::span::Span;
use mirrorlint::tree::RepoPath;
use proptest::prelude::*;

/// Paths, images, secrets and words of people.
const NAME: &str = "[a-z0-9]{1,12}([-./:@_][a-z0-9]{1,12}){0,7}";

/// Commands and mapping lines, which hold spaces.
const QUOTED: &str = "[a-z]{1,6}( [a-z0-9/:.-]{1,8}){1,4}";

struct Nothing;

impl Texts for Nothing {
    fn text(&self, _: &RepoPath) -> Option<&str> {
        None
    }
}

fn pretty(findings: &[Finding], width: usize) -> String {
    let report = Report {
        findings,
        rules: &[],
        summary: Summary::of(findings),
        subject: Subject::default(),
        fails_from: None,
        statistics: None,
        online: None,
        offers: mirrorlint::report::Offers::default(),
        comment: Comment::default(),
        texts: &Nothing,
    };
    let mut out = Vec::new();
    let color = false;
    let done = report.write(Format::Pretty, Style { color, width }, &mut out);
    done.expect("memory can be written");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn finding(path: &str, text: &str) -> Finding {
    Draft::new(
        Place::new(&RepoPath::new(path), Span::whole_file()),
        text,
        text,
    )
    .help(format!("{text}\n  - {text}"))
    .related(Place::new(&RepoPath::new(path), Span::new(0, 1)), text)
    .into_finding("some-rule-of-many", Severity::Error)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_name_stays_in_one_line_at_every_width(
        names in prop::collection::vec(NAME, 1..12),
        quoted in QUOTED,
        // From 20 findings on they are grouped.
        count in prop_oneof![Just(1usize), Just(25)],
    ) {
        let text = names.iter().map(|name| format!("`{name}` and {name}")).collect::<Vec<_>>();
        let text = format!("{} run `{quoted}` then", text.join(" of "));
        let findings: Vec<Finding> = (0..count)
            .map(|at| finding(&format!("{}/{at}", names[0]), &text))
            .collect();
        for width in 1..=160 {
            let shown = pretty(&findings, width);
            let whole = |what: &str| shown.lines().filter(|line| line.contains(what)).count();
            for name in &names {
                // Message, help, example and related place.
                prop_assert!(shown.matches(name.as_str()).count() >= 8, "{width}: {name}\n{shown}");
                let marked = format!("`{name}`");
                prop_assert!(shown.matches(&marked).count() >= 4, "{width}: {name}\n{shown}");
            }
            let example = format!("- {text}");
            prop_assert_eq!(whole(&example), 1, "{}: an example is broken\n{}", width, shown);
            let marked = format!("`{quoted}`");
            prop_assert!(shown.matches(&marked).count() >= 4, "{width}: {quoted}\n{shown}");
            prop_assert!(shown.contains("`mirrorlint explain some-rule-of-many`"), "{shown}");
        }
    }
}
