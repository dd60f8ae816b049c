//! The attacks, a file for each kind, and what they are made with.

mod amplified;
mod contents;
mod encodings;
mod kinds;
mod links;
mod names;
mod policies;
mod quadratic;
mod repositories;
mod secrets;
mod sizes;
mod yaml;

use std::fs;
use std::os::unix::fs::symlink;

use super::Expect::{Fails, Finds, Nothing, SilentAt};
use super::{Expect, Row, SENTINEL};
use crate::support::{Checkout, IS_HEAVY, Outcome};

const SET: &str = "core-services/image-mirroring/acme";
const MAPPING: &str = "core-services/image-mirroring/acme/mapping_acme_bad";
/// The jobs of the sound checkout.
const MIRROR_JOBS: &str = "ci-operator/jobs/infra-image-mirroring.yaml";
const JOBS: &str = "ci-operator/jobs/infra-bad.yaml";
const MANIFEST: &str = "clusters/app.ci/registry-access/acme/admin_bad.yaml";
const CI_CONFIG: &str = "ci-operator/config/acme/bad/acme-bad-main.yaml";
const OWNERS: &str = "core-services/image-mirroring/acme/OWNERS";
const BOOTSTRAP: &str = "core-services/ci-secret-bootstrap/_config.yaml";
const CONFIG: &str = ".mirrorlint.yaml";
const BASELINE: &str = ".mirrorlint-baseline.json";
const CANARY: &str = "quay.io/acme/canary:1\n";

/// Text that a terminal, a CI system, XML or a browser would act upon.
const EVIL: &str = "x\u{1b}[31m\u{7}\u{9b}1m\r\n::error::%0A,a:b]]>&<script>\"'`|\u{202e}\u{2066}";

fn row(
    name: impl Into<String>,
    expect: Expect,
    lay: impl Fn(&Checkout) -> Outcome + Send + Sync + 'static,
) -> Row {
    Row {
        name: name.into(),
        lay: Box::new(lay),
        arguments: Vec::new(),
        expect,
    }
}

/// A row of one file.
fn file(
    name: impl Into<String>,
    path: &'static str,
    text: impl Into<Vec<u8>>,
    expect: Expect,
) -> Row {
    let text = text.into();
    row(name, expect, move |checkout| {
        Ok(checkout.write(path, &text).map(|_| ())?)
    })
}

fn finds(rule: &'static str, path: &str) -> Expect {
    Finds(rule, path.to_owned())
}

fn mapping(name: impl Into<String>, text: impl Into<Vec<u8>>, rule: &'static str) -> Row {
    file(name, MAPPING, text, finds(rule, MAPPING))
}

/// A mapping file at another place.
fn mapping_at(name: impl Into<String>, path: String, rule: &'static str) -> Row {
    row(name, Finds(rule, path.clone()), move |checkout| {
        Ok(checkout.write(&path, CANARY).map(|_| ())?)
    })
}

fn yaml(name: impl Into<String>, text: impl Into<Vec<u8>>, rule: &'static str) -> Row {
    file(name, JOBS, text, finds(rule, JOBS))
}

/// A row for each kind of file that is read as YAML.
fn each_yaml(name: &str, text: impl Into<Vec<u8>>, rule: &'static str) -> Vec<Row> {
    let text = text.into();
    let kinds = [JOBS, CI_CONFIG, MANIFEST, OWNERS, BOOTSTRAP].into_iter();
    kinds
        .map(|path| {
            file(
                format!("{name} in {path}"),
                path,
                text.clone(),
                finds(rule, path),
            )
        })
        .collect()
}

/// A link at `path`, in place of whatever lies there.
fn link(name: impl Into<String>, path: &'static str, target: &'static str, expect: Expect) -> Row {
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

/// The attacks of this binary: `heavy` has those that are too much of something.
pub fn rows() -> Vec<Row> {
    let kinds: &[fn() -> Vec<Row>] = if IS_HEAVY {
        &[
            sizes::rows,
            quadratic::rows,
            amplified::rows,
            repositories::changes,
        ]
    } else {
        &[
            yaml::rows,
            links::rows,
            names::rows,
            contents::rows,
            kinds::rows,
            encodings::rows,
            policies::rows,
            secrets::rows,
            repositories::broken,
        ]
    };
    kinds.iter().flat_map(|rows| rows()).collect()
}
