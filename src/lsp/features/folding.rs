//! `textDocument/foldingRange`.

use gen_lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use super::Answer;
use crate::finding::Place;
use crate::ide::folding;
use crate::lsp::snapshot::Snapshots;
use crate::model::FileKind;

/// What can be folded in a document, as the user has it.
pub fn folds(session: &Snapshots, params: FoldingRangeParams) -> Answer<Option<Vec<FoldingRange>>> {
    let Some((workspace, path)) = session.find(&params.text_document.uri) else {
        return Ok(None);
    };
    let kind = workspace.setup().conventions().kind(path.as_str());
    let (Some(text), Some(kind)) = (workspace.text(&path), kind) else {
        return Ok(None);
    };
    let folds = match kind {
        FileKind::MappingFile | FileKind::OldMappingFile => folding::of_mapping_file(text),
        kind if kind.is_read() => folding::of_yaml(text),
        _ => return Ok(None),
    };
    let folds = folds.into_iter().map(|fold| {
        let range = workspace.range_in_text(&Place::new(&path, fold.span));
        FoldingRange {
            start_line: range.start.line,
            end_line: range.end.line,
            kind: fold.is_comment.then_some(FoldingRangeKind::Comment),
            ..FoldingRange::default()
        }
    });
    Ok(Some(folds.collect()))
}
