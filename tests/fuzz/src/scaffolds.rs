//! The target of `mirrorlint new`.

use std::str::FromStr;

use mirrorlint::checkout::Checkout;
use mirrorlint::finding::Severity;
use mirrorlint::model::supplemental::SupplementalImage as Declared;
use mirrorlint::scaffold::names::NameError;
use mirrorlint::scaffold::{
    Mapping, MirrorSet, Proposal, RegistryAccess, Request, SupplementalImage, propose,
};
use mirrorlint::syntax::mapping;
use mirrorlint::tree::{FileChange, Overlay};
use serde_yaml::Value;

use super::checkouts::decoded;
use super::config_files::{IMAGES_MIRROR, LINTER, standing};

/// Most words of one kind in a request.
const MOST: usize = 4;

/// Where files come to lie.
const FOLDERS: [&str; 3] = [
    "ci-operator/jobs/",
    "clusters/app.ci/registry-access/",
    "core-services/image-mirroring/",
];

const JOBS: &str = "ci-operator/jobs/infra-image-mirroring.yaml";

/// Findings of what is no text of its kind at all, which nothing that was asked for may bring.
const UNREADABLE: [&str; 3] = ["duplicate-key", "invalid-yaml", "mapping-syntax"];

/// A request to `mirrorlint new`, and files that are laid over the standing checkout: what would be
/// written lies where it belongs, says what was asked for and nothing else, keeps what was there,
/// and is there the next time.
pub fn new(bytes: &[u8]) {
    proposed(bytes);
}

/// What would be written; nothing where the request is refused.
pub fn proposed(bytes: &[u8]) -> Option<Proposal> {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("%% ").next().unwrap_or_default();
    let request = request(head)?;
    let is_standing = head.len() == text.len();
    let mut tree = standing();
    for (path, content) in decoded(bytes).files() {
        tree.insert(path.as_str(), content);
    }
    let tree = &tree;
    let base = LINTER.load(tree).expect("memory can be read");
    let proposal = propose(&base, &request).ok()?;
    for change in &proposal.changes {
        lies_well(&base, change);
    }
    if proposal.changes.is_empty() {
        return Some(proposal);
    }
    let result = LINTER.changed(&base, &proposal.changes);
    let brought = LINTER.brought(&base, &result);
    let mut over = Overlay::new(tree);
    for change in &proposal.changes {
        over.insert(&change.path, change.new.as_bytes());
    }
    let on_disk = LINTER.load(&over).expect("memory can be read");
    assert_eq!(LINTER.brought(&base, &on_disk), brought, "{request:?}");
    let is_unreadable = |rule: &str| UNREADABLE.contains(&rule);
    let unreadable = brought.iter().find(|f| is_unreadable(&f.rule));
    assert!(
        !is_standing || unreadable.is_none(),
        "{request:?} brings {unreadable:#?}"
    );
    if brought.iter().any(|f| f.severity > Severity::Hint) {
        return None;
    }
    says_what_was_asked(&base, &result, &request, &proposal);
    let again = propose(&result, &request);
    let changes = again.map(|again| again.changes);
    assert_eq!(changes, Ok(Vec::new()), "{request:?}");
    Some(proposal)
}

/// The request that `head` words: what is wanted, and a line for each thing that it takes. Line
/// breaks can be written, as `\n`.
fn request(head: &str) -> Option<Request> {
    let mut lines = head.lines().map(|line| {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        (key, value.replace("\\n", "\n"))
    });
    let (kind, name) = lines.next()?;
    let words: Vec<(&str, String)> = lines.collect();
    Some(match kind {
        "mirror-set" => Request::MirrorSet(MirrorSet {
            name: parsed(&name)?,
            sources: all(&words, "source")?,
            destinations: all(&words, "destination")?,
            approvers: all(&words, "approver")?,
            secret: any(&words, "secret")?,
        }),
        "registry-access" => Request::RegistryAccess(RegistryAccess {
            namespace: parsed(&name)?,
            pull: all(&words, "pull")?,
            approvers: all(&words, "approver")?,
        }),
        "supplemental-image" => Request::SupplementalImage(SupplementalImage {
            image: parsed(&name)?,
            from: any(&words, "from")??,
        }),
        "mapping" => Request::Mapping(Mapping {
            source: parsed(&name)?,
            destination: any(&words, "destination")??,
            set: any(&words, "set")?,
            file: words
                .into_iter()
                .find(|(key, _)| *key == "file")
                .map(|(_, value)| value),
        }),
        _ => return None,
    })
}

fn parsed<T: FromStr<Err = NameError>>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// Every `key`, of which there must be one.
fn all<T: FromStr<Err = NameError>>(words: &[(&str, String)], key: &str) -> Option<Vec<T>> {
    let own = words.iter().filter(|(own, _)| *own == key).take(MOST);
    let own: Vec<T> = own.map(|(_, value)| parsed(value)).collect::<Option<_>>()?;
    (!own.is_empty()).then_some(own)
}

/// The first `key`, which may be missing; nothing at all where it cannot be taken.
fn any<T: FromStr<Err = NameError>>(words: &[(&str, String)], key: &str) -> Option<Option<T>> {
    match words.iter().find(|(own, _)| *own == key) {
        Some((_, value)) => parsed(value).map(Some),
        None => Some(None),
    }
}

/// A change is of a file in its place, and takes nothing away.
fn lies_well(base: &Checkout, change: &FileChange) {
    let path = change.path.as_str();
    assert!(
        FOLDERS.iter().any(|folder| path.starts_with(folder)),
        "{path:?}"
    );
    let mut parts = path.split('/');
    assert!(
        parts.all(|part| !matches!(part, "" | "." | "..")),
        "{path:?}"
    );
    assert_eq!(base.text(&change.path), change.old.as_deref(), "{path:?}");
    let Some(old) = &change.old else {
        assert!(path.bytes().all(|byte| byte.is_ascii_graphic()), "{path:?}");
        return;
    };
    let new = &change.new;
    let (old, new) = (old.as_bytes(), new.as_bytes());
    let alike = old.iter().zip(new).take_while(|(old, new)| old == new);
    let before = alike.count();
    let alike = old.iter().rev().zip(new.iter().rev());
    let after = alike.take_while(|(old, new)| old == new).count();
    assert!(
        new.len() > old.len() && before + after >= old.len(),
        "{change:?}"
    );
}

/// What is written says what was asked for, as others read it, and nothing else.
fn says_what_was_asked(base: &Checkout, result: &Checkout, request: &Request, proposal: &Proposal) {
    let written = |end: &str| {
        let own = |change: &&FileChange| change.path.as_str().ends_with(end);
        let change = proposal.changes.iter().find(own);
        let change = change.unwrap_or_else(|| panic!("no {end} for {request:?}"));
        change.new.as_str()
    };
    match request {
        Request::MirrorSet(set) => {
            let approvers: Vec<&str> = set.approvers.iter().map(|who| who.as_str()).collect();
            assert_approvers(written("/OWNERS"), &approvers);
            let name = set.name.as_str();
            let folder = format!("core-services/image-mirroring/{name}/");
            let file = proposal.changes.iter().find(|change| {
                let own = change.path.as_str().strip_prefix(&folder);
                own.is_some_and(|own| own != "OWNERS")
            });
            let lines = mapping::parse(&file.expect("a mapping file").new);
            assert!(lines.faults.is_empty(), "{request:?}: {:?}", lines.faults);
            assert_eq!(lines.mappings().count(), set.sources.len(), "{request:?}");
            let jobs = |checkout: &Checkout| {
                let jobs = checkout.file(JOBS).map(|file| file.jobs());
                let names = jobs.into_iter().flatten().map(|job| job.name.clone());
                let mut names: Vec<_> = names.flatten().map(|name| name.value).collect();
                names.sort();
                names
            };
            let mut expected = jobs(base);
            expected.push(format!("periodic-image-mirroring-{name}").into());
            expected.sort();
            assert_eq!(jobs(result), expected, "{request:?}");
        }
        Request::RegistryAccess(access) => {
            let approvers: Vec<&str> = access.approvers.iter().map(|who| who.as_str()).collect();
            assert_approvers(written("/OWNERS"), &approvers);
            let documents = documents(written("/admin_manifest.yaml"));
            let [namespace, binding] = &*documents else {
                panic!("{request:?}: {documents:?}");
            };
            let name = Value::from(access.namespace.as_str());
            assert_eq!(namespace["metadata"]["name"], name);
            assert_eq!(binding["metadata"]["namespace"], name);
            for (document, fields) in [(namespace, 3), (binding, 5)] {
                let own = document.as_mapping().map(|own| own.len());
                assert_eq!(own, Some(fields), "{document:?}");
            }
            let subjects = binding["subjects"].as_sequence().into_iter().flatten();
            let subjects: Vec<&str> = subjects.filter_map(|own| own["name"].as_str()).collect();
            let mut groups: Vec<&str> = Vec::new();
            for group in access.pull.iter().map(|group| group.as_str()) {
                if !groups.contains(&group) {
                    groups.push(group);
                }
            }
            assert_eq!(subjects, groups);
        }
        Request::SupplementalImage(image) => {
            let said = |image: &Declared| {
                let source = image.source.image.as_ref().map(|own| own.value.clone());
                (image.target.value.clone(), source)
            };
            let declared = |checkout: &Checkout| {
                let config = checkout
                    .file(IMAGES_MIRROR)
                    .and_then(|file| file.images_mirror());
                let images = config.into_iter().flat_map(|config| &config.images);
                let mut images: Vec<_> = images.map(said).collect();
                images.sort();
                images
            };
            let mut expected = declared(base);
            let source = image.from.reference().to_string();
            expected.push((image.image.tag().as_str().into(), Some(source.into())));
            expected.sort();
            assert_eq!(declared(result), expected, "{request:?}");
        }
        Request::Mapping(_) => {
            let [change] = &*proposal.changes else {
                panic!("{proposal:?}");
            };
            let count = |text: &str| mapping::parse(text).mappings().count();
            let before = change.old.as_deref().map_or(0, count);
            assert_eq!(count(&change.new), before + 1, "{request:?}");
        }
    }
}

fn assert_approvers(owners: &str, approvers: &[&str]) {
    let approvers = approvers.iter().copied().map(Value::from).collect();
    let expected = [("approvers", Value::Sequence(approvers))];
    let expected = expected.map(|(key, value)| (Value::from(key), value));
    let expected = Value::Mapping(expected.into_iter().collect());
    assert_eq!(documents(owners), [expected], "{owners:?}");
}

/// What another reader of YAML reads.
fn documents(text: &str) -> Vec<Value> {
    use serde::Deserialize as _;
    let documents = serde_yaml::Deserializer::from_str(text);
    let documents = documents.map(Value::deserialize);
    let documents: Result<Vec<Value>, _> = documents.collect();
    documents.unwrap_or_else(|error| panic!("{error} in {text:?}"))
}
