//! What the fuzzers run: each target is a function of bytes that panics where mirrorlint breaks a
//! promise. `tests/suite/fuzzing.rs` runs them over the seeds, so that they hold without a fuzzer, too.

#![forbid(unsafe_code)]

mod checkouts;
mod client;
mod config_files;
mod conversation;
mod formats;
pub mod markdown;
mod pipe;
#[cfg(feature = "online")]
mod registries;
mod scaffolds;
mod syntax;

use std::sync::LazyLock;

use mirrorlint::checkout::Checkout;
use mirrorlint::checks;
use mirrorlint::config::{CONFIG_PATH, Config};
use mirrorlint::engine::{self, Plan};
use mirrorlint::findings::{BASELINE_PATH, Baseline, Comments, Policy};
use mirrorlint::model::secretsync;
use mirrorlint::rules::{Catalogue, Page, Rule};
use mirrorlint::tree::MemoryTree;

pub use checkouts::{checkout, encoded, fix};
pub use config_files::{GSM_CONFIG, IMAGES_MIRROR, gsm_config, images_mirror};
pub use conversation::{held, lsp};
pub use markdown::markdown;
#[cfg(feature = "online")]
pub use registries::{asked, registry_answer};
pub use scaffolds::{new, proposed};
pub use syntax::{mapping_file, reference, yaml};

/// A target's name and what it runs.
pub type Target = (&'static str, fn(&[u8]));

/// Every target, by the name that `cargo fuzz` knows it by.
pub const TARGETS: &[Target] = &[
    ("baseline", baseline),
    ("checkout", checkout),
    ("config", config),
    ("fix", fix),
    ("gsm_config", gsm_config),
    ("images_mirror", images_mirror),
    ("lsp", lsp),
    ("mapping_file", mapping_file),
    ("markdown", markdown),
    ("new", new),
    ("owners", owners),
    ("reference", reference),
    ("registry_answer", registry_answer),
    ("rule_page", rule_page),
    ("secretsync", secretsync),
    ("suppression", suppression),
    ("yaml", yaml),
];

static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::builtin().expect("the rules are sound, as tests hold"));

/// Every rule there is.
static PLAN: LazyLock<Plan> =
    LazyLock::new(|| Plan::new(&CATALOGUE, |_| true).expect("the rules are sound, as tests hold"));

/// Nothing: no registry is asked without the feature `online`.
#[cfg(not(feature = "online"))]
pub fn registry_answer(_: &[u8]) {}

/// OWNERS and OWNERS_ALIASES: whatever they say, every rule copes.
pub fn owners(bytes: &[u8]) {
    let mut tree = MemoryTree::default();
    for path in [
        "OWNERS",
        "OWNERS_ALIASES",
        "core-services/image-mirroring/acme/OWNERS",
        "clusters/app.ci/registry-access/acme/OWNERS",
    ] {
        tree.insert(path, bytes);
    }
    checkouts::linted(&tree);
}

/// A rule page: read or refused, and what is read is sound.
pub fn rule_page(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let page = Page::parse(&text);
    for block in page.examples.iter().flat_map(|example| &example.blocks) {
        let (content, _) = block.marks();
        assert!(content.len() <= block.content.len());
    }
    assert!(page.body.contains(page.explanation()));
    let lines = text.lines().count().max(1);
    match Rule::read("rules/x.md", &text) {
        Ok(rule) => {
            assert_eq!(rule.id(), "x");
            let manifest = &rule.front_matter;
            if let Some(prepare) = checks::prepare(rule.id(), manifest.check.as_deref()) {
                let _ = prepare.check(&manifest.params);
            }
        }
        Err(error) => assert!((1..=lines).contains(&error.line), "{error} of {lines}"),
    }
}

/// Comments that take findings back: they take some, and add none but their own.
pub fn suppression(bytes: &[u8]) {
    let mut tree = MemoryTree::default();
    for path in [
        "core-services/image-mirroring/acme/mapping_acme_x",
        "core-services/image-mirroring/acme/OWNERS",
        "ci-operator/jobs/infra-image-mirroring.yaml",
    ] {
        tree.insert(path, bytes);
    }
    let checkout = checkouts::load(&tree);
    let found = engine::lint(&checkout, &PLAN);
    let before = found.all().count();
    let judged = Policy::default().apply(&mut Comments::of(&checkout), &PLAN, found);
    let others = judged.found.all();
    let after = others
        .filter(|finding| finding.rule != "unused-suppression")
        .count();
    assert!(after + judged.suppressed <= before, "{after} of {before}");
    for finding in judged.found.all() {
        checkouts::lies_in(&checkout, &finding.place);
    }
}

/// The config: refused with a line that exists, or such that the rules run under it.
pub fn config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Config::read(CONFIG_PATH, &text, &CATALOGUE) {
        Ok(config) => {
            if text.contains("params") {
                let mut catalogue = CATALOGUE.clone();
                config.configure(&mut catalogue);
                assert!(Plan::new(&catalogue, |_| true).is_ok(), "{text}");
            }
            let policy = Policy {
                config,
                ..Policy::default()
            };
            judged(&policy);
        }
        Err(error) => {
            let lines = text.split('\n').count();
            assert!((1..=lines).contains(&error.line), "{error} of {lines}");
        }
    }
}

/// The baseline: what is read is written as it was.
pub fn baseline(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(baseline) = Baseline::read(BASELINE_PATH, &text) else {
        return;
    };
    let written = baseline.to_json();
    let again = Baseline::read(BASELINE_PATH, &written).expect("what we wrote ourselves");
    let drift = again.drift_from(&baseline);
    assert!(drift.added.is_empty() && drift.removed.is_empty());
    assert_eq!(again.to_json(), written);
    let policy = Policy {
        baseline,
        ..Policy::default()
    };
    judged(&policy);
}

/// An export of secrets: read or refused, and numbered.
pub fn secretsync(bytes: &[u8]) {
    match secretsync::read(bytes) {
        Ok(entries) => {
            assert!(!entries.is_empty());
            for (at, entry) in entries.iter().enumerate() {
                assert_eq!(entry.number, at + 1);
            }
        }
        Err(error) => assert!(error.to_string().len() < 200),
    }
}

/// Judges the findings of a checkout with a fault under `policy`.
fn judged(policy: &Policy) {
    static FAULTY: LazyLock<Checkout> = LazyLock::new(|| {
        let mut tree = MemoryTree::default();
        let folder = "core-services/image-mirroring/acme";
        tree.insert(&format!("{folder}/mapping_acme_x"), "quay.io/acme/a:1\n");
        checkouts::load(&tree)
    });
    let found = engine::lint(&FAULTY, &PLAN);
    let count = found.all().count();
    let judged = policy.apply(&mut Comments::of(&FAULTY), &PLAN, found);
    assert!(judged.suppressed + judged.baselined <= count + judged.found.findings.len());
}
