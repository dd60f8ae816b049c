//! The ConfigMap by which jobs see the mapping files.

use crate::checkout::Checkout;
use crate::model::prow_plugins::UpdatedMap;
use crate::model::{File, FileKind, Statements};

impl Checkout {
    /// What tells the config-updater to make the ConfigMap of the mapping files.
    #[must_use]
    pub fn mapping_files_map(&self) -> Option<(&File, &UpdatedMap)> {
        let config_map = &*self.conventions.mirror_jobs.config_map;
        self.files_of(&[FileKind::ProwPlugins]).find_map(|file| {
            let Statements::ConfigUpdater(maps) = &file.statements else {
                return None;
            };
            let map = maps.iter().find(|map| {
                let name = map.config_map.as_ref();
                name.is_some_and(|name| &*name.value == config_map)
            })?;
            Some((file, map))
        })
    }
}
