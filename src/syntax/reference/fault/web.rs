//! Addresses that a browser or another tool takes.

use super::super::{is_valid, web_address};
use super::{GRAMMAR, Kind, ReferenceFault};
use crate::syntax::span::Span;

fn web_fault(token: &str, message: String) -> ReferenceFault {
    let address = web_address(token);
    let corrected = address.and_then(|address| address.corrected);
    let help = corrected.as_ref().map_or_else(
        || format!("{GRAMMAR}, as `podman pull` takes it"),
        |corrected| format!("the pull spec is `{corrected}`"),
    );
    ReferenceFault::new(Kind::WebAddress, Span::new(0, token.len()), message, &help)
        .with_fix(corrected.map(|text| (Span::new(0, token.len()), text)))
}

/// `docker://` and the like, or the address of a web page.
pub(super) fn scheme(token: &str) -> Option<ReferenceFault> {
    let (scheme, rest) = token.split_once("://")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    if !scheme.bytes().all(plain) {
        return None;
    }
    if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") {
        let message = format!("`{scheme}://` starts a web address, not an image reference");
        return Some(web_fault(token, message));
    }
    let prefix = Span::new(0, scheme.len() + 3);
    Some(
        ReferenceFault::new(
            Kind::Scheme,
            prefix,
            format!("`{scheme}://` cannot stand before an image reference"),
            "`oc image mirror` knows no scheme but `s3://` and `file://`: write the reference without it",
        )
        .with_fix(is_valid(rest).then(|| (prefix, String::new()))),
    )
}

/// `quay.io/repository/org/img?tab=tags`: without a scheme, yet out of an address bar.
pub(super) fn web_query(token: &str) -> Option<ReferenceFault> {
    web_address(token)?;
    let message = "this is the address of a web page, not an image reference".to_owned();
    Some(web_fault(token, message))
}
