//! Joining what changed gives what joining everything gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use mirrorlint::checkout::{Change, Checkout, Inputs};
use mirrorlint::engine::{self, Cache};
use mirrorlint::model::{self, File, FileKind};
use mirrorlint::tree::RepoPath;
use proptest::prelude::*;

use crate::support::builtin::{CONVENTIONS, PLAN};
use crate::support::joined::assert_same;
use crate::support::{Outcome, property};

/// Every file with the texts that it may have: they provide and name each other's images, decide
/// whether a mapping file is read, copy streams, bind roles and define secrets.
const FILES: &[(&str, &[&str])] = &[
    (
        "ci-operator/config/a/one/a-one-main.yaml",
        &[
            "images:\n- to: cli\npromotion:\n  to:\n  - name: '4.16'\n    namespace: ocp\nbase_images:\n  base:\n    name: two\n    namespace: team\n    tag: latest\nzz_generated_metadata:\n  branch: main\n  org: a\n  repo: one\n",
            "images:\n- to: cli\n- to: cli-extra\npromotion:\n  to:\n  - name: '4.16'\n    namespace: ocp\nzz_generated_metadata:\n  branch: main\n  org: a\n  repo: one\n",
            "images:\n- to: two\npromotion:\n  to:\n  - name: 'many'\n    namespace: team\n    tag_by_commit: true\n",
            "images:\n  items:\n  - to: two\npromotion:\n  namespace: team\n  tag: latest\n  tag_by_commit: true\n",
            "images:\n- to: cli\npromotion:\n  name: '4.16'\n  namespace: ocp\nbinary_build_commands: make\nzz_generated_metadata:\n  branch: main\n  org: a\n  repo: one\n",
            "images:\n- to: cli\n- to: cli\npromotion:\n  to:\n  - name: '4.16'\n    namespace: ocp\n  - name: '4.16'\n    namespace: ocp\n  - disabled: true\n    name: '4.16'\n    namespace: ocp\nbinary_build_commands: make\nzz_generated_metadata:\n  branch: main\n  org: a\n  repo: one\n",
            "promotion:\n  to:\n  - disabled: true\n    name: '4.16'\n    namespace: ocp\nimages:\n- to: cli\n",
            "images:\n- to: cli\npromotion:\n  to:\n  - name: '4.16'\n    namespace: ocp\nbase_images:\n  base:\n    name: two\n    namespace: team\n    tag: latest\ntests:\n- as: unit\n  commands: make\n  container:\n    from: nothing\n",
            "base_images: [broken\n",
        ],
    ),
    (
        "ci-operator/config/b/two/b-two-main.yaml",
        &[
            "base_images:\n  cli:\n    name: '4.16'\n    namespace: ocp\n    tag: cli\n  copy:\n    name: '4.16'\n    namespace: origin\n    tag: cli\n  mirrored:\n    name: tool\n    namespace: team\n    tag: v1\nimages:\n- from: cli\n  to: two\npromotion:\n  to:\n  - name: two\n    namespace: team\n    tag: latest\n",
            "base_images:\n  cli:\n    name: '4.16'\n    namespace: ocp\n    tag: cli\n  again:\n    name: '4.16'\n    namespace: ocp\n    tag: cli\n  gone:\n    name: other\n    namespace: nowhere\n    tag: latest\n",
            "base_images:\n  swapped:\n    name: cli\n    namespace: ocp\n    tag: '4.16'\n",
            "base_images:\n  commit:\n    name: two\n    namespace: team\n    tag: 0123abc\nimages:\n- from: commit\n  to: gizmo\npromotion:\n  namespace: team\n  tag: latest\n",
        ],
    ),
    (
        "core-services/image-mirroring/team/mapping_team_tool",
        &[
            "quay.io/team/tool:v1 registry.ci.openshift.org/team/tool:v1\nregistry.ci.openshift.org/ocp/4.16:cli quay.io/team/cli:latest\n",
            "quay.io/team/tool:* registry.ci.openshift.org/team/tool\n",
            "registry.ci.openshift.org/ocp/4.16:cli quay.io/team/cli:latest quay.io/team/cli2:latest\n",
        ],
    ),
    (
        "core-services/image-mirroring/team/mapping_team_rest",
        &["registry.ci.openshift.org/team/two:latest quay.io/team/two:latest\n"],
    ),
    (
        "core-services/image-mirroring/team/OWNERS",
        &[
            "approvers:\n- somebody\n",
            "approvers:\n- team-one\n",
            "approvers:\n- Team_One\nreviewers:\n- somebody\n",
        ],
    ),
    (
        "OWNERS_ALIASES",
        &[
            "aliases:\n  team-one:\n  - somebody\n",
            "aliases:\n  team-two:\n  - somebody\n",
            "aliases: [\n",
        ],
    ),
    (
        "ci-operator/jobs/infra-image-mirroring.yaml",
        &[
            "periodics:\n- name: periodic-image-mirroring-team\n  labels:\n    ci.openshift.io/area: team\n    ci.openshift.io/role: image-mirroring\n  spec:\n    containers:\n    - env:\n      - name: MAPPING_FILE_PREFIX\n        value: mapping_team\n",
            "periodics:\n- name: periodic-image-mirroring-team\n  labels:\n    ci.openshift.io/area: team\n    ci.openshift.io/role: image-mirroring\n  spec:\n    containers:\n    - env:\n      - name: MAPPING_FILE_PREFIX\n        value: mapping_team_rest\n",
            "periodics: []\n",
        ],
    ),
    (
        "core-services/image-mirroring/_config.yaml",
        &[
            "supplementalCIImages:\n  team/extra:v1:\n    image: quay.io/team/extra:v1\n",
            "supplementalCIImages:\n  team/two:latest:\n    namespace: ocp\n    name: '4.16'\n    tag: cli\nartImages:\n- namespace: nowhere\n  name: .*\n",
        ],
    ),
    (
        "core-services/release-controller/_releases/release-origin-4.16.json",
        &[
            "{\"publish\": {\"mirror\": {\"imageStreamRef\": {\"namespace\": \"origin\", \"name\": \"4.16\"}}}}\n",
            "{\"publish\": {\"mirror\": {\"imageStreamRef\": {\"namespace\": \"origin\", \"name\": \"4.16\", \"excludeTags\": [\"cli\"]}}}}\n",
            "{\"publish\": {\"mirror\": {\"imageStreamRef\": {\"namespace\": \"ocp\", \"name\": \"next-4.16\"}}}}\n",
            "{\"publish\": {\"m\": {\"imageStreamRef\": {\"namespace\": \"team\", \"name\": \"scos-4.16\"}}, \"mirror\": {\"imageStreamRef\": {\"namespace\": \"origin\", \"name\": \"4.16\"}}, \"mirror2\": {\"imageStreamRef\": {\"namespace\": \"origin\", \"name\": \"4.16\"}}}}\n",
            "{\"publish\": {\"mirror\": {\"imageStreamRef\": {\"namespace\": \"ocp\", \"name\": \"4.16\"}}}}\n",
        ],
    ),
    (
        "clusters/app.ci/registry-access/team/admin_manifest.yaml",
        &[
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: pull\n  namespace: team\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: system:image-puller\nsubjects:\n- apiGroup: rbac.authorization.k8s.io\n  kind: Group\n  name: system:authenticated\n",
            "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: two\n  namespace: team\nspec:\n  tags:\n  - name: latest\n    from:\n      kind: ImageStreamTag\n      name: '4.16:cli'\n      namespace: ocp\n",
        ],
    ),
    (
        "core-services/ci-secret-bootstrap/_config.yaml",
        &[
            "secret_configs:\n- from:\n    key:\n      item: a\n      field: b\n  to:\n  - cluster: app.ci\n    name: registry-push\n    namespace: ci\n",
        ],
    ),
];

/// Which text each file has; none where it is not there.
type State = Vec<Option<usize>>;

fn state() -> impl Strategy<Value = State> {
    let text = |(_, texts): &(&str, &[&str])| proptest::option::weighted(0.8, 0..texts.len());
    FILES.iter().map(text).collect::<Vec<_>>()
}

/// The files in a state; those whose text is the same as in `before` are taken from there.
fn files(state: &State, before: &[Arc<File>]) -> Vec<Arc<File>> {
    let known: BTreeMap<&str, &Arc<File>> = before
        .iter()
        .map(|file| (file.path.as_str(), file))
        .collect();
    let mut files: Vec<Arc<File>> = FILES
        .iter()
        .zip(state)
        .filter_map(|((path, texts), text)| {
            let text = texts[(*text)?];
            let kind = CONVENTIONS.kind(path)?;
            Some(match known.get(path) {
                Some(file) if *file.text == *text => Arc::clone(file),
                _ => Arc::new(model::parse(
                    RepoPath::new(path),
                    kind,
                    text.as_bytes().to_vec(),
                )),
            })
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// One file gets this text, or goes; of the same text, it is parsed anew.
type Edit = (usize, Option<usize>);

/// Files that decide for all images are edited seldom: everything is joined again then.
fn edit() -> impl Strategy<Value = Edit> {
    let decides = |path: &str| {
        ["jobs/", "_config.yaml", "_releases/"]
            .iter()
            .any(|p| path.contains(p))
    };
    let weights = FILES
        .iter()
        .map(|(path, _)| if decides(path) { 1 } else { 8 });
    let each: Vec<usize> = weights
        .enumerate()
        .flat_map(|(at, weight)| vec![at; weight])
        .collect();
    proptest::sample::select(each).prop_flat_map(|at| {
        let text = proptest::option::weighted(0.8, 0..FILES[at].1.len());
        (Just(at), text)
    })
}

proptest! {
    #![proptest_config(property(60))]

    #[test]
    fn update_gives_the_same_checkout_as_new(
        mut state in state(),
        edits in proptest::collection::vec(edit(), 10..30),
    ) {
        let inputs = Inputs::default();
        let mut checkout = Checkout::new(files(&state, &[]), &CONVENTIONS, &inputs);
        for (at, text) in edits {
            state[at] = text;
            let known = checkout.files().iter().filter(|file| file.path.as_str() != FILES[at].0);
            let known: Vec<Arc<File>> = known.cloned().collect();
            let files = files(&state, &known);
            let anew = Checkout::new(files.clone(), &CONVENTIONS, &inputs);
            let change = Change::between(checkout.files(), &files);
            checkout = checkout.update(files, &change, &CONVENTIONS, &inputs);
            assert_same(&checkout, &anew).map_err(|error| TestCaseError::fail(error.to_string()))?;
        }
    }

    #[test]
    fn checks_that_do_not_run_again_would_find_the_same(
        mut state in state(),
        edits in proptest::collection::vec(edit(), 10..30),
    ) {
        let inputs = Inputs::default();
        let base = Checkout::new(files(&state, &[]), &CONVENTIONS, &inputs);
        let mut known = Cache::default();
        let everything = Change::between(&[], base.files());
        let _ = engine::lint_after(&base, Some(&base), &everything, &PLAN, &mut known);
        let mut checkout = base.clone();
        for (at, text) in edits {
            state[at] = text;
            let others = checkout.files().iter().filter(|file| file.path.as_str() != FILES[at].0);
            let others: Vec<Arc<File>> = others.cloned().collect();
            let files = files(&state, &others);
            let change = Change::between(checkout.files(), &files);
            checkout = checkout.update(files, &change, &CONVENTIONS, &inputs);
            let found = engine::lint_after(&checkout, Some(&base), &change, &PLAN, &mut known);
            let everything = Change::between(&[], checkout.files());
            let anew =
                engine::lint_after(&checkout, Some(&base), &everything, &PLAN, &mut Cache::default());
            prop_assert_eq!(found.findings, anew.findings);
            prop_assert_eq!(found.held_back, anew.held_back);
        }
    }
}

#[test]
fn every_file_is_of_a_kind_and_provides_or_breaks_something() -> Outcome {
    for (path, _) in FILES {
        assert!(CONVENTIONS.kind(path).is_some(), "{path}");
    }
    let all = files(&vec![Some(0); FILES.len()], &[]);
    for file in &all {
        let may_have = FileKind::WITH_PULL_SPECS.contains(&file.kind);
        assert!(may_have || file.pull_specs().is_empty(), "{}", file.path);
    }
    let checkout = Checkout::new(all, &CONVENTIONS, &Inputs::default());
    assert!(checkout.images().streams().count() > 3);
    assert!(checkout.images().references().count() > 4);
    Ok(())
}
