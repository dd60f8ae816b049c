//! The ci-operator configs: two thirds of all that is read.

use std::collections::BTreeMap;
use std::io;

use fastrand::Rng;

use super::world::{ImageTag, NEWEST, Repository, Stream, World};
use super::{Sink, chance, owners};

const SKIP_IF_ONLY_CHANGED: &str =
    "  skip_if_only_changed: ^docs/|\\.md$|^(?:.*/)?(?:\\.gitignore|OWNERS|PROJECT|LICENSE)$\n";

pub fn write(world: &World, rng: &mut Rng, sink: Sink) -> io::Result<()> {
    for repository in &world.repositories {
        let team = &world.teams[repository.team].name;
        let folder = format!("ci-operator/config/{team}/{}", repository.name);
        if chance(rng, 76) {
            sink(&format!("{folder}/OWNERS"), &owners(team))?;
        }
        for release in repository.releases() {
            let branch = match release {
                NEWEST => "main".to_owned(),
                release => format!("release-4.{release}"),
            };
            let path = format!("{folder}/{team}-{}-{branch}.yaml", repository.name);
            sink(&path, &config(world, rng, repository, release, &branch))?;
        }
    }
    Ok(())
}

/// Keys in the order of the alphabet, as the bots write them.
fn config(
    world: &World,
    rng: &mut Rng,
    repository: &Repository,
    release: u32,
    branch: &str,
) -> String {
    let base_images = base_images(world, rng, release);
    let mut text = String::new();
    if !base_images.is_empty() {
        text += "base_images:\n";
        for (key, image) in &base_images {
            text += &format!(
                "  {key}:\n    name: {}\n    namespace: {}\n    tag: {}\n",
                quoted(&image.name),
                image.namespace,
                quoted(&image.tag)
            );
        }
    }
    text += &build_root(rng, release);
    let keys: Vec<&String> = base_images.keys().collect();
    text += &images(rng, repository, &keys);
    text += &promotion(world, rng, repository, release);
    let has_releases = chance(rng, 90);
    if has_releases {
        text += &format!(
            "releases:\n  initial:\n    integration:\n      name: \"4.{release}\"\n      \
             namespace: ocp\n  latest:\n    integration:\n      include_built_images: true\n      \
             name: \"4.{release}\"\n      namespace: ocp\n"
        );
    }
    text += "resources:\n  '*':\n    requests:\n      cpu: 100m\n      memory: 200Mi\n";
    text += &tests(rng, repository, has_releases);
    let team = &world.teams[repository.team].name;
    text += &format!(
        "zz_generated_metadata:\n  branch: {branch}\n  org: {team}\n  repo: {}\n",
        repository.name
    );
    text
}

/// Versions are no numbers.
fn quoted(text: &str) -> String {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        format!("\"{text}\"")
    } else {
        text.to_owned()
    }
}

/// What a config builds on, by key. The shares are those of what provides the images that real
/// configs name.
fn base_images(world: &World, rng: &mut Rng, release: u32) -> BTreeMap<String, ImageTag> {
    let count = match rng.u32(0..100) {
        0..10 => 0,
        10..96 => rng.usize(1..=3),
        _ => rng.usize(8..=27),
    };
    let mut images = BTreeMap::new();
    for _ in 0..count {
        let image = match rng.u32(0..200) {
            0..48 => ImageTag {
                namespace: "ocp".to_owned(),
                name: "builder".to_owned(),
                tag: format!("rhel-9-{}", toolchain(rng, release)),
            },
            48..60 => {
                let file = rng.usize(0..world.mirrored.len());
                one_of(rng, &world.mirrored[file]).clone()
            }
            60..100 => one_of(rng, &world.imported).clone(),
            100..195 => promoted(world, rng, release),
            _ => ImageTag {
                name: "5.0".to_owned(),
                ..promoted(world, rng, release)
            },
        };
        let key = format!("{}_{}_{}", image.namespace, image.name, image.tag);
        images.insert(key, image);
    }
    images
}

/// An image that some repository publishes for `release`.
fn promoted(world: &World, rng: &mut Rng, release: u32) -> ImageTag {
    let start = rng.usize(0..world.repositories.len());
    let (before, from) = world.repositories.split_at(start);
    let has_release = |other: &&Repository| other.first <= release;
    // The first repository has every release.
    let other = from.iter().chain(before).find(has_release);
    let other = other.unwrap_or(&world.repositories[0]);
    world.published(other, &other.images[0], release)
}

fn toolchain(rng: &mut Rng, release: u32) -> String {
    format!("golang-1.{}-openshift-4.{release}", rng.u32(17..=22))
}

fn build_root(rng: &mut Rng, release: u32) -> String {
    if chance(rng, 60) {
        return "build_root:\n  from_repository: true\n".to_owned();
    }
    format!(
        "build_root:\n  image_stream_tag:\n    name: release\n    namespace: openshift\n    tag: \
         rhel-9-release-{}\n",
        toolchain(rng, release)
    )
}

fn images(rng: &mut Rng, repository: &Repository, base_images: &[&String]) -> String {
    let mut text = "images:\n".to_owned();
    for (at, image) in repository.images.iter().enumerate() {
        let from = base_images.first().map_or("src", |key| key);
        text += &format!("- dockerfile_path: images/{at}/Dockerfile\n  from: {from}\n");
        if at == 0 && base_images.len() > 1 {
            text += "  inputs:\n";
            for key in &base_images[1..] {
                text += &format!("    {key}:\n      as:\n      - builder-of-{key}\n");
            }
        } else if chance(rng, 40) {
            text += "  inputs:\n    bin:\n      as:\n      - builder\n";
        }
        text += &format!("  to: {image}\n");
    }
    text + "binary_build_commands: make build\n"
}

fn promotion(world: &World, rng: &mut Rng, repository: &Repository, release: u32) -> String {
    let mut text = "promotion:\n  to:\n  -".to_owned();
    let image = &repository.images[0];
    if chance(rng, 6) {
        text += &format!(" additional_images:\n      {image}-src: src\n   ");
    }
    // The mirror sets take what is not disabled.
    if release < 13 && chance(rng, 12) {
        text += " disabled: true\n   ";
    }
    let target = world.published(repository, image, release);
    text += &match repository.stream {
        Stream::Payload | Stream::Version => format!(" name: {}\n", quoted(&target.name)),
        Stream::Tag => format!(" tag: {}\n", quoted(&target.tag)),
    };
    text + &format!("    namespace: {}\n", target.namespace)
}

fn tests(rng: &mut Rng, repository: &Repository, has_releases: bool) -> String {
    let count = match rng.u32(0..1000) {
        0..800 => rng.usize(1..=5),
        800..950 => rng.usize(6..=14),
        950..998 => rng.usize(15..=40),
        _ => rng.usize(60..=158),
    };
    let mut text = "tests:\n".to_owned();
    for at in 0..count {
        text += &if chance(rng, 32) {
            unit_test(rng, at)
        } else {
            end_to_end_test(rng, repository, at, has_releases)
        };
    }
    text
}

fn unit_test(rng: &mut Rng, at: usize) -> String {
    let commands = if chance(rng, 10) {
        "|\n    set -o pipefail\n    export GOFLAGS=-mod=vendor\n    make build\n    make test-unit \
         2>&1 | tee ${ARTIFACT_DIR}/unit.log"
    } else {
        "make test-unit"
    };
    let mut text =
        format!("- as: unit-{at}\n  commands: {commands}\n  container:\n    from: src\n");
    if chance(rng, 30) {
        text += SKIP_IF_ONLY_CHANGED;
    }
    text
}

fn end_to_end_test(
    rng: &mut Rng,
    repository: &Repository,
    at: usize,
    has_releases: bool,
) -> String {
    let mut text = format!("- as: e2e-aws-{at}\n");
    for (per_cent, line) in [
        (10, "  cluster: build05\n"),
        (14, "  cron: 30 6 * * 1\n"),
        (30, "  optional: true\n"),
        (9, "  run_if_changed: ^(pkg|cmd|vendor)/\n"),
        (9, SKIP_IF_ONLY_CHANGED),
    ] {
        if chance(rng, per_cent) {
            text += line;
        }
    }
    text += "  steps:\n    cluster_profile: aws\n";
    if chance(rng, 39) {
        text += "    env:\n";
        for variable in [
            "BASE_DOMAIN",
            "COMPUTE_NODE_TYPE",
            "FEATURE_GATES",
            "TEST_SKIPS",
        ] {
            if chance(rng, 75) {
                text += &format!("      {variable}: {}.example.com\n", repository.name);
            }
        }
        text += "      TEST_SUITE: openshift/conformance/parallel\n";
    }
    if chance(rng, 34) {
        text += "    test:\n    - as: test\n";
        if has_releases {
            text += "      cli: latest\n";
        }
        text += "      commands: |\n        export \
                 RELEASE_IMAGE_LATEST=${RELEASE_IMAGE_LATEST}\n        make test-e2e \
                 ARTIFACTS=${ARTIFACT_DIR}\n      from: src\n      resources:\n        requests:\n          cpu: 100m\n          \
                 memory: 200Mi\n      timeout: 2h0m0s\n    - ref: openshift-e2e-test\n";
    }
    text + "    workflow: openshift-e2e-aws\n"
}

fn one_of<'a, T>(rng: &mut Rng, all: &'a [T]) -> &'a T {
    &all[rng.usize(0..all.len())]
}
