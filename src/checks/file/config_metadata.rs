//! `zz_generated_metadata` of a ci-operator config, which says again what its path says.

use crate::checks::{Drafts, edits};
use crate::finding::{Applicability, Draft, Edit, Fix, Place};
use crate::model::ci_operator::CiConfig;
use crate::model::conventions::Conventions;
use crate::model::{File, Text};
use crate::syntax::yaml::scalar_of;
use crate::tree::RepoPath;

/// A config that lies too high or too low below the folder of all configs. (openshift/ci-tools
/// pkg/config/load.go reads all files there, and takes the two folders above each for its organization and
/// repository.)
fn astray(file: &File, config: &CiConfig, conventions: &Conventions) -> Draft {
    let folder = &conventions.ci_configs.folder;
    let metadata = &config.metadata;
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_name = |text: &&Text| {
        let name = &*text.value;
        !name.is_empty() && !name.starts_with('.') && name.chars().all(is_letter)
    };
    let org = metadata.org.as_ref().filter(is_name);
    let repo = metadata.repo.as_ref().filter(is_name);
    let right = org.zip(repo).map(|(org, repo)| {
        let (org, repo, name) = (&org.value, &repo.value, file.path.name());
        RepoPath::new(&format!("{folder}/{org}/{repo}/{name}"))
    });
    let wanted = match &right {
        Some(right) => format!("move it to `{right}`"),
        None => format!("move it to `{folder}/ORGANIZATION/REPOSITORY/`"),
    };
    let fix = right.map(|right| {
        let title = format!("move it to `{right}`");
        Fix::rename(title, &file.path, &right).to_review()
    });
    let message = "the config lies in no folder of a repository";
    let draft = Draft::new(Place::whole_file(&file.path), "path", message).help(format!(
        "ci-operator takes the two folders above a config for its organization and repository, so no job \
         finds it; {wanted}"
    ));
    draft.maybe_fix(fix)
}

/// A config that is not called after the folders that it lies in.
fn misnamed(file: &File) -> Draft {
    let mut folders = file.path.folder().rsplit('/');
    let repo = folders.next().unwrap_or_default();
    let org = folders.next().unwrap_or_default();
    let name = file.path.name();
    let message =
        format!("the name of `{name}` does not start with its folders' names, `{org}-{repo}-`");
    Draft::new(Place::whole_file(&file.path), "name", message).help(
        "ci-operator takes the folders for the config's organization and repository and the rest of the \
         name for its branch, so no job finds it; rename the file, or move it back",
    )
}

/// `config-metadata`: metadata of another branch, variant or repository than the file's.
pub(super) fn check(file: &File, conventions: &Conventions, drafts: &mut Drafts) {
    let Some(config) = file.ci_config() else {
        return;
    };
    if !conventions.ci_configs.is_in_repository(file.path.as_str()) {
        drafts.push(astray(file, config, conventions));
        return;
    }
    let Some(subject) = conventions.ci_configs.subject(file.path.as_str()) else {
        drafts.push(misnamed(file));
        return;
    };
    let metadata = &config.metadata;
    // What writes the metadata writes all of it, where nothing is there yet.
    if metadata.span.is_empty() || metadata.branch.is_none() {
        return;
    }
    let fields: [(&str, Option<&Text>, &str); 4] = [
        ("org", metadata.org.as_ref(), subject.org),
        ("repo", metadata.repo.as_ref(), subject.repo),
        ("branch", metadata.branch.as_ref(), subject.branch),
        ("variant", metadata.variant.as_ref(), subject.variant),
    ];
    let wrong = fields
        .iter()
        .filter(|(_, said, meant)| said.map_or("", |said| &said.value) != *meant);
    let Some((field, said, meant)) = wrong.clone().next() else {
        return;
    };
    let place = Place::new(&file.path, said.map_or(metadata.span, |said| said.span));
    let message = match (said, *meant) {
        (Some(said), "") => format!(
            "the metadata says {field} `{}`, the path names none",
            said.value
        ),
        (Some(said), meant) => {
            let said = &said.value;
            format!("the metadata says {field} `{said}`, the path {field} `{meant}`")
        }
        (None, meant) => format!("the metadata says no {field}, the path {field} `{meant}`"),
    };
    let edits: Option<Vec<Edit>> = wrong
        .map(|(field, said, meant)| match said {
            Some(said) => (!said.span.is_empty()).then(|| Edit {
                place: Place::new(&file.path, said.span),
                text: scalar_of(meant),
            }),
            None => edits::add_key(file, metadata.span, field, meant)?
                .edits
                .pop(),
        })
        .collect();
    let fix = edits.map(|edits| Fix {
        applicability: Applicability::Safe,
        title: "say what the path says".to_owned(),
        edits,
        renames: Vec::new(),
    });
    let draft = Draft::new(place, *field, message).help(
        "jobs find their config by its metadata: those of this file fail or run another's config, and \
         where a second config has the same metadata, its jobs fail too; `make update` writes what the \
         path says",
    );
    drafts.push(draft.maybe_fix(fix));
}
