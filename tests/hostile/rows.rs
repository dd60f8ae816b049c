//! The attacks.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

use super::Expect::{Fails, Finds, Nothing, SilentAt, Survives};
use super::{Expect, Row, SENTINEL};
use crate::support::{Checkout, Outcome};

const SET: &str = "core-services/image-mirroring/acme";
const MAPPING: &str = "core-services/image-mirroring/acme/mapping_acme_bad";
const JOBS: &str = "ci-operator/jobs/infra-bad.yaml";
const MANIFEST: &str = "clusters/app.ci/registry-access/acme/admin_bad.yaml";
const CI_CONFIG: &str = "ci-operator/config/acme/bad/acme-bad-main.yaml";
const OWNERS: &str = "core-services/image-mirroring/acme/OWNERS";
const CONFIG: &str = ".mirrorlint.yaml";
const BASELINE: &str = ".mirrorlint-baseline.json";
const CANARY: &str = "quay.io/acme/canary:1\n";

/// Text that a terminal, a CI system, XML or a browser would act upon.
const EVIL: &str = "x\u{1b}[31m\u{7}\u{9b}1m\r\n::error::%0A,a:b]]>&<script>\"'`|\u{202e}\u{2066}";

fn row(
    name: &'static str,
    expect: Expect,
    lay: impl Fn(&Checkout) -> Outcome + Send + Sync + 'static,
) -> Row {
    Row {
        name,
        lay: Box::new(lay),
        arguments: Vec::new(),
        expect,
    }
}

/// A row of one file.
fn file(name: &'static str, path: &'static str, text: impl Into<Vec<u8>>, expect: Expect) -> Row {
    let text = text.into();
    row(name, expect, move |checkout| {
        Ok(checkout.write(path, &text).map(|_| ())?)
    })
}

fn finds(rule: &'static str, path: &str) -> Expect {
    Finds(rule, path.to_owned())
}

fn mapping(name: &'static str, text: impl Into<Vec<u8>>, rule: &'static str) -> Row {
    file(name, MAPPING, text, finds(rule, MAPPING))
}

fn yaml(name: &'static str, text: impl Into<Vec<u8>>, rule: &'static str) -> Row {
    file(name, JOBS, text, finds(rule, JOBS))
}

/// A link at `path`, in place of whatever lies there.
fn link(name: &'static str, path: &'static str, target: &'static str, expect: Expect) -> Row {
    row(name, expect, move |checkout| {
        let at = checkout.root().join(path);
        if at.is_dir() {
            fs::remove_dir_all(&at)?;
        } else if at.exists() {
            fs::remove_file(&at)?;
        }
        Ok(symlink(target, at)?)
    })
}

fn repeated(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// A text as JSON and YAML both read it: all but ASCII escaped, for YAML allows no raw controls.
fn quoted(text: &str) -> String {
    let units = text.encode_utf16().map(|unit| match u8::try_from(unit) {
        Ok(byte @ b' '..=b'~') if !b"\"\\".contains(&byte) => char::from(byte).to_string(),
        _ => format!("\\u{unit:04x}"),
    });
    format!("\"{}\"", units.collect::<String>())
}

fn bomb() -> String {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let alias = format!("*a{}", level - 1);
        text.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            vec![alias; 10].join(", ")
        ));
    }
    text
}

fn job(name: &str, prefix: &str) -> String {
    format!(
        "- agent: kubernetes\n  cluster: app.ci\n  labels:\n    ci.openshift.io/role: image-mirroring\n    ci.openshift.io/area: {name}\n  name: periodic-image-mirroring-{name}\n  spec:\n    containers:\n    - env:\n      - name: MAPPING_FILE_PREFIX\n        value: {prefix}\n      image: a\n"
    )
}

pub fn rows() -> Vec<Row> {
    let mut rows = yaml_shapes();
    rows.extend(sizes());
    rows.extend(links());
    rows.extend(names());
    rows.extend(contents());
    rows.extend(kinds());
    rows.extend(encodings());
    rows.extend(policies());
    rows.extend(quadratic());
    rows.extend(secrets());
    rows.extend(repositories());
    rows
}

fn yaml_shapes() -> Vec<Row> {
    vec![
        yaml("a billion laughs", bomb(), "invalid-yaml"),
        yaml(
            "an alias inside of its own anchor",
            "a: &a [*a]\n",
            "invalid-yaml",
        ),
        yaml(
            "an alias of a mapping inside of itself",
            "a: &a\n  b: *a\n",
            "invalid-yaml",
        ),
        yaml(
            "a big list, named five thousand times",
            format!(
                "a: &a [{}]\nb: [{}]\n",
                "x,".repeat(5000),
                "*a,".repeat(5000)
            ),
            "invalid-yaml",
        ),
        yaml("an alias of nothing", "a: *b\n", "invalid-yaml"),
        yaml("brackets in brackets", "[".repeat(100_000), "invalid-yaml"),
        yaml("braces in braces", "{a: ".repeat(100_000), "invalid-yaml"),
        yaml("dashes in a row", "- ".repeat(100_000), "invalid-yaml"),
        yaml(
            "question marks in a row",
            "? ".repeat(100_000),
            "invalid-yaml",
        ),
        yaml(
            "block lists in block lists",
            repeated(1500, |n| format!("{}-\n", " ".repeat(n))),
            "invalid-yaml",
        ),
        yaml(
            "block mappings in block mappings",
            repeated(1500, |n| format!("{}a:\n", " ".repeat(n))),
            "invalid-yaml",
        ),
        yaml(
            "many tags and anchors",
            "a: !!str &a !x &b c\n".repeat(1000),
            "invalid-yaml",
        ),
        yaml(
            "a quote that never ends",
            format!("a: \"{}", "x".repeat(1_000_000)),
            "invalid-yaml",
        ),
        yaml(
            "a key fifty thousand times",
            "periodics: []\n".repeat(50_000),
            "duplicate-key",
        ),
        yaml(
            "a tab as indentation",
            "periodics:\n\t- a\n",
            "invalid-yaml",
        ),
        yaml(
            "a merge conflict",
            "<<<<<<< a\nperiodics: []\n=======\n>>>>>>> b\n",
            "invalid-yaml",
        ),
        file(
            "comments by the hundred thousand",
            JOBS,
            "# c\n".repeat(150_000),
            SilentAt(JOBS.into()),
        ),
        file(
            "many documents",
            MANIFEST,
            "---\n".repeat(100_000),
            Survives,
        ),
        file(
            "many empty flow documents",
            MANIFEST,
            "--- {}\n".repeat(50_000),
            Survives,
        ),
        file(
            "a merge key of itself",
            JOBS,
            "a: &a\n  <<: *a\n",
            finds("invalid-yaml", JOBS),
        ),
    ]
}

fn sizes() -> Vec<Row> {
    vec![
        file(
            "a scalar of five megabytes",
            JOBS,
            format!("a: {}\n", "x".repeat(5_000_000)),
            SilentAt(JOBS.into()),
        ),
        file(
            "a key of a megabyte",
            JOBS,
            format!("? {}\n: a\n", "k".repeat(1_000_000)),
            Survives,
        ),
        file(
            "a block scalar of many lines",
            JOBS,
            format!("a: |\n{}", "  x\n".repeat(500_000)),
            SilentAt(JOBS.into()),
        ),
        mapping(
            "a mapping line of a megabyte",
            format!("# {}\n", "x".repeat(1_000_000)),
            "mapping-syntax",
        ),
        mapping(
            "a mapping line of 70000 bytes",
            "quay.io/a/b:1 ".repeat(5000),
            "mapping-syntax",
        ),
        mapping(
            "a mapping file above the cap",
            vec![b'#'; 17 << 20],
            "unreadable-file",
        ),
        yaml(
            "YAML above the cap",
            vec![b'#'; 17 << 20],
            "unreadable-file",
        ),
        row(
            "a sparse file of a terabyte",
            finds("unreadable-file", MAPPING),
            |checkout| {
                let path = checkout.write(MAPPING, "")?;
                Ok(fs::File::options()
                    .write(true)
                    .open(path)?
                    .set_len(1 << 40)?)
            },
        ),
        row("three thousand tiny files", Nothing, |checkout| {
            for n in 0..3000 {
                checkout.write(format!("{SET}/notes_{n}"), "x")?;
            }
            fs::remove_dir_all(checkout.root().join(SET))?;
            for n in 0..3000 {
                checkout.write(
                    format!("ci-operator/step-registry/a{n}/OWNERS"),
                    "approvers:\n- a\n",
                )?;
            }
            for (path, text) in [
                (OWNERS, "approvers:\n- acme-owner\n"),
                (
                    "core-services/image-mirroring/acme/mapping_acme_latest",
                    "registry.ci.openshift.org/acme/widget:latest quay.io/acme/widget:latest\n",
                ),
            ] {
                checkout.write(path, text)?;
            }
            Ok(())
        }),
        row("a path of 3500 characters", Survives, |checkout| {
            let deep = vec!["d".repeat(100); 33].join("/");
            checkout.write(format!("{SET}/{deep}/mapping_acme_x"), CANARY)?;
            Ok(())
        }),
        row("a name of 255 bytes", Survives, |checkout| {
            checkout.write(format!("{SET}/mapping_acme_{}", "x".repeat(242)), CANARY)?;
            Ok(())
        }),
        row("a thousand folders in each other", Survives, |checkout| {
            let deep = vec!["d"; 1000].join("/");
            checkout.write(format!("clusters/{deep}/admin_x.yaml"), "kind: Namespace\n")?;
            Ok(())
        }),
    ]
}

fn links() -> Vec<Row> {
    let owners = || finds("unreadable-file", OWNERS);
    vec![
        link(
            "a link to itself",
            MAPPING,
            "mapping_acme_bad",
            finds("unreadable-file", MAPPING),
        ),
        row(
            "two links to each other",
            finds("unreadable-file", MAPPING),
            |checkout| {
                let set = checkout.root().join(SET);
                symlink("mapping_acme_bad", set.join("mapping_acme_other"))?;
                Ok(symlink("mapping_acme_other", set.join("mapping_acme_bad"))?)
            },
        ),
        link(
            "a folder link to its parent",
            "clusters/app.ci/again",
            "..",
            Survives,
        ),
        link(
            "a link into nothing",
            MAPPING,
            "gone",
            finds("unreadable-file", MAPPING),
        ),
        link(
            "an absolute link out",
            MAPPING,
            "/etc/passwd",
            finds("unreadable-file", MAPPING),
        ),
        link(
            "a relative link out",
            MAPPING,
            "../../../../../../../../etc/passwd",
            finds("unreadable-file", MAPPING),
        ),
        link(
            "a link to a device",
            MAPPING,
            "/dev/zero",
            finds("unreadable-file", MAPPING),
        ),
        link("OWNERS as a link out", OWNERS, "/etc/passwd", owners()),
        link(
            "OWNERS as a link to a device",
            OWNERS,
            "/dev/zero",
            owners(),
        ),
        link("a set as a folder link out", SET, "/etc", Survives),
        link(
            "clusters as a folder link out",
            "clusters",
            "/usr",
            finds("unreadable-file", "clusters"),
        ),
        link(
            "clusters as a link to itself",
            "clusters",
            "clusters",
            finds("unreadable-file", "clusters"),
        ),
        link(
            "the config as a link out",
            CONFIG,
            "/etc/passwd",
            Fails("outside"),
        ),
        link(
            "the config as a link to a device",
            CONFIG,
            "/dev/zero",
            Fails("outside"),
        ),
        link(
            "the config as a link to itself",
            CONFIG,
            ".mirrorlint.yaml",
            Fails(".mirrorlint.yaml"),
        ),
        link(
            "the baseline as a link out",
            BASELINE,
            "/etc/passwd",
            Fails("outside"),
        ),
        link(
            "the baseline as a link into nothing",
            BASELINE,
            "gone",
            Fails(".mirrorlint-baseline.json"),
        ),
        row(
            "a way through a linked folder and out",
            finds("unreadable-file", MAPPING),
            |checkout| {
                let set = checkout.root().join(SET);
                symlink("/etc", set.join("etc"))?;
                Ok(symlink("etc/passwd", set.join("mapping_acme_bad"))?)
            },
        ),
        row(
            "a chain of a thousand links",
            finds("unreadable-file", MAPPING),
            |checkout| {
                let set = checkout.root().join(SET);
                for n in 0..1000 {
                    symlink(format!("l{}", n + 1), set.join(format!("l{n}")))?;
                }
                Ok(symlink("l0", set.join("mapping_acme_bad"))?)
            },
        ),
    ]
}

fn named(name: &'static str, file: &'static str) -> Row {
    let path = format!("{SET}/{file}");
    row(
        name,
        Finds("mapping-key-invalid", path.clone()),
        move |checkout| Ok(checkout.write(&path, CANARY).map(|_| ())?),
    )
}

fn names() -> Vec<Row> {
    vec![
        named(
            "a name with an escape sequence",
            "mapping_acme_\u{1b}[31m\u{7}",
        ),
        named(
            "a name of several lines",
            "mapping_acme_\n::error::forged\r\nx",
        ),
        named(
            "a name from right to left",
            "mapping_acme_\u{202e}lmay.\u{2066}",
        ),
        named("a name with C1 controls", "mapping_acme_\u{9b}31m\u{85}"),
        named("a name for annotations", "mapping_acme_a:b,c%0Ad::x"),
        named("a name with markup", "mapping_acme_<script>]]>&amp;\"'`|"),
        named("a name with blanks", "mapping_acme_ \t "),
        named(
            "a name that is no character",
            "mapping_acme_\u{fffe}\u{feff}\u{200b}",
        ),
        row(
            "a name that is not UTF-8",
            Finds("unreadable-file", format!("{SET}/mapping_acme_\u{fffd}")),
            |checkout| {
                let name = OsStr::from_bytes(b"mapping_acme_\xff");
                checkout.write(PathBuf::from(SET).join(name), CANARY)?;
                Ok(())
            },
        ),
        row(
            "a set with a name of control characters",
            Survives,
            |checkout| {
                checkout.write(
                    format!(
                        "core-services/image-mirroring/{}/mapping_x",
                        EVIL.replace('/', "")
                    ),
                    CANARY,
                )?;
                Ok(())
            },
        ),
        row("names that differ in case only", Survives, |checkout| {
            checkout.write(
                "core-services/image-mirroring/Acme/OWNERS",
                "approvers:\n- a\n",
            )?;
            checkout.write(format!("{SET}/MAPPING_acme_latest"), CANARY)?;
            Ok(())
        }),
        row(
            "names that differ in normalisation only",
            Survives,
            |checkout| {
                checkout.write(format!("{SET}/mapping_acme_\u{e9}"), CANARY)?;
                checkout.write(format!("{SET}/mapping_acme_e\u{301}"), CANARY)?;
                Ok(())
            },
        ),
        row("folders called like options", Survives, |checkout| {
            checkout.write(
                "core-services/image-mirroring/--fix/mapping_--fix_x",
                CANARY,
            )?;
            Ok(())
        }),
    ]
}

fn contents() -> Vec<Row> {
    let evil = quoted(EVIL);
    let plain = EVIL.replace(['\r', '\n'], "");
    vec![
        mapping("a destination that harms", format!("quay.io/a/b:1 {plain}\n"), "mapping-syntax"),
        mapping("a source that harms", format!("{plain}:* quay.io/a/b:1\n"), "mapping-syntax"),
        mapping("a comment that harms", format!("quay.io/a/b:1 # {plain}\n"), "mapping-syntax"),
        file("an OWNERS login that harms", OWNERS, format!("approvers:\n- {evil}\n"), Survives),
        file("an OWNERS key that harms", OWNERS, format!("{evil}: [a]\n"), Survives),
        file("a duplicate key that harms", JOBS, format!("{evil}: 1\n{evil}: 2\n"), finds("duplicate-key", JOBS)),
        file("a job name that harms", JOBS, format!("periodics:\n{}", job(&evil, &evil).replace("periodic-image-mirroring-", "")), Survives),
        file(
            "a secret that harms",
            "core-services/ci-secret-bootstrap/_config.yaml",
            format!("secret_configs:\n- from: {{{evil}: {{field: {evil}, item: {evil}}}}}\n  to: [{{cluster: {evil}, name: {evil}, namespace: {evil}}}]\n").repeat(1),
            Survives,
        ),
        file(
            "an image that harms",
            CI_CONFIG,
            format!("base_images:\n  {evil}:\n    name: {evil}\n    namespace: {evil}\n    tag: {evil}\nimages:\n- from: {evil}\n  to: {evil}\npromotion:\n  to:\n  - namespace: {evil}\n    tag: {evil}\n"),
            Survives,
        ),
        file(
            "a manifest that harms",
            MANIFEST,
            format!("apiVersion: {evil}\nkind: RoleBinding\nmetadata:\n  name: {evil}\n  namespace: {evil}\nroleRef: {{kind: {evil}, name: {evil}}}\nsubjects:\n- {{kind: {evil}, name: {evil}}}\n"),
            Survives,
        ),
        mapping("a suppression of a rule that harms", format!("quay.io/a/b:1 quay.io/acme/b:1 # mirrorlint: ignore[{plain}] x\n"), "unused-suppression"),
    ]
}

fn kinds() -> Vec<Row> {
    let folder = |name, path: &'static str, expect| {
        row(name, expect, move |checkout| {
            let at = checkout.root().join(path);
            if at.exists() {
                fs::remove_file(&at)?;
            }
            Ok(fs::create_dir_all(at.join("inner"))?)
        })
    };
    let plain_file = |name, path: &'static str, expect| {
        row(name, expect, move |checkout| {
            fs::remove_dir_all(checkout.root().join(path))?;
            Ok(checkout.write(path, "x").map(|_| ())?)
        })
    };
    vec![
        folder(
            "a folder called OWNERS",
            OWNERS,
            finds("mirror-set-owners", &format!("{SET}/mapping_acme_latest")),
        ),
        folder("a folder called as a mapping file", MAPPING, Nothing),
        folder("a folder called as the config", CONFIG, Survives),
        folder("a folder called as the baseline", BASELINE, Survives),
        folder("a folder called as YAML", JOBS, Nothing),
        plain_file("a file called as a set", SET, Survives),
        plain_file("a file called clusters", "clusters", Survives),
        plain_file("a file called core-services", "core-services", Survives),
        row(
            "a pipe as a mapping file",
            finds("unreadable-file", MAPPING),
            |checkout| pipe(checkout, MAPPING),
        ),
        row("a pipe as the config", Fails("pipe"), |checkout| {
            pipe(checkout, CONFIG)
        }),
        row("a pipe as the baseline", Fails("pipe"), |checkout| {
            pipe(checkout, BASELINE)
        }),
        row(
            "a pipe as OWNERS",
            finds("unreadable-file", OWNERS),
            |checkout| {
                fs::remove_file(checkout.root().join(OWNERS))?;
                pipe(checkout, OWNERS)
            },
        ),
        row(
            "a socket as a mapping file",
            finds("unreadable-file", MAPPING),
            |checkout| {
                UnixListener::bind(checkout.root().join(MAPPING))?;
                Ok(())
            },
        ),
        row("a checkout of empty folders", Nothing, |checkout| {
            for folder in ["core-services", "clusters", "ci-operator"] {
                fs::remove_dir_all(checkout.root().join(folder))?;
            }
            fs::remove_file(checkout.root().join("OWNERS_ALIASES"))?;
            Ok(fs::create_dir(checkout.root().join("core-services"))?)
        }),
        row(
            "no checkout at all",
            Fails("has a folder `core-services`"),
            |checkout| {
                for folder in ["core-services", "clusters", "ci-operator"] {
                    fs::remove_dir_all(checkout.root().join(folder))?;
                }
                Ok(())
            },
        ),
    ]
}

fn pipe(checkout: &Checkout, path: &str) -> Outcome {
    let made = Command::new("mkfifo")
        .arg(checkout.root().join(path))
        .status()?;
    assert!(made.success());
    Ok(())
}

fn encodings() -> Vec<Row> {
    let utf16 = |text: &str| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    vec![
        mapping("a mapping file in UTF-16", utf16(CANARY), "unreadable-file"),
        yaml(
            "YAML in UTF-16",
            utf16("periodics: []\n"),
            "unreadable-file",
        ),
        mapping(
            "a mapping file with a byte order mark",
            format!("\u{feff}{CANARY}"),
            "mapping-syntax",
        ),
        file(
            "YAML with a byte order mark",
            JOBS,
            "\u{feff}periodics: []\n",
            Survives,
        ),
        mapping("a mapping file with NUL", "a\0b c\n", "mapping-syntax"),
        yaml("YAML with NUL", "a: \0\n", "invalid-yaml"),
        mapping(
            "a mapping file that is not UTF-8",
            b"\xff\xfe\xc0\x80".to_vec(),
            "unreadable-file",
        ),
        yaml(
            "YAML that is not UTF-8",
            b"a: \xed\xa0\x80\n".to_vec(),
            "unreadable-file",
        ),
        mapping(
            "a mapping file of carriage returns",
            "quay.io/a/b:1\rquay.io/a/c:1\r",
            "mapping-syntax",
        ),
        file("YAML of carriage returns", JOBS, "a: 1\rb: 2\r", Survives),
        mapping(
            "a mapping file of DOS",
            "quay.io/a/b:1\r\nquay.io/a/c:1\r\n",
            "mapping-syntax",
        ),
        mapping(
            "other line ends of Unicode",
            "quay.io/a/b:1\u{2028}quay.io/a/c:1\u{85}\n",
            "mapping-syntax",
        ),
    ]
}

fn policies() -> Vec<Row> {
    let config = |name, text: String, says| file(name, CONFIG, text, Fails(says));
    let baseline = |name, text: String, expect| file(name, BASELINE, text, expect);
    let entry = |path: &str, count: u64| {
        format!(
            "{{\"rule\":\"mapping-syntax\",\"path\":{},\"entity\":\"e\",\"count\":{count}}}",
            quoted(path)
        )
    };
    vec![
        config("a config with an unknown key", "rulez: 1\n".into(), "unknown key `rulez`"),
        config("a config key that harms", format!("{}: 1\n", quoted(EVIL)), "unknown key"),
        config("a config rule that harms", format!("rules: {{{}: off}}\n", quoted(EVIL)), "no rule"),
        config("a config key of eight megabytes", format!("? {}\n: a\n", "k".repeat(8_000_000)), "unknown key"),
        config("a config rule of eight megabytes", format!("rules:\n  ? {}\n  : off\n", "k".repeat(8_000_000)), "no rule"),
        config("a config of wrong types", "rules: [1, {a: b}]\n".into(), "is a mapping"),
        config("a config of a list", "- a\n".into(), "is a mapping"),
        config("a config that is a bomb", bomb(), "aliases"),
        config("a config too deep", "[".repeat(100_000), "nesting"),
        config("a config with NUL", "a: \0\n".into(), "U+0000"),
        config("a regular expression that is huge", "external-images: ['(((a{1000}){1000}){1000})']\n".into(), "size limit"),
        config("a regular expression that is deep", format!("external-images: ['{}']\n", "(".repeat(50_000)), ""),
        config("a regular expression that harms", format!("external-images: [{}]\n", quoted(&format!("({EVIL}"))), "unclosed group"),
        config("ten thousand globs that are none", format!("exclude: [{}]\n", "'[',".repeat(10_000)), ""),
        file(
            "a regular expression that backtracks elsewhere",
            CONFIG,
            "external-images: ['^(a+)+$', '(.*)*x']\n",
            Nothing,
        ),
        config("an index of secrets out of the checkout", "secretsync-indexes: [../../../etc/passwd]\n".into(), "etc/passwd"),
        config("an index of secrets that is absolute", "secretsync-indexes: [/etc/passwd]\n".into(), "etc/passwd"),
        baseline("a baseline that is no JSON", "[".repeat(1_000_000), Fails("baseline")),
        baseline("a baseline too deep", format!("{{\"version\":1,\"findings\":[{}", "[".repeat(1_000_000)), Fails("baseline")),
        baseline("a baseline with a key that harms", format!("{{{}: 1}}", quoted(EVIL)), Fails("unknown field")),
        baseline("a baseline of the future", "{\"version\":99,\"findings\":[]}".into(), Fails("version 99")),
        baseline("a baseline that counts below nothing", "{\"version\":1,\"findings\":[{\"rule\":\"a\",\"path\":\"b\",\"entity\":\"c\",\"count\":-1}]}".into(), Fails("baseline")),
        baseline(
            "a baseline that counts beyond all numbers",
            format!("{{\"version\":1,\"findings\":[{},{}]}}", entry("x", u64::MAX), entry("x", u64::MAX)),
            finds("stale-baseline", BASELINE),
        ),
        baseline(
            "a baseline of a hundred thousand entries",
            format!("{{\"version\":1,\"findings\":[{}{}]}}", repeated(100_000, |n| entry(&format!("x{n}"), 1) + ","), entry("y", 1)),
            finds("stale-baseline", BASELINE),
        ),
        baseline("a baseline that harms", format!("{{\"version\":1,\"findings\":[{}]}}", entry(EVIL, 1)), finds("stale-baseline", BASELINE)),
        baseline("a baseline above the cap", " ".repeat(17 << 20), Fails("baseline")),
        file("a suppression of a rule with five million letters", JOBS, format!("# mirrorlint: ignore[{}] x\nperiodics: []\n", "k".repeat(5_000_000)), Survives),
        file("ten thousand suppressions", JOBS, "# mirrorlint: ignore[invalid-yaml] x\n".repeat(10_000) + "periodics: []\n", finds("unused-suppression", JOBS)),
    ]
}

fn quadratic() -> Vec<Row> {
    vec![
        mapping(
            "wildcards by the ten thousand",
            repeated(20_000, |n| format!("quay.io/a/b{n}:a* quay.io/acme/b:*\n")),
            "mapping-wildcard",
        ),
        mapping(
            "one destination, a hundred thousand times",
            repeated(100_000, |n| format!("quay.io/a/b:{n} quay.io/acme/c:1\n")),
            "mapping-duplicate-destination",
        ),
        mapping(
            "long lines of one destination",
            format!("quay.io/a/b:1{}\n", " quay.io/acme/c:1".repeat(3500)).repeat(10),
            "mapping-duplicate-destination",
        ),
        mapping(
            "conflict markers by the hundred thousand",
            "<<<<<<< x\n".repeat(100_000),
            "mapping-syntax",
        ),
        mapping(
            "nonsense by the hundred thousand",
            "x\n".repeat(100_000),
            "mapping-syntax",
        ),
        row(
            "one destination twice in each of two big files",
            finds("mapping-duplicate-destination", MAPPING),
            |checkout| {
                let text = repeated(40_000, |n| format!("quay.io/a/b:{n} quay.io/acme/c:1\n"));
                checkout.write(MAPPING, &text)?;
                checkout.write(format!("{SET}/mapping_acme_other"), text)?;
                Ok(())
            },
        ),
        row(
            "one destination in a thousand files",
            finds(
                "mapping-duplicate-destination",
                &format!("{SET}/mapping_acme_f7"),
            ),
            |checkout| {
                for n in 0..1000 {
                    checkout.write(
                        format!("{SET}/mapping_acme_f{n}"),
                        format!("quay.io/a/b{n}:1 quay.io/acme/c:1\n"),
                    )?;
                }
                Ok(())
            },
        ),
        row(
            "twenty thousand jobs of one prefix",
            finds(
                "mapping-file-selected-twice",
                &format!("{SET}/mapping_acme_f7"),
            ),
            |checkout| {
                checkout.write(
                    JOBS,
                    format!(
                        "periodics:\n{}",
                        repeated(20_000, |n| job(&format!("n{n}"), "mapping_acme"))
                    ),
                )?;
                for n in 0..100 {
                    checkout.write(
                        format!("{SET}/mapping_acme_f{n}"),
                        format!("quay.io/a/b:1 quay.io/acme/d{n}:1\n"),
                    )?;
                }
                Ok(())
            },
        ),
        file(
            "ten thousand streams of one name",
            MANIFEST,
            repeated(10_000, |n| {
                format!(
                    "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: widget\n  namespace: acme\nspec:\n  tags:\n  - name: latest\n    from:\n      kind: DockerImage\n      name: quay.io/x/y:{n}\n---\n"
                )
            }),
            finds("imagestream-duplicate", MANIFEST),
        ),
        file(
            "ten thousand bindings of one name",
            MANIFEST,
            repeated(10_000, |n| {
                format!(
                    "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: a\n  namespace: acme\nroleRef:\n  kind: Role\n  apiGroup: rbac.authorization.k8s.io\n  name: r{n}\nsubjects:\n- kind: ServiceAccount\n  name: s{n}\n  namespace: acme\n---\n"
                )
            }),
            finds("rbac-duplicate", MANIFEST),
        ),
        row(
            "a thousand configs that promote one tag",
            finds(
                "image-provider-duplicate",
                "ci-operator/config/acme/r7/acme-r7-main.yaml",
            ),
            |checkout| {
                for n in 0..1000 {
                    checkout.write(
                    format!("ci-operator/config/acme/r{n}/acme-r{n}-main.yaml"),
                    format!("images:\n- from: src\n  to: widget\npromotion:\n  to:\n  - namespace: acme\n    tag: latest\nzz_generated_metadata:\n  branch: main\n  org: acme\n  repo: r{n}\n"),
                )?;
                }
                Ok(())
            },
        ),
    ]
}

fn secrets() -> Vec<Row> {
    let export = |name, text: String, expect: Expect| Row {
        arguments: vec!["--secretsync=ROOT/export".to_owned()],
        ..row(name, expect, move |checkout| {
            Ok(checkout.write("export", &text).map(|_| ())?)
        })
    };
    vec![
        export(
            "an export whose value looks like a key",
            format!(
                "secretsync/target-name: In_Vault\nsecretsync/target-namespace: ci\nconfig.json: \"{SENTINEL}\\nsecretsync/x\"\n"
            ),
            Survives,
        ),
        export(
            "an export that is broken inside a secret",
            format!("a: \"{SENTINEL}\nb: [{SENTINEL}\n"),
            Fails("line"),
        ),
        export(
            "an export with a secret twice",
            format!("k: {SENTINEL}\nk: {SENTINEL}\nsecretsync/other: {SENTINEL}\n"),
            Survives,
        ),
        export(
            "an export without a key of secretsync",
            format!("k: {SENTINEL}\n"),
            Fails("no key that starts"),
        ),
        export("an export that is a bomb", bomb() + SENTINEL, Fails("line")),
    ]
}

fn repositories() -> Vec<Row> {
    let git = |name, argument: &'static str, expect: Expect, spoil: fn(&Checkout) -> Outcome| Row {
        arguments: argument.split(' ').map(str::to_owned).collect(),
        ..row(name, expect, move |checkout| {
            git2::Repository::init(checkout.root())?;
            spoil(checkout)
        })
    };
    vec![
        git(
            "a repository with an index of garbage",
            "--staged",
            Fails("index"),
            |checkout| Ok(checkout.write(".git/index", "garbage").map(|_| ())?),
        ),
        git(
            "a repository with a HEAD of garbage",
            "--base HEAD",
            Fails(""),
            |checkout| Ok(checkout.write(".git/HEAD", EVIL).map(|_| ())?),
        ),
        git(
            "a repository with a config of garbage",
            "--base HEAD",
            Fails(""),
            |checkout| {
                Ok(checkout
                    .write(".git/config", format!("[{EVIL}"))
                    .map(|_| ())?)
            },
        ),
        git(
            "a repository without a commit",
            "--base HEAD",
            Fails(""),
            |_| Ok(()),
        ),
        git(
            "a repository whose HEAD points to itself",
            "--rev HEAD",
            Fails(""),
            |checkout| Ok(checkout.write(".git/HEAD", "ref: HEAD\n").map(|_| ())?),
        ),
        git(
            "a repository that is a file leading nowhere",
            "--staged",
            Fails(""),
            |checkout| {
                fs::remove_dir_all(checkout.root().join(".git"))?;
                Ok(checkout
                    .write(".git", "gitdir: /nowhere\u{1b}[31m\n")
                    .map(|_| ())?)
            },
        ),
    ]
}
