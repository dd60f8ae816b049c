//! All workspaces of one client.

use gen_lsp_types::Uri;

use super::Options;
use super::client::Abilities;
use super::settings::Settings;
use super::snapshot::Snapshots;
use super::uri;
use super::workspace::{OpenError, Workspace};
use crate::tree::RepoPath;

/// What the server keeps up to date.
pub struct Session {
    /// What the client can do.
    pub abilities: Abilities,
    settings: Settings,
    workspaces: Vec<Workspace>,
}

impl Session {
    /// No workspace.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            abilities: Abilities::default(),
            settings,
            workspaces: Vec::new(),
        }
    }

    /// What there is to be seen, as of the last refresh.
    #[must_use]
    pub fn snapshot(&self) -> Snapshots {
        Snapshots {
            abilities: self.abilities,
            workspaces: self.workspaces.iter().map(Workspace::snapshot).collect(),
        }
    }

    /// The workspaces.
    #[must_use]
    pub fn workspaces(&self) -> &[Workspace] {
        &self.workspaces
    }

    /// The workspaces, to be changed.
    pub fn workspaces_mut(&mut self) -> &mut [Workspace] {
        &mut self.workspaces
    }

    /// The workspace that `uri` lies in, and where.
    pub fn find_mut(&mut self, uri: &Uri) -> Option<(&mut Workspace, RepoPath)> {
        let mut workspaces = self.workspaces.iter_mut();
        workspaces.find_map(|workspace| {
            let path = workspace.path_of(uri)?;
            Some((workspace, path))
        })
    }

    /// Takes other settings.
    pub fn set(&mut self, settings: Settings) {
        for workspace in &mut self.workspaces {
            workspace.set(&settings);
        }
        self.settings = settings;
    }

    /// Opens the checkout that `folder` lies in, if it is not open yet.
    ///
    /// # Errors
    /// When it lies in none.
    pub fn add_folder(&mut self, folder: &Uri, options: &Options) -> Result<(), OpenError> {
        let Some(path) = uri::to_path(folder) else {
            return Ok(()); // Nothing on this machine's disk.
        };
        let (encoding, settings) = (self.abilities.encoding, &self.settings);
        let new = Workspace::open(&path, folder.clone(), encoding, options, settings)?;
        let known = self.workspaces.iter_mut().find(|w| w.root() == new.root());
        match known {
            Some(known) => known.add_folders(new),
            None => self.workspaces.push(new),
        }
        Ok(())
    }

    /// Closes a folder. Returns its workspace when no folder of it is left.
    pub fn remove_folder(&mut self, folder: &Uri) -> Option<Workspace> {
        let at = self
            .workspaces
            .iter_mut()
            .position(|workspace| workspace.remove_folder(folder))?;
        Some(self.workspaces.remove(at))
    }
}
