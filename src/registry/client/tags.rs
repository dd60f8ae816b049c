//! The tags of a repository, which come in pages.

use std::time::Instant;

use serde::Deserialize;
use ureq::http::Uri;

use super::super::Question;
use super::super::http::Method;
use super::reply::{NO_REPOSITORY, says};
use super::{Access, Asked, Client};
use crate::limits::{MAX_TAG_PAGES, MAX_TAGS_BODY};
use crate::syntax::reference::is_tag;

/// Tags in one page of a list.
const TAGS_IN_PAGE: &str = "1000";

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

impl Client {
    /// The tags of the repository, as far as the registry lists them; `None` where it has no such
    /// repository.
    pub(super) fn tags(&self, question: &Question, deadline: Instant) -> Option<Vec<String>> {
        let mut tags = Vec::new();
        let mut path = "tags/list".to_owned();
        let mut query = vec![("n", TAGS_IN_PAGE)];
        for _ in 0..MAX_TAG_PAGES {
            let asked = Asked {
                question,
                method: Method::Get,
                path,
                query,
                longest: MAX_TAGS_BODY,
            };
            let Ok(Access::Reply(reply)) = self.request(&asked, deadline) else {
                break;
            };
            if reply.status == 404 && tags.is_empty() && says(&reply, &NO_REPOSITORY) {
                return None;
            }
            let page: Option<Tags> = serde_json::from_slice(&reply.body).ok();
            let listed = page.and_then(|page| page.tags).unwrap_or_default();
            // They are shown, and offered as a fix.
            tags.extend(listed.into_iter().filter(|tag| is_tag(tag)));
            let next = reply
                .header("Link")
                .and_then(|link| next_page(link, question));
            let Some(next) = next else { break };
            (path, query) = (next, Vec::new());
        }
        Some(tags)
    }
}

/// The next page of a list of tags of the same repository, behind `/v2/REPOSITORY/`.
fn next_page(link: &str, question: &Question) -> Option<String> {
    let (target, rest) = link.strip_prefix('<')?.split_once('>')?;
    let path = match target.parse::<Uri>().ok()?.path_and_query() {
        Some(path) => path.as_str().to_owned(),
        None => return None,
    };
    let page = path.strip_prefix(&format!("/v2/{}/", question.repository))?;
    (rest.contains("next") && page.starts_with("tags/list")).then(|| page.to_owned())
}
