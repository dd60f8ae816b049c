//! Questions to the sound checkout of `rules/_example.md`, with `«»` where the cursor is.

mod completing;
mod lenses;
mod renaming;
mod words;

use super::completion::complete;
use super::entity::{Entity, entity_at};
use super::*;
use crate::checkout::Inputs;
use crate::model::Conventions;
use crate::rules;
use crate::tree::MemoryTree;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const CONFIG: &str = "ci-operator/config/acme/widget/acme-widget-main.yaml";
const MAPPING: &str = "core-services/image-mirroring/acme/mapping_acme_latest";
const SUPPLEMENTAL: &str =
    "core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci";
const JOBS: &str = "ci-operator/jobs/infra-image-mirroring.yaml";
const BOOTSTRAP: &str = "core-services/ci-secret-bootstrap/_config.yaml";
const OWNERS: &str = "core-services/image-mirroring/acme/OWNERS";
const CURSOR: &str = "«»";

/// A checkout, and a cursor in one of its files.
struct Question {
    checkout: Checkout,
    conventions: Conventions,
    path: RepoPath,
    text: String,
    offset: usize,
}

impl Question {
    /// The example with `text`, which holds a cursor, at `path`.
    fn with(path: &str, text: &str) -> Result<Self, Box<dyn std::error::Error>> {
        Self::among(&[], path, text)
    }

    /// The same beside other files.
    fn among(
        others: &[(&str, &str)],
        path: &str,
        text: &str,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut tree = example()?;
        for (path, text) in others {
            tree.insert(path, *text);
        }
        let offset = text.find(CURSOR).ok_or("no cursor")?;
        let text = text.replacen(CURSOR, "", 1);
        tree.insert(path, text.as_str());
        let conventions = Conventions::builtin()?;
        Ok(Self {
            checkout: Checkout::load(&tree, &conventions, &Inputs::default())?,
            conventions,
            path: RepoPath::new(path),
            text,
            offset,
        })
    }

    /// The example, with the cursor behind the first `word` of the file at `path`.
    fn behind(path: &str, word: &str) -> Result<Self, Box<dyn std::error::Error>> {
        Self::behind_among(&[], path, word)
    }

    fn behind_among(
        others: &[(&str, &str)],
        path: &str,
        word: &str,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let text = text_of(path)?;
        if !text.contains(word) {
            return Err(format!("no `{word}` in {path}").into());
        }
        let text = text.replacen(word, &format!("{word}{CURSOR}"), 1);
        Self::among(others, path, &text)
    }

    fn cursor(&self) -> FilePosition<'_> {
        FilePosition {
            checkout: &self.checkout,
            path: &self.path,
            text: &self.text,
            offset: self.offset,
        }
    }

    fn definitions(&self) -> Vec<String> {
        let found = definition::definition(&self.cursor());
        let places = found.map(|(_, places)| places).unwrap_or_default();
        self.shown(&places)
    }

    fn references(&self) -> Vec<String> {
        self.shown(&references::references(&self.cursor(), false))
    }

    fn shown(&self, places: &[Place]) -> Vec<String> {
        let shown = places.iter().map(|place| shown(&self.checkout, place));
        shown.collect()
    }

    fn hover(&self) -> String {
        let said = hover::hover(&self.cursor(), &address);
        said.map(|(_, said)| said).unwrap_or_default()
    }

    fn completions(&self) -> Vec<String> {
        let completions = complete(&self.cursor(), &self.conventions);
        let completions = completions
            .map(|completions| completions.items)
            .unwrap_or_default();
        completions.into_iter().map(|offer| offer.text).collect()
    }
}

/// An address that tells the place.
fn address(place: &Place) -> String {
    format!("at:{}@{}", place.path, place.span.start)
}

fn blocks() -> Result<Vec<rules::Block>, &'static str> {
    let page = rules::companion("_example.md").ok_or("no example")?;
    Ok(page
        .examples
        .into_iter()
        .flat_map(|example| example.blocks)
        .collect())
}

fn text_of(path: &str) -> Result<String, Box<dyn std::error::Error>> {
    let block = blocks()?.into_iter().find(|block| block.path == path);
    Ok(block.ok_or("no such file")?.marks().0)
}

fn example() -> Result<MemoryTree, &'static str> {
    let mut tree = MemoryTree::default();
    for block in blocks()? {
        tree.insert(&block.path, block.marks().0);
    }
    Ok(tree)
}

#[test]
fn a_base_image_leads_to_its_mapping_line() -> Outcome {
    for word in ["  boskos", "name: bosk", "namespace: ci", "tag: lat"] {
        let question = Question::behind(CONFIG, word)?;
        assert_eq!(
            question.definitions(),
            [format!("{SUPPLEMENTAL}:1")],
            "{word}"
        );
    }
    let question = Question::behind(CONFIG, "- from: bos")?;
    assert_eq!(question.definitions(), [format!("{CONFIG}:2")]);
    Ok(())
}

#[test]
fn the_word_under_the_cursor_is_marked() -> Outcome {
    let question = Question::behind(CONFIG, "namespace: c")?;
    let at = entity_at(&question.cursor()).ok_or("nothing")?;
    assert_eq!(&question.text[at.span.range()], "ci");
    assert!(matches!(at.entity, Entity::Images(tags) if tags[0].to_string() == "ci/boskos:latest"));
    Ok(())
}

#[test]
fn a_provider_leads_to_its_users() -> Outcome {
    let question = Question::behind(SUPPLEMENTAL, "registry.ci.openshift.org/ci/bos")?;
    assert_eq!(question.references(), [format!("{CONFIG}:3")]);
    let question = Question::behind(CONFIG, "to: widg")?;
    assert_eq!(question.references(), [format!("{MAPPING}:1")]);
    // And one user to all.
    let question = Question::behind(MAPPING, "quay.io/openshift/ci:acme_wid")?;
    assert_eq!(question.references(), [format!("{MAPPING}:1")]);
    assert_eq!(question.definitions(), [format!("{CONFIG}:14")]);
    Ok(())
}

#[test]
fn what_is_mirrored_leads_to_its_job_and_back() -> Outcome {
    let question = Question::behind(MAPPING, "quay.io/acme")?;
    let jobs = question.definitions();
    assert_eq!(jobs, [format!("{JOBS}:23")]);
    let question = Question::behind(JOBS, "value: mapping_ac")?;
    assert_eq!(question.definitions(), [format!("{MAPPING}:1")]);
    Ok(())
}

#[test]
fn a_secret_leads_to_its_entry_and_back() -> Outcome {
    let name = "registry-push-credentials-quay-io-acme";
    let question = Question::behind(JOBS, &format!("secretName: {name}"))?;
    let entry = question.definitions();
    assert!(entry[0].starts_with(BOOTSTRAP), "{entry:?}");
    assert!(
        question.hover().contains("keys `config.json`"),
        "{}",
        question.hover()
    );
    let question = Question::behind(BOOTSTRAP, &format!("name: {name}"))?;
    let users = question.references();
    assert!(users.len() == 1 && users[0].starts_with(JOBS), "{users:?}");
    Ok(())
}

#[test]
fn an_alias_leads_to_its_members_and_users() -> Outcome {
    let question = Question::with(OWNERS, "approvers:\n- DPTP-own«»ers\n")?;
    assert_eq!(question.definitions(), ["OWNERS_ALIASES:2"]);
    assert_eq!(question.references(), [format!("{OWNERS}:2")]);
    assert!(question.hover().contains("- `dptp-owner`\n"));
    let question = Question::with(OWNERS, "approvers:\n- some«»body\n")?;
    assert_eq!(question.definitions(), Vec::<String>::new());
    Ok(())
}

#[test]
fn a_step_leads_to_its_file() -> Outcome {
    let step = "ci-operator/step-registry/acme/test/acme-test-ref.yaml";
    let mut question = Question::with(
        CONFIG,
        "tests:\n- as: e2e\n  steps:\n    test:\n    - ref: acme-te«»st\n",
    )?;
    assert_eq!(question.definitions(), Vec::<String>::new());
    let mut tree = example()?;
    tree.insert(step, "ref:\n  as: acme-test\n");
    tree.insert(CONFIG, question.text.as_str());
    question.checkout = Checkout::load(&tree, &question.conventions, &Inputs::default())?;
    assert_eq!(question.definitions(), [format!("{step}:1")]);
    assert_eq!(question.references(), [format!("{CONFIG}:5")]);
    let links = links::links(&question.cursor());
    assert_eq!(links[0].target.path.as_str(), step);
    Ok(())
}

#[test]
fn suppressed_rules_are_found() -> Outcome {
    let text = "# mirrorlint: ignore[mapping-destination-name, docker-io«»-source] why\n";
    let question = Question::with(MAPPING, text)?;
    let at = entity_at(&question.cursor()).ok_or("nothing")?;
    assert!(matches!(at.entity, Entity::Rule("docker-io-source")));
    assert_eq!(question.references(), [format!("{MAPPING}:1")]);
    Ok(())
}

#[test]
fn an_image_is_told_about() -> Outcome {
    let said = Question::behind(CONFIG, "name: bos")?.hover();
    for part in [
        "**`ci/boskos:latest`**: provided",
        "which takes `gcr.io/k8s-staging-boskos/boskos:latest`",
        "Named 1 time",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = Question::behind(MAPPING, "quay.io/openshift/ci:acme")?.hover();
    for part in [
        "Mirrored by job `periodic-image-mirroring-acme` with secret `registry-push-credentials-quay-io-acme`",
        "- `quay.io/acme/widget:latest`",
        "May be pulled by `Group system:authenticated`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = Question::with(
        CONFIG,
        "base_images:\n  a:\n    name: bosko«»\n    namespace: ci\n    tag: latest\n",
    )?
    .hover();
    assert!(said.contains("Did you mean `ci/boskos:latest`?"), "{said}");
    Ok(())
}

#[test]
fn text_of_the_checkout_is_no_markup() -> Outcome {
    let question = Question::with(MAPPING, "quay.io/a/b:1 quay.io/a/c:1 # «»\n")?;
    assert!(!question.hover().contains('\u{1b}'));
    Ok(())
}

#[test]
fn a_config_has_an_outline() -> Outcome {
    let question = Question::behind(CONFIG, "base_images")?;
    let outline = symbols::outline(&question.cursor());
    let shown: Vec<(&str, Vec<&str>)> = outline
        .iter()
        .map(|symbol| {
            let children = symbol.children.iter().map(|child| child.name.as_str());
            (symbol.name.as_str(), children.collect())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("base_images", vec!["boskos"]),
            ("images", vec!["widget"]),
            ("promotion", vec!["acme/*:latest"]),
            ("tests", vec!["unit"]),
        ]
    );
    for symbol in &outline {
        assert!(symbol.span.covers(symbol.word));
    }
    Ok(())
}

#[test]
fn names_are_found_by_their_characters() -> Outcome {
    let question = Question::behind(CONFIG, "base_images")?;
    let names = |query: &str| -> Vec<String> {
        let found = symbols::search(&question.checkout, query);
        found.into_iter().map(|found| found.name).collect()
    };
    assert_eq!(names("boskos"), ["ci/boskos:latest"]);
    assert_eq!(names("MapAcme")[0], "mapping_acme_latest");
    assert!(names("periodic acme").contains(&"periodic-image-mirroring-acme".to_owned()));
    assert_eq!(names("zzz"), Vec::<String>::new());
    assert!(names("").len() > 5);
    Ok(())
}

#[test]
fn nothing_breaks_anywhere() -> Outcome {
    let conventions = Conventions::builtin()?;
    let mut tree = example()?;
    tree.insert(
        MAPPING,
        "quay.io/ä/𝕏:1=registry.ci.openshift.org/ä/𝕏: # 𝕏\r\nä 𝕏\n",
    );
    tree.insert(
        CONFIG,
        "base_images:\n  ä𝕏: {name: 𝕏, namespace: ci, tag: latest}\n  ä:\n    name: \"𝕏\"\r\n    tag: 𝕏\n",
    );
    tree.insert(OWNERS, "approvers:\n- 𝕏ä # mirrorlint: ignore[ä, 𝕏");
    let checkout = Checkout::load(&tree, &conventions, &Inputs::default())?;
    for file in checkout.files() {
        for offset in 0..=file.text.len() + 1 {
            let cursor = FilePosition {
                checkout: &checkout,
                path: &file.path,
                text: &file.text,
                offset,
            };
            let found = entity_at(&cursor).map(|at| at.span);
            assert!(found.is_none_or(|span| file.text.get(span.range()).is_some()));
            let _ = hover::hover(&cursor, &address);
            let _ = highlight::highlights(&cursor);
            if let Ok(Some(span)) = rename::prepare(&cursor) {
                assert!(file.text.get(span.range()).is_some());
            }
            let _ = definition::definition(&cursor);
            if let Some(completions) = complete(&cursor, &conventions) {
                assert!(file.text.get(completions.word.range()).is_some());
            }
        }
    }
    Ok(())
}
