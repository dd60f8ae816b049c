//! Fixes as a patch that `git apply` takes.

use std::fmt::Write as _;

use similar::TextDiff;

use super::FixedFile;

/// The unified diff of `file`, with git's headers.
#[must_use]
pub fn unified(file: &FixedFile) -> String {
    let mut patch = String::new();
    let (old, new) = (quoted("a", &file.path), quoted("b", &file.new_path));
    let _ = writeln!(patch, "diff --git {old} {new}");
    if file.path != file.new_path {
        let bare = |path: &crate::tree::RepoPath| quoted("", path);
        let _ = writeln!(patch, "rename from {}", bare(&file.path));
        let _ = writeln!(patch, "rename to {}", bare(&file.new_path));
    }
    if file.old != file.new {
        let diff = TextDiff::from_lines(&file.old, &file.new);
        let _ = write!(patch, "{}", diff.unified_diff().header(&old, &new));
    }
    patch
}

/// A path as git writes it: in quotes, with escapes, where it has control characters or quotes.
fn quoted(side: &str, path: &crate::tree::RepoPath) -> String {
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
