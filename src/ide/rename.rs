//! Gives a thing another name wherever the checkout names it: an image, a name within a config, and what a
//! mapping file's name says elsewhere. What cannot be renamed wholly is not renamed at all.

mod edited;
mod files;
mod image;
mod local;
mod refusals;
mod subject;

use thiserror::Error;

use super::FilePosition;
use crate::checkout::Checkout;
use crate::finding::{Edit, Place};
use crate::syntax::span::Span;

use edited::Edits;
use subject::{Subject, subject_at};

pub use files::moved;
pub(super) use subject::{image_in, local_name};

/// Why something cannot be renamed, without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("cannot be renamed: {0}")]
pub struct RenameError(String);

impl RenameError {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Stands for a name that nothing has, as long as the user has not given one.
const FREE: &str = "mirrorlint-free-name";

/// The word at `cursor` that can be renamed; nothing where no name stands.
///
/// # Errors
/// When there is a name that cannot be renamed wholly by changes in the checkout.
pub fn prepare(cursor: &FilePosition<'_>) -> Result<Option<Span>, RenameError> {
    let Some((subject, span)) = subject_at(cursor)? else {
        return Ok(None);
    };
    edits(cursor, &subject, FREE)?;
    Ok(Some(span))
}

/// The edits that give the thing at `cursor` the name `new`, in order of places; nothing where no name
/// stands. The files parse as well afterwards as before.
///
/// # Errors
/// When it cannot be renamed, or not to `new`.
pub fn rename(cursor: &FilePosition<'_>, new: &str) -> Result<Option<Vec<Edit>>, RenameError> {
    let Some((subject, _)) = subject_at(cursor)? else {
        return Ok(None);
    };
    let edits = edits(cursor, &subject, new)?;
    edits.parse_well(cursor.checkout)?;
    Ok(Some(edits.into_list()))
}

fn edits(
    cursor: &FilePosition<'_>,
    subject: &Subject<'_>,
    new: &str,
) -> Result<Edits, RenameError> {
    let checkout = cursor.checkout;
    let mut edits = Edits::default();
    match subject {
        Subject::Local(name) => {
            let file = cursor
                .file()
                .ok_or_else(|| RenameError::new("the file is not of the checkout"))?;
            image::local_or_published(checkout, file, name, new, &mut edits)?;
        }
        Subject::Published(span) => {
            image::published_at(checkout, cursor.path, *span, new, &mut edits)?
        }
        Subject::Image(tags, part) => {
            for tag in tags {
                image::image(checkout, tag, *part, new, &mut edits)?;
            }
        }
    }
    Ok(edits)
}

/// `path:line` of a place, for messages.
fn at(checkout: &Checkout, place: &Place) -> String {
    super::shown(checkout, place)
}
