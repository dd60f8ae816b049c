//! Targets of one config file in the checkout of the rule pages.

use std::sync::LazyLock;

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::findings::Policy;
use mirrorlint::linter::Linter;
use mirrorlint::model::Statements;
use mirrorlint::model::gsm::{self, GsmConfig};
use mirrorlint::model::supplemental::{ImagesMirrorConfig, Source};
use mirrorlint::rules;
use mirrorlint::syntax::span::{Span, Spanned};
use mirrorlint::tree::{FileChange, MemoryTree, RepoPath};

use super::checkouts::{found_in, load};
use super::syntax::slice;
use super::{CATALOGUE, formats};

/// The config of ci-images-mirror.
pub const IMAGES_MIRROR: &str = "core-services/image-mirroring/_config.yaml";

/// The config of what comes from Google Secret Manager.
pub const GSM_CONFIG: &str = "core-services/ci-secret-bootstrap/gsm-config.yaml";

/// Every rule, and no policy.
pub static LINTER: LazyLock<Linter> = LazyLock::new(|| {
    Linter::new(
        CATALOGUE.clone(),
        Policy::default(),
        Inputs::default(),
        |_| true,
    )
    .expect("the rules are sound, as tests hold")
});

/// The checkout of the rule pages, with an image from outside.
pub fn standing() -> MemoryTree {
    let mut tree = MemoryTree::default();
    let config = "supplementalCIImages:\n  acme/alpha:1:\n    image: quay.io/acme/alpha:1\n";
    tree.insert(IMAGES_MIRROR, config);
    let page = rules::companion("_example.md").expect("the standing example is built in");
    for block in page.examples.iter().flat_map(|example| &example.blocks) {
        tree.insert(&block.path, block.marks().0);
    }
    tree
}

/// The standing checkout with `text` at `path`: linted alike every time, and alike where it became
/// so by a change.
fn with(path: &str, text: &str) -> Checkout {
    static BEFORE: LazyLock<Checkout> = LazyLock::new(|| load(&standing()));
    let mut tree = standing();
    tree.insert(path, text);
    let checkout = load(&tree);
    let findings = found_in(&checkout);
    assert_eq!(found_in(&checkout), findings);
    let change = FileChange {
        path: RepoPath::new(path),
        old: BEFORE.text(&RepoPath::new(path)).map(str::to_owned),
        new: text.to_owned(),
    };
    let changed = LINTER.changed(&BEFORE, &[change]);
    assert_eq!(found_in(&changed), findings, "{text:?}");
    formats::written(&checkout, &findings);
    checkout
}

/// The config of ci-images-mirror: its entries are where they are said to be, and the checkout is
/// linted, read at once or changed.
pub fn images_mirror(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let checkout = with(IMAGES_MIRROR, &text);
    let file = checkout.file(IMAGES_MIRROR).expect("it was put there");
    let Some(config) = file.images_mirror() else {
        return;
    };
    let ImagesMirrorConfig {
        images,
        qci_to_app_ci,
        ignored,
        art_images,
        faults,
    } = config;
    let source = |source: &Source| {
        slice(&text, source.span);
        let Source {
            alias,
            image,
            namespace,
            name,
            tag,
            ..
        } = source;
        for field in [alias, image, namespace, name, tag].into_iter().flatten() {
            is_there(&text, field);
        }
        for altered in &source.altered {
            is_there(&text, altered);
        }
    };
    for image in images.iter().chain(qci_to_app_ci) {
        is_there(&text, &image.target);
        source(&image.source);
    }
    ignored.iter().for_each(source);
    for image in art_images {
        slice(&text, image.span);
    }
    for fault in faults {
        slice(&text, fault.span);
    }
}

/// What comes from Google Secret Manager: the same, and names are written in one way.
pub fn gsm_config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let checkout = with(GSM_CONFIG, &text);
    let file = checkout.file(GSM_CONFIG).expect("it was put there");
    let Statements::Gsm(config) = &file.statements else {
        return;
    };
    let GsmConfig {
        groups,
        collection,
        components,
        bundles,
        faults,
    } = config;
    for (name, clusters) in groups {
        is_there(&text, name);
        clusters.iter().for_each(|cluster| is_there(&text, cluster));
    }
    collection.iter().for_each(|name| is_there(&text, name));
    let reference = |reference: &gsm::Reference| {
        let gsm::Reference {
            span,
            collection,
            group,
            fields,
        } = reference;
        slice(&text, *span);
        for name in [collection, group].into_iter().flatten() {
            is_there(&text, name);
        }
        for field in fields {
            slice(&text, field.span);
            for name in [&field.name, &field.alias].into_iter().flatten() {
                is_there(&text, name);
                let decoded = gsm::decoded(&name.value);
                assert!(decoded.len() <= name.value.len(), "{name:?}");
                assert!(
                    name.value.contains("--u") || decoded == name.value.replace("--dot--", "."),
                    "{name:?}"
                );
            }
        }
    };
    for (name, references) in components {
        is_there(&text, name);
        references.iter().for_each(reference);
    }
    for bundle in bundles {
        for span in [bundle.span, bundle.anchor()] {
            slice(&text, span);
        }
        for name in bundle.components.iter().chain(&bundle.labels) {
            is_there(&text, name);
        }
        bundle.references.iter().for_each(reference);
        if let Some(docker) = &bundle.docker_config {
            slice(&text, docker.span);
            for registry in &docker.registries {
                slice(&text, registry.span);
                let fields = [&registry.group, &registry.url, &registry.auth];
                for name in fields.into_iter().flatten() {
                    is_there(&text, name);
                }
            }
        }
        for target in &bundle.targets {
            for span in [target.span, target.anchor()] {
                slice(&text, span);
            }
            for name in &target.groups {
                is_there(&text, name);
            }
        }
    }
    for fault in faults {
        slice(&text, fault.span);
    }
}

/// What is said to stand there does: as it is, or written as YAML writes it.
fn is_there(text: &str, said: &Spanned<Box<str>>) {
    let written = slice(text, said.span);
    let is_bare = said
        .value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._/:-".contains(&byte));
    let may_differ = written.starts_with(['*', '"', '\'', '|', '>', '!', '&'])
        || written.contains(char::is_whitespace);
    assert!(
        *said.value == *written || may_differ || !is_bare,
        "{said:?} is `{written}`"
    );
    assert!(said.span != Span::whole_file() || said.value.is_empty());
}
