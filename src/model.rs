//! Files to statements: what each kind of release-repo file says, every word with its span.
//!
//! One module for each kind of file. A file is read and parsed once; its statements say nothing
//! about other files. Joining them is the checkout's work.

pub mod ci_operator;
pub mod conventions;
pub mod gsm;
pub mod known_groups;
pub mod known_images;
mod loader;
pub mod manifest;
pub mod mapping_config;
pub mod mapping_file;
pub mod owners;
pub mod prow_jobs;
pub mod prow_plugins;
mod pull_specs;
mod pulled_images;
pub mod release_controller;
pub mod rover_groups;
pub mod schema;
pub mod secret_bootstrap;
pub mod secretsync;
mod shape;
pub mod supplemental;
mod words;

pub use conventions::{Conventions, FileKind};
pub use loader::{ParsedFiles, load, load_entries, load_one, load_paths, parse, unreadable};
pub use pulled_images::{PulledBy, PulledImage};
pub use shape::Text;
pub use words::Words;

use crate::syntax::span::Span;
use crate::syntax::yaml;
use crate::tree::{RepoPath, Unreadable};

/// One file of the checkout, read and parsed.
#[derive(Debug)]
pub struct File {
    /// Where it lies.
    pub path: RepoPath,
    /// What kind of file it is.
    pub kind: FileKind,
    /// Its text; invalid UTF-8 is replaced, and empty for a file that is only listed or could not
    /// be read.
    pub text: Box<str>,
    /// What is wrong with it as a text.
    pub faults: Vec<FileFault>,
    /// What it says.
    pub statements: Statements,
}

/// What is wrong with a file before one asks what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// It could not be read.
    Unreadable(Unreadable),
    /// It is not UTF-8; the offset of the first bad byte.
    NotUtf8(usize),
    /// It is not YAML, or takes a key twice, or is more than one should parse.
    Yaml(yaml::Fault),
}

/// What a file says, by its kind.
#[derive(Debug)]
pub enum Statements {
    /// Nothing that is looked at.
    None,
    /// A mapping file.
    Mapping(mapping_file::MappingFile),
    /// Prow's periodic jobs.
    Jobs(Vec<prow_jobs::Job>),
    /// The config-updater's map.
    ConfigUpdater(Vec<prow_plugins::UpdatedMap>),
    /// A ci-operator config.
    CiConfig(ci_operator::CiConfig),
    /// A step of the step registry; only its references to images.
    RegistryStep(ci_operator::CiConfig),
    /// Streams that the release controller fills.
    StreamMirrors(Vec<release_controller::StreamMirror>),
    /// Kubernetes manifests.
    Manifests(Vec<manifest::Manifest>),
    /// `core-services/image-mirroring/_config.yaml`.
    ImagesMirror(supplemental::ImagesMirrorConfig),
    /// What generated mapping files are made from.
    MappingConfig(mapping_config::MappingConfig),
    /// An OWNERS file.
    Owners(owners::Owners),
    /// `OWNERS_ALIASES`.
    OwnersAliases(owners::Aliases),
    /// The configuration of ci-secret-bootstrap.
    SecretBootstrap(secret_bootstrap::SecretBootstrap),
    /// Groups from Rover.
    RoverGroups(rover_groups::RoverGroups),
    /// Secrets from Google Secret Manager.
    Gsm(gsm::GsmConfig),
}

impl File {
    /// Whether the text does not parse, so that nothing, or not all, is known of what it says.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.faults.iter().any(|fault| match fault {
            FileFault::Yaml(fault) => !matches!(fault.kind, yaml::FaultKind::DuplicateKey { .. }),
            FileFault::Unreadable(_) | FileFault::NotUtf8(_) => true,
        })
    }

    /// Whether it ends in the middle of a line although files of its kind never do.
    #[must_use]
    pub fn is_cut_off(&self, conventions: &Conventions) -> bool {
        conventions.end_in_line_break.contains(&self.kind)
            && !self.text.is_empty()
            && !self.text.ends_with('\n')
    }

    /// Whether all that it says is known: it parses, and does not end in the middle of a line.
    #[must_use]
    pub fn is_whole(&self, conventions: &Conventions) -> bool {
        !self.is_broken() && !self.is_cut_off(conventions)
    }

    /// Whether the file's text could be had at all.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        !self
            .faults
            .iter()
            .any(|fault| matches!(fault, FileFault::Unreadable(_)))
    }

    /// What it says as a mapping file.
    #[must_use]
    pub fn mapping(&self) -> Option<&mapping_file::MappingFile> {
        match &self.statements {
            Statements::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// What it says as a ci-operator config.
    #[must_use]
    pub fn ci_config(&self) -> Option<&ci_operator::CiConfig> {
        match &self.statements {
            Statements::CiConfig(config) => Some(config),
            _ => None,
        }
    }

    /// What it says as the configuration of ci-images-mirror.
    #[must_use]
    pub fn images_mirror(&self) -> Option<&supplemental::ImagesMirrorConfig> {
        match &self.statements {
            Statements::ImagesMirror(config) => Some(config),
            _ => None,
        }
    }

    /// What it says as the configuration of generated mapping files.
    #[must_use]
    pub fn mapping_config(&self) -> Option<&mapping_config::MappingConfig> {
        match &self.statements {
            Statements::MappingConfig(config) => Some(config),
            _ => None,
        }
    }

    /// The jobs that it defines.
    #[must_use]
    pub fn jobs(&self) -> &[prow_jobs::Job] {
        match &self.statements {
            Statements::Jobs(jobs) => jobs,
            _ => &[],
        }
    }

    /// The Kubernetes objects in it.
    #[must_use]
    pub fn manifests(&self) -> &[manifest::Manifest] {
        match &self.statements {
            Statements::Manifests(manifests) => manifests,
            _ => &[],
        }
    }

    /// The streams that it has the release controller fill.
    #[must_use]
    pub fn stream_mirrors(&self) -> &[release_controller::StreamMirror] {
        match &self.statements {
            Statements::StreamMirrors(mirrors) => mirrors,
            _ => &[],
        }
    }

    /// Where the text of the scalar at `span` starts: behind a quote, if it is in quotes.
    #[must_use]
    pub fn text_start(&self, span: Span) -> usize {
        span.start as usize + usize::from(self.slice(span).starts_with(['"', '\'']))
    }

    /// The text at `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}
