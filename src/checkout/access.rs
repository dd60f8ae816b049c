//! Who may pull what: registry-access folders, and the objects of all manifests by name.

mod service_accounts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::Place;
use crate::model::manifest::Body;
use crate::model::manifest::Manifest;
use crate::model::manifest::access::{Object, Subject};
use crate::model::{Conventions, File, FileKind, Statements, owners};
use crate::syntax::span::Span;
pub use service_accounts::ServiceAccounts;

/// All about access.
#[derive(Debug, Default)]
pub struct Access {
    /// Registry-access folders, by name.
    pub folders: BTreeMap<String, Folder>,
    /// Every object of every manifest, in order of files and lines.
    pub objects: Vec<ObjectAt>,
    /// Names of all Namespaces that are applied somewhere.
    pub namespaces: BTreeSet<String>,
    /// The Namespaces that the manifests of each folder make, applied or not.
    namespaces_of_folder: BTreeMap<String, BTreeSet<String>>,
    /// Namespace and name of all Roles that are applied somewhere.
    pub roles: BTreeSet<(String, String)>,
    /// The first namespace with a Role of each name.
    roles_by_name: BTreeMap<String, String>,
    /// Names of all ClusterRoles that are applied somewhere.
    pub cluster_roles: BTreeSet<String>,
    /// All ServiceAccounts that are applied somewhere.
    pub service_accounts: ServiceAccounts,
    /// Who may pull from each namespace, in words.
    pullers: BTreeMap<String, BTreeSet<String>>,
    /// Names in `OWNERS_ALIASES`, in lower case; `None` without such a file.
    pub aliases: Option<BTreeSet<String>>,
    /// Whether groups come from Rover in this checkout.
    pub has_rover: bool,
}

/// A registry-access folder.
#[derive(Debug, Default)]
pub struct Folder {
    /// All files in it, in order.
    pub members: Vec<Arc<File>>,
}

/// An object and the file it stands in.
#[derive(Debug)]
pub struct ObjectAt {
    /// The file.
    pub file: Arc<File>,
    index: usize,
    /// Whether the applier reads the file.
    pub is_applied: bool,
}

impl ObjectAt {
    /// The object.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.file.manifests()[self.index]
    }

    /// A place in its file.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        Place::new(&self.file.path, span)
    }

    /// What it says, if it is about access.
    #[must_use]
    pub fn access(&self) -> Option<&Object> {
        match &self.manifest().body {
            Body::Access(object) => Some(object),
            _ => None,
        }
    }

    /// `metadata.name`, or nothing.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.manifest().name.as_ref();
        name.map_or("", |name| &name.value)
    }

    /// `metadata.namespace`, or nothing.
    #[must_use]
    pub fn namespace(&self) -> &str {
        let namespace = self.manifest().namespace.as_ref();
        namespace.map_or("", |namespace| &namespace.value)
    }
}

impl Folder {
    /// Whether it has an OWNERS file of its own.
    #[must_use]
    pub fn has_owners(&self) -> bool {
        self.members.iter().any(|file| file.path.name() == "OWNERS")
    }

    /// A file that was meant to be OWNERS.
    #[must_use]
    pub fn misspelled_owners(&self) -> Option<&File> {
        let mut files = self.members.iter();
        files
            .find(|file| owners::is_misspelled(file.path.name()))
            .map(|file| &**file)
    }
}

/// Whether the applier reads a manifest at `path`: `*.yaml`, no part of the path starting with `_`
/// (openshift/ci-tools cmd/applyconfig).
#[must_use]
pub fn is_applied(path: &str) -> bool {
    path.ends_with(".yaml") && !path.split('/').any(|part| part.starts_with('_'))
}

impl Access {
    /// Whether [`Access::build`] looks at a file.
    pub(super) fn reads(file: &File, conventions: &Conventions) -> bool {
        matches!(
            file.statements,
            Statements::Manifests(_) | Statements::OwnersAliases(_)
        ) || file.kind == FileKind::RoverGroups
            || file.path.is_within(&conventions.clusters.registry_access)
    }

    /// From the files that have to do with access.
    pub(super) fn build(files: &[Arc<File>], conventions: &Conventions) -> Self {
        let mut access = Self::default();
        for file in files.iter().filter(|file| Self::reads(file, conventions)) {
            if let Some((folder, _)) = file
                .path
                .below(&conventions.clusters.registry_access)
                .and_then(|below| below.split_once('/'))
            {
                let folder = access.folders.entry(folder.to_owned()).or_default();
                folder.members.push(file.clone());
            }
            match &file.statements {
                Statements::Manifests(manifests) => access.add(file, manifests.len()),
                Statements::OwnersAliases(aliases) => {
                    let names = aliases.items.iter().map(owners::Alias::folded);
                    access.aliases = Some(names.collect());
                }
                _ => access.has_rover |= file.kind == FileKind::RoverGroups,
            }
        }
        access.name_all();
        access
    }

    fn add(&mut self, file: &Arc<File>, count: usize) {
        let is_applied = is_applied(file.path.as_str());
        self.objects.extend((0..count).map(|index| ObjectAt {
            file: file.clone(),
            index,
            is_applied,
        }));
    }

    fn name_all(&mut self) {
        for object in self.objects.iter().filter(|object| object.is_applied) {
            let name = object.name().to_owned();
            let namespace = object.namespace().to_owned();
            match object.access() {
                Some(Object::Namespace) => {
                    self.namespaces.insert(name);
                }
                Some(Object::Role(_)) => {
                    self.roles.insert((namespace, name));
                }
                Some(Object::ClusterRole(_)) => {
                    self.cluster_roles.insert(name);
                }
                Some(Object::ServiceAccount) => {
                    let path = &object.file.path;
                    self.service_accounts.insert(path, namespace, name);
                }
                Some(Object::Binding(binding)) if binding.pulls() => {
                    let subjects = binding.subjects.iter().filter_map(subject);
                    self.pullers.entry(namespace).or_default().extend(subjects);
                }
                // A Project is a Namespace by another name.
                None if matches!(object.manifest().kind(), "Project" | "ProjectRequest") => {
                    self.namespaces.insert(name);
                }
                _ => {}
            }
        }
        for (namespace, name) in self.roles.iter().rev() {
            self.roles_by_name.insert(name.clone(), namespace.clone());
        }
        let is_namespace = |object: &&ObjectAt| matches!(object.access(), Some(Object::Namespace));
        for object in self.objects.iter().filter(is_namespace) {
            let folder = object.file.path.folder().to_owned();
            let names = self.namespaces_of_folder.entry(folder).or_default();
            names.insert(object.name().to_owned());
        }
    }

    /// A namespace with a Role of this name, the first by its name.
    #[must_use]
    pub fn namespace_with_role(&self, name: &str) -> Option<&str> {
        self.roles_by_name.get(name).map(String::as_str)
    }

    /// The objects of the files of a folder, which lie side by side among all.
    #[must_use]
    pub fn objects_in(&self, folder: &Folder) -> &[ObjectAt] {
        let (Some(first), Some(last)) = (folder.members.first(), folder.members.last()) else {
            return &[];
        };
        let objects = &self.objects;
        let start = objects.partition_point(|object| object.file.path < first.path);
        let end = objects.partition_point(|object| object.file.path <= last.path);
        objects.get(start..end).unwrap_or_default()
    }

    /// Who may pull from the namespace: the subjects of every binding there to a role that pulls,
    /// in words, sorted.
    #[must_use]
    pub fn pullers(&self, namespace: &str) -> Vec<String> {
        let pullers = self.pullers.get(namespace).into_iter().flatten();
        pullers.cloned().collect()
    }

    /// The Namespaces that the manifests of the folder make; `None` if they make none.
    #[must_use]
    pub fn namespaces_of(&self, folder: &str) -> Option<&BTreeSet<String>> {
        self.namespaces_of_folder.get(folder)
    }
}

/// The subject of a binding in words, if there is somebody of that name.
fn subject(subject: &Subject) -> Option<String> {
    let name = &subject.name.as_ref()?.value;
    if subject.is_unknown_group() {
        return None;
    }
    Some(match &subject.namespace {
        Some(namespace) if subject.kind() == "ServiceAccount" => {
            format!("ServiceAccount {}/{name}", namespace.value)
        }
        _ => format!("{} {name}", subject.kind()),
    })
}
