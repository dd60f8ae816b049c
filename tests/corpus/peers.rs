//! Holds the verdicts of mirrorlint against those of the peers' own tests: ci-tools, Prow, Kubernetes
//! and openshift-apiserver, on small checkouts. `MIRRORLINT_CASES` names the folder with
//! `peer_verdicts.json`.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::model::Conventions;
use mirrorlint::tree::WorkTree;
use serde::Deserialize;
use serde_json::Value;

use crate::support::Outcome;
use crate::{check, missing};

/// So many of a hundred cases agree where a rule page claims the matter, and where it is only near.
const IN_SCOPE: usize = 97;
const ADJACENT: usize = 70;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    name: String,
    scope: Scope,
    kind: Kind,
    peer: String,
    files: std::collections::BTreeMap<String, String>,
    /// The file that the peer judges, and others where the same fault may be said.
    target: String,
    #[serde(default)]
    targets_any: Vec<String>,
    #[serde(default)]
    exp_line: Option<u64>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    ignore_rules: Vec<String>,
    #[serde(default)]
    only_rules: Vec<String>,
    /// ImageStreamTags to ask for, and those of them that are there.
    #[serde(default)]
    candidates: Vec<String>,
    #[serde(default)]
    expect: BTreeSet<String>,
    /// The image that is mirrored.
    #[serde(default)]
    image: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scope {
    In,
    Adjacent,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// Whether there is an error in the target.
    Verdict,
    /// Which ImageStreamTags are there.
    Promoted,
    Provided,
    /// Where an image is mirrored to.
    Mirrored,
}

#[test]
fn verdicts_are_those_of_the_peers() -> Outcome {
    let Some(folder) = std::env::var_os("MIRRORLINT_CASES") else {
        return missing("MIRRORLINT_CASES is not set");
    };
    let text = fs::read_to_string(Path::new(&folder).join("peer_verdicts.json"))?;
    let Cases { cases } = serde_json::from_str(&text)?;
    let (mut counts, mut differ) = ([(0, 0); 2], Vec::new());
    for case in &cases {
        let (agreed, all) = &mut counts[usize::from(case.scope == Scope::Adjacent)];
        *all += 1;
        match case.difference()? {
            None => *agreed += 1,
            Some(difference) => differ.push(format!("{}: {}: {difference}", case.id, case.name)),
        }
    }
    for (scope, (agreed, all), wanted) in [
        ("in scope", counts[0], IN_SCOPE),
        ("adjacent", counts[1], ADJACENT),
    ] {
        assert!(all > 0, "no case is {scope}");
        assert!(
            agreed * 100 >= wanted * all,
            "{scope}: {agreed} of {all} agree:\n{}",
            differ.join("\n")
        );
    }
    Ok(())
}

impl Case {
    /// What mirrorlint says otherwise, if it does.
    fn difference(&self) -> Result<Option<String>, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        for (path, text) in &self.files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().ok_or("a path without a folder")?)?;
            fs::write(path, text)?;
        }
        match self.kind {
            Kind::Verdict => self.verdict(folder.path()),
            Kind::Promoted | Kind::Provided => self.provided(folder.path()),
            Kind::Mirrored => self.mirrored(folder.path()),
        }
    }

    fn verdict(&self, checkout: &Path) -> Result<Option<String>, Box<dyn Error>> {
        // All, because a peer does not fold what follows from something else.
        let mut arguments = vec!["--all", "--output", "json", "--severity", "error"];
        arguments.extend(self.args.iter().map(String::as_str));
        let report: Value = serde_json::from_slice(&check(checkout, &arguments)?)?;
        let findings = report["findings"].as_array().ok_or("no findings")?;
        let errors: Vec<&Value> = findings
            .iter()
            .filter(|finding| {
                let path = finding["path"].as_str().unwrap_or_default();
                let rule = finding["rule"].as_str().unwrap_or_default();
                (path == self.target || self.targets_any.iter().any(|other| other == path))
                    && !self.ignore_rules.iter().any(|other| other == rule)
                    && (self.only_rules.is_empty() || self.only_rules.iter().any(|o| o == rule))
            })
            .collect();
        let is_at_line = |line| errors.iter().any(|finding| finding["line"] == line);
        let agrees = match self.peer.as_str() {
            "accept" => errors.is_empty(),
            "reject" => !errors.is_empty() && self.exp_line.is_none_or(is_at_line),
            other => return Err(format!("no verdict is called {other}").into()),
        };
        let said: Vec<String> = errors
            .iter()
            .map(|finding| format!("{}: {}", finding["line"], finding["message"]))
            .collect();
        Ok((!agrees).then(|| format!("peer says {}, mirrorlint {said:?}", self.peer)))
    }

    fn provided(&self, checkout: &Path) -> Result<Option<String>, Box<dyn Error>> {
        let loaded = load(checkout)?;
        let images = loaded.images();
        let mut provided = BTreeSet::new();
        for candidate in &self.candidates {
            if images.is_provided(&candidate.parse()?) {
                provided.insert(candidate.clone());
            }
        }
        let differ = provided.symmetric_difference(&self.expect);
        let differ: Vec<&String> = differ.collect();
        Ok((!differ.is_empty()).then(|| format!("other images: {differ:?}")))
    }

    fn mirrored(&self, checkout: &Path) -> Result<Option<String>, Box<dyn Error>> {
        let checkout = load(checkout)?;
        let image = self.image.parse()?;
        let users = checkout.images().users(&image);
        let mapped = checkout.mirroring().mappings().filter(|(file, mapping)| {
            let source = file.place(mapping.source.span);
            users.iter().any(|user| user.place == source)
        });
        let found: BTreeSet<String> = mapped
            .map(|(_, mapping)| mapping.destination.reference.reference.to_string())
            .collect();
        Ok((found != self.expect).then(|| format!("mirrored to {found:?}")))
    }
}

fn load(checkout: &Path) -> Result<Checkout, Box<dyn Error>> {
    let tree = WorkTree::open(&PathBuf::from(checkout))?;
    Ok(Checkout::load(
        &tree,
        &Conventions::builtin()?,
        &Inputs::default(),
    )?)
}
