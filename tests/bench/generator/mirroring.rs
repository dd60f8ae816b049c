//! Mirror sets and what is supplementary: mapping files.

use std::io;

use fastrand::Rng;

use super::world::{ImageTag, NEWEST, TEAMS, World};
use super::{Sink, chance, owners};

/// Mirror sets, beside that for supplemental images.
const SETS: usize = 28;
/// The releases that are mirrored, a file each.
const MIRRORED: u32 = 5;
/// Images of old.
const RETIRED: [&str; 3] = ["web-console", "service-catalog", "template-broker"];
const ROOT: &str = "core-services/image-mirroring";

/// The teams that have a mirror set, by index: those with the most repositories.
pub fn sets(world: &World) -> impl Iterator<Item = usize> {
    (0..SETS * world.times).map(|set| set / SETS * TEAMS + 2 + set % SETS)
}

pub fn write(world: &World, rng: &mut Rng, sink: Sink) -> io::Result<()> {
    sink(&format!("{ROOT}/OWNERS"), &owners("platform"))?;
    for team in sets(world) {
        let set = &world.teams[team].name;
        sink(&format!("{ROOT}/{set}/OWNERS"), &owners(set))?;
        for release in NEWEST + 1 - MIRRORED..=NEWEST {
            let text = mapping_file(world, rng, team, release);
            sink(&format!("{ROOT}/{set}/mapping_{set}_4_{release}"), &text)?;
        }
    }
    let set = format!("{ROOT}/supplemental-ci-images");
    sink(&format!("{set}/OWNERS"), &owners("platform"))?;
    for images in &world.mirrored {
        let namespace = images[0].namespace.replace('-', "_");
        let line = |image: &ImageTag| {
            let ImageTag {
                namespace,
                name,
                tag,
            } = image;
            format!(
                "quay.io/upstream/{name}:{tag} registry.ci.openshift.org/{namespace}/{name}:{tag}\n"
            )
        };
        let text: String = images.iter().map(line).collect();
        sink(
            &format!("{set}/mapping_supplemental_ci_images_{namespace}"),
            &text,
        )?;
    }
    Ok(())
}

/// What the team publishes for a release, one line an image; some name images of old as well,
/// which nothing provides any more.
fn mapping_file(world: &World, rng: &mut Rng, team: usize, release: u32) -> String {
    let own = world.repositories.iter().filter(|one| one.team == team);
    let mut images: Vec<(ImageTag, &str)> = own
        .filter(|one| one.first <= release)
        .flat_map(|one| one.images.iter().map(move |image| (one, image.as_str())))
        .map(|(one, image)| (world.published(one, image, release), image))
        .collect();
    if images.is_empty() || chance(rng, 40) {
        images.extend(RETIRED.map(|image| {
            let source = ImageTag {
                namespace: world.teams[team].namespace.clone(),
                name: "3.11".to_owned(),
                tag: image.to_owned(),
            };
            (source, image)
        }));
    }
    let set = &world.teams[team].name;
    let mut text = format!("# {set}, release 4.{release}\n");
    for (source, image) in images {
        let ImageTag {
            namespace,
            name,
            tag,
        } = source;
        text += &format!(
            "registry.ci.openshift.org/{namespace}/{name}:{tag} quay.io/{set}/{image}:4.{release}"
        );
        if release == NEWEST {
            text += &format!(" quay.io/{set}/{image}:latest");
        }
        text.push('\n');
    }
    text
}
