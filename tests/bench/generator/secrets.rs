//! The secrets of ci-secret-bootstrap, groups and aliases.

use std::io;

use fastrand::Rng;

use super::mirroring::sets;
use super::world::World;
use super::{Sink, owners};

/// Secrets that push no mirror set.
const OTHERS: usize = 203;
/// Entries of `OWNERS_ALIASES`.
const ALIASES: usize = 40;

pub fn write(world: &World, rng: &mut Rng, sink: Sink) -> io::Result<()> {
    sink("OWNERS", &owners("platform"))?;
    sink("OWNERS_ALIASES", &aliases(world))?;
    sink(
        "core-services/ci-secret-bootstrap/OWNERS",
        &owners("platform"),
    )?;
    sink(
        "core-services/ci-secret-bootstrap/_config.yaml",
        &bootstrap(world, rng),
    )?;
    sink(
        "core-services/sync-rover-groups/_config.yaml",
        &groups(world),
    )
}

fn bootstrap(world: &World, rng: &mut Rng) -> String {
    let mut text = "cluster_groups:
  build_farm:
  - app.ci
  - build01
  - build02
secret_configs:
- from:
    .dockerconfigjson:
      dockerconfigJSON:
      - auth_field: token_image-pusher_app.ci_reg_auth_value.txt
        item: build_farm
        registry_url: registry.ci.openshift.org
  to:
  - cluster: app.ci
    name: registry-push-credentials-ci-central
    namespace: ci
    type: kubernetes.io/dockerconfigjson
"
    .to_owned();
    for team in sets(world) {
        let set = &world.teams[team].name;
        text += &format!(
            "- from:\n    config.json:\n      field: config.json\n      item: {set}-quay-push\n  \
             to:\n  - cluster: app.ci\n    name: registry-push-credentials-quay-io-{set}\n    \
             namespace: ci\n"
        );
    }
    for at in 0..OTHERS * world.times {
        text += "- from:\n";
        for field in 0..rng.usize(5..=16) {
            text += &format!(
                "    key-{field}:\n      field: key-{field}.json\n      item: upkeep-{at}\n"
            );
        }
        text += &format!(
            "  to:\n  - cluster_groups:\n    - build_farm\n    name: upkeep-{at}\n    namespace: ci\n"
        );
    }
    text
}

fn groups(world: &World) -> String {
    let mut text = "cluster_groups:\n  build-farm:\n  - app.ci\n  - build01\ngroups:\n".to_owned();
    for team in world
        .teams
        .iter()
        .filter(|team| team.name == team.namespace)
    {
        text += &format!("  {}-admins:\n    clusters:\n    - app.ci\n", team.name);
    }
    text
}

fn aliases(world: &World) -> String {
    let mut text = "aliases:\n".to_owned();
    for team in world.teams.iter().take(ALIASES * world.times) {
        text += &format!(
            "  {0}-approvers:\n  - {0}-approver\n  - {0}-reviewer\n",
            team.name
        );
    }
    text
}
