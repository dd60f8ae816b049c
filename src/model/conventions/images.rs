//! Where images are: registries, and who publishes from outside the repository.

use serde::Deserialize;

use super::online::OnlineRegistries;
use super::patterns::{self, Pattern};

/// What registries are called.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registries {
    /// Hosts of the central registry: that of today, then those that are switched off.
    pub central: Vec<String>,
    /// What the central registry is called within its cluster.
    pub internal: Vec<String>,
    /// Hosts that want a login.
    pub authenticated: Vec<String>,
    /// Hosts by which ci-operator finds images in an inline Dockerfile, to import them or to take a
    /// base image that is the same (openshift/ci-tools `pkg/dockerfile`).
    pub in_dockerfiles: Vec<String>,
    /// Other hosts that people take images from.
    pub public: Vec<String>,
    /// Repositories that hold one image for each ImageStreamTag (QCI).
    pub qci: Vec<String>,
    /// Which registries may be asked.
    pub online: OnlineRegistries,
}

impl Registries {
    /// The host of the central registry today; empty where none is known.
    #[must_use]
    pub fn today(&self) -> &str {
        self.central.first().map_or("", String::as_str)
    }

    /// Hosts of the central registry that are switched off.
    #[must_use]
    pub fn decommissioned(&self) -> &[String] {
        self.central.get(1..).unwrap_or_default()
    }

    /// Every host that is known, some of them more than once.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        let lists = [
            &self.central,
            &self.internal,
            &self.authenticated,
            &self.in_dockerfiles,
            &self.public,
            &self.qci,
        ];
        let listed = lists.into_iter().flatten();
        listed.map(|own| own.split('/').next().unwrap_or(own))
    }

    /// Whether `host` is the central registry, by any of its names.
    #[must_use]
    pub fn is_of_ci(&self, host: &str) -> bool {
        self.is_central(host) || self.internal.iter().any(|internal| internal == host)
    }

    /// Whether `host` is the central registry, today or before.
    #[must_use]
    pub fn is_central(&self, host: &str) -> bool {
        self.central.iter().any(|central| central == host)
    }
}

/// Images that are published from outside the repository.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutsideImages {
    /// ImageStreamTags that ART publishes, where the checkout does not tell.
    #[serde(deserialize_with = "patterns::few")]
    pub art: Vec<Pattern>,
    /// ImageStreamTags that others publish.
    #[serde(deserialize_with = "patterns::few")]
    pub others: Vec<Pattern>,
    /// Names of images in the payload that only ART builds.
    pub payload: Vec<String>,
}
