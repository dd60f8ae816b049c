//! What the client tells of documents, files and folders.

use gen_lsp_types::{
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, FileChangeType, MessageType,
};

use super::super::settings::Settings;
use super::super::{uri, watch};
use super::Server;

impl Server {
    pub(super) fn did_open(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        if let Some((workspace, path)) = self.session.find_mut(&document.uri) {
            self.publisher.is_opened(&self.client, &document.uri);
            workspace.open_buffer(&path, document.uri, document.version, document.text);
        }
    }

    pub(super) fn did_change(&mut self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let uri = &document.text_document_identifier.uri;
        if let Some((workspace, path)) = self.session.find_mut(uri) {
            workspace.change_buffer(&path, document.version, params.content_changes);
        }
    }

    pub(super) fn did_save(&mut self, params: &DidSaveTextDocumentParams) {
        if let Some((workspace, path)) = self.session.find_mut(&params.text_document.uri) {
            workspace.touch(&path);
        }
    }

    pub(super) fn did_close(&mut self, params: &DidCloseTextDocumentParams) {
        let uri = &params.text_document.uri;
        if let Some((workspace, path)) = self.session.find_mut(uri) {
            workspace.close_buffer(&path);
            let root = workspace.root();
            self.publisher.is_closed(&self.client, root, &path, uri);
        }
    }

    pub(super) fn did_change_files(&mut self, params: &DidChangeWatchedFilesParams) {
        for change in &params.changes {
            let Some(path) = uri::to_path(&change.uri) else {
                continue;
            };
            for workspace in self.session.workspaces_mut() {
                if workspace.setup().is_rule_page(&path) {
                    workspace.touch_rules();
                }
                let Some(below) = workspace.path_of(&change.uri) else {
                    continue;
                };
                if watch::HEAD_FILES.contains(&below.as_str()) {
                    workspace.touch_base();
                    continue;
                }
                let is_file = workspace.checkout().file(below.as_str()).is_some();
                let is_folder = match change.kind {
                    FileChangeType::Deleted => !is_file,
                    FileChangeType::Created => path.is_dir(),
                    // What changed in a folder is told of each file.
                    _ => false,
                };
                if is_folder {
                    workspace.touch_folder(&below);
                }
                workspace.touch(&below);
            }
        }
    }

    pub(super) fn did_change_settings(&mut self, params: &DidChangeConfigurationParams) {
        match Settings::sent(&self.options, &params.settings) {
            Ok(settings) => self.session.set(settings),
            Err(reason) => {
                let text = format!("the settings stay as they are: {reason}");
                self.client.log(MessageType::Warning, text);
            }
        }
    }

    pub(super) fn did_change_folders(&mut self, params: &DidChangeWorkspaceFoldersParams) {
        for folder in &params.event.removed {
            if let Some(workspace) = self.session.remove_folder(&folder.uri) {
                self.publisher.forget(&self.client, workspace.root());
            }
        }
        let known = self.session.workspaces().len();
        for folder in &params.event.added {
            self.add_folder(&folder.uri);
        }
        watch::register(&mut self.client, &self.session, known);
    }
}
