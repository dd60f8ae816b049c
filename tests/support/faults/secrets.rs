//! The configuration of ci-secret-bootstrap.

use super::lines::Site;
use super::typing::misspelt;
use super::{Kind, error, warning};

const FILE: &str = r"^core-services/ci-secret-bootstrap/_config\.yaml$";
const JOBS: &str = r"^ci-operator/jobs/infra-image-mirroring\.yaml$";
const NAME: &str = r"^    name: (\S+)$";

pub fn kinds() -> Vec<Kind> {
    let mut kinds = targets();
    kinds.extend(shapes());
    kinds
}

/// The secrets that mirror jobs mount.
fn targets() -> Vec<Kind> {
    vec![
        warning(
            "used secret misspelt",
            &["mirror-job-secret", "mirror-job-secret-cluster"],
            |source, rng| {
                source.at(rng, FILE, NAME, |site, rng| {
                    (site
                        .source
                        .count(JOBS, &format!("secretName: {}\n", site.group(1)))
                        > 0)
                    .then_some(())?;
                    Some(
                        site.swap(1, &misspelt(site.group(1), rng))?
                            .or_in("ci-operator/jobs"),
                    )
                })
            },
        ),
        warning(
            "used secret removed",
            &["mirror-job-secret", "mirror-job-secret-cluster"],
            |source, rng| {
                source.at(rng, FILE, NAME, |site, _| {
                    is_only_one(site).then_some(())?;
                    Some(site.cut(site.item(0))?.or_in("ci-operator/jobs"))
                })
            },
        ),
        warning(
            "used secret in another namespace",
            &["mirror-job-secret", "mirror-job-secret-cluster"],
            |source, rng| {
                source.at(rng, FILE, NAME, |site, _| {
                    is_only_one(site).then_some(())?;
                    let namespace = site.find(site.at..site.at + 2, "namespace: ci")?;
                    Some(
                        site.put(namespace..namespace + 1, "    namespace: ocp")?
                            .or_in("ci-operator/jobs"),
                    )
                })
            },
        ),
        error(
            "used secret in another cluster",
            &["mirror-job-secret-cluster"],
            |source, rng| {
                source.at(rng, FILE, NAME, |site, _| {
                    (site
                        .source
                        .count(JOBS, &format!("secretName: {}\n", site.group(1)))
                        > 0)
                    .then_some(())?;
                    let above = site
                        .at
                        .checked_sub(1)
                        .filter(|&at| site.lines[at] == "  - cluster: app.ci")?;
                    Some(
                        site.put(above..above + 1, "  - cluster: build01")?
                            .or_in("ci-operator/jobs"),
                    )
                })
            },
        ),
        error(
            "key of a used secret renamed",
            &["mirror-job-subpath"],
            |source, rng| {
                source.at(rng, FILE, NAME, |site, _| {
                    (site
                        .source
                        .count(JOBS, &format!("secretName: {}\n", site.group(1)))
                        > 0)
                    .then_some(())?;
                    let item = site.item(0);
                    let key = site.find(item, "    config.json:")?;
                    Some(
                        site.put(key..key + 1, "    config.jsn:")?
                            .or_in("ci-operator/jobs"),
                    )
                })
            },
        ),
        error(
            "cluster group that is not defined",
            &["secret-config"],
            |source, rng| {
                source.at(
                    rng,
                    FILE,
                    r"^    - (build_farm|non_app_ci|bastion)$",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        error(
            "secret made twice",
            &["secret-target-duplicate"],
            |source, rng| {
                source.at(rng, FILE, r"^- from:", |site, _| {
                    let item = site.text(site.item(0));
                    Some(
                        site.put(site.item(0), &format!("{item}\n{item}"))?
                            .or_in(site.path),
                    )
                })
            },
        ),
        error(
            "target twice",
            &["secret-target-duplicate"],
            |source, rng| {
                source.at(rng, FILE, r"^  - cluster: ", |site, _| {
                    let item = site.text(site.item(2));
                    Some(
                        site.put(site.item(2), &format!("{item}\n{item}"))?
                            .or_in(site.path),
                    )
                })
            },
        ),
        warning("cluster of a target misspelt", &[], |source, rng| {
            source.at(rng, FILE, r"^  - cluster: (\S+)$", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        error(
            "both cluster and groups",
            &["secret-config"],
            |source, rng| {
                source.at(rng, FILE, r"^  - cluster: ", |site, _| {
                    site.add("    cluster_groups:\n    - build_farm")
                })
            },
        ),
    ]
}

fn shapes() -> Vec<Kind> {
    vec![
        error("item missing", &["secret-config"], |source, rng| {
            source.at(rng, FILE, r"^      item: ", |site, _| site.delete())
        }),
        error("field missing", &["secret-config"], |source, rng| {
            source.at(rng, FILE, r"^      field: ", |site, _| site.delete())
        }),
        error("auth_field missing", &["secret-config"], |source, rng| {
            source.at(rng, FILE, r"^      - auth_field: ", |site, _| {
                let next = site.lines.get(site.at + 1)?.strip_prefix("        ")?;
                site.put(site.at..site.at + 2, &format!("      - {next}"))
            })
        }),
        error(
            "name of a target missing",
            &["secret-config"],
            |source, rng| source.at(rng, FILE, NAME, |site, _| site.delete()),
        ),
        error(
            "namespace of a target missing",
            &["secret-config"],
            |source, rng| source.at(rng, FILE, r"^    namespace: ", |site, _| site.delete()),
        ),
        error("targets missing", &["secret-config"], |source, rng| {
            source.at(rng, FILE, r"^  to:$", |site, _| {
                Some(site.cut(site.at..site.item(0).end)?.or_in(site.path))
            })
        }),
        error(
            "unknown field of a target",
            &["secret-config"],
            |source, rng| {
                source.at(rng, FILE, r"^    (namespace): ", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "unknown field of a source",
            &["secret-config"],
            |source, rng| {
                source.at(rng, FILE, r"^      (field|item): ", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "key twice in a secret",
            &["duplicate-key"],
            |source, rng| source.at(rng, FILE, NAME, |site, _| site.add(site.line())),
        ),
        error("tab in the secrets", &["invalid-yaml"], |source, rng| {
            source.at(rng, FILE, r"^(    )name: ", |site, _| site.swap(1, "\t"))
        }),
        error(
            "key of the secrets one column off",
            &["invalid-yaml", "secret-config"],
            |source, rng| {
                source.at(rng, FILE, r"^(    )namespace: ", |site, _| {
                    site.swap(1, "   ")
                })
            },
        ),
        error("dash of a target missing", &[], |source, rng| {
            source.at(rng, FILE, r"^  (- )cluster: ", |site, _| site.swap(1, "  "))
        }),
        error(
            "source written beside the sources",
            &["secret-config"],
            |source, rng| {
                source.at(rng, FILE, r"^      (item): ", |site, _| {
                    site.replace(&site.line()[2..])
                })
            },
        ),
        error("key that no step can mount", &[], |source, rng| {
            source.at(rng, FILE, r"^    (\S+):$", |site, _| {
                let is_key = site.lines.get(site.at + 1)?.starts_with("      field");
                is_key.then(|| site.swap(1, "a/b.json"))?
            })
        }),
        warning("type that is none", &[], |source, rng| {
            source.at(rng, FILE, r"^    type: (\S+)$", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
    ]
}

/// Whether jobs use the secret that the site names, and no other target is called so.
fn is_only_one(site: &Site) -> bool {
    let name = site.group(1);
    let count = |files, line: String| site.source.count(files, &line);
    count(JOBS, format!("secretName: {name}\n")) > 0 && count(FILE, format!("name: {name}\n")) == 1
}
