//! Fields of a promotion that stand beside `promotion.to`, where nobody reads them.

use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::checks::edits::{indented, rewritten};
use crate::finding::{Draft, Fix, Place};
use crate::model::File;
use crate::model::ci_operator::{CiConfig, UnreadField};
use crate::syntax::span::Span;

/// `promotion-unread`: a field that ci-operator does not look at.
pub(super) fn promotion_unread(checkout: &Checkout, drafts: &mut Drafts) {
    if checkout.layout().promotes_beside_to() {
        return;
    }
    for (file, config) in checkout.ci_configs() {
        drafts.extend(unread(file, config));
    }
}

fn unread(file: &File, config: &CiConfig) -> Option<Draft> {
    let field = config.beside_targets.first()?;
    let has_targets = config.promotion.iter().any(|target| !target.is_beside_to);
    let so = if has_targets {
        ""
    } else {
        ", so nothing is published"
    };
    let draft = Draft::new(
        Place::new(&file.path, field.key.span),
        "promotion",
        format!("`promotion.{}` is not read{so}", field.key.value),
    );
    let draft = draft.help(
        "ci-operator reads only the targets below `promotion.to`: move what stands beside it there",
    );
    Some(super::misdirects(file, config, draft).maybe_fix(below_to(file, field)))
}

/// A fix that makes the fields the one target below `to`; nothing where something else stands
/// beside them.
fn below_to(file: &File, field: &UnreadField) -> Option<Fix> {
    if !field.is_all {
        return None;
    }
    let start = field.promotion.start as usize;
    let said = file.slice(field.promotion).trim_end();
    let text = if said.starts_with('{') {
        format!("{{to: [{said}]}}")
    } else {
        let line = file.text.get(..start)?.rsplit('\n').next()?;
        let is_own = line.chars().all(|c| c == ' ');
        let line_end = if said.contains("\r\n") { "\r\n" } else { "\n" };
        let fields = indented(said, 2);
        let fields = fields.trim_start();
        is_own.then(|| format!("to:{line_end}{line}- {fields}"))?
    };
    let fix = Fix::safe(
        "move the fields below `promotion.to`",
        Place::new(&file.path, Span::new(start, start + said.len())),
        text,
    );
    let fix = rewritten(file, fix, |root| {
        let promotion = root.get("promotion")?;
        let is_alone = promotion.entries().len() == 1;
        let [target] = promotion.get("to")?.as_sequence()? else {
            return None;
        };
        let has = |key: &str| target.get(key).is_some();
        // ci-operator refuses any other target.
        let is_whole = has("namespace") && has("name") != has("tag");
        (is_alone && is_whole).then_some(())
    });
    // What was published by nobody for years may have another owner by now.
    fix.map(Fix::to_review)
}
