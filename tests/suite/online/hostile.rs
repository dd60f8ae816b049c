//! Registries that are no good: each row is one, with the outcome. None takes longer than the time it is
//! given, and no credentials go elsewhere.

use std::thread;
use std::time::{Duration, Instant};

use mirrorlint::model::Conventions;
use mirrorlint::model::conventions::OnlineRegistries;
use mirrorlint::registry::credentials::Credentials;
use mirrorlint::registry::{Answer, Client, Question, Undecided, ask_all};
use mirrorlint::syntax::reference::Reference;

use super::server::{
    Asked, INDEX, Reply, Server, image, index, json, response, typed, with_header,
};
use crate::support::Outcome;

/// Time for one row, and what a busy machine may take beyond.
const BUDGET: Duration = Duration::from_secs(4);
const SLACK: Duration = Duration::from_secs(4);

/// A registry, its name and what asking it for `acme/widget:v1.2` gives.
type Row = (&'static str, fn(&Asked) -> Reply, &'static str);

fn no_version() -> Reply {
    json(404, r#"{"errors": [{"code": "MANIFEST_UNKNOWN"}]}"#)
}

fn is_list(asked: &Asked) -> bool {
    asked.path.contains("/tags/list")
}

fn is_token(asked: &Asked) -> bool {
    asked.path.starts_with("/token")
}

/// Says that there is no such version, and lists tags by `tags`.
fn listing(asked: &Asked, tags: impl Fn(&Asked) -> Reply) -> Reply {
    match is_list(asked) {
        true => tags(asked),
        false => no_version(),
    }
}

/// Asks for a token from `realm`.
fn challenge(realm: &str) -> Reply {
    let header = format!("WWW-Authenticate: Bearer realm=\"{realm}\",service=\"s\",scope=\"all\"");
    with_header(401, &header)
}

/// A registry with tokens: `token` is what its own token server says.
fn with_tokens(asked: &Asked, token: fn(&Asked) -> Reply) -> Reply {
    match (is_token(asked), &asked.authorization) {
        (true, _) => token(asked),
        (false, Some(own)) if own == "Bearer t" => image(),
        _ => challenge(&format!("http://{}/token", asked.host)),
    }
}

fn moved(to: &str) -> Reply {
    with_header(307, &format!("Location: {to}"))
}

fn first_time(asked: &Asked, reply: Reply) -> Reply {
    match asked.before {
        0 => reply,
        _ => image(),
    }
}

const ROWS: &[Row] = &[
    ("an image", |_| image(), "found"),
    (
        "an old image",
        |_| {
            typed(
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                "",
            )
        },
        "found",
    ),
    (
        "a type with a parameter",
        |_| {
            typed(
                "application/vnd.oci.image.manifest.v1+json; charset=utf-8",
                "",
            )
        },
        "found",
    ),
    (
        "an index",
        |_| {
            index(
                r#"[{"platform": {"os": "linux", "architecture": "amd64"}}, {"platform": {"os": "linux", "architecture": "arm64"}}]"#,
            )
        },
        "found linux/amd64 linux/arm64",
    ),
    ("an index that does not say", |_| index("[{}]"), "found"),
    ("an empty index", |_| index("[]"), "found for nothing"),
    (
        "an index that is no JSON",
        |_| typed(INDEX, "{\"manifests\": ["),
        "unexpected answer",
    ),
    (
        "an index of another shape",
        |_| typed(INDEX, "[1]"),
        "unexpected answer",
    ),
    (
        "an index for a platform with escapes",
        |_| index(r#"[{"platform": {"os": "\u001b[31m", "architecture": "x"}}]"#),
        "unexpected answer",
    ),
    (
        "no repository to list tags of",
        |asked| {
            listing(asked, |_| {
                json(404, r#"{"errors": [{"code": "NAME_UNKNOWN"}]}"#)
            })
        },
        "no repository",
    ),
    (
        "tags with escapes",
        |asked| listing(asked, |_| json(200, r#"{"tags": ["v1.\u001b", "v1.\n"]}"#)),
        "no version",
    ),
    (
        "an index nested without end",
        |_| typed(INDEX, &"[".repeat(100_000)),
        "unexpected answer",
    ),
    (
        "an endless index",
        |asked| match asked.method.as_str() {
            "HEAD" => index("[]"),
            _ => Reply::Endless(
                format!("HTTP/1.1 200 X\r\nContent-Type: {INDEX}\r\n\r\n").into_bytes(),
            ),
        },
        "answer too large",
    ),
    (
        "a web page",
        |_| typed("text/html", "<html>"),
        "unexpected answer",
    ),
    (
        "no type at all",
        |_| Reply::Bytes(response(200, "", "")),
        "unexpected answer",
    ),
    (
        "no repository",
        |_| json(404, r#"{"errors": [{"code": "NAME_UNKNOWN"}]}"#),
        "no repository",
    ),
    (
        "no such tag",
        |asked| listing(asked, |_| json(200, r#"{"tags": ["v1.1", "v9", "v1.3"]}"#)),
        "no version, but v1.1 v1.3",
    ),
    (
        "tags that fail",
        |asked| listing(asked, |_| with_header(500, "X: y")),
        "no version",
    ),
    (
        "tags that are no JSON",
        |asked| listing(asked, |_| json(200, "{\"tags\": [1]}")),
        "no version",
    ),
    (
        "endless tags",
        |asked| {
            listing(asked, |_| {
                Reply::Endless(b"HTTP/1.1 200 X\r\n\r\n".to_vec())
            })
        },
        "no version",
    ),
    (
        "tags that go on elsewhere",
        |asked| {
            listing(asked, |_| {
                Reply::Bytes(response(
                    200,
                    "Link: <http://169.254.169.254/v2/x>; rel=\"next\"\r\n",
                    r#"{"tags": ["v1.1"]}"#,
                ))
            })
        },
        "no version, but v1.1",
    ),
    (
        "tags that go on for ever",
        |asked| {
            listing(asked, |_| {
                Reply::Bytes(response(
                    200,
                    "Link: </v2/acme/widget/tags/list?last=x>; rel=\"next\"\r\n",
                    r#"{"tags": ["v1.1"]}"#,
                ))
            })
        },
        "no version, but v1.1",
    ),
    (
        "a web page that says 404",
        |_| Reply::Bytes(response(404, "Content-Type: text/html\r\n", "<html>")),
        "unexpected answer",
    ),
    (
        "404 without an error",
        |_| json(404, "{}"),
        "unexpected answer",
    ),
    (
        "404 with another error",
        |_| json(404, r#"{"errors": [{"code": "TEAPOT"}]}"#),
        "unexpected answer",
    ),
    (
        "no HEAD",
        |asked| match asked.method.as_str() {
            "HEAD" => with_header(405, "X: y"),
            _ => image(),
        },
        "found",
    ),
    (
        "401 without a challenge",
        |_| with_header(401, "X: y"),
        "unexpected answer",
    ),
    (
        "401 with nonsense",
        |_| with_header(401, "WWW-Authenticate: \"\"\",,=\"="),
        "unexpected answer",
    ),
    (
        "401 with another scheme",
        |_| with_header(401, "WWW-Authenticate: Negotiate"),
        "unexpected answer",
    ),
    (
        "a wrong password",
        |_| with_header(401, "WWW-Authenticate: Basic realm=\"x\""),
        "refused",
    ),
    ("403", |_| with_header(403, "X: y"), "refused"),
    (
        "a token",
        |asked| with_tokens(asked, |_| json(200, r#"{"token": "t"}"#)),
        "found",
    ),
    (
        "a token by its other name",
        |asked| with_tokens(asked, |_| json(200, r#"{"access_token": "t"}"#)),
        "found",
    ),
    (
        "a token that is refused",
        |asked| with_tokens(asked, |_| json(200, r#"{"token": "u"}"#)),
        "refused",
    ),
    (
        "no token for us",
        |asked| with_tokens(asked, |_| with_header(401, "X: y")),
        "refused",
    ),
    (
        "a token that is no JSON",
        |asked| with_tokens(asked, |_| json(200, "t")),
        "unexpected answer",
    ),
    (
        "a token with a line break",
        |asked| with_tokens(asked, |_| json(200, r#"{"token": "t\r\nX: y"}"#)),
        "unexpected answer",
    ),
    (
        "an endless token",
        |asked| {
            with_tokens(asked, |_| {
                Reply::Endless(b"HTTP/1.1 200 X\r\n\r\n".to_vec())
            })
        },
        "answer too large",
    ),
    (
        "a token server that sends us on",
        |asked| with_tokens(asked, |_| moved("http://169.254.169.254/")),
        "unexpected answer",
    ),
    (
        "tokens of another host",
        |_| challenge("http://127.0.0.1:1/token"),
        "tokens of another host",
    ),
    (
        "tokens of another host with TLS",
        |_| challenge("https://tokens.example.com/token"),
        "tokens of another host",
    ),
    (
        "tokens of the own host with TLS",
        |asked| challenge(&format!("https://{}@evil.example.com/", asked.host)),
        "tokens of another host",
    ),
    (
        "tokens of the metadata server",
        |_| challenge("http://169.254.169.254/latest"),
        "tokens of another host",
    ),
    (
        "tokens of a file",
        |_| challenge("file:///etc/passwd"),
        "tokens of another host",
    ),
    (
        "a challenge without a realm",
        |_| with_header(401, "WWW-Authenticate: Bearer service=\"s\""),
        "unexpected answer",
    ),
    (
        "moved on the same host",
        |asked| first_time(asked, moved("/v2/acme/widget/manifests/other")),
        "found",
    ),
    (
        "moved on the same host, in full",
        |asked| first_time(asked, moved(&format!("http://{}/v2/x", asked.host))),
        "found",
    ),
    (
        "moved to another host",
        |_| moved("http://example.com/v2/x"),
        "redirected elsewhere",
    ),
    (
        "moved to the metadata server",
        |_| moved("http://169.254.169.254/latest"),
        "redirected elsewhere",
    ),
    (
        "moved to another port of the loopback",
        |_| moved("http://127.0.0.1:1/"),
        "redirected elsewhere",
    ),
    (
        "moved to TLS",
        |asked| moved(&format!("https://{}/", asked.host)),
        "redirected elsewhere",
    ),
    (
        "moved to another host, without a scheme",
        |_| moved("//example.com/x"),
        "redirected elsewhere",
    ),
    (
        "moved to a file",
        |_| moved("file:///etc/passwd"),
        "redirected elsewhere",
    ),
    (
        "moved for ever",
        |asked| moved(&format!("/x/{}", asked.before)),
        "redirected elsewhere",
    ),
    (
        "moved nowhere",
        |_| with_header(307, "X: y"),
        "unexpected answer",
    ),
    (
        "too many requests",
        |_| with_header(429, "X: y"),
        "rate limited",
    ),
    (
        "too many requests for today",
        |_| with_header(429, "Retry-After: 86400"),
        "rate limited",
    ),
    (
        "too many requests for a second",
        |asked| first_time(asked, with_header(429, "Retry-After: 1")),
        "found",
    ),
    (
        "too many requests for ages",
        |_| with_header(429, "Retry-After: 99999999999999999999"),
        "rate limited",
    ),
    (
        "too many requests until a day gone by",
        |asked| {
            first_time(
                asked,
                with_header(429, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"),
            )
        },
        "found",
    ),
    ("a failure", |_| with_header(500, "X: y"), "registry failed"),
    (
        "a failure that passes",
        |asked| first_time(asked, with_header(503, "Retry-After: 0")),
        "found",
    ),
    ("silence", |_| Reply::Silence, "timed out"),
    (
        "a response letter by letter",
        |_| Reply::Drip(response(200, "X: y\r\n", "")),
        "timed out",
    ),
    (
        "an index letter by letter",
        |asked| match asked.method.as_str() {
            "HEAD" => index("[]"),
            _ => Reply::Drip(response(
                200,
                &format!("Content-Type: {INDEX}\r\n"),
                &" ".repeat(100),
            )),
        },
        "timed out",
    ),
    ("nothing", |_| Reply::Bytes(Vec::new()), "no connection"),
    (
        "no HTTP",
        |_| Reply::Bytes(b"SSH-2.0-x\r\n\r\n".to_vec()),
        "unexpected answer",
    ),
    (
        "endless headers",
        |_| Reply::Endless(b"HTTP/1.1 200 X\r\nX: ".to_vec()),
        "answer too large",
    ),
    (
        "a status that nobody knows",
        |_| with_header(299, "X: y"),
        "unexpected answer",
    ),
];

fn said(outcome: &Result<Answer, Undecided>) -> String {
    match outcome {
        Ok(Answer::Found { platforms, .. }) => match platforms.as_deref() {
            None => "found".to_owned(),
            Some([]) => "found for nothing".to_owned(),
            Some(platforms) => format!("found {}", platforms.join(" ")),
        },
        Ok(Answer::NoVersion { near }) if near.is_empty() => "no version".to_owned(),
        Ok(Answer::NoVersion { near }) => format!("no version, but {}", near.join(" ")),
        Ok(Answer::NoRepository) => "no repository".to_owned(),
        Ok(Answer::Refused { .. }) => "refused".to_owned(),
        Err(Undecided::Unreachable) => "no connection".to_owned(),
        Err(why) => why.as_str().to_owned(),
    }
}

fn question(registry: &str, rest: &str) -> Result<Question, String> {
    let reference = Reference::parse(&format!("{registry}/{rest}"));
    let reference = reference.map_err(|fault| fault.message)?;
    Question::of(&reference).ok_or_else(|| "no image".to_owned())
}

fn credentials(registry: &str) -> Result<Credentials, Box<dyn std::error::Error>> {
    let mut credentials = Credentials::default();
    let file = format!(
        "{{\"auths\": {{\"{registry}\": {{\"auth\": \"{}\"}}}}}}",
        super::ENCODED
    );
    credentials.add(file.as_bytes())?;
    Ok(credentials)
}

/// What asking the registry of a row gives, and how long that took.
fn ask(row: &Row) -> Result<(String, Duration), Box<dyn std::error::Error>> {
    let server = Server::start(row.1)?;
    let host = server.host();
    let online = OnlineRegistries {
        local: vec![host.clone()],
        plain: vec![host.clone()],
        ..OnlineRegistries::default()
    };
    let client = Client::new(online, credentials(&host)?, None)?;
    let begun = Instant::now();
    let outcomes = ask_all(
        &client,
        &[question(&host, "acme/widget:v1.2")?],
        BUDGET,
        &|| (),
    );
    Ok((said(&outcomes[0]), begun.elapsed()))
}

#[test]
fn every_bad_registry_has_its_outcome_in_time() {
    let rows: Vec<_> = thread::scope(|scope| {
        let rows = ROWS.iter();
        let asking: Vec<_> = rows
            .map(|row| scope.spawn(move || ask(row).map_err(|error| error.to_string())))
            .collect();
        asking.into_iter().map(|one| one.join()).collect()
    });
    let mut wrong = Vec::new();
    for ((name, _, expected), outcome) in ROWS.iter().zip(rows) {
        match outcome {
            Ok(Ok((said, took))) if said == *expected && took < BUDGET + SLACK => {}
            other => wrong.push(format!("{name}: {other:?}, not {expected}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Registries that are allowed, but not to be at such an address.
#[test]
fn no_private_address_is_asked_unless_it_is_named_local() -> Outcome {
    let server = Server::start(|_| image())?;
    let port = server
        .host()
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    for host in [
        server.host(),
        format!("localhost:{port}"),
        format!("127.1:{port}"),
        "169.254.169.254".to_owned(),
        "10.0.0.1".to_owned(),
    ] {
        let online = OnlineRegistries {
            hosts: vec![host.clone()],
            plain: vec![host.clone()],
            ..OnlineRegistries::default()
        };
        let client = Client::new(online, credentials(&host)?, None)?;
        let question = question(&host, "acme/widget:v1")?;
        assert!(client.allows(&question));
        let outcomes = ask_all(&client, &[question], BUDGET, &|| ());
        assert_eq!(outcomes, [Err(Undecided::PrivateAddress)], "{host}");
    }
    assert_eq!(server.requests(), 0);
    Ok(())
}

/// A registry whose token server is the user's other registry gets no token for it.
#[test]
fn no_credentials_go_to_another_host() -> Outcome {
    let other = Server::start(|_| json(200, r#"{"token": "t"}"#))?;
    // The realm depends on the port, which a row cannot know.
    static REALM: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    REALM.get_or_init(|| format!("http://{}/token", other.host()));
    let server = Server::start(|_| challenge(REALM.get().map_or("", String::as_str)))?;
    let hosts = [server.host(), other.host()];
    let online = OnlineRegistries {
        local: hosts.to_vec(),
        plain: hosts.to_vec(),
        ..OnlineRegistries::default()
    };
    let client = Client::new(online, credentials(&server.host())?, None)?;
    let question = question(&server.host(), "acme/widget:v1")?;
    let outcomes = ask_all(&client, &[question], BUDGET, &|| ());
    assert_eq!(outcomes, [Err(Undecided::ForeignTokens)]);
    assert_eq!(other.requests(), 0);
    Ok(())
}

/// One registry that hangs does not keep others from answering, and is soon given up itself.
#[test]
fn a_registry_that_hangs_takes_no_time_of_others() -> Outcome {
    let (slow, quick) = (
        Server::start(|_| Reply::Silence)?,
        Server::start(|_| image())?,
    );
    let hosts = vec![slow.host(), quick.host()];
    let online = OnlineRegistries {
        local: hosts.clone(),
        plain: hosts.clone(),
        ..OnlineRegistries::default()
    };
    let client = Client::new(online, Credentials::default(), None)?;
    let mut questions = Vec::new();
    for at in 0..50 {
        for host in &hosts {
            questions.push(question(host, &format!("acme/widget:v{at}"))?);
        }
    }
    let outcomes = ask_all(&client, &questions, Duration::from_secs(2), &|| ());
    let found = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(found, 50);
    assert!(slow.requests() <= 4, "{}", slow.requests());
    Ok(())
}

#[test]
fn the_built_in_list_is_of_the_internet() -> Outcome {
    let conventions = Conventions::builtin()?;
    let online = &conventions.registries.online;
    for (registry, host, gives) in [
        ("quay.io", "quay.io", true),
        ("docker.io", "auth.docker.io", true),
        ("quay.io", "auth.docker.io", false),
        ("docker.io", "docker.io", false),
    ] {
        assert_eq!(
            online.gives_tokens(registry, host),
            gives,
            "{registry} {host}"
        );
    }
    assert!(online.local.is_empty() && online.plain.is_empty());
    assert!(
        online.allows("quay.io") && !online.allows("docker.io") && !online.allows("quay.io:80")
    );
    assert!(online.may_redirect("registry.k8s.io", "us-east1-docker.pkg.dev"));
    assert!(!online.may_redirect("registry.k8s.io", "us-east1-docker.pkg.dev.example.com"));
    assert!(!online.may_redirect("quay.io", "cdn.quay.io"));
    Ok(())
}
