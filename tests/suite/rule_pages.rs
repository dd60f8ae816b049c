//! Runs the examples of every rule page: a Bad gives exactly the findings it marks, a Good is
//! silent under every rule, a fix re-lints clean and changes nothing when applied twice.

use std::collections::{BTreeMap, BTreeSet};

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::checks::{GROUPS, MECHANISMS};
use mirrorlint::engine::{self, Plan};
use mirrorlint::finding::{Applicability, Finding, Fix, Severity};
use mirrorlint::findings::{BASELINE_PATH, Baseline, Comments, Policy};
use mirrorlint::model::Conventions;
use mirrorlint::rules::{self, Block, Catalogue, Example, Mark, Rule, State};
use mirrorlint::syntax::span::{ColumnUnit, LineIndex, Span};
use mirrorlint::tree::MemoryTree;

use crate::support::Outcome;

/// The sound checkout that every example is laid over.
fn standing() -> MemoryTree {
    let mut tree = MemoryTree::default();
    let page = rules::companion("_example.md").expect("rules/_example.md");
    for block in page.examples.iter().flat_map(|example| &example.blocks) {
        tree.insert(&block.path, block.marks().0);
    }
    tree
}

fn lay<'b>(tree: &mut MemoryTree, blocks: impl Iterator<Item = &'b Block>) {
    for block in blocks {
        match block.state {
            State::Absent => tree.remove(&block.path),
            _ => tree.insert(&block.path, block.marks().0),
        }
    }
}

fn in_state<'e>(example: &'e Example, states: &'e [State]) -> impl Iterator<Item = &'e Block> {
    example
        .blocks
        .iter()
        .filter(move |block| states.contains(&block.state))
}

/// Every finding that anyone would be shown: errors and warnings of all rules, and whatever the
/// rule itself says.
fn lint(tree: &MemoryTree, plan: &Plan, rule: &Rule) -> Vec<Finding> {
    let conventions = Conventions::builtin().expect("conventions");
    let checkout =
        Checkout::load(tree, &conventions, &Inputs::default()).expect("an in-memory tree");
    let mut policy = Policy::default();
    if let Some(text) = text_in(tree, BASELINE_PATH) {
        policy.baseline = Baseline::read(BASELINE_PATH, text).expect("a baseline");
    }
    let found = engine::lint(&checkout, plan);
    let found = policy
        .apply(&mut Comments::of(&checkout), plan, found)
        .found;
    found
        .findings
        .into_iter()
        .chain(found.held_back)
        .filter(|finding| finding.rule == rule.id() || finding.severity > Severity::Hint)
        .inspect(|finding| {
            for said in std::iter::once(&finding.message).chain(&finding.help) {
                assert!(!said.contains("\\\n"), "{} says {said}", finding.rule);
            }
        })
        .collect()
}

fn text_in<'t>(tree: &'t MemoryTree, path: &str) -> Option<&'t str> {
    let (_, bytes) = tree.files().find(|(file, _)| file.as_str() == path)?;
    std::str::from_utf8(bytes).ok()
}

/// What a finding or a mark says, in one comparable line.
fn told(path: &str, line: usize, columns: Option<(usize, usize)>, rule: &str) -> String {
    match columns {
        Some((from, to)) => format!("{path}:{line}:{from}-{to} {rule}"),
        None => format!("{path} {rule}"),
    }
}

fn tell(tree: &MemoryTree, finding: &Finding) -> String {
    let path = finding.place.path.as_str();
    if finding.place.span == Span::whole_file() {
        return told(path, 1, None, &finding.rule);
    }
    let text = text_in(tree, path).unwrap_or_default();
    let index = LineIndex::new(text);
    let start = index.position(text, finding.place.span.start, ColumnUnit::Scalars);
    let end = index.position(text, finding.place.span.end, ColumnUnit::Scalars);
    // A mark is a line of carets: an empty span takes one, a span over several lines ends with
    // its first.
    let last = if end.line > start.line {
        let line = index.line_span(text, start.line).unwrap_or_default();
        index.position(text, line.end, ColumnUnit::Scalars).column
    } else {
        end.column
    };
    let columns = (start.column, (last - 1).max(start.column));
    told(path, start.line, Some(columns), &finding.rule)
}

/// What an example's findings have to say against its marks.
fn compare(
    what: &str,
    tree: &MemoryTree,
    findings: &[Finding],
    marks: &[(String, Mark)],
) -> Vec<String> {
    let mut failures = Vec::new();
    let expected: BTreeSet<String> = marks
        .iter()
        .map(|(path, mark)| told(path, mark.line, mark.columns, &mark.rule))
        .collect();
    let got: BTreeSet<String> = findings.iter().map(|f| tell(tree, f)).collect();
    let list = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join("\n    ");
    if expected != got {
        failures.push(format!(
            "{what}\n  marked:\n    {}\n  found:\n    {}",
            list(&expected),
            list(&got)
        ));
    }
    for (path, mark) in marks {
        let key = told(path, mark.line, mark.columns, &mark.rule);
        let said: Vec<&str> = findings
            .iter()
            .filter(|finding| tell(tree, finding) == key)
            .map(|finding| finding.message.as_str())
            .collect();
        if !said.is_empty() && !said.iter().any(|said| said.contains(&mark.message)) {
            failures.push(format!(
                "{what}: {key} does not say `{}` but {said:?}",
                mark.message
            ));
        }
    }
    failures
}

/// Applies the edits of all of `fixes`, last first.
fn edited<'f>(tree: &MemoryTree, fixes: impl Iterator<Item = &'f Fix>) -> MemoryTree {
    let mut edits: BTreeMap<(String, Span), String> = BTreeMap::new();
    for edit in fixes.flat_map(|fix| &fix.edits) {
        let at = (edit.place.path.to_string(), edit.place.span);
        edits.insert(at, edit.text.clone());
    }
    let mut result = tree.clone();
    for ((path, span), text) in edits.into_iter().rev() {
        let mut content = result
            .files()
            .find(|(file, _)| file.as_str() == path)
            .map(|(_, bytes)| bytes.to_vec())
            .expect("the file that is fixed");
        content.splice(span.range(), text.bytes());
        result.insert(&path, content);
    }
    result
}

/// Applies all safe fixes.
fn fixed(tree: &MemoryTree, findings: &[Finding]) -> MemoryTree {
    let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
    let safe = fixes.filter(|fix| fix.applicability == Applicability::Safe);
    let mut result = edited(tree, safe);
    let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
    for rename in fixes.flat_map(|fix| &fix.renames) {
        let content = text_in(&result, rename.from.as_str())
            .map(str::to_owned)
            .expect("the file that is renamed");
        result.remove(rename.from.as_str());
        result.insert(rename.to.as_str(), content);
    }
    result
}

/// The checkout that the example is linted in.
fn tree_of(example: &Example) -> MemoryTree {
    let mut tree = standing();
    lay(
        &mut tree,
        in_state(example, &[State::Linted, State::Absent]),
    );
    tree
}

#[test]
fn examples_do_what_they_say() -> Outcome {
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |_| true)?;
    let mut failures = Vec::new();
    for rule in catalogue.rules() {
        for example in &rule.page.examples {
            let what = format!("{}, `## {}`", rule.origin, example.heading);
            let tree = tree_of(example);
            let findings = lint(&tree, &plan, rule);
            let marks: Vec<(String, Mark)> = in_state(example, &[State::Linted])
                .flat_map(|block| {
                    let path = block.path.clone();
                    block
                        .marks()
                        .1
                        .into_iter()
                        .map(move |mark| (path.clone(), mark))
                })
                .collect();
            let is_bad = example.heading.starts_with("Bad");
            assert!(
                is_bad || example.heading.starts_with("Good"),
                "{what}: an example's heading starts with Bad or Good"
            );
            assert_eq!(
                is_bad,
                marks.iter().any(|(_, mark)| mark.rule == rule.id()),
                "{what}: a Bad, and no Good, marks a finding of its rule"
            );
            failures.extend(compare(&what, &tree, &findings, &marks));
            if in_state(example, &[State::Fixed]).next().is_some() {
                check_fix(&what, &tree, &findings, example, &plan, rule);
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    Ok(())
}

fn check_fix(
    what: &str,
    tree: &MemoryTree,
    findings: &[Finding],
    example: &Example,
    plan: &Plan,
    rule: &Rule,
) {
    let own: Vec<Finding> = findings
        .iter()
        .filter(|finding| finding.rule == rule.id())
        .cloned()
        .collect();
    let after = fixed(tree, &own);
    for block in in_state(example, &[State::Fixed]) {
        let content = after
            .files()
            .find(|(path, _)| path.as_str() == block.path)
            .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
        assert_eq!(
            content.as_ref(),
            Some(&block.content),
            "{what}: fixed `{}`",
            block.path
        );
    }
    let left = lint(&after, plan, rule);
    let left: Vec<_> = left
        .iter()
        .filter(|finding| finding.rule == rule.id())
        .collect();
    assert!(
        left.is_empty(),
        "{what}: findings are left after the fix: {left:?}"
    );
}

/// Of several names that may be meant, each takes the finding away.
#[test]
fn whatever_may_be_meant_takes_the_finding_away() -> Outcome {
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |_| true)?;
    let mut rules = BTreeSet::new();
    for rule in catalogue.rules() {
        for example in &rule.page.examples {
            let tree = tree_of(example);
            let findings = lint(&tree, &plan, rule);
            let own = findings.iter().filter(|finding| finding.rule == rule.id());
            for finding in own {
                for alternative in &finding.alternatives {
                    let after = edited(&tree, std::iter::once(alternative));
                    let left = lint(&after, &plan, rule);
                    let is_same = |other: &&Finding| {
                        (&other.rule, &other.place.path, &other.entity)
                            == (&finding.rule, &finding.place.path, &finding.entity)
                    };
                    assert!(
                        left.iter().find(is_same).is_none(),
                        "{}, `## {}`: {} leaves {finding:?}",
                        rule.origin,
                        example.heading,
                        alternative.title
                    );
                    rules.insert(rule.id());
                }
            }
        }
    }
    for shown in [
        "image-reference-undeclared",
        "image-reference-unprovided",
        "mirror-job-secret",
        "mirror-job-selects-nothing",
        "owners-content",
        "payload-image-unknown",
        "rbac-service-account",
        "supplemental-image-source",
        "unused-suppression",
    ] {
        assert!(rules.contains(shown), "{shown}: {rules:?}");
    }
    Ok(())
}

/// What a Markdown page cannot hold, or not all of it.
const SHOWN_ELSEWHERE: [&str; 11] = [
    "unreadable-file",
    "file-cut-off",
    "mapping-configmap-size",
    "secretsync-keys",
    "image-provider-removed",
    "merge-conflict",
    "pipeline-name-duplicate",
    "image-not-found",
    "image-not-pullable",
    "image-platform-missing",
    "supplemental-image-exists",
];

#[test]
fn every_rule_has_examples() -> Outcome {
    for rule in Catalogue::builtin()?.rules() {
        let has = |kind: &str| {
            rule.page
                .examples
                .iter()
                .any(|e| e.heading.starts_with(kind))
        };
        assert!(
            SHOWN_ELSEWHERE.contains(&rule.id()) || (has("Bad") && has("Good")),
            "{}: a rule has a Bad and a Good",
            rule.origin
        );
        for section in ["**To fix**", "**Not reported**"] {
            assert!(
                rule.page.body.contains(section),
                "{}: no {section}",
                rule.origin
            );
        }
    }
    Ok(())
}

#[test]
fn every_check_has_a_rule() -> Outcome {
    let catalogue = Catalogue::builtin()?;
    Plan::new(&catalogue, |_| true)?;
    for (name, _) in MECHANISMS {
        let mut rules = catalogue.rules();
        assert!(
            rules.any(|rule| rule.front_matter.check.as_deref() == Some(name)),
            "no rule uses the mechanism `{name}`",
        );
    }
    for (id, _) in GROUPS.iter().flat_map(|(_, rules)| *rules) {
        let rule = catalogue.get(id);
        assert!(
            rule.is_some_and(|rule| rule.front_matter.check.is_none()),
            "the check of `{id}` has no page, or one that asks for another",
        );
    }
    Ok(())
}

/// The page says which severities a finding may have and whether it may have a fix, and shows each.
#[test]
fn pages_say_how_bad_findings_are_and_what_fixes_they_have() -> Outcome {
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |_| true)?;
    let mut failures = Vec::new();
    for rule in catalogue.rules() {
        let page = &rule.front_matter;
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for example in &rule.page.examples {
            let tree = tree_of(example);
            let findings = lint(&tree, &plan, rule);
            for finding in findings.iter().filter(|finding| finding.rule == rule.id()) {
                seen.insert(finding.severity.as_str());
                seen.extend(finding.fix.as_ref().map(|fix| kind(fix.applicability)));
            }
        }
        let severities = [page.severity].into_iter();
        let said: BTreeSet<&str> = severities
            .chain(page.graded.iter().copied())
            .map(Severity::as_str)
            .chain(page.fixes.iter().copied().map(kind))
            .collect();
        let is_own = page.check.is_none() && !SHOWN_ELSEWHERE.contains(&rule.id());
        if is_own && said != seen {
            failures.push(format!("{}: says {said:?}, shows {seen:?}", rule.origin));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

fn kind(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "a safe fix",
        Applicability::Unsafe => "an unsafe fix",
    }
}

/// What the page of `pipeline-name-duplicate` says of large checkouts.
#[test]
fn a_duplicate_name_is_a_warning_where_a_hundred_configs_list_images() -> Outcome {
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |rule| rule.id() == "pipeline-name-duplicate")?;
    let images = "images:\n- from: src\n  to: widget\n";
    for (configs, severity) in [(99, Severity::Error), (100, Severity::Warning)] {
        let mut tree = MemoryTree::default();
        for number in 1..configs {
            let path = format!("ci-operator/config/acme/r{number}/acme-r{number}-main.yaml");
            tree.insert(&path, images);
        }
        let path = "ci-operator/config/acme/widget/acme-widget-main.yaml";
        tree.insert(path, format!("{images}tests:\n- as: widget\n"));
        let checkout = Checkout::load(&tree, &Conventions::builtin()?, &Inputs::default())?;
        let found = engine::lint(&checkout, &plan).findings;
        let severities: Vec<Severity> = found.iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, [severity], "{configs} configs");
    }
    Ok(())
}

#[test]
fn the_standing_checkout_is_sound() -> Outcome {
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |_| true)?;
    let checkout = Checkout::load(&standing(), &Conventions::builtin()?, &Inputs::default())?;
    let found = engine::lint(&checkout, &plan);
    assert_eq!(found.findings, []);
    assert_eq!(found.held_back, []);
    Ok(())
}

#[test]
fn findings_are_worded_alike() -> Outcome {
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |_| true)?;
    for rule in catalogue.rules() {
        for example in &rule.page.examples {
            let mut tree = standing();
            lay(
                &mut tree,
                in_state(example, &[State::Linted, State::Absent]),
            );
            for finding in lint(&tree, &plan, rule) {
                let said = &finding.message;
                assert!(
                    said.starts_with(|c: char| !c.is_uppercase()) && !said.ends_with('.'),
                    "{}: `{said}` starts lower case and has no full stop",
                    rule.origin
                );
                assert!(
                    finding.help.is_some(),
                    "{}: `{said}` has no help",
                    rule.origin
                );
            }
        }
    }
    Ok(())
}
