//! How a registry wants to be spoken to: what it asks for, and the tokens that it has others give out
//! (distribution/distribution `docs/content/spec/auth/token.md`).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Deserialize;
use ureq::http::Uri;

use super::credentials::Credentials;
use super::http::{Method, Reply, Request, Transport};
use super::{Question, Undecided};
use crate::limits::MAX_TOKEN_BODY;
use crate::model::conventions::OnlineRegistries;

/// What a registry asks for.
#[derive(Clone)]
enum Challenge {
    /// User name and password.
    Basic,
    /// A token from this address, for this service.
    Bearer { realm: String, service: String },
}

/// What goes into the header `Authorization`, and whether it was used before.
pub(super) struct Authorization {
    pub header: String,
    pub is_used: bool,
}

/// Gets what a registry wants, and remembers it.
#[derive(Default)]
pub(super) struct Authorizer {
    credentials: Credentials,
    /// By registry.
    challenges: Mutex<HashMap<Box<str>, Challenge>>,
    /// By repository with its registry.
    tokens: Mutex<HashMap<String, String>>,
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl Authorizer {
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            ..Self::default()
        }
    }

    /// Whether there are credentials for what is asked.
    pub fn has_credentials(&self, question: &Question) -> bool {
        self.credentials.has(question)
    }

    /// What the registry is known to want; nothing where that is not known, or not to be had.
    pub fn known(
        &self,
        question: &Question,
        (http, online): (&dyn Transport, &OnlineRegistries),
        deadline: Instant,
    ) -> Result<Option<Authorization>, Undecided> {
        let challenge = lock(&self.challenges).get(&question.registry).cloned();
        match challenge {
            Some(challenge) => self.authorize(question, &challenge, (http, online), deadline),
            None => Ok(None),
        }
    }

    /// What the registry wants that has just answered `reply`; nothing where there is none to be had.
    pub fn wanted(
        &self,
        question: &Question,
        reply: &Reply,
        (http, online): (&dyn Transport, &OnlineRegistries),
        deadline: Instant,
    ) -> Result<Option<Authorization>, Undecided> {
        let Some(challenge) = challenge(reply) else {
            return Err(Undecided::Unexpected);
        };
        lock(&self.tokens).remove(&question.repository_text());
        lock(&self.challenges).insert(question.registry.clone(), challenge.clone());
        self.authorize(question, &challenge, (http, online), deadline)
    }

    fn authorize(
        &self,
        question: &Question,
        challenge: &Challenge,
        (http, online): (&dyn Transport, &OnlineRegistries),
        deadline: Instant,
    ) -> Result<Option<Authorization>, Undecided> {
        let basic = self.credentials.basic(question);
        let basic = basic.map(|basic| format!("Basic {basic}"));
        let Challenge::Bearer { realm, service } = challenge else {
            return Ok(basic.map(|header| Authorization {
                header,
                is_used: false,
            }));
        };
        let key = question.repository_text();
        if let Some(token) = lock(&self.tokens).get(&key) {
            return Ok(Some(Authorization {
                header: format!("Bearer {token}"),
                is_used: true,
            }));
        }
        if !may_give_tokens(realm, question, online) {
            return Err(Undecided::ForeignTokens);
        }
        // Never what the registry would like to have: to pull is all that is needed.
        let scope = format!("repository:{}:pull", question.repository);
        let reply = http.send(&Request {
            method: Method::Get,
            address: realm,
            query: &[("service", service), ("scope", &scope)],
            accept: "application/json",
            authorization: basic.as_deref(),
            longest: MAX_TOKEN_BODY,
            deadline,
        })?;
        match reply.status {
            200 => {}
            401 | 403 => return Ok(None),
            _ => return Err(super::client::failure(&reply)),
        }
        let token: Token =
            serde_json::from_slice(&reply.body).map_err(|_| Undecided::Unexpected)?;
        let token = token.token.or(token.access_token);
        let token = token.filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
        let token = token.ok_or(Undecided::Unexpected)?;
        let header = format!("Bearer {token}");
        lock(&self.tokens).insert(key, token);
        Ok(Some(Authorization {
            header,
            is_used: false,
        }))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a reply asks for; of several, what mirrorlint can do.
fn challenge(reply: &Reply) -> Option<Challenge> {
    let headers = reply.headers.get_all("WWW-Authenticate").iter();
    let texts = headers.filter_map(|header| header.to_str().ok());
    let lists = texts.filter_map(|text| http_auth::parse_challenges(text).ok());
    let challenges: Vec<_> = lists.flatten().collect();
    let of = |scheme: &str| {
        let mut challenges = challenges.iter();
        challenges.find(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme))
    };
    if let Some(bearer) = of("Bearer") {
        let param = |name: &str| {
            let mut params = bearer.params.iter();
            let (_, value) = params.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            Some(value.to_unescaped())
        };
        return Some(Challenge::Bearer {
            realm: param("realm")?,
            service: param("service").unwrap_or_default(),
        });
    }
    of("Basic").map(|_| Challenge::Basic)
}

/// Whether credentials for what is asked may go to `realm`: to the registry's own host or one that is
/// known to give out its tokens, and only over TLS, as the registry itself is asked.
fn may_give_tokens(realm: &str, question: &Question, online: &OnlineRegistries) -> bool {
    let Ok(uri) = realm.parse::<Uri>() else {
        return false;
    };
    let registry = &question.registry;
    let host = uri.authority().map_or("", |authority| authority.as_str());
    match uri.scheme_str() {
        Some("https") => online.gives_tokens(registry, host),
        Some("http") => online.is_plain(registry) && host == &**registry,
        _ => false,
    }
}
