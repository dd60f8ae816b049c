//! Asks a registry by its own protocol (opencontainers/distribution-spec `spec.md`, "Pull").

mod image;
mod reply;
mod tags;

use std::time::Instant;

use thiserror::Error;
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, parse_pem};

use super::credentials::Credentials;
use super::http::{Http, Method, Reply, Request, Transport};
use super::token::Authorizer;
use super::{Question, Undecided};
use crate::limits::MAX_REDIRECTS;
use crate::model::conventions::OnlineRegistries;

pub(super) use reply::failure;

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
