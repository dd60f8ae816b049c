//! The step registry, and the releases that the release controller makes.

use std::io;

use fastrand::Rng;

use super::world::{NEWEST, PAYLOAD, World};
use super::{Sink, owners};

const REFERENCES: usize = 1_299;
/// Chains and workflows: they are walked over, not read.
const OTHERS: usize = 1_601;
/// Settings of a release each.
const RELEASES: usize = 199;

pub fn write(world: &World, rng: &mut Rng, sink: Sink) -> io::Result<()> {
    for index in 0..REFERENCES * world.times {
        let (folder, name) = place(world, index);
        sink(&format!("{folder}/{name}-ref.yaml"), &reference(rng, &name))?;
        sink(&format!("{folder}/OWNERS"), &owners("steps"))?;
    }
    for index in 0..OTHERS * world.times {
        let (folder, name) = place(world, index);
        let text = format!("workflow:\n  as: {name}\n  steps:\n    test:\n    - ref: {name}\n");
        let path = format!("{folder}/workflow/{name}-workflow.yaml");
        sink(&path, &text)?;
    }
    for index in 0..RELEASES * world.times {
        let path = format!("core-services/release-controller/_releases/release-{index}.json");
        sink(&path, &release(rng, index))?;
    }
    Ok(())
}

fn place(world: &World, index: usize) -> (String, String) {
    let team = &world.teams[index % world.teams.len()].name;
    let name = format!("{team}-{index}");
    (format!("ci-operator/step-registry/{team}/{index}"), name)
}

fn reference(rng: &mut Rng, name: &str) -> String {
    let from = PAYLOAD[rng.usize(0..PAYLOAD.len())];
    let mut text = format!(
        "ref:\n  as: {name}\n  from: {from}\n  cli: latest\n  commands: {name}-commands.sh\n  \
         grace_period: 10m\n  resources:\n    requests:\n      cpu: 100m\n      memory: 200Mi\n  \
         env:\n"
    );
    for at in 0..rng.usize(1..=6) {
        text += &format!(
            "  - name: SETTING_{at}\n    default: \"false\"\n    documentation: \"Whether the \
             cluster is installed with setting {at}.\"\n"
        );
    }
    text + "  documentation: |-\n    Brings up a cluster with the profile that the test names, and \
            leaves what the\n    next step needs in ${SHARED_DIR}.\n"
}

fn release(rng: &mut Rng, index: usize) -> String {
    let version = 1 + index % NEWEST as usize;
    let jobs: Vec<String> = (0..rng.usize(4..=27))
        .map(|at| {
            format!(
                "    \"aws-upgrade-{at}\": {{\n      \"prowJob\": {{\n        \"name\": \
                 \"periodic-ci-release-4.{version}-e2e-aws-upgrade-{at}\"\n      }},\n      \
                 \"maxRetries\": 3\n    }}"
            )
        })
        .collect();
    format!(
        "{{\n  \"name\": \"4.{version}.0-0.nightly-{index}\",\n  \"to\": \"release\",\n  \
         \"expires\": \"126h\",\n  \"referenceMode\": \"source\",\n  \"verify\": {{\n{}\n  }}\n}}\n",
        jobs.join(",\n")
    )
}
