//! `file:` URIs and the paths they stand for.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;

/// The path that `uri` names; `None` for another scheme, another host, or a name that is no text.
#[must_use]
pub fn to_path(uri: &Uri) -> Option<PathBuf> {
    let text = uri.as_ref();
    let (scheme, rest) = text.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let (host, path) = rest.split_at(rest.find('/')?);
            let is_here = host.is_empty() || host.eq_ignore_ascii_case("localhost");
            is_here.then_some(path)?
        }
        None => rest,
    };
    let path = decoded(path.split(['?', '#']).next().unwrap_or(path))?;
    (path.starts_with('/') && !path.contains('\0')).then(|| PathBuf::from(path))
}

/// The URI of an absolute `path`.
#[must_use]
pub fn of_path(path: &Path) -> Uri {
    let mut text = String::from("file://");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => {
                // Writing to a String does not fail.
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    Uri(text)
}

/// `text` with its percent escapes undone; `None` when one is broken or the bytes are not UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(uri: &str) -> Option<String> {
        to_path(&Uri::from(uri)).map(|path| path.display().to_string())
    }

    #[test]
    fn uris_of_files_become_paths() {
        for (uri, wanted) in [
            ("file:///a/b", Some("/a/b")),
            ("file:/a", Some("/a")),
            ("FILE://localhost/a%20b/%C3%A4", Some("/a b/ä")),
            ("file:///a%3ab", Some("/a:b")),
            ("file://elsewhere/a", None),
            ("file:///a%2", None),
            ("file:///a%ff", None),
            ("file:///a%00", None),
            ("untitled:Untitled-1", None),
            ("file://", None),
            ("", None),
        ] {
            assert_eq!(path(uri).as_deref(), wanted, "{uri}");
        }
    }

    #[test]
    fn paths_become_uris_and_come_back() {
        let odd = Path::new("/tmp/a b/ä%#?[x]:y");
        let uri = of_path(odd);
        assert_eq!(uri.as_ref(), "file:///tmp/a%20b/%C3%A4%25%23%3F%5Bx%5D%3Ay");
        assert_eq!(to_path(&uri).as_deref(), Some(odd));
    }
}
