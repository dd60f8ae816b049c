//! Which files the client is to watch.

use gen_lsp_types::{
    BaseUri, DidChangeWatchedFilesNotification, DidChangeWatchedFilesRegistrationOptions,
    FileSystemWatcher, GlobPattern, Notification as _, Registration, RegistrationParams,
    RegistrationRequest, RelativePattern,
};

use super::client::Client;
use super::session::Session;
use super::uri;
use crate::config::CONFIG_PATH;
use crate::findings::BASELINE_PATH;

/// What git writes when another commit is checked out, or one is made.
pub const HEAD_FILES: [&str; 2] = [".git/HEAD", ".git/logs/HEAD"];

/// Asks the client to watch what the workspaces read. Asking again replaces nothing, so each
/// workspace is registered under a name of its own, once.
pub fn register(client: &mut Client, session: &Session, from: usize) {
    if !client.abilities.watches_files {
        return;
    }
    let is_relative = client.abilities.relative_patterns;
    let registrations: Vec<Registration> = session
        .workspaces()
        .iter()
        .skip(from)
        .map(|workspace| {
            let setup = workspace.setup();
            let patterns = setup.conventions().patterns().iter().map(String::as_str);
            let patterns = patterns
                .chain([CONFIG_PATH, BASELINE_PATH])
                .chain(HEAD_FILES);
            let root = workspace.shown_root();
            let below = |folder: &std::path::Path, pattern: &str| {
                if is_relative {
                    GlobPattern::RelativePattern(RelativePattern {
                        base_uri: BaseUri::Uri(uri::of_path(folder)),
                        pattern: pattern.to_owned(),
                    })
                } else {
                    GlobPattern::Pattern(format!("{}/{pattern}", folder.display()))
                }
            };
            let rules = setup.rule_folders().iter();
            let rules = rules.filter_map(|folder| folder.canonicalize().ok());
            let watchers: Vec<FileSystemWatcher> = patterns
                .map(|pattern| below(root, pattern))
                .chain(rules.map(|folder| below(&folder, "*.md")))
                .map(|glob_pattern| FileSystemWatcher {
                    glob_pattern,
                    kind: None,
                })
                .collect();
            let options = DidChangeWatchedFilesRegistrationOptions { watchers };
            Registration {
                id: format!("mirrorlint/files/{}", root.display()),
                method: DidChangeWatchedFilesNotification::METHOD
                    .as_str()
                    .to_owned(),
                register_options: serde_json::to_value(options).ok(),
            }
        })
        .collect();
    if !registrations.is_empty() {
        client.ask::<RegistrationRequest>(&RegistrationParams { registrations });
    }
}
