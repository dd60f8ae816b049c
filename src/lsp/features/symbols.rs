//! `textDocument/documentSymbol` and `workspace/symbol`.

use gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse,
    SymbolInformation, SymbolKind, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

use super::Answer;
use crate::finding::Place;
use crate::ide::symbols::{self, Symbol};
use crate::lsp::snapshot::{Snapshot, Snapshots};
use crate::tree::RepoPath;

/// The outline of a document.
pub fn document(
    session: &Snapshots,
    params: DocumentSymbolParams,
) -> Answer<Option<DocumentSymbolResponse>> {
    let Some((workspace, path)) = session.find(&params.text_document.uri) else {
        return Ok(None);
    };
    let Some(cursor) = super::cursor(workspace, &path, 0) else {
        return Ok(None);
    };
    let symbols = symbols::outline(&cursor).into_iter();
    let symbols = symbols.map(|symbol| shown(workspace, &path, symbol));
    Ok(Some(symbols.collect::<Vec<DocumentSymbol>>().into()))
}

/// The things of all checkouts whose names match.
pub fn workspace(
    session: &Snapshots,
    params: WorkspaceSymbolParams,
) -> Answer<Option<WorkspaceSymbolResponse>> {
    let mut found: Vec<SymbolInformation> = Vec::new();
    for workspace in &session.workspaces {
        let of_this = symbols::search(workspace.checkout(), &params.query);
        found.extend(of_this.into_iter().map(|symbol| SymbolInformation {
            location: workspace.location(&symbol.place),
            base_symbol_information: BaseSymbolInformation {
                name: symbol.name,
                kind: kind(symbol.kind),
                tags: None,
                container_name: (!symbol.container.is_empty()).then_some(symbol.container),
            },
            #[allow(deprecated, reason = "the field has to be given")]
            deprecated: None,
        }));
    }
    Ok(Some(found.into()))
}

fn shown(workspace: &Snapshot, path: &RepoPath, symbol: Symbol) -> DocumentSymbol {
    let children = symbol.children.into_iter();
    let children: Vec<_> = children
        .map(|child| shown(workspace, path, child))
        .collect();
    DocumentSymbol {
        name: symbol.name,
        detail: (!symbol.detail.is_empty()).then_some(symbol.detail),
        kind: kind(symbol.kind),
        tags: None,
        range: workspace.range(&Place::new(path, symbol.span)),
        selection_range: workspace.range(&Place::new(path, symbol.word)),
        children: (!children.is_empty()).then_some(children),
        #[allow(deprecated, reason = "the field has to be given")]
        deprecated: None,
    }
}

fn kind(kind: symbols::SymbolKind) -> SymbolKind {
    use symbols::SymbolKind as K;
    match kind {
        K::Image => SymbolKind::Package,
        K::MappingFile => SymbolKind::File,
        K::Object => SymbolKind::Object,
        K::Job => SymbolKind::Event,
        K::Test => SymbolKind::Method,
        K::Section => SymbolKind::Module,
        K::Secret => SymbolKind::Key,
    }
}
