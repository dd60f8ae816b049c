//! Asks for something new in real checkouts, in the layout of today: whatever `mirrorlint new` would
//! write there brings no finding, for it refuses to write what does.

use std::error::Error;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use mirrorlint::checkout::images::{ProviderKind, State};
use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::model::Conventions;
use mirrorlint::tree::WorkTree;

use crate::checkout;
use crate::support::Outcome;

/// So many images are tried in each checkout.
const IMAGES: usize = 3;

/// Shows what would be written.
fn dry_run(checkout: &Path, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = cargo_bin_cmd!("mirrorlint")
        .current_dir(checkout)
        .arg("new")
        .args(arguments)
        .arg("--dry-run")
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    Ok(String::from_utf8(output.stdout)?)
}

/// Images that a config publishes to a namespace of its team's own.
fn published(checkout: &Checkout) -> Vec<(String, String)> {
    let platform = &checkout.conventions.namespaces.of_platform;
    let streams = checkout.images().streams();
    let streams = streams.filter(|(namespace, name, _)| {
        !platform.is_match(namespace) && !namespace.contains('_') && !name.contains('_')
    });
    let images = streams.filter_map(|(namespace, name, stream)| {
        let (tag, _) = stream.tags.iter().find(|(_, providers)| {
            let first = providers.first();
            first.is_some_and(|one| one.kind == ProviderKind::Promotion && one.state == State::Live)
        })?;
        Some((format!("{namespace}/{name}:{tag}"), name.to_owned()))
    });
    let images: Vec<_> = images.collect();
    let stride = images.len() / IMAGES;
    images
        .into_iter()
        .step_by(stride.max(1))
        .take(IMAGES)
        .collect()
}

fn what_is_new_brings_no_finding(date: &str) -> Outcome {
    let Some(root) = checkout(&format!("modernised/{date}"))? else {
        return Ok(());
    };
    let conventions = Conventions::builtin()?;
    let tree = WorkTree::open(&root)?;
    let parsed = Checkout::load(&tree, &conventions, &Inputs::default())?;
    let images = published(&parsed);
    assert_eq!(images.len(), IMAGES);
    for (image, name) in &images {
        let destination = format!("quay.io/zebra-crossing/{name}");
        let arguments = [
            "mirror-set",
            "zebra-crossing",
            "--source",
            image,
            "--destination",
        ];
        let approver = ["--approver", "bob"];
        let patch = dry_run(
            &root,
            &[&arguments[..], &[&destination], &approver].concat(),
        )?;
        assert!(
            patch.contains("+  name: periodic-image-mirroring-zebra-crossing\n"),
            "{patch}"
        );
        let store = format!("+quay.io/openshift/ci:{} ", image.replace(['/', ':'], "_"));
        assert!(patch.contains(&store), "{patch}");
        // Nothing is taken away.
        assert!(
            !patch
                .lines()
                .any(|line| line.starts_with('-') && !line.starts_with("---")),
            "{patch}"
        );
    }
    let access = [
        "registry-access",
        "zebra-crossing",
        "--pull",
        "authenticated",
        "--approver",
        "bob",
    ];
    let patch = dry_run(&root, &access)?;
    assert!(patch.contains("+  name: zebra-crossing\n"), "{patch}");
    let from = ["--from", "quay.io/zebra/tool:1.2"];
    let patch = dry_run(
        &root,
        &[
            &["supplemental-image", "zebra-crossing/tool:1.2"],
            &from[..],
        ]
        .concat(),
    )?;
    assert!(patch.contains("zebra-crossing/tool:1.2"), "{patch}");

    // One more line beside each that a set's only file has, in three sets.
    let sets = parsed.mirroring().sets.iter();
    let own = sets.filter(|(name, set)| {
        let supplemental = &conventions.mapping_files.supplemental.set;
        set.files.len() == 1 && set.unread.is_empty() && *name != supplemental
    });
    let mut tried = 0;
    for (name, set) in own {
        let file = &parsed.mirroring().files[set.files.start];
        let mut mappings = file.lines().iter().flat_map(|line| &line.mappings);
        let Some(mapping) = mappings.next() else {
            continue;
        };
        let to = &mapping.destination.reference.reference;
        let organisation = to.repository.split('/').next().unwrap_or_default();
        let (image, stream) = &images[tried % IMAGES];
        let host = to.host.as_deref().unwrap_or_default();
        let to = format!("{host}/{organisation}/{stream}:zebra");
        let patch = dry_run(&root, &["mapping", image, &to, "--set", name])?;
        assert!(patch.contains(&format!("/{}\n", file.name())), "{patch}");
        tried += 1;
        if tried == IMAGES {
            return Ok(());
        }
    }
    Err(format!("only {tried} sets could be tried").into())
}

#[test]
fn what_is_new_in_2021_brings_no_finding() -> Outcome {
    what_is_new_brings_no_finding("2021-06-15")
}

#[test]
fn what_is_new_in_2023_brings_no_finding() -> Outcome {
    what_is_new_brings_no_finding("2023-06-15")
}

#[test]
fn what_is_new_in_2024_brings_no_finding() -> Outcome {
    what_is_new_brings_no_finding("2024-03-20")
}
