//! The places and words of the faults, and what is read beside them.

mod laws;
mod verdicts;

use super::*;

const SOURCE: &str = "registry.ci.openshift.org/ns/img";

/// `kind rejected? "place" message` of every fault.
fn faults(text: &str) -> Vec<(FaultKind, &str, String)> {
    parse(text)
        .faults
        .into_iter()
        .map(|fault| (fault.kind, &text[fault.span.range()], fault.message))
        .collect()
}

fn only_fault(text: &str) -> (Fault, &str) {
    let mut file = parse(text);
    assert_eq!(file.faults.len(), 1, "{text}: {:#?}", file.faults);
    let fault = file.faults.remove(0);
    let place = &text[fault.span.range()];
    (fault, place)
}

fn fixed(text: &str) -> String {
    let (span, replacement) = only_fault(text).0.fix.expect("fixable");
    let mut fixed = text.to_owned();
    fixed.replace_range(span.range(), &replacement);
    fixed
}

#[test]
fn every_bad_line_is_reported_once() {
    let text = "a/b:1\nq.io/a/b:1 q.io/C/d:1\n\nq.io/a/b:1 q.io/c/d:1\n:x :y\n";
    let places: Vec<_> = faults(text)
        .into_iter()
        .map(|(_, place, _)| place)
        .collect();
    assert_eq!(places, ["a/b:1", "C", ":", ":"]);
    let faulty: Vec<_> = parse(text).lines.iter().map(|line| line.faulty).collect();
    assert_eq!(faulty, [true, true, false, true]);
}

#[test]
fn one_fault_at_the_offending_place() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let with_digest = format!("q.io/a/b:1 q.io/c/d@{digest}");
    let sign_and_digest = format!("@{digest}");
    for (text, kind, place, message) in [
        (
            "q.io/a/b:1",
            FaultKind::Syntax,
            "q.io/a/b:1",
            "the destination is missing",
        ),
        (
            "q.io/a/b:1 #q.io/c/d:1",
            FaultKind::Syntax,
            "q.io/a/b:1",
            "the destination is missing",
        ),
        (
            "q.io/a/b:1\tq.io/c/d",
            FaultKind::Syntax,
            "\t",
            "a tab stands where only a space separates",
        ),
        (
            "q.io/a/b:1 \t q.io/c/d",
            FaultKind::Syntax,
            "\t",
            "a tab stands where only a space separates",
        ),
        (
            "q.io/a/b:1\u{a0}\u{a0}q.io/c/d",
            FaultKind::Syntax,
            "\u{a0}\u{a0}",
            "a no-break space stands where only a space separates",
        ),
        (
            "q.io/a/b:1 q.io/c/d\rq.io/e/f",
            FaultKind::Syntax,
            "\r",
            "a carriage return stands where only a space separates",
        ),
        (
            "\u{feff}q.io/a/b:1 q.io/c/d",
            FaultKind::Syntax,
            "\u{feff}",
            "a byte order mark, which cannot be seen, stands in the line",
        ),
        (
            "\u{feff}# nothing",
            FaultKind::Syntax,
            "\u{feff}",
            "a byte order mark, which cannot be seen, stands in the line",
        ),
        (
            "q.io/a/b:1 q.io/c/\u{200b}d",
            FaultKind::Syntax,
            "\u{200b}",
            "character U+200B, which cannot be seen, stands in the line",
        ),
        (
            "q.io/a/b:1 = q.io/c/d",
            FaultKind::Syntax,
            "=",
            "`=` without source and destination",
        ),
        (
            "q.io/a/b:1= q.io/c/d",
            FaultKind::Syntax,
            "q.io/a/b:1=",
            "no destination follows the `=`",
        ),
        (
            "q.io/a/b:1 =q.io/c/d",
            FaultKind::Syntax,
            "=q.io/c/d",
            "no source stands before the `=`",
        ),
        (
            "q.io/a/b:1=q.io/c/d=q.io/c/e",
            FaultKind::Syntax,
            "=",
            "a second `=` in one token",
        ),
        (
            "q.io/a/b:1=q.io/c/d\tq.io/c/e",
            FaultKind::Syntax,
            "\t",
            "a tab stands where only a space separates",
        ),
        (
            "<<<<<<< HEAD",
            FaultKind::Syntax,
            "<<<<<<<",
            "`<<<<<<<` is a merge conflict marker",
        ),
        (
            "=======",
            FaultKind::Syntax,
            "=======",
            "`=======` is a merge conflict marker",
        ),
        (
            ">>>>>>> theirs",
            FaultKind::Syntax,
            ">>>>>>>",
            "`>>>>>>>` is a merge conflict marker",
        ),
        (
            &with_digest,
            FaultKind::Syntax,
            &sign_and_digest,
            "a destination may not have a digest",
        ),
        (
            "q.io/a/b:1 q.io/c/d:*",
            FaultKind::Wildcard,
            "*",
            "`*` is a wildcard in the tag of a source only",
        ),
        (
            "q.io/a/b*:1 q.io/c/d",
            FaultKind::Wildcard,
            "*",
            "`*` is a wildcard in the tag of a source only",
        ),
        (
            "q.io/a/b@sha256:* q.io/c/d",
            FaultKind::Wildcard,
            "sha256:*",
            "a digest takes no wildcard",
        ),
        (
            "q.io:* q.io/c/d",
            FaultKind::Wildcard,
            "q.io:*",
            "a wildcard behind a registry that names no image",
        ),
        (
            "q.io/a/b:1:v* q.io/c/d",
            FaultKind::Syntax,
            ":v*",
            "a second tag, `v*`",
        ),
        (
            "q.io/A/b:v* q.io/c/d",
            FaultKind::Syntax,
            "A",
            "upper case in `A`",
        ),
        (
            "q.io/a/b:v* q.io/c/d:1",
            FaultKind::WildcardIntoTag,
            "1",
            "the source has a wildcard, so the destination must be a repository without tag",
        ),
        (
            "q.io/a/b q.io/c/d:1 q.io/c/d:2",
            FaultKind::UntaggedSource,
            "q.io/a/b",
            "the source has no tag, so it means all its tags, and the destination has one",
        ),
        (
            "q.io/a/b:1 q.io",
            FaultKind::RegistryOnly,
            "q.io",
            "`q.io` names a registry, not an image",
        ),
        (
            "q.io/a/b:1 quay.io/repository/c/d:1",
            FaultKind::WebAddress,
            "quay.io/repository/c/d:1",
            "this is the address of a web page, not a pull spec",
        ),
        (
            "https://quay.io/repository/c/d?tab=tags q.io/c/d:1",
            FaultKind::WebAddress,
            "https://quay.io/repository/c/d?tab=tags",
            "`https://` starts a web address, not an image reference",
        ),
        ("", FaultKind::EmptyFile, "", "the file maps no image"),
        (
            " \n# none\n\u{2003}\n",
            FaultKind::EmptyFile,
            "",
            "the file maps no image",
        ),
    ] {
        let (fault, at) = only_fault(text);
        assert_eq!(
            (fault.kind, at, &*fault.message),
            (kind, place, message),
            "{text}"
        );
    }
}

#[test]
fn fixes_repair() {
    let good = "q.io/a/b:1 q.io/c/d\n";
    for bad in [
        "q.io/a/b:1\tq.io/c/d\n",
        "\u{feff}q.io/a/b:1 q.io/c/d\n",
        "q.io/a/b:1 docker://q.io/c/d\n",
        "q.io/a/b:1 \"q.io/c/d\",\n",
    ] {
        assert_eq!(fixed(bad), good);
    }
    for bad in [
        "q.io/a/b:1 = q.io/c/d\n",
        "q.io/a/b:1= q.io/c/d\n",
        "q.io/a/b:1  =q.io/c/d\n",
    ] {
        assert_eq!(fixed(bad), "q.io/a/b:1=q.io/c/d\n");
        assert_eq!(parse(bad).mappings().count(), 1);
    }
    assert_eq!(
        fixed("https://quay.io/repository/a/b:v* q.io/c/d"),
        "quay.io/a/b:v* q.io/c/d"
    );
    assert_eq!(
        fixed("q.io/a/b:1 quay.io/repository/c/d"),
        "q.io/a/b:1 quay.io/c/d"
    );
    let digest = format!("sha512:{}", "a".repeat(128));
    assert_eq!(
        fixed(&format!("q.io/a/b:1 q.io/c/d:1@{digest}")),
        "q.io/a/b:1 q.io/c/d:1"
    );
}

#[test]
fn what_can_be_read_of_a_faulty_line_is_read() {
    let keys = |text: &str| parse(text).mappings().map(Mapping::key).collect::<Vec<_>>();
    assert_eq!(keys("q.io/a/b:1 q.io/C q.io/c/d"), ["q.io/c/d:1"]);
    assert_eq!(keys("q.io/a/b:1\tq.io/c/d"), ["q.io/c/d:1"]);
    assert_eq!(keys("q.io/a/b:1 = q.io/c/d"), ["q.io/c/d:1"]);
    assert_eq!(keys("q.io/A:1 q.io/c/d"), [""; 0]);
}

#[test]
fn bare_tokens_beside_a_pair_are_dropped_unread() {
    let text = "q.io/a/b:1=q.io/c/d:1 not\tA:Reference  <<<<<<<\n";
    let file = parse(text);
    assert_eq!(file.faults, []);
    let dropped: Vec<_> = file.lines[0]
        .dropped
        .iter()
        .map(|span| &text[span.range()])
        .collect();
    assert_eq!(dropped, ["not\tA:Reference", "<<<<<<<"]);
    assert!(!file.lines[0].faulty);
    assert_eq!(parse("q.io/a/b:1 = q.io/c/d:1").lines[0].dropped, []);
}

#[test]
fn a_line_may_hold_65535_bytes() {
    let line = |length: usize| {
        let mut line = "q.io/a/b:1 q.io/c/d #".to_owned();
        line.push_str(&"x".repeat(length - line.len()));
        line
    };
    for end in ["", "\n"] {
        assert_eq!(faults(&format!("{}{end}", line(65_535))), []);
        let text = format!("{}{end}", line(65_536));
        assert_eq!(only_fault(&text).0.kind, FaultKind::LineTooLong);
        assert_eq!(parse(&text).mappings().count(), 1);
    }
    let with_return = format!("{}\r\n", line(65_535));
    assert_eq!(only_fault(&with_return).1, "q.io/a/b:1");
}

#[test]
fn source_and_destination_are_compared_with_defaults() {
    let is_self = |text: &str| {
        parse(text)
            .faults
            .iter()
            .any(|fault| fault.kind == FaultKind::SelfMirror)
    };
    for text in [
        "q.io/a/b:1 q.io/a/b",
        "q.io/a/b:* q.io/a/b",
        "q.io/a/b q.io/a/b",
        "x:1 docker.io/library/x:1",
        "x:1=library/x",
        "file:///a/b:1 file://a/b:1",
    ] {
        assert!(is_self(text), "{text}");
    }
    let digest = format!("sha256:{}", "a".repeat(64));
    for text in [
        "q.io/a/b:1 q.io/a/b:2",
        "q.io/a/b:1 Q.io/a/b:1",
        "x:1 index.docker.io/library/x:1",
        "file://q.io/a/b:1 q.io/a/b:1",
        "q.io/a/b q.io/a/b:1",
        &format!("q.io/a/b:1@{digest} q.io/a/b:1"),
    ] {
        assert!(!is_self(text), "{text}");
    }
}

#[test]
fn keys_are_those_of_oc() {
    let key = |text: &str| parse(text).mappings().next().map(Mapping::key);
    let digest = format!("sha256:{}", "a".repeat(64));
    for (text, expected) in [
        ("q.io/a/b:1 q.io/c/d", "q.io/c/d:1"),
        ("q.io/a/b:1 d:2", "d:2"),
        ("q.io/a/b:v* q.io/c/d", "q.io/c/d:v*"),
        ("q.io/a/b q.io/c/d", "q.io/c/d:*"),
        ("q.io/a/b:1 q.io", ""),
        ("q.io/a/b:1 s3://r/b/c/d", "s3://r/b/c/d:1"),
        (&format!("q.io/a/b@{digest} q.io/c/d"), "q.io/c/d"),
        (&format!("q.io/a/b:1@{digest} q.io/c/d"), "q.io/c/d:1"),
    ] {
        assert_eq!(key(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn wildcards_can_meet() {
    let meet = |one: &str, other: &str| {
        let text = format!("{one}\n{other}");
        let file = parse(&text);
        let all: Vec<_> = file.mappings().collect();
        assert_eq!(all[0].may_write_same(all[1]), all[1].may_write_same(all[0]));
        all[0].may_write_same(all[1])
    };
    assert!(meet("q.io/a/b:v* q.io/c/d", "q.io/a/x q.io/c/d:v1"));
    assert!(!meet("q.io/a/b:v* q.io/c/d", "q.io/a/x:1 q.io/c/d"));
    assert!(meet("q.io/a/b:v* q.io/c/d", "q.io/a/x:*-1 q.io/c/d"));
    assert!(!meet("q.io/a/b:v* q.io/c/d", "q.io/a/x:w*-1 q.io/c/d"));
    assert!(!meet("q.io/a/b:v* q.io/c/d", "q.io/a/b:v* q.io/c/e"));
    assert!(meet("q.io/a/b:* q.io/c/d", "q.io/a/x q.io/c/d"));
    assert!(patterns_overlap("a*c*", "ab*d") && !patterns_overlap("a*c", "*d"));
}
