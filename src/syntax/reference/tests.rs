//! The grammar against the regular expressions it was written after, and the messages.

use proptest::prelude::*;

use super::*;

/// library-go's `ReferenceRegexp`, with Go's ASCII `\w` spelled out.
const REFERENCE: &str = r"^((?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))+)?(?::[0-9]+)?/)?[a-z0-9]+(?:(?:(?:[._]|__|[-]*)[a-z0-9]+)+)?(?:(?:/[a-z0-9]+(?:(?:(?:[._]|__|[-]*)[a-z0-9]+)+)?)+)?)(?::([0-9A-Za-z_][0-9A-Za-z_.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*[:][[:xdigit:]]{32,}))?$";

fn parsed(text: &str) -> Reference {
    Reference::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
}

fn fault(text: &str) -> ReferenceFault {
    Reference::parse(text).expect_err(text)
}

#[test]
fn parts_and_their_places() {
    let digest = format!("sha256:{}", "aB".repeat(32));
    let text = format!("Quay.io:443/org/a/img:v1@{digest}");
    let reference = parsed(&text);
    assert_eq!(reference.host.as_deref(), Some("Quay.io:443"));
    assert_eq!(&*reference.repository, "org/a/img");
    assert_eq!(reference.tag.as_deref(), Some("v1"));
    assert_eq!(reference.digest.as_deref(), Some(digest.as_str()));
    assert_eq!(&text[reference.spans.repository.range()], "org/a/img");
    let at = |span: Option<Span>| &text[span.expect("present").range()];
    assert_eq!(at(reference.spans.host), "Quay.io:443");
    assert_eq!(at(reference.spans.tag), "v1");
    assert_eq!(at(reference.spans.digest), digest);
    assert_eq!(reference.to_string(), text);
}

#[test]
fn the_first_part_is_a_host_only_when_it_looks_like_one() {
    let host = |text: &str| parsed(text).host.map(String::from);
    assert_eq!(host("localhost/img:1").as_deref(), Some("localhost"));
    assert_eq!(host("a__b.c/img:1").as_deref(), Some("a__b.c"));
    assert_eq!(host("registry:5000/img").as_deref(), Some("registry:5000"));
    assert_eq!(host("Org/img:1"), None);
    assert_eq!(host("localhost2/img:1"), None);
    assert_eq!(host("img:5000"), None);
}

#[test]
fn one_part_with_a_dot_is_all_host() {
    for text in [
        "quay.io",
        "quay.io:443",
        "img.v1:1",
        "localhost",
        "localhosted:1",
    ] {
        let reference = parsed(text);
        assert!(reference.is_host_only(), "{text}");
        assert_eq!(reference.host.as_deref(), Some(text));
        assert_eq!(reference.tag, None);
        assert_eq!(reference.repository_text(), "");
    }
}

#[test]
fn defaults_of_docker_hub() {
    let same = |one: &str, other: &str| parsed(one).same_repository(&parsed(other));
    assert!(same("x", "docker.io/library/x"));
    assert!(same("docker.io/x", "library/x"));
    assert!(same("index.docker.io/x", "index.docker.io/library/x"));
    assert!(!same("x", "index.docker.io/library/x"));
    assert!(!same("quay.io/x", "quay.io/library/x"));
    assert!(!same("Quay.io/a/x", "quay.io/a/x"));
    assert!(same_tag(None, Some("latest")));
}

#[test]
fn limits() {
    let name = |length: usize| format!("quay.io/{}", "x".repeat(length - 8));
    assert!(is_valid(&format!("{}:1", name(255))));
    assert_eq!(
        fault(&format!("{}:1", name(256))).kind,
        ReferenceFaultKind::TooLong
    );
    assert!(is_valid(&format!("a:{}", "1".repeat(128))));
    assert!(!is_valid(&format!("a:{}", "1".repeat(129))));
    for (algorithm, length) in [("sha256", 64), ("sha384", 96), ("sha512", 128)] {
        let digest = |length| format!("a@{algorithm}:{}", "F".repeat(length));
        assert!(is_valid(&digest(length)));
        assert!(!is_valid(&digest(length - 1)));
        assert!(!is_valid(&digest(length + 1)));
    }
    assert!(!is_valid(&format!("a@SHA256:{}", "f".repeat(64))));
    assert!(!is_valid(&format!("a@md5:{}", "f".repeat(32))));
}

#[test]
fn faults_name_the_part_that_is_wrong() {
    let short = "img@sha256:abcd";
    for (text, place, message) in [
        (
            "docker://q.io/a/b:1",
            "docker://",
            "`docker://` cannot stand before an image reference",
        ),
        ("q.io/Org/b:1", "Org", "upper case in `Org`"),
        ("q.io/a/b:", ":", "no tag follows the `:`"),
        ("q.io/a/b::1", "::", "two colons in a row"),
        ("q.io/a/b:1:2", ":2", "a second tag, `2`"),
        ("q.io/a/b:.1", ".1", "tag `.1` starts with `.`"),
        ("q.io/a/b:1+2", "1+2", "`+` in tag `1+2`"),
        ("q.io/a//b:1", "//", "two slashes in a row"),
        ("/a/b:1", "/", "an image reference may not start with `/`"),
        ("q.io/a/:1", "/", "no name follows the last `/`"),
        (":1", ":", "the image name is missing"),
        ("q.io/a:1/b", ":", "`:` in the middle of the path"),
        ("q.io:x/a:1", "q.io:x", "`x` is not a port number"),
        ("q..io/a:1", "q..io", "`q..io` is not a host name"),
        (
            "q.io/a..b:1",
            "a..b",
            "`a..b` is not a valid path component",
        ),
        ("q.io/a/b:1;", ";", "stray `;`"),
        ("\"q.io/a/b:1\"", "\"", "stray `\"`"),
        (
            "q.io/a/${b}:1",
            "$",
            "`$` is not allowed in an image reference",
        ),
        (
            "q.io/a/b:*",
            "*",
            "`*` is a wildcard in the tag of a source only",
        ),
        ("q.io/a/b@", "@", "no digest follows the `@`"),
        ("q.io/a/b@latest", "latest", "`latest` is not a digest"),
        (
            short,
            "sha256:abcd",
            "the digest has 4 hex digits, sha256 has 64",
        ),
        (
            "q.io/a\0b",
            "\0",
            "character U+0000 is not allowed in an image reference",
        ),
    ] {
        let fault = fault(text);
        assert_eq!(
            (&text[fault.span.range()], &*fault.message),
            (place, message)
        );
    }
}

#[test]
fn fixes_give_valid_references() {
    let fixed = |text: &str| {
        let (span, replacement) = TypedReference::parse(text).err()?.fix?;
        let mut fixed = text.to_owned();
        fixed.replace_range(span.range(), &replacement);
        Some(fixed)
    };
    assert_eq!(fixed("docker://q.io/a:1").as_deref(), Some("q.io/a:1"));
    assert_eq!(fixed("q.io/a::1").as_deref(), Some("q.io/a:1"));
    assert_eq!(fixed("'q.io/a:1',").as_deref(), Some("q.io/a:1"));
    assert_eq!(
        fixed("https://quay.io/repository/a/b?tab=tags&tag=v1").as_deref(),
        Some("quay.io/a/b:v1")
    );
    assert_eq!(fixed("q.io/A:1"), None);
}

#[test]
fn pages_of_the_web() {
    let corrected = |text: &str| web_address(text).map(|address| address.corrected);
    let spec = |text: &str| Some(Some(text.to_owned()));
    assert_eq!(corrected("quay.io/repository/o/i:1"), spec("quay.io/o/i:1"));
    assert_eq!(corrected("HTTPS://quay.io/o/i:1"), spec("quay.io/o/i:1"));
    assert_eq!(
        corrected("https://hub.docker.com/_/golang"),
        spec("docker.io/library/golang")
    );
    assert_eq!(
        corrected("hub.docker.com/r/o/i/tags"),
        spec("docker.io/o/i")
    );
    let digest = format!("sha256:{}", "a".repeat(64));
    assert_eq!(
        corrected(&format!("https://quay.io/repository/o/i/manifest/{digest}")),
        spec(&format!("quay.io/o/i@{digest}"))
    );
    assert_eq!(corrected("https://quay.io/repository/o"), Some(None));
    assert_eq!(corrected("https://quay.io"), Some(None));
    assert_eq!(corrected("quay.io/repository-x/o/i:1"), None);
    assert_eq!(corrected("quay.io/o/repository:1"), None);
}

#[test]
fn other_transports() {
    let typed = TypedReference::parse("file:///org/img:1").expect("valid");
    assert_eq!(typed.transport, Transport::File);
    assert_eq!(typed.to_string(), "file://org/img:1");
    assert_eq!(typed.reference.spans.repository, Span::new(8, 15));
    for text in ["file://", "file:////a", "s3://", "s3:///a", "S3://a/b"] {
        assert!(TypedReference::parse(text).is_err(), "{text}");
    }
}

#[test]
fn image_stream_tags_and_their_pull_specs() {
    let qci = [
        "quay.io/openshift/ci",
        "quay-proxy.ci.openshift.org/openshift/ci",
    ];
    let tag: ImageStreamTag = "ocp/4.18:cli_extra".parse().expect("valid");
    assert_eq!(tag.to_string(), "ocp/4.18:cli_extra");
    let spec = tag.to_qci(qci[0]);
    assert_eq!(spec, "quay.io/openshift/ci:ocp_4.18_cli_extra");
    assert_eq!(ImageStreamTag::from_qci(&parsed(&spec), &qci), Some(tag));
    for other in [
        "quay.io/openshift/ci:4.18",
        "quay.io/o/ci:a_b_c",
        "openshift/ci:a_b_c",
    ] {
        assert_eq!(ImageStreamTag::from_qci(&parsed(other), &qci), None);
    }
    let read = |text: &str| text.parse::<ImageStreamTag>().expect_err(text);
    assert_eq!(read("a/b"), ImageStreamTagError::Form);
    assert_eq!(read("A/b:1"), ImageStreamTagError::Namespace);
    assert_eq!(read("a/b/c:1"), ImageStreamTagError::Name);
    assert_eq!(read("a/b:1:2"), ImageStreamTagError::Tag);
    assert_eq!(
        parsed("r.io/a/b:1")
            .image_stream_tag()
            .map(|tag| tag.to_string()),
        Some("a/b:1".to_owned())
    );
    assert_eq!(parsed("r.io/a/b/c:1").image_stream_tag(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_grammar_is_the_regular_expression(text in "[aB1._:/@-]{0,12}|[a-zA-Z.]{1,4}(:[0-9]{0,2})?/[a-z_.-]{1,6}(/[a-z]{0,3})?(:[a-z.]{0,3})?") {
        let regex = regex::Regex::new(REFERENCE).expect("compiles");
        // Digests of these lengths match neither.
        prop_assert_eq!(is_valid(&text), regex.is_match(&text));
    }

    #[test]
    fn a_reference_of_parts_reads_as_those_parts(
        host in prop::option::of("[a-zA-Z0-9]{1,5}\\.[a-z]{2,5}(:[0-9]{1,5})?|localhost|[a-z]{1,5}:[0-9]{1,5}"),
        repository in "[a-z0-9]{1,4}([._-]|__)?[a-z0-9]{1,4}(/[a-z0-9]{1,4}(-{0,3}[a-z0-9]{1,4})?){0,3}",
        tag in prop::option::of("[0-9A-Za-z_][0-9A-Za-z_.-]{0,12}"),
        digest in prop::option::of("sha256:[0-9a-f]{64}"),
    ) {
        // Without a host, a first part that looks like one is one.
        let first = repository.split('/').next().unwrap_or_default();
        prop_assume!(host.is_some() || !first.contains('.'));
        let mut text = host.iter().map(|host| format!("{host}/")).collect::<String>() + &repository;
        text.extend(tag.iter().map(|tag| format!(":{tag}")));
        text.extend(digest.iter().map(|digest| format!("@{digest}")));
        let read = Reference::parse(&text);
        let read = read.map_err(|fault| TestCaseError::fail(format!("{text}: {fault:?}")))?;
        prop_assert_eq!(read.host.as_deref(), host.as_deref());
        prop_assert_eq!(&*read.repository, repository);
        prop_assert_eq!(read.tag.as_deref(), tag.as_deref());
        prop_assert_eq!(read.digest.as_deref(), digest.as_deref());
        prop_assert_eq!(read.to_string(), text);
    }

    #[test]
    fn an_image_stream_tag_reads_as_it_is_written(
        namespace in "[a-z0-9]{1,5}([.-][a-z0-9]{1,5})?",
        name in "[a-z0-9]{1,5}([.-][a-z0-9]{1,5})?",
        tag in "[0-9A-Za-z_][0-9A-Za-z_.-]{0,12}",
    ) {
        let written = ImageStreamTag::new(&namespace, &name, &tag);
        let written = written.map_err(|fault| TestCaseError::fail(fault.to_string()))?;
        let parts = (written.namespace(), written.name(), written.tag());
        prop_assert_eq!(parts, (&*namespace, &*name, &*tag));
        let read: ImageStreamTag = written.to_string().parse().expect("as it was written");
        prop_assert_eq!(&read, &written);
        prop_assert_eq!(read.tag(), tag);
        // As a pull spec, and as one of QCI.
        let spec = parsed(&format!("registry.ci.openshift.org/{written}"));
        prop_assert_eq!(spec.image_stream_tag(), Some(written.clone()));
        let repository = "quay.io/openshift/ci";
        let qci = parsed(&written.to_qci(repository));
        prop_assert_eq!(ImageStreamTag::from_qci(&qci, &[repository]), Some(written));
    }

    #[test]
    fn anything_is_read_or_faulted_in_place(text in "\\PC{0,30}|[a:/@.*=;\"?]{0,12}|(https?|docker)://[a-z./:?=]{0,20}") {
        match TypedReference::parse(&text) {
            Ok(typed) => prop_assert!(text.ends_with(&typed.reference.to_string())),
            Err(fault) => {
                prop_assert!(text.get(fault.span.range()).is_some());
                prop_assert_eq!(fault.span.is_empty(), text.is_empty());
                if let Some((span, replacement)) = fault.fix {
                    let mut fixed = text.clone();
                    fixed.replace_range(span.range(), &replacement);
                    prop_assert!(TypedReference::parse(&fixed).is_ok(), "{}", fixed);
                }
            }
        }
    }
}
