//! Who is given a role.

use super::access::MANIFESTS;
use super::typing::misspelt;
use super::{Kind, error, warning};

/// Manifests of RBAC, in registry-access and elsewhere.
const ALL: &str = r"^clusters/app\.ci/(registry-access|assets|ci|release-controller|art)/.*\.yaml$";

pub fn kinds() -> Vec<Kind> {
    vec![
        warning("system group misspelt", &["rbac-subject"], |source, rng| {
            source.at(
                rng,
                MANIFESTS,
                r"name: system:(authenticated|unauthenticated)\b",
                |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        warning(
            "prefix of a system group misspelt",
            &["rbac-subject"],
            |source, rng| {
                source.at(
                    rng,
                    MANIFESTS,
                    r"name: (system):(?:un)?authenticated\b",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        warning("subjects removed", &["rbac-subject"], |source, rng| {
            source.at(rng, MANIFESTS, r"^subjects:$", |site, _| {
                Some(site.cut(site.block())?.or_in(site.path))
            })
        }),
        warning("subjects emptied", &[], |source, rng| {
            source.at(rng, MANIFESTS, r"^subjects:$", |site, _| {
                site.put(site.block(), "subjects: []")
            })
        }),
        error(
            "kind of a subject misspelt",
            &["rbac-subject"],
            |source, rng| {
                source.at(
                    rng,
                    MANIFESTS,
                    r"^  (?:- |  )kind: (Group|User|ServiceAccount)$",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        error(
            "kind of a subject in lower case",
            &["rbac-subject", "manifest-kind"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^ *(?:- )?kind: (Group)$", |site, _| {
                    site.swap(1, "group")
                })
            },
        ),
        warning(
            "API group of a subject missing",
            &["rbac-subject"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^ *- apiGroup: rbac", |site, _| {
                    let next = site.lines.get(site.at + 1)?.trim_start();
                    let depth = " ".repeat(site.indent());
                    site.put(site.at..site.at + 2, &format!("{depth}- {next}"))
                })
            },
        ),
        error(
            "API group of a subject misspelt",
            &["rbac-subject"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^ *- apiGroup: (rbac)\.", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "name of a subject missing",
            &["rbac-subject"],
            |source, rng| {
                source.at(
                    rng,
                    MANIFESTS,
                    r"^ *name: system:(?:un)?authenticated\b",
                    |site, _| site.delete(),
                )
            },
        ),
        warning(
            "role for a person",
            &["rbac-user-subject"],
            |source, rng| {
                source.text("core-services/sync-rover-groups/_config.yaml")?;
                source.at(rng, MANIFESTS, r"^ *(?:- )?kind: Group$", |site, _| {
                    let name = site.find(site.at..site.at + 2, "name: ")?;
                    let depth = " ".repeat(super::lines::indent(site.lines[name]));
                    let kind = site.line().replace("Group", "User");
                    (name == site.at + 1).then(|| {
                        site.put(site.at..name + 1, &format!("{kind}\n{depth}name: jdoe"))
                    })?
                })
            },
        ),
        error(
            "ServiceAccount without a namespace",
            &["rbac-subject"],
            |source, rng| {
                source.at(rng, ALL, r"^ *(?:- )?kind: ServiceAccount$", |site, _| {
                    let at = site.find(
                        site.at + 1..(site.at + 4).min(site.lines.len()),
                        " namespace: ",
                    )?;
                    let depth = super::lines::indent(site.lines[at]);
                    let is_subject = site.lines[..site.at]
                        .iter()
                        .rev()
                        .take(12)
                        .any(|line| line.trim() == "subjects:");
                    (is_subject && depth == site.indent() + 2 && site.line().contains("- "))
                        .then_some(())?;
                    site.cut(at..at + 1)
                })
            },
        ),
        warning(
            "namespace of a ServiceAccount misspelt",
            &["rbac-service-account", "rbac-subject"],
            |source, rng| {
                source.at(rng, ALL, r"^ +namespace: (\S+)$", |site, rng| {
                    let is_account =
                        site.has(site.at.saturating_sub(3)..site.at, "- kind: ServiceAccount");
                    is_account.then(|| site.swap(1, &misspelt(site.group(1), rng)))?
                })
            },
        ),
        warning(
            "group misspelt that other bindings name",
            &[],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^ *name: ([a-z0-9-]{6,})$", |site, rng| {
                    let is_group = site.has(site.at.saturating_sub(2)..site.at, "kind: Group");
                    let is_usual = site
                        .source
                        .count("^clusters/", &format!("name: {}\n", site.group(1)))
                        > 2;
                    (is_group && is_usual).then(|| site.swap(1, &misspelt(site.group(1), rng)))?
                })
            },
        ),
    ]
}
