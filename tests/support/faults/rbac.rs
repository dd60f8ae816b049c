//! Roles and bindings.

use super::access::{MANIFESTS, document};
use super::lines::folder;
use super::typing::misspelt;
use super::{Kind, error, warning};

pub fn kinds() -> Vec<Kind> {
    let mut kinds = roles();
    kinds.extend(objects());
    kinds
}

fn roles() -> Vec<Kind> {
    vec![
        error("everybody may push", &[], |source, rng| {
            source.at(
                rng,
                MANIFESTS,
                r"^ *name: system:image-(puller)$",
                |site, _| {
                    let end = (site.at + 8).min(site.lines.len());
                    site.has(site.at..end, "system:authenticated")
                        .then_some(())?;
                    Some(site.swap(1, "pusher")?.or_in(site.path))
                },
            )
        }),
        error("role misspelt", &["rbac-role-undefined"], |source, rng| {
            source.at(
                rng,
                MANIFESTS,
                r"^ *name: system:image-(puller|builder|pusher)$",
                |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        error(
            "ClusterRole called Role",
            &["rbac-role-undefined"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^ *kind: (ClusterRole)$", |site, _| {
                    Some(site.swap(1, "Role")?.or_in(site.path))
                })
            },
        ),
        error(
            "kind of a role misspelt",
            &["rbac-role-ref", "rbac-role-undefined"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^ *kind: (ClusterRole)$", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "API group of a role missing",
            &["rbac-role-ref"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^  apiGroup: rbac", |site, _| {
                    site.has(site.at.saturating_sub(2)..site.at, "roleRef:")
                        .then(|| site.delete())?
                })
            },
        ),
        error(
            "name of a role missing",
            &["rbac-role-ref"],
            |source, rng| {
                source.at(
                    rng,
                    MANIFESTS,
                    r"^  name: (system:image-puller|view|edit|admin)$",
                    |site, _| site.delete(),
                )
            },
        ),
        error("roleRef missing", &["rbac-role-ref"], |source, rng| {
            source.at(rng, MANIFESTS, r"^roleRef:$", |site, _| {
                Some(site.cut(site.block())?.or_in(site.path))
            })
        }),
        error(
            "namespace in a roleRef",
            &["manifest-field"],
            |source, rng| {
                source.at(
                    rng,
                    MANIFESTS,
                    r"^  name: system:image-puller$",
                    |site, _| site.add("  namespace: ci"),
                )
            },
        ),
        error(
            "rules without verbs",
            &["rbac-role-rules"],
            |source, rng| {
                source.at(
                    rng,
                    r"^clusters/app\.ci/.*\.yaml$",
                    r"^ *(?:- )?verbs:$",
                    |site, _| {
                        let is_role = site.source.text(site.path)?.contains("kind: Role\n");
                        (is_role && !site.line().contains('-')).then_some(())?;
                        Some(site.cut(site.block())?.or_in(site.path))
                    },
                )
            },
        ),
    ]
}

fn objects() -> Vec<Kind> {
    vec![
        warning("binding in another namespace", &[], |source, rng| {
            source.at(rng, MANIFESTS, r"^  namespace: (\S+)$", |site, _| {
                (site.group(1) != "ocp").then(|| site.swap(1, "ocp"))?
            })
        }),
        warning(
            "namespace of a binding misspelt",
            &["rbac-namespace", "registry-access-namespace"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^  namespace: (\S+)$", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "namespace of a binding missing",
            &["rbac-namespace"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^  namespace: ", |site, _| {
                    site.has(site.at.saturating_sub(6)..site.at, "kind: RoleBinding")
                        .then(|| Some(site.delete()?.or_in(site.path)))?
                })
            },
        ),
        error("kind of a manifest misspelt", &[], |source, rng| {
            source.at(
                rng,
                MANIFESTS,
                r"^kind: (RoleBinding|Namespace)$",
                |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        error("kind of a manifest missing", &[], |source, rng| {
            source.at(
                rng,
                MANIFESTS,
                r"^kind: (RoleBinding|Namespace)$",
                |site, _| Some(site.delete()?.or_in(site.path)),
            )
        }),
        error(
            "API version that does not exist",
            &["manifest-api-version"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^apiVersion: rbac\S+/(v1)$", |site, _| {
                    site.swap(1, "v1beta1")
                })
            },
        ),
        error(
            "API version misspelt",
            &["manifest-api-version"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^apiVersion: (rbac)\.", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error("API version missing", &[], |source, rng| {
            source.at(rng, MANIFESTS, r"^apiVersion: ", |site, _| {
                Some(site.delete()?.or_in(site.path))
            })
        }),
        error(
            "name of an object missing",
            &["manifest-name", "manifest-field"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^  name: ", |site, _| {
                    site.has(site.at.saturating_sub(1)..site.at, "metadata:")
                        .then(|| site.delete())?
                })
            },
        ),
        error(
            "name of a Namespace with capital letters",
            &["manifest-name"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^  name: (\S+)$", |site, _| {
                    let is_namespace =
                        site.has(site.at.saturating_sub(6)..site.at, "kind: Namespace");
                    is_namespace.then(|| site.swap(1, &site.group(1).to_uppercase()))?
                })
            },
        ),
        error(
            "name of a binding with a slash",
            &["manifest-name"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^  name: [a-z]+(-)", |site, _| {
                    site.has(site.at.saturating_sub(1)..site.at, "metadata:")
                        .then(|| site.swap(1, "/"))?
                })
            },
        ),
        error(
            "label that is no string",
            &["manifest-field"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^metadata:$", |site, _| {
                    site.add("  labels:\n    shared: true")
                })
            },
        ),
        error("two documents joined", &["duplicate-key"], |source, rng| {
            source.at(rng, MANIFESTS, r"^---$", |site, _| {
                (site.at > 3).then(|| Some(site.delete()?.or_in(site.path)))?
            })
        }),
        error("tab in a manifest", &["invalid-yaml"], |source, rng| {
            source.at(rng, MANIFESTS, r"^(  )name: ", |site, _| site.swap(1, "\t"))
        }),
        error("subjects below the roleRef", &[], |source, rng| {
            source.at(rng, MANIFESTS, r"^subjects:$", |site, _| {
                let lines = &site.lines[site.block()];
                let deeper: Vec<String> = lines
                    .iter()
                    .map(|line| {
                        if line.is_empty() {
                            String::new()
                        } else {
                            format!("  {line}")
                        }
                    })
                    .collect();
                site.put(site.block(), &deeper.join("\n"))
            })
        }),
        warning(
            "binding twice",
            &["rbac-duplicate", "rbac-namespace", "rbac-role-undefined"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^kind: RoleBinding$", |site, rng| {
                    let other = site
                        .source
                        .paths(rng, MANIFESTS)
                        .into_iter()
                        .find(|other| folder(other) != folder(site.path))?;
                    let fault = document(site)?;
                    let left: Vec<&str> = fault.edits.get(site.path)?.as_ref()?.lines().collect();
                    let start = site.lines[..site.at]
                        .iter()
                        .rposition(|line| *line == "---")?;
                    let own = site.lines[start..start + site.lines.len() - left.len()].join("\n");
                    let text = format!("{}\n{own}\n", site.source.text(other)?.trim_end());
                    Some(super::lines::written(other, text).or_in(site.path))
                })
            },
        ),
        error(
            "Group beside Rover",
            &["rbac-group-object"],
            |source, rng| {
                source.in_file(rng, MANIFESTS, |path, text, _| {
                source.text("core-services/sync-rover-groups/_config.yaml")?;
                text.starts_with("kind: List").then_some(()).is_none().then_some(())?;
                let group = "---\napiVersion: user.openshift.io/v1\nkind: Group\nmetadata:\n  name: gizmo-admins\nusers:\n- jdoe\n";
                Some(super::lines::written(path, format!("{}\n{group}", text.trim_end())))
            })
            },
        ),
    ]
}
