//! The periodic jobs that no ci-operator config generates, and the plugin that feeds them.

use std::io;

use fastrand::Rng;

use super::mirroring::sets;
use super::world::World;
use super::{Sink, chance};

/// Periodic jobs that mirror nothing.
const OTHERS: usize = 70;

pub fn write(world: &World, rng: &mut Rng, sink: Sink) -> io::Result<()> {
    let mut jobs = "periodics:\n".to_owned();
    for team in sets(world) {
        let set = &world.teams[team].name;
        let secret = format!("registry-push-credentials-quay-io-{set}");
        jobs += &mirror_job(set, &format!("mapping_{set}"), &secret, "config.json");
    }
    jobs += &mirror_job(
        "supplemental-ci-images",
        "mapping_supplemental_ci_images",
        "registry-push-credentials-ci-central",
        ".dockerconfigjson",
    );
    sink("ci-operator/jobs/infra-image-mirroring.yaml", &jobs)?;
    let mut jobs = "periodics:\n".to_owned();
    for at in 0..OTHERS * world.times {
        jobs += &other_job(rng, at);
    }
    sink("ci-operator/jobs/infra-periodics.yaml", &jobs)?;
    sink(
        "core-services/prow/02_config/_plugins.yaml",
        &plugins(world),
    )
}

fn mirror_job(set: &str, prefix: &str, secret: &str, key: &str) -> String {
    format!(
        "- agent: kubernetes
  cluster: app.ci
  cron: '@hourly'
  decorate: true
  labels:
    ci.openshift.io/area: {set}
    ci.openshift.io/role: image-mirroring
  name: periodic-image-mirroring-{set}
  spec:
    automountServiceAccountToken: true
    containers:
    - command:
      - /tp-entrypoint.sh
      env:
      - name: HOME
        value: /home/mirror
      - name: MAPPING_FILE_PREFIX
        value: {prefix}
      - name: dry_run
        value: \"false\"
      image: registry.ci.openshift.org/ci/image-mirror:oc-415
      imagePullPolicy: Always
      name: \"\"
      resources:
        requests:
          cpu: 500m
      volumeMounts:
      - mountPath: /home/mirror/.docker/config.json
        name: push
        readOnly: true
        subPath: {key}
      - mountPath: /etc/imagemirror
        name: config
    volumes:
    - name: push
      secret:
        secretName: {secret}
    - configMap:
        name: image-mirror-mappings
      name: config
"
    )
}

fn other_job(rng: &mut Rng, at: usize) -> String {
    let mut text = format!(
        "- agent: kubernetes
  cluster: app.ci
  cron: {} {} * * *
  decorate: true
  labels:
    ci.openshift.io/role: infra
  name: periodic-upkeep-{at}
  spec:
    containers:
    - args:
",
        rng.u32(0..60),
        rng.u32(0..24)
    );
    for argument in 0..rng.usize(10..=36) {
        text += &format!("      - --setting-{argument}=/etc/upkeep-{at}/setting-{argument}\n");
    }
    text += "      command:
      - /usr/bin/upkeep
      image: registry.ci.openshift.org/ci/upkeep:latest
      imagePullPolicy: Always
      name: \"\"
      resources:
        requests:
          cpu: 500m
";
    if chance(rng, 60) {
        text += "    serviceAccountName: upkeep\n";
    }
    text
}

/// The config-updater's map; all but the first entry is as long as the real one's.
fn plugins(world: &World) -> String {
    let mut text = "config_updater:
  maps:
    core-services/image-mirroring/**/mapping_*:
      clusters:
        app.ci:
        - ci
      name: image-mirror-mappings
"
    .to_owned();
    for (at, team) in world.teams.iter().enumerate() {
        text += &format!(
            "    ci-operator/templates/{}/*.yaml:\n      clusters:\n        app.ci:\n        - \
             ci\n      name: job-templates-{at}\n",
            team.name
        );
    }
    text
}
