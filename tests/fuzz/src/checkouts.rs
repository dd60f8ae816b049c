//! Targets that lint a whole, tiny checkout.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::engine;
use mirrorlint::finding::{Edit, Finding, Place};
use mirrorlint::findings::{Comments, Policy};
use mirrorlint::fix::{self, FixedFiles};
use mirrorlint::limits::MAX_ROUNDS;
use mirrorlint::model::Conventions;
use mirrorlint::syntax::span::Span;
use mirrorlint::syntax::yaml::{self, FaultKind, Limits};
use mirrorlint::tree::{MemoryTree, Overlay, RepoPath, Tree};

use super::{PLAN, formats};

pub static CONVENTIONS: LazyLock<Conventions> =
    LazyLock::new(|| Conventions::builtin().expect("the conventions are sound, as tests hold"));

/// What a line with the path of the file below it starts with.
const PATH_MARK: &str = "%% ";

/// Files as one seed of the targets `checkout` and `fix`, or of what follows the request of `new`.
pub fn encoded<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (path, content) in files {
        bytes.extend(format!("{PATH_MARK}{path}\n").bytes());
        bytes.extend(content);
        if !content.ends_with(b"\n") {
            bytes.push(b'\n');
        }
    }
    bytes
}

/// The files that `bytes` stand for.
pub fn decoded(bytes: &[u8]) -> MemoryTree {
    let mut tree = MemoryTree::default();
    let mut file: Option<(String, Vec<u8>)> = None;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if let Some(path) = line.strip_prefix(PATH_MARK.as_bytes()) {
            let path = String::from_utf8_lossy(path).trim_end().to_owned();
            if let Some((path, content)) = file.replace((path, Vec::new())) {
                tree.insert(&path, content);
            }
        } else if let Some((_, content)) = &mut file {
            content.extend(line);
        }
    }
    if let Some((path, content)) = file {
        tree.insert(&path, content);
    }
    tree
}

pub fn load(tree: &dyn Tree) -> Checkout {
    Checkout::load(tree, &CONVENTIONS, &Inputs::default()).expect("a tree in memory can be read")
}

/// What all rules find in `tree`; their places are held to its files.
pub fn linted(tree: &dyn Tree) -> (Checkout, Vec<Finding>) {
    let checkout = load(tree);
    let findings = found_in(&checkout);
    (checkout, findings)
}

/// The same of a checkout that is loaded.
pub fn found_in(checkout: &Checkout) -> Vec<Finding> {
    let found = engine::lint(checkout, &PLAN);
    let judged = Policy::default().apply(&mut Comments::of(checkout), &PLAN, found);
    let mut findings = judged.found.findings;
    findings.extend(judged.found.held_back);
    for finding in &findings {
        lies_in(checkout, &finding.place);
        for related in &finding.related {
            lies_in(checkout, &related.place);
        }
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            lies_in(checkout, &edit.place);
            assert!(
                checkout.file(edit.place.path.as_str()).is_some(),
                "{edit:?} edits what is not there"
            );
        }
    }
    findings
}

/// A place lies in its file, on character boundaries; one without a text has no part.
pub fn lies_in(checkout: &Checkout, place: &Place) {
    let text = checkout.text(&place.path).unwrap_or_default();
    assert!(
        text.get(place.span.range()).is_some(),
        "{place:?} is no place in {text:?}"
    );
}

/// A whole checkout: every rule, every report format.
pub fn checkout(bytes: &[u8]) {
    let (checkout, findings) = linted(&decoded(bytes));
    formats::written(&checkout, &findings);
}

/// Fixes: none breaks what could be read, none changes a byte outside its edits, and they come to
/// an end.
pub fn fix(bytes: &[u8]) {
    let tree = decoded(bytes);
    let (checkout, mut findings) = linted(&tree);
    for finding in findings.iter().filter(|finding| finding.fix.is_some()) {
        alone(&tree, &checkout, finding);
    }
    let mut files = FixedFiles::default();
    let mut over = Overlay::new(&tree);
    let mut last = checkout;
    for _ in 0..MAX_ROUNDS {
        if files.apply_round(&last, &findings, true, &mut over) == 0 {
            break;
        }
        (last, findings) = linted(&over);
    }
    for file in files.files() {
        assert!(fix::unified(file).starts_with("diff --git "));
    }
}

/// Applies the fix of one finding by itself.
fn alone(tree: &MemoryTree, checkout: &Checkout, finding: &Finding) {
    let Some(fix) = &finding.fix else { return };
    let mut over = Overlay::new(tree);
    let mut files = FixedFiles::default();
    files.apply_round(checkout, std::slice::from_ref(finding), true, &mut over);
    let mut edits: BTreeMap<&RepoPath, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        edits.entry(&edit.place.path).or_default().push(edit);
    }
    for file in files.files() {
        let edits = edits.remove(&file.path).unwrap_or_default();
        assert_eq!(file.new, edited(&file.old, edits), "{finding:?}");
        if is_yaml(checkout, &file.path) && reads(&file.old) {
            assert!(
                reads(&file.new),
                "{finding:?} makes {:?} of {:?}",
                file.new,
                file.old
            );
        }
    }
}

/// `text` with `edits` made, from the last to the first.
fn edited(text: &str, mut edits: Vec<&Edit>) -> String {
    edits.sort_by_key(|edit| edit.place.span);
    edits.dedup();
    let mut text = text.to_owned();
    let mut behind = Span::new(text.len(), text.len());
    for edit in edits.iter().rev() {
        let span = edit.place.span;
        assert!(span.end <= behind.start, "edits overlap: {edits:?}");
        text.replace_range(span.range(), &edit.text);
        behind = span;
    }
    text
}

/// Whether the file is none of a mirror set's lists, whose grammar takes any text.
fn is_yaml(checkout: &Checkout, path: &RepoPath) -> bool {
    use mirrorlint::model::FileKind::{MappingFile, OldMappingFile};
    checkout
        .file(path.as_str())
        .is_some_and(|file| !matches!(file.kind, MappingFile | OldMappingFile))
}

fn reads(text: &str) -> bool {
    yaml::parse(text, &Limits::default(), &yaml::Arena::new())
        .faults
        .iter()
        .all(|fault| matches!(fault.kind, FaultKind::DuplicateKey { .. }))
}
