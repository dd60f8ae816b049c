//! Addresses of web pages about images, pasted where the image's pull spec belongs.

use super::{Split, is_host_like, is_valid};

/// A web address found where an image reference belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress {
    /// The pull spec that was probably meant; `None` when the address names no image.
    pub corrected: Option<String>,
}

/// Reads `token` as the address of a web page: anything with `http://` or `https://`, and with or
/// without it the pages of quay.io (`quay.io/repository/…`) and Docker Hub (`hub.docker.com/…`).
/// The latter two are valid references to `oc`, which then asks for an image that cannot exist:
/// `repository` is no organisation on quay.io, `hub.docker.com` no registry (`docs/domain.md#references`).
#[must_use]
pub fn web_address(token: &str) -> Option<WebAddress> {
    let address = strip_scheme(token);
    let page = page_path(address.unwrap_or(token));
    if address.is_none() && page.is_none() {
        return None;
    }
    let address = address.unwrap_or(token);
    let (path, query) = match address.split_once(['?', '#']) {
        Some((path, query)) => (path, query),
        None => (address, ""),
    };
    let spec = match page_path(path) {
        Some((host, path)) => page_image(host, path),
        None => Some(path.trim_end_matches('/').to_owned()),
    };
    let tag = query
        .split(['&', '#'])
        .find_map(|pair| pair.strip_prefix("tag="));
    let corrected = spec.map(|spec| match tag {
        Some(tag) if Split::new(&spec).tag.is_none() && !spec.contains('@') => {
            format!("{spec}:{tag}")
        }
        _ => spec,
    });
    Some(WebAddress {
        corrected: corrected.filter(|text| names_an_image(text)),
    })
}

fn strip_scheme(token: &str) -> Option<&str> {
    let (scheme, rest) = token.split_once("://")?;
    ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
        .then_some(rest)
}

/// Splits the address of a known page into the registry it shows and the path of the image page.
fn page_path(address: &str) -> Option<(&'static str, &str)> {
    let (host, path) = address.split_once('/')?;
    match host.to_ascii_lowercase().as_str() {
        "quay.io" | "www.quay.io" => Some(("quay.io", path.strip_prefix("repository/")?)),
        "hub.docker.com" => Some(("docker.io", path)),
        _ => None,
    }
}

/// The image whose page `path` is.
fn page_image(host: &str, path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    if host == "docker.io" {
        // `r/org/img`, `repository/docker/org/img`, and `_/img` for the official images
        let below = |prefix| path.strip_prefix(prefix);
        return below("_/")
            .map(|image| format!("{host}/library/{image}"))
            .or_else(|| {
                let image = below("r/").or_else(|| below("repository/docker/"))?;
                Some(format!("{host}/{}", image.trim_end_matches("/tags")))
            });
    }
    let (image, digest) = match path.split_once("/manifest/") {
        Some((image, digest)) => (image, Some(digest)),
        None => (path, None),
    };
    // An organisation alone has a page too, but no image.
    image.contains('/').then(|| match digest {
        Some(digest) => format!("{host}/{image}@{digest}"),
        None => format!("{host}/{image}"),
    })
}

/// Whether `text` is a reference with a host and something below it.
fn names_an_image(text: &str) -> bool {
    is_valid(text)
        && Split::new(text)
            .name
            .split_once('/')
            .is_some_and(|(first, _)| is_host_like(first))
}
