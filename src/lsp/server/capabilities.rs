//! What the server says of itself, and what it takes from the client's first words.

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CodeLensOptions, CompletionOptions, DiagnosticOptions,
    DocumentLinkOptions, FileOperationFilter, FileOperationOptions, FileOperationPattern,
    FileOperationRegistrationOptions, InitializeParams, RenameOptions, RootPath, Save, SaveOptions,
    ServerCapabilities, TextDocumentSyncKind, TextDocumentSyncOptions, Uri, WorkspaceFolders,
    WorkspaceFoldersServerCapabilities, WorkspaceOptions,
};

use super::super::client::Abilities;
use super::super::{features, uri};
use crate::model::Conventions;

/// The folders that the client has open.
pub(super) fn folders(params: &InitializeParams) -> Vec<Uri> {
    let folders = &params.workspace_folders_initialize_params.workspace_folders;
    if let Some(WorkspaceFolders::WorkspaceFolderList(folders)) = folders {
        return folders.iter().map(|folder| folder.uri.clone()).collect();
    }
    #[allow(deprecated, reason = "older clients know nothing else")]
    let root = params.root_uri.clone().or_else(|| match &params.root_path {
        Some(RootPath::String(path)) => Some(uri::of_path(path.as_ref())),
        _ => None,
    });
    root.into_iter().collect()
}

/// What can be asked of the server.
pub(super) fn capabilities(abilities: Abilities) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(abilities.encoding.kind()),
        text_document_sync: Some(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::Incremental),
                save: Some(Save::SaveOptions(SaveOptions {
                    include_text: Some(false),
                })),
                ..TextDocumentSyncOptions::default()
            }
            .into(),
        ),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(vec![
                    CodeActionKind::QuickFix,
                    CodeActionKind::from(features::FIX_ALL.to_owned()),
                ]),
                ..CodeActionOptions::default()
            }
            .into(),
        ),
        hover_provider: Some(true.into()),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["/", ":", " ", "["].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_link_provider: Some(DocumentLinkOptions::default()),
        document_symbol_provider: Some(true.into()),
        workspace_symbol_provider: Some(true.into()),
        code_lens_provider: Some(CodeLensOptions {
            resolve_provider: Some(abilities.shows_references),
            ..CodeLensOptions::default()
        }),
        rename_provider: Some(match abilities.prepares_renames {
            true => RenameOptions {
                prepare_provider: Some(true),
                ..RenameOptions::default()
            }
            .into(),
            false => true.into(),
        }),
        document_highlight_provider: Some(true.into()),
        folding_range_provider: Some(true.into()),
        diagnostic_provider: abilities.pulls.then(|| {
            DiagnosticOptions {
                identifier: Some("mirrorlint".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: true,
                ..DiagnosticOptions::default()
            }
            .into()
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(true.into()),
            }),
            file_operations: renames_of_mapping_files(),
            ..WorkspaceOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}

/// Files and folders among the mirror sets, before whose renames the client asks.
fn renames_of_mapping_files() -> Option<FileOperationOptions> {
    let conventions = Conventions::builtin().ok()?;
    let folder = &conventions.mapping_files.folder;
    let filter = FileOperationFilter {
        scheme: Some("file".to_owned()),
        pattern: FileOperationPattern {
            glob: format!("**/{folder}/**"),
            ..FileOperationPattern::default()
        },
    };
    Some(FileOperationOptions {
        will_rename: Some(FileOperationRegistrationOptions {
            filters: vec![filter],
        }),
        ..FileOperationOptions::default()
    })
}
