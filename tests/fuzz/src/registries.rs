//! The target of what registries answer, and of the requests that come of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mirrorlint::model::conventions::OnlineRegistries;
use mirrorlint::registry::credentials::Credentials;
use mirrorlint::registry::{
    Answer, Client, Method, Question, Registry, Reply, Request, Transport, Undecided, Version,
};
use mirrorlint::syntax::reference::Reference;

use super::checkouts::CONVENTIONS;

/// What a line with the status of a reply starts with.
const STATUS_MARK: &str = "%% ";

/// Most requests for one question: each may lead on, to a token and to three redirects, and then it
/// may be asked with the token once more.
const MOST_REQUESTS: usize = 2 * 10 + 5 * 10;

/// Credentials for some registries, `user:secret`.
const CREDENTIALS: &str = r#"{"auths": {"quay.io": {"auth": "dXNlcjpzZWNyZXQ="},
    "docker.io": {"auth": "dXNlcjpzZWNyZXQ="}, "k8s.gcr.io": {"auth": "dXNlcjpzZWNyZXQ="}}}"#;

/// What goes to a registry with credentials, and to nobody else.
const LOGIN: &str = "Basic dXNlcjpzZWNyZXQ=";

/// Replies, given one after the other, whatever is asked for.
struct Replies {
    question: Question,
    online: OnlineRegistries,
    has_login: bool,
    replies: Vec<Said>,
    sent: AtomicUsize,
}

/// A reply: its status, its headers and its body.
#[derive(Clone, Default)]
struct Said {
    status: u16,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    body: Vec<u8>,
}

/// The replies behind the first line of `bytes`: a line with the status, headers up to an empty
/// line, and the body.
fn said(bytes: &[u8]) -> Vec<Said> {
    let mut replies: Vec<Said> = Vec::new();
    let mut is_body = false;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if let Some(status) = line.strip_prefix(STATUS_MARK.as_bytes()) {
            let status = String::from_utf8_lossy(status);
            replies.push(Said {
                status: status.trim().parse().unwrap_or(200),
                ..Said::default()
            });
            is_body = false;
            continue;
        }
        let Some(reply) = replies.last_mut() else {
            continue;
        };
        let header = line.strip_suffix(b"\n").unwrap_or(line);
        if is_body {
            reply.body.extend(line);
        } else if header.is_empty() {
            is_body = true;
        } else if let Some(colon) = header.iter().position(|&byte| byte == b':') {
            let value = header[colon + 1..].trim_ascii();
            let header = (header[..colon].to_vec(), value.to_vec());
            reply.headers.push(header);
        }
    }
    replies
}

impl Replies {
    /// Holds that a request may be sent, and may say who asks.
    fn hold(&self, request: &Request<'_>) {
        let Question {
            registry,
            repository,
            ..
        } = &self.question;
        let address = request.address;
        let (scheme, behind) = address.split_once("://").unwrap_or_default();
        let is_secure = scheme.eq_ignore_ascii_case("https");
        assert!(is_secure, "{address:?} is asked without TLS");
        let end = behind.find(['/', '?', '#']).unwrap_or(behind.len());
        let (host, path) = behind.split_at(end);
        let is_registry = host == self.online.endpoint(registry);
        let gives_tokens = self.online.gives_tokens(registry, host);
        let is_redirect = self.online.may_redirect(registry, host);
        assert!(
            is_registry || gives_tokens || is_redirect,
            "{registry} leads to {address:?}"
        );
        let asks_for_token = request.query.iter().any(|(key, _)| *key == "scope");
        for (key, value) in request.query {
            let pull = format!("repository:{repository}:pull");
            assert!(*key != "scope" || *value == pull, "{value:?} is asked for");
        }
        let Some(authorization) = request.authorization else {
            return;
        };
        assert!(is_registry || gives_tokens, "{host} gets credentials");
        let is_login = authorization == LOGIN;
        assert!(is_login || authorization.starts_with("Bearer "));
        assert!(
            !is_login || self.has_login,
            "another registry's credentials"
        );
        assert!(!asks_for_token || is_login, "a token for a token");
        let (_, secret) = authorization.split_once(' ').unwrap_or_default();
        assert!(secret.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(
            is_registry || asks_for_token,
            "{host}{path} gets credentials"
        );
    }
}

/// The way to the registry, for a client.
struct Way(Arc<Replies>);

impl Transport for Way {
    fn send(&self, request: &Request<'_>) -> Result<Reply, Undecided> {
        self.0.hold(request);
        let number = self.0.sent.fetch_add(1, Ordering::Relaxed);
        // What is no address leads nowhere.
        if !request.address.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Undecided::Unexpected);
        }
        let Some(said) = self.0.replies.get(number) else {
            return Err(Undecided::Unreachable);
        };
        if u64::try_from(said.body.len()).is_ok_and(|length| length > request.longest) {
            return Err(Undecided::TooLarge);
        }
        let headers = said.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_slice(), value.as_slice()));
        let body = match request.method {
            Method::Head => Vec::new(),
            Method::Get => said.body.clone(),
        };
        Ok(Reply::new(said.status, headers, body))
    }

    fn sent(&self) -> usize {
        self.0.sent.load(Ordering::Relaxed)
    }
}

/// A question and a registry that answers whatever it likes: it is asked so many times and no more,
/// nobody else is given what is secret, and what it says can be shown.
pub fn registry_answer(bytes: &[u8]) {
    asked(bytes);
}

/// What is made of such answers; nothing where nothing is asked.
pub fn asked(bytes: &[u8]) -> Option<[Result<Answer, &'static str>; 2]> {
    let line = bytes.split(|&byte| byte == b'\n').next();
    let line = String::from_utf8_lossy(line.unwrap_or_default());
    let question = Question::of(&Reference::parse(&line).ok()?)?;
    let online = CONVENTIONS.registries.online.clone();
    if !online.allows(&question.registry) && &*question.registry != "docker.io" {
        return None;
    }
    let outcomes = || {
        let mut credentials = Credentials::default();
        let added = credentials.add(CREDENTIALS.as_bytes());
        added.expect("they are well written");
        let replies = Arc::new(Replies {
            question: question.clone(),
            online: online.clone(),
            has_login: credentials.has(&question),
            replies: said(bytes),
            sent: AtomicUsize::new(0),
        });
        let http = Box::new(Way(Arc::clone(&replies)));
        let client = Client::over(http, online.clone(), credentials);
        // The second time it is known what the registry wants.
        [(); 2].map(|()| {
            let before = client.requests();
            let outcome = client.ask(&question, Instant::now() + Duration::from_secs(60));
            let requests = client.requests() - before;
            assert!(requests <= MOST_REQUESTS, "{requests} requests");
            if let Ok(answer) = &outcome {
                can_be_shown(&question, answer, replies.has_login);
            }
            // How long to wait depends on the time.
            outcome.map_err(|why| why.as_str())
        })
    };
    let first = outcomes();
    assert_eq!(outcomes(), first);
    Some(first)
}

/// Holds that an answer is short, without surprises, and one to this question.
fn can_be_shown(question: &Question, answer: &Answer, has_login: bool) {
    let is_plain = |text: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+._:/-".contains(&byte);
        text.len() <= 200 && text.bytes().all(is_plain)
    };
    match answer {
        Answer::Found { digest, platforms } => {
            assert!(digest.iter().all(|digest| is_plain(digest)), "{digest:?}");
            for platform in platforms.iter().flatten() {
                assert!(is_plain(platform) && platform.contains('/'), "{platform:?}");
            }
        }
        Answer::NoVersion { near } => {
            assert!(near.len() <= 3, "{near:?}");
            for tag in near {
                let is_text = tag.len() <= 128 && is_plain(&tag.replace('_', "-"));
                assert!(is_text && !tag.contains(['/', ':', '+']), "{tag:?}");
                let asked = Version::Tag(tag.as_str().into());
                assert!(question.version != asked, "{tag} is offered for itself");
            }
        }
        Answer::NoRepository => {}
        Answer::Refused { authenticated } => assert_eq!(*authenticated, has_login),
    }
    let written = serde_json::to_string(answer).expect("an answer is JSON");
    let again: Answer = serde_json::from_str(&written).expect("what we wrote ourselves");
    assert_eq!(again, *answer);
}
