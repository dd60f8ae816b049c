//! Checkouts that are being read for the first time, and the requests that wait for them.

use std::sync::Arc;
use std::thread;

use gen_lsp_types::{LspNotificationMethod, LspRequestMethod, Uri};
use lsp_server::Message;

use super::super::load::Loaded;
use super::super::progress::Progress;
use super::super::transport::Event;
use super::Server;

impl Server {
    /// Lets those checkouts be read that have not been yet.
    pub(super) fn begin_loading(&mut self) {
        let mut left_over = Vec::new();
        for workspace in self.session.workspaces_mut() {
            let Some(load) = workspace.load().map(Arc::new) else {
                continue;
            };
            let root = workspace.root().to_owned();
            let name = root.display().to_string();
            let progress = Progress::begin(&mut self.client, &name, "Reading the checkout");
            self.loading.insert(root, progress);
            let (on_thread, events) = (Arc::clone(&load), self.events.clone());
            let spawned = thread::Builder::new().spawn(move || {
                // A loop that listens no more has come to its end.
                let _ = events.send(Event::Loaded(Box::new(on_thread.run())));
            });
            if spawned.is_err() {
                left_over.push(load); // the system has no thread to give
            }
        }
        for load in left_over {
            self.loaded(load.run());
        }
    }

    /// Takes a checkout that was read, and the requests that waited for it.
    pub(super) fn loaded(&mut self, loaded: Loaded) {
        let progress = self.loading.remove(&loaded.root);
        let files = loaded.files.len();
        let mut workspaces = self.session.workspaces_mut().iter_mut();
        if let Some(workspace) = workspaces.find(|w| w.root() == loaded.root) {
            workspace.take(loaded);
        }
        self.refresh();
        if let Some(progress) = progress {
            progress.end(&self.client, format!("{files} files"));
        }
        for request in std::mem::take(&mut self.deferred).into_iter().rev() {
            self.waiting.push_front(Message::Request(request));
        }
    }

    /// Whether the checkout that `uri` lies in, or some one, has not been read yet.
    pub(super) fn is_unread(&self, uri: Option<&Uri>) -> bool {
        let mut workspaces = self.session.workspaces().iter();
        self.may_speak
            && workspaces.any(|workspace| {
                let is_meant = uri.is_none_or(|uri| workspace.path_of(uri).is_some());
                is_meant && !workspace.is_loaded()
            })
    }

    /// Whether the client says goodbye before it has its answers about a checkout that is being read.
    pub(super) fn ends_too_early(&self) -> bool {
        let (shutdown, exit) = (LspRequestMethod::Shutdown, LspNotificationMethod::Exit);
        let is_goodbye = match self.waiting.front() {
            Some(Message::Request(request)) => request.method == shutdown.as_str(),
            Some(Message::Notification(said)) => said.method == exit.as_str(),
            _ => false,
        };
        is_goodbye && !self.deferred.is_empty()
    }
}
