//! `images` written as a list where the checkout's configs have `images.items`.

use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::checks::edits::{indented, rewritten};
use crate::finding::{Draft, Fix, Place};
use crate::model::File;
use crate::model::ci_operator::ImagesForm;
use crate::syntax::span::Span;

/// `images-list`: a list that ci-operator no longer reads.
pub(super) fn images_list(checkout: &Checkout, drafts: &mut Drafts) {
    if !checkout.layout().has_image_items() {
        return;
    }
    for (file, config) in checkout.ci_configs() {
        let ImagesForm::List { key, list } = config.images_form else {
            continue;
        };
        let draft = Draft::new(
            Place::new(&file.path, key),
            "images",
            "`images` is a list, which ci-operator no longer reads",
        );
        let draft = draft.help(
            "write the images below `images.items`, as the other configs of the checkout do; \
             until then ci-operator refuses this one",
        );
        drafts.push(draft.maybe_fix(below_items(file, key, list)));
    }
}

/// A safe fix that puts the list below `items`, with all its comments; nothing where it does not
/// simply follow its key.
fn below_items(file: &File, key: Span, list: Span) -> Option<Fix> {
    let text = &*file.text;
    let said = file.slice(list);
    let (place, text) = if said.starts_with('[') {
        let between = text.get(key.end as usize..list.start as usize)?;
        let follows = between.strip_prefix(':')?.trim().is_empty();
        (list, follows.then(|| format!("{{items: {said}}}"))?)
    } else {
        let after = text.get(key.end as usize..)?;
        let (rest, _) = after.split_once('\n')?;
        let rest_of_line = rest.strip_prefix(':')?.trim();
        if !(rest_of_line.is_empty() || rest_of_line.starts_with('#')) {
            return None;
        }
        let body = key.end as usize + rest.len() + 1;
        let end = list.start as usize + said.trim_end().len();
        let items = text.get(body..end)?;
        let column = |at: usize| Some(at - text.get(..at)?.rfind('\n').map_or(0, |line| line + 1));
        let (key_column, dash) = (column(key.start as usize)?, column(list.start as usize)?);
        // A list that is indented already stands right below `items`.
        let (blanks, items) = if dash > key_column {
            (dash, items.to_owned())
        } else {
            (key_column + 2, indented(items, 2))
        };
        let line_end = if rest.ends_with('\r') { "\r\n" } else { "\n" };
        let text = format!("{}items:{line_end}{items}", " ".repeat(blanks));
        (Span::new(body, end), text)
    };
    let fix = Fix::safe(
        "put the list below `images.items`",
        Place::new(&file.path, place),
        text,
    );
    rewritten(file, fix, |root| {
        root.get("images")?.get("items")?.as_sequence().map(drop)
    })
}
