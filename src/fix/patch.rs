//! Fixes as a patch that `git apply` takes.

use std::fmt::Write as _;

use similar::TextDiff;

use super::FixedFile;
use crate::tree::{FileChange, RepoPath};

/// What a file that is not there is called.
const NO_FILE: &str = "/dev/null";

/// The unified diff of `file`, with git's headers.
#[must_use]
pub fn unified(file: &FixedFile) -> String {
    let mut patch = String::new();
    let (old, new) = (quoted("a", &file.path), quoted("b", &file.new_path));
    let _ = writeln!(patch, "diff --git {old} {new}");
    if file.path != file.new_path {
        let bare = |path: &RepoPath| quoted("", path);
        let _ = writeln!(patch, "rename from {}", bare(&file.path));
        let _ = writeln!(patch, "rename to {}", bare(&file.new_path));
    }
    if file.old != file.new {
        let diff = TextDiff::from_lines(&file.old, &file.new);
        let _ = write!(patch, "{}", diff.unified_diff().header(&old, &new));
    }
    patch
}

/// The unified diff of one change, with git's headers.
#[must_use]
pub fn unified_change(change: &FileChange) -> String {
    let (old, new) = (quoted("a", &change.path), quoted("b", &change.path));
    let header = format!("diff --git {old} {new}\n");
    let (header, before) = match &change.old {
        Some(_) => (header, &*old),
        None => (header + "new file mode 100644\n", NO_FILE),
    };
    let text = change.old.as_deref().unwrap_or_default();
    let diff = TextDiff::from_lines(text, &change.new);
    format!("{header}{}", diff.unified_diff().header(before, &new))
}

/// A path as git writes it: in quotes, with escapes, where it has control characters or quotes.
fn quoted(side: &str, path: &RepoPath) -> String {
    let path = match side {
        "" => path.to_string(),
        side => format!("{side}/{path}"),
    };
    if !path.contains(|c: char| c.is_control() || c == '"' || c == '\\') {
        return path;
    }
    let mut text = String::from("\"");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            0x20..=0x7e => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\{byte:03o}");
            }
        }
    }
    text + "\""
}
