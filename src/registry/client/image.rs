//! Whether a registry has an image, and what of it is missing if not.

use std::collections::BTreeSet;
use std::time::Instant;

use serde::Deserialize;

use super::super::http::{Method, Reply};
use super::super::{Answer, Question, Registry, Undecided, Version, nearest};
use super::reply::{NO_REPOSITORY, NO_VERSION, failure, says};
use super::{Access, Asked, Client, IMAGES, INDEXES};
use crate::limits::{MAX_ERROR_BODY, MAX_INDEX_BODY, MAX_SHOWN_ANSWER};
use crate::syntax::likeness::Effort;

#[derive(Deserialize)]
struct Index {
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    os: String,
    architecture: String,
}

impl Registry for Client {
    fn ask(&self, question: &Question, deadline: Instant) -> Result<Answer, Undecided> {
        let asked = manifest(question, Method::Head, MAX_ERROR_BODY);
        let reply = match self.request(&asked, deadline)? {
            Access::Reply(reply) => reply,
            Access::Refused => return Ok(self.refused(question)),
        };
        match reply.status {
            200 => self.found(question, &reply, deadline),
            // Some know no HEAD.
            404 | 405 | 501 => self.missing(question, deadline),
            _ => Err(failure(&reply)),
        }
    }
}

impl Client {
    /// The digest and the platforms of an image that is there.
    fn found(
        &self,
        question: &Question,
        head: &Reply,
        deadline: Instant,
    ) -> Result<Answer, Undecided> {
        let digest = head.header("Docker-Content-Digest").map(str::to_owned);
        let digest = digest.filter(|digest| is_plain(digest));
        let found = |platforms| Ok(Answer::Found { digest, platforms });
        let kind = head.header("Content-Type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if IMAGES.contains(&kind) {
            return found(None);
        }
        if !INDEXES.contains(&kind) {
            return Err(Undecided::Unexpected);
        }
        let asked = manifest(question, Method::Get, MAX_INDEX_BODY);
        let index = match self.request(&asked, deadline)? {
            Access::Reply(reply) if reply.status == 200 => reply,
            Access::Reply(reply) => return Err(failure(&reply)),
            Access::Refused => return Err(Undecided::Unexpected),
        };
        let index: Index =
            serde_json::from_slice(&index.body).map_err(|_| Undecided::Unexpected)?;
        let mut platforms = BTreeSet::new();
        for descriptor in index.manifests {
            match descriptor.platform {
                Some(Platform { os, architecture }) => {
                    let platform = format!("{os}/{architecture}");
                    if !is_plain(&platform) {
                        return Err(Undecided::Unexpected);
                    }
                    platforms.insert(platform);
                }
                // It may be for any.
                None => return found(None),
            }
        }
        found(Some(platforms.into_iter().collect()))
    }

    /// What is missing where the registry does not have the image.
    fn missing(&self, question: &Question, deadline: Instant) -> Result<Answer, Undecided> {
        let asked = manifest(question, Method::Get, MAX_INDEX_BODY);
        let reply = match self.request(&asked, deadline)? {
            Access::Reply(reply) if reply.status == 404 => reply,
            Access::Reply(reply) if reply.status == 200 => {
                return self.found(question, &reply, deadline);
            }
            Access::Reply(reply) => return Err(failure(&reply)),
            Access::Refused => return Ok(self.refused(question)),
        };
        // Not everything that says 404 is a registry.
        if says(&reply, &NO_REPOSITORY) {
            return Ok(Answer::NoRepository);
        }
        if !says(&reply, &NO_VERSION) {
            return Err(Undecided::Unexpected);
        }
        // Many say so of a repository that they do not have, too.
        let Some(tags) = self.tags(question, deadline) else {
            return Ok(Answer::NoRepository);
        };
        Ok(Answer::NoVersion {
            near: match &question.version {
                Version::Tag(tag) => {
                    // Some list a tag longer than they have it.
                    let others = tags
                        .iter()
                        .map(String::as_str)
                        .filter(|other| *other != &**tag);
                    nearest(tag, others, &Effort::default())
                }
                Version::Digest(_) => Vec::new(),
            },
        })
    }

    fn refused(&self, question: &Question) -> Answer {
        Answer::Refused {
            authenticated: self.has_credentials(question),
        }
    }
}

/// Whether a text is short and without surprises, as it is shown: a digest, or a platform.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+._:/-".contains(&byte);
    text.len() <= MAX_SHOWN_ANSWER && text.bytes().all(is_plain)
}

fn manifest(question: &Question, method: Method, longest: u64) -> Asked<'_> {
    Asked {
        question,
        method,
        path: format!("manifests/{}", question.version.as_str()),
        query: Vec::new(),
        longest,
    }
}
