//! All workspaces of one client.

use gen_lsp_types::Uri;

use super::Options;
use super::client::Abilities;
use super::uri;
use super::workspace::{OpenError, Workspace};
use crate::tree::RepoPath;

/// What requests are answered from.
#[derive(Default)]
pub struct Session {
    /// What the client can do.
    pub abilities: Abilities,
    workspaces: Vec<Workspace>,
}

impl Session {
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
    #[must_use]
    pub fn find(&self, uri: &Uri) -> Option<(&Workspace, RepoPath)> {
        let mut workspaces = self.workspaces.iter();
        workspaces.find_map(|workspace| Some((workspace, workspace.path_of(uri)?)))
    }

    /// The same, to be changed.
    pub fn find_mut(&mut self, uri: &Uri) -> Option<(&mut Workspace, RepoPath)> {
        let mut workspaces = self.workspaces.iter_mut();
        workspaces.find_map(|workspace| {
            let path = workspace.path_of(uri)?;
            Some((workspace, path))
        })
    }

    /// Opens the checkout that `folder` lies in, if it is not open yet.
    ///
    /// # Errors
    /// When it lies in none.
    pub fn add_folder(&mut self, folder: &Uri, options: &Options) -> Result<(), OpenError> {
        let Some(path) = uri::to_path(folder) else {
            return Ok(()); // Nothing on this machine's disk.
        };
        let new = Workspace::open(&path, folder.clone(), self.abilities.encoding, options)?;
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
