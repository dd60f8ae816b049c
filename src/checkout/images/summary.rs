//! References, counted.

use std::collections::BTreeMap;

use super::{Images, ProviderKind, Referrer, Resolution, State};

/// How many references are resolved by what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// References of ci-operator configs and the step registry.
    pub references: usize,
    /// How many of them each kind of provider resolves, and `outside`, `open stream`, `disabled or
    /// optional`, `unresolved`.
    pub resolved: BTreeMap<&'static str, usize>,
}

impl Images {
    /// Counts the references of ci-operator configs and the step registry by what resolves them.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for (target, named) in self.named() {
            let of_configs = named.users.iter().filter(|image_use| {
                matches!(
                    image_use.referrer,
                    Referrer::Config(_) | Referrer::RegistryStep
                )
            });
            let count = of_configs.count();
            if count == 0 {
                continue;
            }
            summary.references += count;
            let by = match self.resolve(target) {
                Resolution::Provided(providers) => providers
                    .iter()
                    .filter(|provider| provider.state == State::Live)
                    .map(|provider| provider.kind)
                    .min()
                    .map_or("unresolved", ProviderKind::as_str),
                Resolution::Open(_) => "open stream",
                Resolution::Outside => "outside the repository",
                Resolution::Ungoverned => "left alone by the governor",
                Resolution::Inactive(_) => "disabled or optional",
                Resolution::Missing(_) => "unresolved",
            };
            *summary.resolved.entry(by).or_default() += count;
        }
        summary
    }
}
