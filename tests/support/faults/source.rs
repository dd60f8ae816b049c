//! The checkout that faults are put into, as texts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::path::Path;
use std::sync::OnceLock;

use fastrand::Rng;
use mirrorlint::model::Conventions;
use regex::Regex;
use walkdir::WalkDir;

use super::Fault;
use super::lines::Site;

/// The texts of a checkout.
#[derive(Default)]
pub struct Source {
    texts: BTreeMap<String, String>,
    uses: OnceLock<Uses>,
}

/// `namespace/name:tag`, and the configs that import it so and use what they import.
type Uses = BTreeMap<String, BTreeSet<String>>;

impl Source {
    /// The files below `root` that mean something.
    pub fn load(root: &Path) -> Result<Self, Box<dyn Error>> {
        let conventions = Conventions::builtin()?;
        let mut source = Self::default();
        for entry in WalkDir::new(root) {
            let entry = entry?;
            let path = entry.path().strip_prefix(root)?.to_str();
            let Some(path) =
                path.filter(|path| entry.file_type().is_file() && !path.starts_with(".git/"))
            else {
                continue;
            };
            let is_meant = path.ends_with("OWNERS") || conventions.kind(path).is_some();
            if let (true, Ok(text)) = (is_meant, std::fs::read_to_string(entry.path())) {
                source.texts.insert(path.to_owned(), text);
            }
        }
        Ok(source)
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.texts.iter();
        files.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// The paths that match `files`, in an order of chance.
    pub fn paths(&self, rng: &mut Rng, files: &str) -> Vec<&str> {
        let files = pattern(files);
        let paths = self.texts.keys().map(String::as_str);
        let mut paths: Vec<&str> = paths.filter(|path| files.is_match(path)).collect();
        rng.shuffle(&mut paths);
        paths
    }

    /// The first fault that `make` finds at a line which matches `line`, in an order of chance.
    pub fn at(
        &self,
        rng: &mut Rng,
        files: &str,
        line: &str,
        mut make: impl FnMut(&Site, &mut Rng) -> Option<Fault>,
    ) -> Option<Fault> {
        let line = pattern(line);
        self.paths(rng, files).into_iter().find_map(|path| {
            let mut sites = Site::all(self, path, &line);
            rng.shuffle(&mut sites);
            sites.iter().find_map(|site| make(site, rng))
        })
    }

    /// The first fault that `make` finds in a file, in an order of chance.
    pub fn in_file(
        &self,
        rng: &mut Rng,
        files: &str,
        mut make: impl FnMut(&str, &str, &mut Rng) -> Option<Fault>,
    ) -> Option<Fault> {
        let paths = self.paths(rng, files);
        paths
            .into_iter()
            .find_map(|path| make(path, self.text(path)?, rng))
    }

    /// One of the words that the first group of `line` has in `files`, which `is_fit`.
    pub fn word(
        &self,
        rng: &mut Rng,
        files: &str,
        line: &str,
        is_fit: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let line = pattern(&format!("(?m){line}"));
        let mut words = BTreeSet::new();
        for path in self.paths(rng, files) {
            let found = line.captures_iter(self.text(path)?);
            let found = found.filter_map(|groups| groups.get(1));
            words.extend(found.map(|word| word.as_str()).filter(|word| is_fit(word)));
        }
        rng.choice(words.into_iter().map(str::to_owned).collect::<Vec<_>>())
    }

    /// How often `word` stands in `files`.
    pub fn count(&self, files: &str, word: &str) -> usize {
        let files = pattern(files);
        let texts = self.texts.iter().filter(|(path, _)| files.is_match(path));
        texts.map(|(_, text)| text.matches(word).count()).sum()
    }

    /// The configs that name this ImageStreamTag, other than `openshift-priv`'s.
    pub fn users(&self, tag: &str) -> impl Iterator<Item = &str> {
        let users = self.uses.get_or_init(|| self.find_uses()).get(tag);
        users.into_iter().flatten().map(String::as_str)
    }

    /// Whether another file than `path` names it.
    pub fn is_used_beside(&self, path: &str, tag: &str) -> bool {
        self.users(tag).any(|user| user != path)
    }

    fn find_uses(&self) -> Uses {
        let reference = pattern(
            r#"(?m)^ {2}(\S+):\n {4}name: "?([^"\n]+?)"?\n {4}namespace: "?([^"\n]+?)"?\n {4}tag: "?([^"\n]+?)"?$"#,
        );
        let mut uses = Uses::new();
        for (path, text) in self.files() {
            if !path.starts_with("ci-operator/config/") || path.contains("/openshift-priv/") {
                continue;
            }
            // As a key, and as the value of one or an item of a list.
            let mut words: HashMap<&str, usize> = HashMap::new();
            for line in text.lines() {
                let word = line.trim_start().trim_start_matches("- ");
                let word = word.trim_end_matches(':');
                *words
                    .entry(word.rsplit(": ").next().unwrap_or(word))
                    .or_default() += 1;
            }
            for groups in reference.captures_iter(text) {
                let key = &groups[1];
                // Its own key, and another place; `build_root` needs none.
                if key == "image_stream_tag" || words.get(key).is_some_and(|count| *count > 1) {
                    let tag = format!("{}/{}:{}", &groups[3], &groups[2], &groups[4]);
                    uses.entry(tag).or_default().insert(path.to_owned());
                }
            }
        }
        uses
    }
}

/// A pattern of a kind, which a test compiles once for each fault.
pub fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| panic!("{error}"))
}
