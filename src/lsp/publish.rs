//! Diagnostics on their way to the client.
//!
//! They are pushed, but for what the client asks for by itself, so that nothing is shown twice. One that can
//! ask does so for what it has open. Not all of them ask for the whole workspace too, and they do not say which
//! they are: what is not open is pushed until they do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gen_lsp_types::{
    Diagnostic, DiagnosticRefreshRequest, PublishDiagnosticsNotification, PublishDiagnosticsParams,
    Uri,
};

use super::client::Client;
use super::diagnostics;
use super::snapshot::Snapshot;
use crate::tree::RepoPath;

/// What the client knows.
#[derive(Default)]
pub struct Publisher {
    /// By workspace and file: under which name, and what.
    known: BTreeMap<(PathBuf, RepoPath), (Uri, Vec<Diagnostic>)>,
    /// Documents that the client asks for.
    pulled: BTreeSet<String>,
    /// It asks for all of them.
    pulls_all: bool,
}

impl Publisher {
    /// Tells of `paths` of `workspace`, as far as something is new.
    pub fn publish(
        &mut self,
        client: &mut Client,
        workspace: &Snapshot,
        paths: &BTreeSet<RepoPath>,
    ) {
        let abilities = client.abilities;
        let mut is_news_elsewhere = false;
        for path in paths {
            let buffer = workspace.buffer(path);
            let uri = workspace.uri_of(path);
            let new = diagnostics::of(workspace, path, abilities);
            let key = (workspace.root().to_owned(), path.clone());
            let old = self.known.get(&key);
            let is_same = old.map_or(new.is_empty(), |(_, old)| *old == new);
            // An editor moves what it shows while the user types; put it right even so.
            if is_same && (new.is_empty() || buffer.is_none()) {
                continue;
            }
            is_news_elsewhere |= !is_same && buffer.is_none_or(|buffer| buffer.is_settled);
            if let Some((old_uri, old)) = old
                && *old_uri != uri
                && !old.is_empty()
            {
                self.push(client, old_uri, None, Vec::new());
            }
            self.push(client, &uri, buffer.map(|b| b.version), new.clone());
            if new.is_empty() {
                self.known.remove(&key);
            } else {
                self.known.insert(key, (uri, new));
            }
        }
        let asks = self.pulls_all || !self.pulled.is_empty();
        if is_news_elsewhere && asks && abilities.refreshes {
            client.ask::<DiagnosticRefreshRequest>(&());
        }
    }

    fn push(&self, client: &Client, uri: &Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
        if !self.pulls_all && !self.pulled.contains(uri.as_ref()) {
            client.notify::<PublishDiagnosticsNotification>(&PublishDiagnosticsParams {
                uri: uri.clone(),
                version,
                diagnostics,
            });
        }
    }

    /// The client opened `uri`, and asks for it if it ever does.
    pub fn is_opened(&mut self, client: &Client, uri: &Uri) {
        if client.abilities.pulls {
            self.is_pulled(client, uri);
        }
    }

    /// The client asks for `uri`: it is not pushed any more, and what was is taken back.
    pub fn is_pulled(&mut self, client: &Client, uri: &Uri) {
        if !self.pulls_all && !self.pulled.contains(uri.as_ref()) {
            self.take_back(client, |known| known == uri);
            self.pulled.insert(uri.as_ref().to_owned());
        }
    }

    /// The client asks for everything.
    pub fn all_is_pulled(&mut self, client: &Client) {
        if !self.pulls_all {
            let pulled = std::mem::take(&mut self.pulled);
            self.take_back(client, |known| !pulled.contains(known.as_ref()));
            self.pulls_all = true;
        }
    }

    /// The client does not ask for a closed document any more.
    pub fn is_closed(&mut self, client: &Client, root: &Path, path: &RepoPath, uri: &Uri) {
        if self.pulled.remove(uri.as_ref())
            && let Some((uri, known)) = self.known.get(&(root.to_owned(), path.clone()))
        {
            self.push(client, uri, None, known.clone());
        }
    }

    /// Takes back everything that was told of the workspace at `root`.
    pub fn forget(&mut self, client: &Client, root: &Path) {
        for ((known_root, _), (uri, _)) in &self.known {
            if known_root == root {
                self.push(client, uri, None, Vec::new());
            }
        }
        self.known.retain(|(known_root, _), _| known_root != root);
    }

    fn take_back(&self, client: &Client, picks: impl Fn(&Uri) -> bool) {
        for (uri, _) in self.known.values() {
            if picks(uri) {
                self.push(client, uri, None, Vec::new());
            }
        }
    }
}
