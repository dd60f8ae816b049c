//! Runs what the fuzzers run (`tests/fuzz`) over the seeds, and over every input that once broke
//! something. `MIRRORLINT_FUZZ_SEEDS=DIR` also writes the seeds, a folder for each target, for a
//! fuzzer to start from.

#[path = "../fuzz/src/lib.rs"]
pub mod fuzz;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mirrorlint::config::STARTER;
use mirrorlint::rules::{self, Catalogue, State};

use super::markdown::HOSTILE;
use crate::support::Outcome;

/// A target's name and an input for it.
type Seed = (&'static str, Vec<u8>);

/// Paths and texts.
type Files = Vec<(String, String)>;

/// The files of every example of every rule page, and the checkout that they are laid over.
fn examples() -> Result<Vec<Files>, Box<dyn std::error::Error>> {
    let catalogue = Catalogue::builtin()?;
    let standing = rules::companion("_example.md");
    let standing = standing.iter().flat_map(|page| &page.examples);
    let mut examples = vec![files(standing.flat_map(|example| &example.blocks))];
    for rule in catalogue.rules() {
        let examples_of_it = rule.page.examples.iter();
        examples.extend(examples_of_it.map(|example| files(&example.blocks)));
    }
    Ok(examples)
}

fn files<'b>(blocks: impl IntoIterator<Item = &'b rules::Block>) -> Files {
    let linted = |block: &&rules::Block| block.state == State::Linted;
    let blocks = blocks.into_iter().filter(linted);
    blocks
        .map(|block| (block.path.clone(), block.marks().0))
        .collect()
}

fn seeds() -> Result<Vec<Seed>, Box<dyn std::error::Error>> {
    let mut seeds: Vec<Seed> = Vec::new();
    for files in examples()? {
        let parts = files.iter().map(|(path, text)| (&**path, text.as_bytes()));
        let whole = fuzz::encoded(parts);
        seeds.push(("checkout", whole.clone()));
        seeds.push(("fix", whole));
        for (path, text) in files {
            let bytes = text.into_bytes();
            seeds.push((
                match () {
                    () if path == fuzz::IMAGES_MIRROR => "images_mirror",
                    () if path == fuzz::GSM_CONFIG => "gsm_config",
                    () if path.contains("/mapping_") => "mapping_file",
                    () if path.contains("OWNERS") => "owners",
                    () => "yaml",
                },
                bytes,
            ));
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root.join("rules"))? {
        let path = entry?.path();
        if path.is_dir() {
            continue; // of templates, which are no pages
        }
        let page = fs::read_to_string(path)?;
        let id = |line: &str| line.starts_with("id: ");
        let lines = page
            .lines()
            .map(|line| if id(line) { "id: x" } else { line });
        let page: String = lines.map(|line| format!("{line}\n")).collect();
        seeds.push(("rule_page", page.into_bytes()));
    }
    let grammar = fs::read_to_string(root.join("tests/data/mapping_grammar.json"))?;
    let mut strings = Vec::new();
    texts_of(&serde_json::from_str(&grammar)?, &mut strings);
    for text in strings {
        seeds.push(("mapping_file", text.clone().into_bytes()));
        for word in text.split([' ', '=', '\n']) {
            seeds.push(("reference", word.as_bytes().to_vec()));
        }
    }
    for comment in [
        "# mirrorlint: ignore[mapping-syntax] why\nquay.io/acme/a:1\n",
        "# mirrorlint: ignore-file[mapping-syntax, owners-content] why\nquay.io/acme/a:1\n",
        "quay.io/acme/a:1 # mirrorlint: ignore[mapping-syntax]\napprovers: 1 # mirrorlint: ignore[owners-content] why\n",
        "- a: '# mirrorlint: ignore[x] y' # mirrorlint: ignore[mapping-syntx] why\n",
    ] {
        seeds.push(("suppression", comment.into()));
    }
    let lively: String = STARTER
        .lines()
        .filter(|line| !line.starts_with("# "))
        .map(|line| format!("{}\n", line.trim_start_matches('#')))
        .collect();
    for config in [
        STARTER,
        &lively,
        "rules:\n  mapping-syntax: off\n  placeholder:\n    severity: warning\n    params:\n      pattern: '(x)'\n",
        "paths:\n- paths: [core-services/**/acme]\n  rules: {mapping-syntax: hint}\nexclude: ['a*']\nexternal-images: ['^a/b:.*$']\nsecretsync-indexes: [x]\n",
    ] {
        seeds.push(("config", config.into()));
    }
    for baseline in [
        "{\"version\": 1, \"findings\": [\n]}\n",
        "{\"version\": 1, \"findings\": [\n{\"rule\": \"mapping-syntax\", \"path\": \"core-services/image-mirroring/acme/mapping_acme_x\", \"entity\": \"quay.io/acme/a:1\", \"count\": 2}\n]}\n",
    ] {
        seeds.push(("baseline", baseline.into()));
    }
    let plain = "secretsync/target-namespace: ci\nsecretsync/target-name: a\nsecretsync/target-clusters: app.ci\nconfig.json: x\n";
    let vault = r#"{"request_id": "1", "data": {"data": {"config.json": "x", "secretsync/target-name": "a", "secretsync/target-namespace": "ci"}}}"#;
    let list = format!("- {}", plain.trim_end().replace('\n', "\n  "));
    for index in [plain, vault, &list] {
        seeds.push(("secretsync", index.into()));
    }
    for name in HOSTILE {
        seeds.push(("markdown", name.as_bytes().to_vec()));
    }
    // More lines than a fix is shown with.
    seeds.push(("markdown", "_\n".repeat(50).into_bytes()));
    for at in 0..HOSTILE.len() {
        let names = HOSTILE.iter().cycle().skip(at).take(9);
        let names: Vec<&str> = names.copied().collect();
        let names = names.join(fuzz::markdown::BETWEEN);
        seeds.push(("markdown", names.into_bytes()));
    }
    for target in WITH_FILES {
        let files = files_of(target)?;
        seeds.extend(files.into_iter().map(|(_, seed)| (*target, seed)));
    }
    seeds.sort();
    seeds.dedup();
    Ok(seeds)
}

/// Targets with seeds in `tests/fuzz/seeds`.
const WITH_FILES: &[&str] = &["lsp", "new", "registry_answer"];

/// The seeds of a target that lie in `tests/fuzz/seeds`, by name.
fn files_of(target: &str) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.join(target))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((name, fs::read(entry.path())?));
    }
    files.sort();
    Ok(files)
}

/// Every text in `value`.
fn texts_of(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts_of(item, texts)),
        serde_json::Value::Object(fields) => {
            fields.values().for_each(|field| texts_of(field, texts));
        }
        _ => {}
    }
}

fn target(name: &str) -> Result<fn(&[u8]), String> {
    let found = fuzz::TARGETS.iter().find(|(target, _)| *target == name);
    let missing = || format!("no target is called {name}");
    found.map(|(_, run)| *run).ok_or_else(missing)
}

#[test]
fn every_fuzz_target_passes_on_its_seeds() -> Outcome {
    let seeds = seeds()?;
    for (name, run) in fuzz::TARGETS {
        let of_it = seeds.iter().filter(|(target, _)| target == name);
        let count = of_it.map(|(_, seed)| run(seed)).count();
        assert!(count > 1, "{name} has {count} seeds");
    }
    if let Some(folder) = std::env::var_os("MIRRORLINT_FUZZ_SEEDS") {
        for (at, (name, seed)) in seeds.iter().enumerate() {
            let folder = PathBuf::from(&folder).join(name);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("seed-{at:04}")), seed)?;
        }
    }
    Ok(())
}

#[test]
fn the_conversations_reach_every_kind_of_answer() -> Outcome {
    let mut said = Vec::new();
    for (_, conversation) in files_of("lsp")? {
        said.extend(fuzz::held(&conversation));
    }
    let methods: BTreeSet<&str> = said.iter().filter_map(|m| m["method"].as_str()).collect();
    let expected = [
        "$/progress",
        "client/registerCapability",
        "textDocument/publishDiagnostics",
        "window/logMessage",
        "window/workDoneProgress/create",
        "workspace/diagnostic/refresh",
    ];
    assert!(methods.iter().eq(&expected), "{methods:?}");
    let faults: BTreeSet<i64> = said
        .iter()
        .filter_map(|m| m["error"]["code"].as_i64())
        .collect();
    for code in [-32700, -32602, -32601, -32600, -32002] {
        assert!(faults.contains(&code), "{code} is not among {faults:?}");
    }
    let results = said
        .iter()
        .filter(|m| m.get("result").is_some_and(|result| !result.is_null()));
    let results = results.count();
    assert!(results > 50, "{results} results");
    let diagnostics = said
        .iter()
        .filter_map(|m| m["params"]["diagnostics"].as_array());
    let shown: usize = diagnostics.map(Vec::len).sum();
    assert!(shown > 5, "{shown} diagnostics");
    Ok(())
}

#[test]
fn the_requests_reach_every_kind_of_file() -> Outcome {
    let mut written = BTreeSet::new();
    for (name, request) in files_of("new")? {
        let proposal = fuzz::proposed(&request);
        let is_refused = name.starts_with("refused");
        assert_eq!(proposal.is_none(), is_refused, "{name}: {proposal:?}");
        for change in proposal.into_iter().flat_map(|proposal| proposal.changes) {
            let file = change.path.as_str().rsplit('/').next();
            written.extend(file.map(|file| (file.to_owned(), change.old.is_some())));
        }
    }
    let expected = [
        ("OWNERS", false),
        ("_config.yaml", true),
        ("admin_manifest.yaml", false),
        ("infra-image-mirroring.yaml", true),
        ("mapping_acme_latest", true),
        ("mapping_gizmo", false),
        ("mapping_null", false),
    ];
    let expected = expected.map(|(file, is_there)| (file.to_owned(), is_there));
    assert!(written.iter().eq(&expected), "{written:?}");
    Ok(())
}

#[test]
#[cfg(feature = "online")]
fn the_replies_reach_every_kind_of_answer() -> Outcome {
    for (name, replies) in files_of("registry_answer")? {
        let outcomes = fuzz::asked(&replies).ok_or("nothing is asked")?;
        let said = format!("{:?}", outcomes[0]);
        let expected = name
            .split("-")
            .next()
            .unwrap_or_default()
            .trim_end_matches(".txt")
            .replace('_', "");
        let said = said.to_lowercase().replace([' ', '"', '(', ')'], "");
        let said = said.trim_start_matches("ok").trim_start_matches("err");
        assert!(said.starts_with(&expected), "{name}: {:?}", outcomes[0]);
    }
    Ok(())
}

/// Holds that the targets are the same everywhere: in the code, in `Cargo.toml`, as a file each, and
/// in the workflow that runs them.
#[test]
fn every_target_is_built_and_run() -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let targets = fuzz::TARGETS.iter().map(|(name, _)| (*name).to_owned());
    let targets: BTreeSet<String> = targets.collect();
    assert_eq!(targets.len(), fuzz::TARGETS.len());
    let manifest = fs::read_to_string(root.join("tests/fuzz/Cargo.toml"))?;
    let bins = manifest.split("[[bin]]").skip(1);
    let names = bins.filter_map(|bin| bin.split('"').nth(1).map(str::to_owned));
    assert_eq!(names.collect::<BTreeSet<_>>(), targets);
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(root.join("tests/fuzz/targets"))? {
        let path = entry?.path();
        let name = path.file_stem().ok_or("a file has a name")?;
        let name = name.to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        assert!(text.contains(&format!("mirrorlint_fuzz::{name}(bytes)")));
        files.insert(name);
    }
    assert_eq!(files, targets);
    let workflow = fs::read_to_string(root.join(".github/workflows/fuzz.yml"))?;
    let workflow: serde_yaml::Value = serde_yaml::from_str(&workflow)?;
    let matrix = &workflow["jobs"]["fuzz"]["strategy"]["matrix"]["target"];
    let listed = matrix.as_sequence().into_iter().flatten();
    let listed: Vec<&str> = listed.filter_map(serde_yaml::Value::as_str).collect();
    assert!(targets.iter().eq(listed.iter().copied()), "{listed:?}");
    Ok(())
}

/// What once broke something: the target, and the input.
const FOUND: &[(&str, &[u8])] = &[
    ("yaml", b"a:\n- ? \n:\n- b\n"),
    ("yaml", b"?\n:a b:\n  c\n"),
    // A key was put before a text that stood where a mapping belongs.
    (
        "fix",
        b"%% clusters/app.ci/registry-access/acme/admin_manifest.yaml\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: a\n  namespace: acme\nroleRef:\n  text\n",
    ),
    // The title was missed on a line behind the last.
    ("yaml", b"?\t#\n- #a\n- #b\n"),
    (
        "fix",
        b"%% clusters/app.ci/registry-access/acme/admin_manifest.yaml\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  nam\n/x:\n  a: b\n",
    ),
    ("yaml", b"a:\n ? #\n:"),
    // Outside of brackets `:}` is a word.
    ("yaml", b"?\n:}:"),
    ("yaml", b"a:\n \t?\t\r\t #\n:"),
    (
        "fix",
        b"%% clusters/app.ci/registry-access/acme/admin_manifest.yaml\napiVersion: |1\nkind: Namespace\nmetadata:\n  name: acme\n",
    ),
    (
        "fix",
        b"%% clusters/app.ci/registry-access/\x15cme/admin_manifest.yaml\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: a\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: system:image-puller\nsubjects: []\n",
    ),
    (
        "rule_page",
        b"---\nid: x\ncheck: placeholder\nseverity: error\nparams:\n  pattern: a\n---\n",
    ),
    // An explicit key without a value took the colon of the mapping around it for its own.
    ("yaml", b"a:\n  b:\n   ? c:\n      d:\n      - e:\n:\n      - f\n"),
    // YAML counts carriage returns as lines, so the error lay behind the end of the page.
    (
        "rule_page",
        b"---\nid: x\ncheck: placeholder\nseverity: error\nparams:\n  pattern: 'a\r\r\r\r\r\r\r\r\r\r\r\rb: c\n  paths: ['x']\n---\n# T\n",
    ),
];

#[test]
fn inputs_that_once_broke_something_pass() -> Outcome {
    for (name, input) in FOUND {
        target(name)?(input);
    }
    Ok(())
}
