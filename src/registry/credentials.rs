//! Credentials for registries, from the files that podman, skopeo and docker keep them in
//! (containers-auth.json(5)). Programs that such a file names as helpers are never run.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use thiserror::Error;

use super::Question;

/// What docker calls its own registry.
const DOCKER_HUB: (&str, &str) = ("docker.io", "https://index.docker.io/v1/");

/// User names and passwords, of which nothing is ever shown.
#[derive(Default)]
pub struct Credentials(Vec<BTreeMap<String, Login>>);

/// What stands behind `Basic` in a header.
struct Login(String);

/// A file that cannot be used. Says nothing of its content.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("it is no JSON of the form `{{\"auths\": {{\"REGISTRY\": {{\"auth\": …}}}}}}`")]
pub struct CredentialsError;

#[derive(Deserialize)]
struct AuthFile {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
}

#[derive(Deserialize)]
struct Auth {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

impl Credentials {
    /// Adds those of a file. What was added first goes first.
    ///
    /// # Errors
    /// When it is of another form.
    pub fn add(&mut self, file: &[u8]) -> Result<(), CredentialsError> {
        let file: AuthFile = serde_json::from_slice(file).map_err(|_| CredentialsError)?;
        let auths = file.auths.into_iter();
        let logins = auths.filter_map(|(key, auth)| Some((key_of(&key), auth.login()?)));
        self.0.push(logins.collect());
        Ok(())
    }

    /// Whether there are some for what is asked.
    #[must_use]
    pub fn has(&self, question: &Question) -> bool {
        self.basic(question).is_some()
    }

    /// What stands behind `Basic` for what is asked: the credentials of the repository, else of a path
    /// that it lies below, else of the registry.
    pub(super) fn basic(&self, question: &Question) -> Option<&str> {
        let whole = question.repository_text();
        self.0.iter().find_map(|file| {
            let mut key = whole.as_str();
            loop {
                if let Some(login) = file.get(key) {
                    return Some(login.0.as_str());
                }
                key = key.rsplit_once('/')?.0;
            }
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

impl Auth {
    fn login(self) -> Option<Login> {
        let encoded = match (self.auth, self.username, self.password) {
            (Some(auth), ..) if !auth.is_empty() => auth,
            (_, Some(username), Some(password)) => {
                STANDARD.encode(format!("{username}:{password}"))
            }
            _ => return None,
        };
        // What is no `user:password` would only be refused.
        let decoded = STANDARD.decode(encoded.trim()).ok()?;
        let is_login = decoded.contains(&b':') && !decoded.starts_with(b":");
        is_login.then(|| Login(STANDARD.encode(decoded)))
    }
}

/// A key as it is looked up. Old files of docker have addresses for keys.
fn key_of(key: &str) -> String {
    let (hub, address) = DOCKER_HUB;
    if key == address {
        return hub.to_owned();
    }
    let bare = ["https://", "http://"].iter();
    let bare = bare.filter_map(|scheme| key.strip_prefix(scheme));
    let host = bare
        .map(|rest| rest.split('/').next().unwrap_or(rest))
        .next();
    host.unwrap_or(key).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::reference::Reference;

    fn basic(credentials: &Credentials, pull_spec: &str) -> Option<String> {
        let question = Question::of(&Reference::parse(pull_spec).ok()?)?;
        let encoded = credentials.basic(&question)?;
        String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
    }

    #[test]
    fn the_longest_path_goes_first() -> Result<(), CredentialsError> {
        let login = |login: &str| format!("{{\"auth\": \"{}\"}}", STANDARD.encode(login));
        let first = format!(
            "{{\"auths\": {{\"quay.io\": {}, \"quay.io/acme\": {}, \"quay.io/acme/widget\": {}, \
             \"gcr.io\": {{}}, \"ghcr.io\": {{\"auth\": \"!\"}}, \"https://index.docker.io/v1/\": {}}}, \
             \"credHelpers\": {{\"gcr.io\": \"x\"}}}}",
            login("host:1"),
            login("path:2"),
            login("repository:3:4"),
            login("hub:5"),
        );
        let second = r#"{"auths": {"gcr.io": {"username": "second", "password": "6"},
            "https://quay.io/": {"auth": "x"}}}"#;
        let mut credentials = Credentials::default();
        credentials.add(first.as_bytes())?;
        credentials.add(second.as_bytes())?;
        for (pull_spec, login) in [
            ("quay.io/acme/widget:1", Some("repository:3:4")),
            ("quay.io/acme/other:1", Some("path:2")),
            ("quay.io/acmes/other:1", Some("host:1")),
            ("docker.io/alpine:1", Some("hub:5")),
            ("gcr.io/a/b:1", Some("second:6")),
            ("ghcr.io/a/b:1", None),
            ("quay.io.example.com/a/b:1", None),
            ("quay.io:443/a/b:1", None),
        ] {
            assert_eq!(
                basic(&credentials, pull_spec).as_deref(),
                login,
                "{pull_spec}"
            );
        }
        Ok(())
    }

    #[test]
    fn nothing_of_them_is_shown() -> Result<(), CredentialsError> {
        let mut credentials = Credentials::default();
        credentials.add(br#"{"auths": {"quay.io": {"username": "a", "password": "SENTINEL"}}}"#)?;
        assert_eq!(format!("{credentials:?}"), "Credentials");
        let said = credentials.add(b"{\"auths\": \"SENTINEL\"}");
        assert!(said.is_err_and(|error| !error.to_string().contains("SENTINEL")));
        Ok(())
    }
}
