//! Mechanisms: each a pure function of a checkout and a rule's parameters to findings.
//!
//! A mechanism holds no policy. Names, patterns, folders and exceptions are the parameters that a
//! rule page gives it, and one mechanism may serve several rules.

mod build_config;
mod config_map;
mod decommissioned_registry;
mod destination_name;
mod destination_namespace;
mod duplicate_destination;
mod edits;
mod file_text;
mod gsm_config;
mod image_provider_removed;
mod image_reference;
mod image_stream;
mod image_unprovided;
mod images_list;
mod images_mirror_config;
mod listing;
mod manifest_file;
mod manifest_name;
mod manifest_schema;
mod mapping_file_name;
mod mapping_file_selection;
mod mapping_line;
mod mirror_job;
mod mirror_job_dry_run;
mod mirror_job_secret;
mod mirror_job_token;
mod mirror_job_volumes;
mod mirror_set;
mod mirror_set_whole;
mod near_miss;
mod object_duplicate;
mod owners_file;
mod params;
mod payload_image;
mod pipeline_name;
mod pipeline_name_duplicate;
mod placeholder;
mod promotion;
mod promotion_access;
mod promotion_unread;
mod provider_duplicate;
mod prow_job;
mod rbac;
mod rbac_names;
mod rbac_rules;
mod registry_access;
mod rover_groups_config;
mod schema_fault;
mod script_wildcard;
mod secret_config;
mod secretsync_keys;
mod source_registry;
mod source_stale;
mod step_volume;
mod stream_identity;
mod stream_tag;
mod supplemental_image;
mod supplemental_namespace;
mod tag_grammar;
mod wildcard_source;

use serde::de::DeserializeOwned;

use crate::checkout::Checkout;
use crate::finding::{Draft, Finding, Severity};
use crate::model::File;

/// A mechanism with its parameters, ready to run.
pub trait Check: Send + Sync {
    /// Adds what it finds in `checkout` to `drafts`, but for what [`Check::of_each_file`] finds.
    fn run(&self, _checkout: &Checkout, _drafts: &mut Drafts) {}

    /// The part that looks at each file by itself. What it finds is kept until the file changes.
    fn of_each_file(&self) -> Option<&dyn FileCheck> {
        None
    }

    /// Whether [`Check::run_change`] looks at anything.
    fn compares(&self) -> bool {
        false
    }

    /// Adds what turning `base` into `result` breaks; places lie in `result`. Called only where
    /// there is a base, and only on checks that [`Check::compares`].
    fn run_change(&self, _base: &Checkout, _result: &Checkout, _drafts: &mut Drafts) {}

    /// How bad `finding`, one of this check that a change to `base` introduces, is in the light of
    /// what the base has; `None` where that makes no difference.
    fn severity_of_new(&self, _finding: &Finding, _base: &Checkout) -> Option<Severity> {
        None
    }
}

/// A mechanism, or a part of one, that asks of a file nothing but what it says itself.
pub trait FileCheck: Send + Sync {
    /// Adds what it finds in `file` to `drafts`.
    fn run(&self, file: &File, drafts: &mut Drafts);
}

/// The findings of one check, as they come.
#[derive(Debug, Default)]
pub struct Drafts(Vec<Draft>);

impl Drafts {
    /// Adds a finding.
    pub fn push(&mut self, draft: Draft) {
        self.0.push(draft);
    }

    /// Adds findings.
    pub fn extend(&mut self, drafts: impl IntoIterator<Item = Draft>) {
        self.0.extend(drafts);
    }

    /// All of them.
    #[must_use]
    pub fn into_vec(self) -> Vec<Draft> {
        self.0
    }
}

/// A mechanism's name, and how it is made from a rule's `params`.
pub struct Mechanism {
    /// What a rule page's `check` names.
    pub name: &'static str,
    /// Reads the parameters; the error says what is wrong with them.
    pub prepare: fn(&serde_yaml::Value) -> Result<Box<dyn Check>, String>,
}

/// Every mechanism. A new one is a file in this folder and a line here.
pub static MECHANISMS: &[Mechanism] = &[
    of::<build_config::BuildConfigCheck>("build-config"),
    of::<config_map::ConfigMap>("config-map"),
    of::<decommissioned_registry::DecommissionedRegistry>("decommissioned-registry"),
    of::<destination_name::DestinationName>("destination-name"),
    of::<destination_namespace::DestinationNamespace>("destination-namespace"),
    of::<duplicate_destination::DuplicateDestination>("duplicate-destination"),
    of::<file_text::FileText>("file-text"),
    of::<gsm_config::GsmConfigCheck>("gsm-config"),
    of::<image_provider_removed::ImageProviderRemoved>("image-provider-removed"),
    of::<image_reference::ImageReferenceShape>("image-reference"),
    of::<image_stream::ImageStreamCheck>("image-stream"),
    of::<image_unprovided::ImageUnprovided>("image-unprovided"),
    of::<images_mirror_config::ImagesMirrorConfig>("images-mirror-config"),
    of::<images_list::ImagesList>("images-list"),
    of::<manifest_file::ManifestFile>("manifest-file"),
    of::<manifest_name::ManifestName>("manifest-name"),
    of::<manifest_schema::ManifestSchema>("manifest-schema"),
    of::<mapping_file_name::MappingFileName>("mapping-file-name"),
    of::<mapping_file_selection::MappingFileSelection>("mapping-file-selection"),
    of::<mapping_line::MappingLine>("mapping-line"),
    of::<mirror_job::MirrorJobParts>("mirror-job"),
    of::<mirror_job_dry_run::MirrorJobDryRun>("mirror-job-dry-run"),
    of::<mirror_job_secret::MirrorJobSecret>("mirror-job-secret"),
    of::<mirror_job_token::MirrorJobToken>("mirror-job-token"),
    of::<mirror_job_volumes::MirrorJobVolumes>("mirror-job-volumes"),
    of::<mirror_set::MirrorSetParts>("mirror-set"),
    of::<object_duplicate::ObjectDuplicate>("object-duplicate"),
    of::<owners_file::OwnersFile>("owners-file"),
    of::<payload_image::PayloadImage>("payload-image"),
    of::<pipeline_name::PipelineName>("pipeline-name"),
    of::<pipeline_name_duplicate::PipelineNameDuplicate>("pipeline-name-duplicate"),
    of::<placeholder::Placeholder>("placeholder"),
    of::<promotion::Promotion>("promotion"),
    of::<promotion_access::PromotionAccess>("promotion-access"),
    of::<promotion_unread::PromotionUnread>("promotion-unread"),
    of::<provider_duplicate::ProviderDuplicate>("provider-duplicate"),
    of::<prow_job::ProwJob>("prow-job"),
    of::<rbac::Rbac>("rbac"),
    of::<rbac_names::RbacNames>("rbac-names"),
    of::<rbac_rules::RbacRules>("rbac-rules"),
    of::<registry_access::RegistryAccess>("registry-access"),
    of::<rover_groups_config::RoverGroupsConfig>("rover-groups-config"),
    of::<script_wildcard::ScriptWildcard>("script-wildcard"),
    of::<secret_config::SecretBootstrapConfig>("secret-config"),
    of::<secretsync_keys::SecretsyncKeys>("secretsync-keys"),
    of::<source_registry::SourceRegistry>("source-registry"),
    of::<source_stale::SourceStale>("source-stale"),
    of::<stream_identity::StreamIdentity>("stream-identity"),
    of::<supplemental_image::SupplementalImageCheck>("supplemental-image"),
    of::<supplemental_namespace::SupplementalNamespace>("supplemental-namespace"),
    of::<tag_grammar::TagGrammar>("tag-grammar"),
    of::<wildcard_source::WildcardSource>("wildcard-source"),
];

/// Mechanisms that are no check of a checkout: findings about what the user says of findings
/// and about a merge that git cannot make (`findings`).
pub static BUILT_IN: &[&str] = &["baseline", "merge", "suppressions"];

/// The mechanism of this name.
#[must_use]
pub fn mechanism(name: &str) -> Option<&'static Mechanism> {
    MECHANISMS.iter().find(|mechanism| mechanism.name == name)
}

/// The mechanism whose parameters are the fields of `C`.
const fn of<C: Check + DeserializeOwned + 'static>(name: &'static str) -> Mechanism {
    Mechanism {
        name,
        prepare: |params| {
            let check: C = match params {
                serde_yaml::Value::Null => {
                    serde_yaml::from_value(serde_yaml::Value::Mapping(serde_yaml::Mapping::new()))
                }
                params => serde_yaml::from_value(params.clone()),
            }
            .map_err(|error| error.to_string())?;
            Ok(Box::new(check))
        },
    }
}
