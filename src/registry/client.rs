//! Asks a registry by its own protocol (opencontainers/distribution-spec `spec.md`, "Pull").

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use thiserror::Error;
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, parse_pem};

use super::credentials::Credentials;
use super::http::{Http, Method, Reply, Request, Transport};
use super::token::Authorizer;
use super::{Answer, Question, Registry, Undecided, Version, nearest};
use crate::limits::{
    MAX_ERROR_BODY, MAX_INDEX_BODY, MAX_REDIRECTS, MAX_SHOWN_ANSWER, MAX_TAG_PAGES, MAX_TAGS_BODY,
};
use crate::model::conventions::OnlineRegistries;
use crate::syntax::likeness::Effort;
use crate::syntax::reference::is_tag;

/// Types of an index, which has an image for each platform.
const INDEXES: [&str; 2] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];

/// Types of an image of one platform.
const IMAGES: [&str; 4] = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v1+json",
];

/// By what codes a registry says that there is no such image, and no such repository
/// (`spec.md`, "Error Codes"; the last of the first are Harbor's and Quay's).
const NO_VERSION: [&str; 4] = [
    "MANIFEST_UNKNOWN",
    "TAG_UNKNOWN",
    "NOT_FOUND",
    "TAG_EXPIRED",
];
const NO_REPOSITORY: [&str; 2] = ["NAME_UNKNOWN", "NAME_INVALID"];

/// Tags in one page of a list.
const TAGS_IN_PAGE: &str = "1000";

/// A client of registries.
pub struct Client {
    http: Box<dyn Transport>,
    online: OnlineRegistries,
    authorizer: Authorizer,
}

/// A file of certificate authorities that cannot be used.
#[derive(Debug, Error)]
#[error("it holds no certificate in PEM")]
pub struct AuthoritiesError;

/// A reply, or that the registry does not let us in.
enum Access {
    Reply(Reply),
    Refused,
}

/// Which part of a repository is asked for.
struct Asked<'q> {
    question: &'q Question,
    method: Method,
    /// Behind `/v2/REPOSITORY/`.
    path: String,
    query: Vec<(&'q str, &'q str)>,
    longest: u64,
}

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

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<ErrorCode>,
}

#[derive(Deserialize)]
struct ErrorCode {
    code: String,
}

impl Client {
    /// A client that asks what `online` allows. Of certificate authorities it trusts those of Mozilla, or
    /// where `authorities` is given those in it alone (PEM).
    ///
    /// # Errors
    /// When there is no certificate in `authorities`.
    pub fn new(
        online: OnlineRegistries,
        credentials: Credentials,
        authorities: Option<&[u8]>,
    ) -> Result<Self, AuthoritiesError> {
        let authorities = authorities.map(root_certificates).transpose()?;
        let http = Http::new(&online, authorities);
        Ok(Self::over(Box::new(http), online, credentials))
    }

    /// A client that asks what `online` allows, by `http`.
    #[must_use]
    pub fn over(
        http: Box<dyn Transport>,
        online: OnlineRegistries,
        credentials: Credentials,
    ) -> Self {
        Self {
            http,
            authorizer: Authorizer::new(credentials),
            online,
        }
    }

    /// Whether the registry may be asked at all.
    #[must_use]
    pub fn allows(&self, question: &Question) -> bool {
        self.online.allows(&question.registry)
    }

    /// Whether there are credentials for what is asked.
    #[must_use]
    pub fn has_credentials(&self, question: &Question) -> bool {
        self.authorizer.has_credentials(question)
    }

    /// How many requests were sent.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.http.sent()
    }

    fn request(&self, asked: &Asked<'_>, deadline: Instant) -> Result<Access, Undecided> {
        let parts = (&*self.http, &self.online);
        let question = asked.question;
        let authorization = self.authorizer.known(question, parts, deadline)?;
        let header = authorization.as_ref().map(|own| own.header.as_str());
        let reply = self.follow(asked, header, deadline)?;
        if !matches!(reply.status, 401 | 403) {
            return Ok(Access::Reply(reply));
        }
        if reply.status == 403 || authorization.is_some_and(|own| !own.is_used) {
            return Ok(Access::Refused);
        }
        let Some(authorization) = self.authorizer.wanted(question, &reply, parts, deadline)? else {
            return Ok(Access::Refused);
        };
        let reply = self.follow(asked, Some(&authorization.header), deadline)?;
        Ok(match reply.status {
            401 | 403 => Access::Refused,
            _ => Access::Reply(reply),
        })
    }

    /// Sends a question, and sends it again where it leads: on the same host with `authorization`, to
    /// hosts that the registry may send us to without.
    fn follow(
        &self,
        asked: &Asked<'_>,
        authorization: Option<&str>,
        deadline: Instant,
    ) -> Result<Reply, Undecided> {
        let registry = &*asked.question.registry;
        let scheme = match self.online.is_plain(registry) {
            true => "http",
            false => "https",
        };
        let mut host = self.online.endpoint(registry).to_owned();
        let mut path = format!("/v2/{}/{}", asked.question.repository, asked.path);
        let mut query = asked.query.as_slice();
        let mut authorization = authorization;
        let accept = [INDEXES.as_slice(), &IMAGES, &["application/json"]].concat();
        let accept = accept.join(", ");
        for _ in 0..=MAX_REDIRECTS {
            let reply = self.http.send(&Request {
                method: asked.method,
                address: &format!("{scheme}://{host}{path}"),
                query,
                accept: &accept,
                authorization,
                longest: asked.longest,
                deadline,
            })?;
            if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
                // Nobody asked this host for anything but what it was said to have.
                let is_elsewhere = host != self.online.endpoint(registry);
                return match reply.status {
                    401 | 403 if is_elsewhere => Err(Undecided::Unexpected),
                    _ => Ok(reply),
                };
            }
            let target = reply.header("Location").ok_or(Undecided::Unexpected)?;
            if target.starts_with('/') && !target.starts_with("//") {
                path = target.to_owned();
            } else {
                let target: Uri = target.parse().map_err(|_| Undecided::Redirected)?;
                let other = target
                    .authority()
                    .map_or("", |authority| authority.as_str());
                if target.scheme_str() != Some(scheme) {
                    return Err(Undecided::Redirected);
                }
                if other != host {
                    if scheme != "https" || !self.online.may_redirect(registry, other) {
                        return Err(Undecided::Redirected);
                    }
                    authorization = None;
                    host = other.to_owned();
                }
                path = target
                    .path_and_query()
                    .map_or("/", |own| own.as_str())
                    .to_owned();
            }
            query = &[];
        }
        Err(Undecided::Redirected)
    }

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

    /// The tags of the repository, as far as the registry lists them; `None` where it has no such
    /// repository.
    fn tags(&self, question: &Question, deadline: Instant) -> Option<Vec<String>> {
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

    fn refused(&self, question: &Question) -> Answer {
        Answer::Refused {
            authenticated: self.has_credentials(question),
        }
    }
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

/// Whether a registry's refusal gives one of these reasons.
fn says(reply: &Reply, codes: &[&str]) -> bool {
    let errors: Option<Errors> = serde_json::from_slice(&reply.body).ok();
    let mut errors = errors.into_iter().flat_map(|errors| errors.errors);
    errors.any(|error| codes.contains(&&*error.code))
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

/// What a reply means that answers nothing.
pub(super) fn failure(reply: &Reply) -> Undecided {
    match reply.status {
        429 => Undecided::RateLimited(retry_after(reply)),
        500..=599 => Undecided::Failed(retry_after(reply)),
        _ => Undecided::Unexpected,
    }
}

/// How long to wait, which a reply says in seconds or by a date.
fn retry_after(reply: &Reply) -> Option<Duration> {
    let text = reply.header("Retry-After")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(text).ok()?.timestamp();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(u64::try_from(at).ok()?).saturating_sub(now))
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

/// The certificates of a PEM file.
fn root_certificates(pem: &[u8]) -> Result<RootCerts, AuthoritiesError> {
    let items = parse_pem(pem).filter_map(Result::ok);
    let certificates: Vec<_> = items
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    match certificates.is_empty() {
        true => Err(AuthoritiesError),
        false => Ok(RootCerts::new_with_certs(&certificates)),
    }
}
