//! Manifests: who may pull, imported images, and what else is applied to clusters.

use std::io;

use fastrand::Rng;

use super::world::World;
use super::{Sink, owners};

/// Files of ImageStreams, of five each.
const STREAMS_IN_A_FILE: usize = 5;
const TAGS_OF_A_STREAM: usize = 3;
/// Other manifests.
const OTHERS: usize = 750;

pub fn write(world: &World, rng: &mut Rng, sink: Sink) -> io::Result<()> {
    sink("clusters/OWNERS", &owners("platform"))?;
    for team in world
        .teams
        .iter()
        .filter(|team| team.name == team.namespace)
    {
        let folder = format!("clusters/app.ci/registry-access/{}", team.name);
        sink(&format!("{folder}/OWNERS"), &owners(&team.name))?;
        sink(
            &format!("{folder}/admin_manifest.yaml"),
            &access(&team.name),
        )?;
    }
    let images = world.imported.chunks(STREAMS_IN_A_FILE * TAGS_OF_A_STREAM);
    for (at, images) in images.enumerate() {
        let streams = images.chunks(TAGS_OF_A_STREAM).map(|tags| {
            let mut text = format!(
                "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: {}\n  \
                 namespace: {}\nspec:\n  tags:\n",
                tags[0].name, tags[0].namespace
            );
            for image in tags {
                text += &format!(
                    "  - name: {0}\n    from:\n      kind: DockerImage\n      name: \
                     quay.io/upstream/{1}:{0}\n    importPolicy:\n      scheduled: true\n    \
                     referencePolicy:\n      type: Local\n",
                    image.tag, image.name
                );
            }
            text
        });
        let text = streams.collect::<Vec<_>>().join("---\n");
        let path = format!("clusters/app.ci/supplemental-ci-images/{at}/streams.yaml");
        sink(&path, &text)?;
    }
    for at in 0..OTHERS * world.times {
        let cluster = format!("build{:02}", at % 20);
        let path = format!("clusters/build-clusters/{cluster}/service-{at}/manifest.yaml");
        sink(&path, &service(rng, at))?;
    }
    Ok(())
}

fn access(team: &str) -> String {
    format!(
        "# this is the Namespace in which your images live
apiVersion: v1
kind: Namespace
metadata:
  annotations:
    openshift.io/description: Images of {team}
    openshift.io/display-name: {team} CI
  name: {team}
---
# this grants all authenticated users rights to pull images
kind: RoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata:
  name: {team}-image-puller-binding
  namespace: {team}
roleRef:
  kind: ClusterRole
  apiGroup: rbac.authorization.k8s.io
  name: system:image-puller
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: Group
  name: system:authenticated
- apiGroup: rbac.authorization.k8s.io
  kind: Group
  name: system:unauthenticated
---
# this adds the admins to the project
kind: RoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata:
  name: {team}-viewer-binding
  namespace: {team}
roleRef:
  kind: ClusterRole
  apiGroup: rbac.authorization.k8s.io
  name: view
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: Group
  name: {team}-admins
"
    )
}

/// A service with its account, role and settings.
fn service(rng: &mut Rng, at: usize) -> String {
    let mut text = format!(
        "apiVersion: v1
kind: Namespace
metadata:
  name: service-{at}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: service
  namespace: service-{at}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: service
  namespace: service-{at}
rules:
- apiGroups:
  - \"\"
  resources:
  - configmaps
  - secrets
  verbs:
  - get
  - list
  - watch
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: service
  namespace: service-{at}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: service
subjects:
- kind: ServiceAccount
  name: service
  namespace: service-{at}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: service
  namespace: service-{at}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: service-{at}
  template:
    metadata:
      labels:
        app: service-{at}
    spec:
      serviceAccountName: service
      containers:
      - name: service
        image: quay.io/upstream/service-{at}:latest
        imagePullPolicy: Always
        env:
"
    );
    for variable in 0..rng.usize(10..=30) {
        text += &format!(
            "        - name: SETTING_{variable}\n          valueFrom:\n            configMapKeyRef:\n              \
             name: settings-{at}\n              key: setting-{variable}\n"
        );
    }
    text += &format!(
        "---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings-{at}
  namespace: service-{at}
data:
  settings.yaml: |
"
    );
    for line in 0..rng.usize(1..=30) {
        text += &format!("    setting-{line}: the value that the service is started with\n");
    }
    text
}
