//! What a change takes away from those who may pull, approve or follow an image.

use crate::support::Outcome;
use crate::support::git::Repo;

const MANIFEST: &str = "clusters/app.ci/registry-access/acme/admin_manifest.yaml";
const STREAM: &str = "clusters/app.ci/supplemental-ci-images/acme.yaml";
const ALIASES: &str = "OWNERS_ALIASES";

/// File, severity, rule and message of what is staged, one a line.
fn staged(repo: &Repo) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    repo.stage()?;
    let run = repo.check(&["--staged"])?;
    let line = |line: &str| {
        let (place, what) = line.split_once(": ").unwrap_or_default();
        let path = place.split(':').next().unwrap_or_default();
        format!("{path}: {}", what.replace(" (introduced)", ""))
    };
    Ok(run.findings().into_iter().map(line).collect())
}

fn binding(name: &str, namespace: &str, role: &str, group: &str) -> String {
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: {name}\n  \
         namespace: {namespace}\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: \
         ClusterRole\n  name: {role}\nsubjects:\n- apiGroup: rbac.authorization.k8s.io\n  kind: \
         Group\n  name: {group}\n"
    )
}

fn manifest(bindings: &[String]) -> String {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: acme\n";
    format!("{namespace}{}", bindings.concat())
}

#[test]
fn the_last_binding_by_which_others_pull_is_missed() -> Outcome {
    let repo = Repo::new()?;
    let team = binding("team", "acme", "view", "acme-admins");
    let pull = binding(
        "pull",
        "acme",
        "system:image-puller",
        "system:authenticated",
    );
    repo.checkout
        .write(MANIFEST, manifest(&[team.clone(), pull.clone()]))?;
    repo.commit("the team sees what is there, and everybody may pull")?;

    repo.checkout
        .write(MANIFEST, manifest(std::slice::from_ref(&team)))?;
    let gone = format!(
        "{MANIFEST}: warning[registry-access-pull] no binding lets others pull from namespace `acme` \
         any more"
    );
    assert_eq!(staged(&repo)?, [gone]);

    // Where it is still there, but somewhere else, that says it all.
    let moved = pull.replace("namespace: acme", "namespace: ocp");
    repo.checkout.write(MANIFEST, manifest(&[team, moved]))?;
    let moved = format!(
        "{MANIFEST}: warning[rbac-namespace] the RoleBinding `pull` is in namespace `ocp`, which is \
         not that of its folder `acme`"
    );
    assert_eq!(staged(&repo)?, [moved]);
    Ok(())
}

#[test]
fn a_misspelt_kind_is_one_finding() -> Outcome {
    let repo = Repo::new()?;
    let pull = binding(
        "pull",
        "acme",
        "system:image-puller",
        "system:authenticated",
    );
    let list = manifest(&[pull]).replace("kind: RoleBinding", "kind: RoleBindng");
    repo.checkout.write(MANIFEST, list)?;
    let kind = format!("{MANIFEST}: error[manifest-kind] there is no kind `RoleBindng`");
    assert_eq!(staged(&repo)?, [kind]);
    Ok(())
}

#[test]
fn an_alias_that_is_still_named_is_missed() -> Outcome {
    let repo = Repo::new()?;
    let aliases = "aliases:\n  dptp-owners:\n  - dptp-owner\n  widget-approvers:\n  - alice\n  unused: [bob]\n";
    let owners = "clusters/app.ci/registry-access/acme/OWNERS";
    repo.checkout.write(ALIASES, aliases)?;
    repo.checkout
        .write(owners, "approvers:\n- Widget-Approvers\n")?;
    repo.commit("an alias approves")?;

    let gone = "the alias `widget-approvers` is gone, and an OWNERS file still names it";
    for aliases in [
        "aliases:\n  dptp-owners:\n  - dptp-owner\n",
        "aliases:\n  dptp-owners:\n  - dptp-owner\n  widget-aprovers:\n  - alice\n",
    ] {
        repo.checkout.write(ALIASES, aliases)?;
        let missed = format!("{ALIASES}: error[owners-content] {gone}; see {owners}:2");
        assert_eq!(staged(&repo)?, [missed], "{aliases}");
    }
    // Who renames it in both places loses nothing.
    repo.checkout
        .write(owners, "approvers:\n- widget-aprovers\n")?;
    assert_eq!(staged(&repo)?, [""; 0]);
    Ok(())
}

fn stream(host: &str, policy: &str) -> String {
    format!(
        "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: tools\n  namespace: \
         acme\nspec:\n  tags:\n  - from:\n      kind: DockerImage\n      name: {host}/acme/tools:1.0.0\n    \
         name: latest\n{policy}"
    )
}

const LOCAL: &str = "    referencePolicy:\n      type: Local\n";

#[test]
fn a_tag_that_loses_local_is_a_warning() -> Outcome {
    let repo = Repo::new()?;
    repo.checkout.write(STREAM, stream("quay.io", LOCAL))?;
    repo.commit("served from the CI registry")?;
    repo.checkout.write(STREAM, stream("quay.io", ""))?;
    let lost = format!(
        "{STREAM}: warning[imagestream-reference-policy] tag `acme/tools:latest` has no \
         `referencePolicy` of type `Local`"
    );
    assert_eq!(staged(&repo)?, [lost]);

    // One that never had it is a hint.
    repo.commit("without")?;
    let other = stream("quay.io", "").replace("name: latest", "name: other");
    repo.checkout.write(STREAM, other)?;
    assert_eq!(staged(&repo)?, [""; 0]);
    Ok(())
}

#[test]
fn a_tag_without_local_is_a_warning_where_all_others_of_its_host_have_it() -> Outcome {
    let repo = Repo::new()?;
    for name in ["one", "two", "three"] {
        let file = STREAM.replace("acme", name);
        let own = format!("name: {name}");
        let other = stream("registry.example.com", LOCAL).replace("name: tools", &own);
        repo.checkout.write(file, other)?;
    }
    repo.commit("all with Local")?;
    repo.checkout
        .write(STREAM, stream("registry.example.com", ""))?;
    let lacks = format!(
        "{STREAM}: warning[imagestream-reference-policy] tag `acme/tools:latest` has no \
         `referencePolicy` of type `Local`"
    );
    assert_eq!(staged(&repo)?, [lacks]);
    Ok(())
}
