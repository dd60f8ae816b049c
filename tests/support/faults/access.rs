//! Who owns and who may pull: folders of registry-access, OWNERS files.

use super::lines::{file_name, folder, moved, removed, written};
use super::typing::misspelt;
use super::{Fault, Kind, error, warning};

pub const MANIFESTS: &str = r"^clusters/app\.ci/registry-access/[^/]+/[^/]+\.yaml$";
const OWNERS: &str =
    r"^(clusters/app\.ci/registry-access|core-services/image-mirroring)/[^/]+/OWNERS$";
const OF_ACCESS: &str = r"^clusters/app\.ci/registry-access/[^/]+/OWNERS$";

pub fn kinds() -> Vec<Kind> {
    let mut kinds = owners();
    kinds.extend(folders());
    kinds
}

fn owners() -> Vec<Kind> {
    const RULES: &[&str] = &["owners-content"];
    vec![
        error(
            "nobody but an unknown alias approves",
            RULES,
            |source, rng| {
                source.at(rng, OWNERS, r"^approvers:$", |site, _| {
                    site.put(site.block(), "approvers:\n- gizmo-team-approvers")
                })
            },
        ),
        warning("login that is none", RULES, |source, rng| {
            source.at(rng, OWNERS, r"^ *- ([\w-]+)$", |site, _| {
                site.swap(1, &format!("\"@{}\"", site.group(1)))
            })
        }),
        warning("name in place of a login", RULES, |source, rng| {
            source.at(rng, OWNERS, r"^ *- ([\w-]+)$", |site, _| {
                site.swap(1, "Jane Doe")
            })
        }),
        error("approvers as a string", RULES, |source, rng| {
            source.at(rng, OWNERS, r"^approvers:$", |site, _| {
                site.put(site.block(), "approvers: alice")
            })
        }),
        warning("`approvers` misspelt", RULES, |source, rng| {
            source.at(rng, OWNERS, r"^(approvers):$", |site, rng| {
                Some(
                    site.swap(1, &misspelt(site.group(1), rng))?
                        .or_in(site.path),
                )
            })
        }),
        warning("approvers missing", RULES, |source, rng| {
            source.at(rng, OWNERS, r"^approvers:$", |site, _| {
                Some(site.cut(site.block())?.or_in(site.path))
            })
        }),
        warning("approvers emptied", RULES, |source, rng| {
            source.at(rng, OWNERS, r"^approvers:$", |site, _| {
                site.put(site.block(), "approvers: []")
            })
        }),
        error("label that nobody may give", RULES, |source, rng| {
            source.at(rng, OWNERS, r"^approvers:$", |site, _| {
                site.put(site.at..site.at + 1, "labels:\n- lgtm\napprovers:")
            })
        }),
        error("filter that is no expression", RULES, |source, rng| {
            source.in_file(rng, OWNERS, |path, _, _| {
                Some(written(
                    path,
                    "filters:\n  '(.*\\.go$':\n    approvers:\n    - alice\n",
                ))
            })
        }),
        error("no YAML in OWNERS", &["invalid-yaml"], |source, rng| {
            source.at(rng, OWNERS, r"^( *- )[\w-]+$", |site, _| {
                site.replace(&format!("\t{}", site.line()))
            })
        }),
        error("dash without a space in OWNERS", &[], |source, rng| {
            source.at(rng, OWNERS, r"^ *-( )[\w-]+$", |site, _| site.swap(1, ""))
        }),
        error("approvers twice", &["duplicate-key"], |source, rng| {
            source.at(rng, OWNERS, r"^approvers:$", |site, _| {
                Some(
                    site.put(site.at..site.at + 1, "approvers:\n- alice\napprovers:")?
                        .or_in(site.path),
                )
            })
        }),
        error(
            "OWNERS in lower case",
            &["owners-file-name"],
            |source, rng| {
                source.in_file(rng, OWNERS, |path, text, _| {
                    Some(
                        moved(path, &format!("{}/owners", folder(path)), text)?.or_in(folder(path)),
                    )
                })
            },
        ),
        error(
            "OWNERS with an extension",
            &["owners-file-name"],
            |source, rng| {
                source.in_file(rng, OWNERS, |path, text, _| {
                    Some(moved(path, &format!("{path}.yaml"), text)?.or_in(folder(path)))
                })
            },
        ),
        warning(
            "member of an alias removed with the alias",
            &[],
            |source, rng| {
                source.at(rng, "^OWNERS_ALIASES$", r"^  ([\w-]+):$", |site, _| {
                    let uses = site.source.files().filter(|(path, text)| {
                        is_read(path) && text.contains(&format!("- {}\n", site.group(1)))
                    });
                    (uses.count() > 0).then_some(())?;
                    Some(
                        site.cut(site.block())?
                            .or_in("clusters")
                            .or_in("core-services")
                            .or_in("ci-operator"),
                    )
                })
            },
        ),
    ]
}

fn folders() -> Vec<Kind> {
    vec![
        error(
            "OWNERS of a folder removed",
            &["registry-access-owners"],
            |source, rng| {
                source.in_file(rng, OF_ACCESS, |path, _, _| {
                    Some(removed(path).or_in(folder(path)))
                })
            },
        ),
        error(
            "manifest of a folder removed",
            &["registry-access-manifest"],
            |source, rng| {
                source.in_file(
                    rng,
                    r"^clusters/app\.ci/registry-access/[^/]+/admin_manifest\.yaml$",
                    |path, _, rng| {
                        let all = source.paths(rng, &format!("^{}/", folder(path)));
                        (all.len() == 2).then(|| removed(path).or_in(folder(path)))
                    },
                )
            },
        ),
        error(
            "manifest called `.yml`",
            &["manifest-extension", "registry-access-manifest"],
            |source, rng| {
                source.in_file(rng, MANIFESTS, |path, text, _| {
                    Some(
                        moved(path, &format!("{}.yml", path.strip_suffix(".yaml")?), text)?
                            .or_in(folder(path)),
                    )
                })
            },
        ),
        error(
            "manifest called with an underscore",
            &["registry-access-manifest", "manifest-extension"],
            |source, rng| {
                source.in_file(rng, MANIFESTS, |path, text, rng| {
                    (source
                        .paths(rng, &format!("^{}/.*yaml$", folder(path)))
                        .len()
                        == 1)
                        .then_some(())?;
                    Some(
                        moved(
                            path,
                            &format!("{}/_{}", folder(path), file_name(path)),
                            text,
                        )?
                        .or_in(folder(path)),
                    )
                })
            },
        ),
        error(
            "manifest without an extension",
            &["manifest-extension", "registry-access-manifest"],
            |source, rng| {
                source.in_file(rng, MANIFESTS, |path, text, _| {
                    Some(moved(path, path.strip_suffix(".yaml")?, text)?.or_in(folder(path)))
                })
            },
        ),
        warning(
            "Namespace not called as its folder",
            &["registry-access-namespace", "rbac-namespace"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^  name: (\S+)$", |site, rng| {
                    let is_namespace =
                        site.has(site.at.saturating_sub(6)..site.at, "kind: Namespace");
                    is_namespace.then(|| site.swap(1, &misspelt(site.group(1), rng)))?
                })
            },
        ),
        warning(
            "Namespace removed",
            &["registry-access-namespace", "rbac-namespace"],
            |source, rng| {
                source.at(rng, MANIFESTS, r"^kind: Namespace$", |site, _| {
                    let end = site.at
                        + site.lines[site.at..]
                            .iter()
                            .position(|line| *line == "---")?
                        + 1;
                    Some(site.cut(0..end)?.or_in(folder(site.path)))
                })
            },
        ),
        warning(
            "Namespace in a second folder",
            &["namespace-duplicate", "registry-access-namespace"],
            |source, rng| {
                source.in_file(rng, MANIFESTS, |path, text, rng| {
                    let other = source
                        .paths(rng, MANIFESTS)
                        .into_iter()
                        .find(|other| folder(other) != folder(path))?;
                    Some(written(&format!("{}/admin_more.yaml", folder(other)), text).or_in(path))
                })
            },
        ),
        error(
            "folders that differ in case",
            &["folder-case-conflict"],
            |source, rng| {
                source.in_file(rng, OF_ACCESS, |path, text, _| {
                    let name = file_name(folder(path));
                    let new = format!(
                        "clusters/app.ci/registry-access/{}/OWNERS",
                        name.to_uppercase()
                    );
                    (name != name.to_uppercase())
                        .then(|| written(&new, text).or_in(folder(&new)).or_in(folder(path)))
                })
            },
        ),
        warning(
            "only pull binding removed",
            &["registry-access-pull"],
            |source, rng| {
                source.at(
                    rng,
                    MANIFESTS,
                    r"^  name: system:image-puller$",
                    |site, _| {
                        let others = [
                            "view",
                            "edit",
                            "admin",
                            "image-pusher",
                            "image-builder",
                            "pull-secret-namespace-manager",
                        ];
                        let text = site.source.text(site.path)?;
                        let is_other = |role: &&str| {
                            text.contains(&format!(" name: {role}\n"))
                                || text.contains(&format!(":{role}\n"))
                        };
                        let is_only = text.matches("system:image-puller").count() == 1
                            && !others.iter().any(is_other);
                        is_only.then_some(())?;
                        Some(document(site)?.or_in(folder(site.path)))
                    },
                )
            },
        ),
        warning(
            "access in another folder",
            &["manifest-misplaced", "registry-access-manifest"],
            |source, rng| {
                source.in_file(rng, MANIFESTS, |path, text, _| {
                    let name = file_name(folder(path));
                    text.contains("kind: Namespace").then_some(())?;
                    let new = format!("clusters/app.ci/{name}/{}", file_name(path));
                    source.text(&new).is_none().then_some(())?;
                    Some(
                        moved(path, &new, text)?
                            .or_in(folder(path))
                            .or_in(folder(&new)),
                    )
                })
            },
        ),
    ]
}

/// The document that the site is in, taken out.
pub fn document(site: &super::lines::Site) -> Option<Fault> {
    let above = site.lines[..site.at]
        .iter()
        .rposition(|line| *line == "---");
    let below = site.lines[site.at..].iter().position(|line| *line == "---");
    let start = above.unwrap_or(0);
    let end = below.map_or(site.lines.len(), |below| site.at + below);
    (above.is_some() || below.is_some()).then(|| site.cut(start..end))?
}

/// Whether who owns the file's folder matters to what is linted.
fn is_read(path: &str) -> bool {
    let is_ours =
        path.starts_with("clusters/app.ci/") || path.starts_with("core-services/image-mirroring/");
    is_ours && path.ends_with("/OWNERS")
}
