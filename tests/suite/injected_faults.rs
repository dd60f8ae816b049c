//! Faults of every kind that has a place in the small checkout, one at a time. `tests/corpus` puts all
//! of them into real ones.

use crate::support::faults::{Judge, Kind, Score, Source, kinds, table};
use crate::support::{Checkout, Outcome};

/// So many kinds have a place in it.
const KINDS: usize = 250;
/// So many of a hundred faults are seen, and so many of those where they are.
const FOUND: usize = 80;
const PLACED: usize = 94;

/// What the standing checkout has none of.
const MORE: [(&str, &str); 5] = [
    (
        "core-services/image-mirroring/_config.yaml",
        "supplementalCIImages:\n  \
           ci/etcd:v3.6:\n    image: quay.io/coreos/etcd:v3.6\n  \
           ci/gizmo:latest:\n    name: widget\n    namespace: acme\n    tag: latest\n",
    ),
    (
        "clusters/app.ci/supplemental-ci-images/acme.yaml",
        "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: tools\n  \
           namespace: acme\nspec:\n  tags:\n  - name: stable\n    from:\n      kind: DockerImage\n      \
           name: quay.io/acme/tools:stable\n    importPolicy:\n      importMode: PreserveOriginal\n      \
           scheduled: true\n    referencePolicy:\n      type: Local\n",
    ),
    (
        "clusters/app.ci/supplemental-ci-images/acme-build.yaml",
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: image.openshift.io/v1\n  kind: ImageStream\n  \
           metadata:\n    name: runner\n    namespace: acme\n- apiVersion: build.openshift.io/v1\n  \
           kind: BuildConfig\n  metadata:\n    name: runner\n    namespace: acme\n  spec:\n    output:\n      \
           to:\n        kind: ImageStreamTag\n        name: runner:latest\n    source:\n      \
           dockerfile: FROM x\n      type: Dockerfile\n    strategy:\n      dockerStrategy:\n        \
           from:\n          kind: ImageStreamTag\n          name: widget:latest\n      type: Docker\n",
    ),
    (
        "ci-operator/config/acme/gadget/acme-gadget-main.yaml",
        "base_images:\n  etcd:\n    name: etcd\n    namespace: ci\n    tag: v3.6\n  tools:\n    name: tools\n    \
           namespace: acme\n    tag: stable\n  widget:\n    name: widget\n    namespace: acme\n    \
           tag: latest\nbuild_root:\n  image_stream_tag:\n    name: release\n    namespace: openshift\n    \
           tag: rhel-9-release-golang-1.22-openshift-4.17\nimages:\n  items:\n  - from: widget\n    \
           inputs:\n      tools:\n        as:\n        - registry.ci.openshift.org/acme/tools:stable\n    \
           to: gadget\nresources:\n  '*':\n    requests:\n      cpu: 100m\ntests:\n- as: unit\n  \
           commands: make test\n  container:\n    from: etcd\nzz_generated_metadata:\n  branch: main\n  \
           org: acme\n  repo: gadget\n",
    ),
    (
        "ci-operator/step-registry/acme/test/acme-test-ref.yaml",
        "ref:\n  as: acme-test\n  commands: acme-test-commands.sh\n  from_image:\n    name: widget\n    \
           namespace: acme\n    tag: latest\n",
    ),
];

#[test]
fn injected_faults_are_seen() -> Outcome {
    let checkout = Checkout::new()?;
    for (path, text) in MORE {
        checkout.write(path, text)?;
    }
    assert_eq!(
        checkout.check(&["--severity", "warning"])?.findings(),
        Vec::<&str>::new()
    );
    let source = Source::load(checkout.root())?;
    let kinds = kinds();
    let kinds: Vec<&Kind> = kinds.iter().collect();
    let verdicts = Judge::of(&source)?.verdicts(&kinds, &source, 1)?;
    let score = Score::of(&verdicts);
    let misses: Vec<String> = verdicts
        .iter()
        .filter_map(|verdict| verdict.miss())
        .collect();
    let said = format!("{}\n{}", table(&verdicts), misses.join("\n"));
    // Shown with `--nocapture`.
    println!("{said}");
    assert!(score.tried >= KINDS, "few kinds have a place\n{said}");
    assert!(score.percent_found() >= FOUND, "found\n{said}");
    assert!(score.percent_placed() >= PLACED, "placed\n{said}");
    assert_eq!(score.median(), 1, "{said}");
    Ok(())
}

#[test]
fn a_seed_gives_one_fault_and_names_are_not_shared() -> Outcome {
    let source = Source::load(Checkout::new()?.root())?;
    let kinds = kinds();
    for (at, kind) in kinds.iter().enumerate() {
        assert_eq!(
            kind.inject(&source, 7),
            kind.inject(&source, 7),
            "{}",
            kind.name
        );
        let is_other = |other: &Kind| other.name == kind.name;
        assert!(!kinds[..at].iter().any(is_other), "{}", kind.name);
    }
    assert!(kinds.len() >= 120);
    Ok(())
}
