//! Mirror jobs.

use super::lines::Site;
use super::typing::misspelt;
use super::{Fault, Kind, error, warning};

pub const FILE: &str = r"^ci-operator/jobs/infra-image-mirroring\.yaml$";

/// Another job's word at the same place.
pub fn of_another(site: &Site, rng: &mut fastrand::Rng, line: &str, group: usize) -> Option<Fault> {
    let own = site.group(group);
    let other = site.source.word(rng, FILE, line, |word| word != own)?;
    site.swap(group, &other)
}

pub fn kinds() -> Vec<Kind> {
    let mut kinds = names();
    kinds.extend(schedules());
    kinds.extend(scripts());
    kinds.extend(shapes());
    kinds
}

fn names() -> Vec<Kind> {
    vec![
        warning("image of a job misspelt", &[], |source, rng| {
            source.at(rng, FILE, r"^ +image: \S+/([\w.-]+)", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        warning("tag of a job's image misspelt", &[], |source, rng| {
            source.at(rng, FILE, r"^ +image: \S+:([a-z]+)$", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        warning("host of a job's image misspelt", &[], |source, rng| {
            source.at(rng, FILE, r"^ +image: ([\w.-]+)/", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        warning("cluster of a job misspelt", &[], |source, rng| {
            source.at(rng, FILE, r"^  cluster: (\S+)$", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        error(
            "cluster where the secret is not",
            &["mirror-job-secret-cluster", "prow-job-unusual"],
            |source, rng| {
                source.at(rng, FILE, r"^  cluster: (\S+)$", |site, _| {
                    site.swap(1, "build02")
                })
            },
        ),
        warning("area of another set", &[], |source, rng| {
            source.at(rng, FILE, r"openshift\.io/area: (\S+)$", |site, rng| {
                of_another(site, rng, r"openshift\.io/area: (\S+)$", 1)
            })
        }),
        warning("area misspelt", &["mirror-job-area"], |source, rng| {
            source.at(rng, FILE, r"openshift\.io/area: (\S+)$", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        warning("role of a job missing", &[], |source, rng| {
            source.at(rng, FILE, r"openshift\.io/role: ", |site, _| site.delete())
        }),
        warning("role of a job misspelt", &[], |source, rng| {
            source.at(rng, FILE, r"openshift\.io/role: (\S+)", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        error(
            "name of another job",
            &["mirror-job-name", "prow-job"],
            |source, rng| {
                source.at(rng, FILE, r"^  name: (\S+)$", |site, rng| {
                    of_another(site, rng, r"^  name: (\S+)$", 1)
                })
            },
        ),
        warning(
            "name of a job misspelt",
            &["mirror-job-name"],
            |source, rng| {
                source.at(
                    rng,
                    FILE,
                    r"^  name: periodic-(image-mirroring)-",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        error(
            "name of a job with a slash",
            &["prow-job"],
            |source, rng| {
                source.at(rng, FILE, r"^  name: periodic(-)image", |site, _| {
                    site.swap(1, "/")
                })
            },
        ),
        error("label that is too long", &["prow-job"], |source, rng| {
            source.at(rng, FILE, r"openshift\.io/area: (\S+)$", |site, _| {
                site.swap(1, &site.group(1).repeat(22))
            })
        }),
        error(
            "job removed",
            &["mapping-file-unselected", "mapping-file-name"],
            |source, rng| {
                source.at(rng, FILE, r"^- agent", |site, _| {
                    Some(
                        site.cut(site.item(0))?
                            .or_in("core-services/image-mirroring"),
                    )
                })
            },
        ),
        error(
            "job twice",
            &["mirror-job-name", "prow-job"],
            |source, rng| {
                source.at(rng, FILE, r"^- agent", |site, _| {
                    let job = site.text(site.item(0));
                    let twice = site.put(site.item(0), &format!("{job}\n{job}"))?;
                    Some(twice.or_in(site.path))
                })
            },
        ),
    ]
}

fn schedules() -> Vec<Kind> {
    vec![
        error("cron misspelt", &["prow-job"], |source, rng| {
            source.at(rng, FILE, r"^  cron: '@(\w+)'$", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        error(
            "cron with an hour too many",
            &["prow-job"],
            |source, rng| {
                source.at(rng, FILE, r"^  cron: (.*)$", |site, _| {
                    site.swap(1, "0 24 * * *")
                })
            },
        ),
        error("cron with a field too few", &["prow-job"], |source, rng| {
            source.at(rng, FILE, r"^  cron: (.*)$", |site, _| {
                site.swap(1, "0 */4 * *")
            })
        }),
        error("cron missing", &["prow-job"], |source, rng| {
            source.at(rng, FILE, r"^  cron: ", |site, _| {
                Some(site.delete()?.or_in(site.path))
            })
        }),
        error("cron beside interval", &["prow-job"], |source, rng| {
            source.at(rng, FILE, r"^  cron: ", |site, _| {
                site.add("  interval: 4h")
            })
        }),
        error("interval without a unit", &["prow-job"], |source, rng| {
            source.at(rng, FILE, r"^  cron: ", |site, _| {
                site.replace("  interval: \"4\"")
            })
        }),
        error(
            "timeout that is no duration",
            &["prow-job"],
            |source, rng| {
                source.at(rng, FILE, r"^    timeout: (\S+)", |site, _| {
                    site.swap(1, "5hours")
                })
            },
        ),
        warning(
            "agent missing",
            &["prow-job", "prow-job-unusual"],
            |source, rng| {
                source.at(rng, FILE, r"^- agent: ", |site, _| {
                    let next = site.lines.get(site.at + 1)?.strip_prefix("  ")?;
                    let fault = site.put(site.at..site.at + 2, &format!("- {next}"))?;
                    Some(fault.or_in(site.path))
                })
            },
        ),
        error("agent misspelt", &["prow-job"], |source, rng| {
            source.at(rng, FILE, r"^- agent: (\S+)", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
    ]
}

fn scripts() -> Vec<Kind> {
    const LOOP: &str = r"/etc/imagemirror/(mapping_)([\w.-]+)";
    const PREFIX: &str = r"^        value: (mapping_)([\w.-]+)$";
    const FALSE: &str = r#"^        value: ("false")$"#;
    vec![
        error(
            "prefix that selects nothing",
            &["mirror-job-selects-nothing", "mirror-job-prefix"],
            |source, rng| {
                let line = if source.count(FILE, "MAPPING_FILE_PREFIX") > 0 {
                    PREFIX
                } else {
                    LOOP
                };
                source.at(rng, FILE, line, |site, rng| {
                    site.swap(2, &misspelt(site.group(2), rng))
                })
            },
        ),
        error("prefix of another set", &[], |source, rng| {
            let line = if source.count(FILE, "MAPPING_FILE_PREFIX") > 0 {
                PREFIX
            } else {
                LOOP
            };
            source.at(rng, FILE, line, |site, rng| {
                let own = site.group(2);
                let other = site.source.word(
                    rng,
                    FILE,
                    &line.replace(r"(mapping_)", "mapping_"),
                    |word| word != own,
                )?;
                Some(site.swap(2, &other)?.or_in("core-services/image-mirroring"))
            })
        }),
        error("prefix that selects everything", &[], |source, rng| {
            let line = if source.count(FILE, "MAPPING_FILE_PREFIX") > 0 {
                PREFIX
            } else {
                LOOP
            };
            source.at(rng, FILE, line, |site, _| {
                Some(site.swap(2, "")?.or_in("core-services/image-mirroring"))
            })
        }),
        error(
            "folder of the mapping files misspelt",
            &[],
            |source, rng| {
                source.at(rng, FILE, r"/etc/(imagemirror)/mapping_", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "variable of the prefix misspelt",
            &["mirror-job-prefix"],
            |source, rng| {
                source.at(rng, FILE, r"name: (MAPPING_FILE_PREFIX)$", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error("prefix missing", &["mirror-job-prefix"], |source, rng| {
            source.at(rng, FILE, r"name: MAPPING_FILE_PREFIX$", |site, _| {
                site.cut(site.at..site.at + 2)
            })
        }),
        error("token missing", &["mirror-job-token"], |source, rng| {
            source.at(
                rng,
                FILE,
                r"^    automountServiceAccountToken: true$",
                |site, _| logs_in(site).then(|| Some(site.delete()?.or_in(site.path)))?,
            )
        }),
        error("token refused", &["mirror-job-token"], |source, rng| {
            source.at(
                rng,
                FILE,
                r"^    automountServiceAccountToken: (true)$",
                |site, _| logs_in(site).then(|| site.swap(1, "false"))?,
            )
        }),
        error(
            "dry run without quotes",
            &["mirror-job-dry-run", "mirror-job-shape", "prow-job"],
            |source, rng| source.at(rng, FILE, FALSE, |site, _| site.swap(1, "false")),
        ),
        warning(
            "job that only rehearses",
            &["mirror-job-dry-run"],
            |source, rng| source.at(rng, FILE, FALSE, |site, _| site.swap(1, "\"true\"")),
        ),
        warning("dry run missing", &["mirror-job-dry-run"], |source, rng| {
            source.at(rng, FILE, r"- name: dry_run$", |site, _| {
                site.cut(site.at..site.at + 2)
            })
        }),
    ]
}

fn shapes() -> Vec<Kind> {
    vec![
        error(
            "unknown field of a job",
            &["prow-job", "mirror-job-shape"],
            |source, rng| {
                source.at(
                    rng,
                    FILE,
                    r"^  (decorate|labels|cluster): ?",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        error(
            "unknown field of a container",
            &["prow-job", "mirror-job-shape"],
            |source, rng| {
                source.at(
                    rng,
                    FILE,
                    r"^      (volumeMounts|imagePullPolicy|command):",
                    |site, rng| {
                        Some(
                            site.swap(1, &misspelt(site.group(1), rng))?
                                .or_in(site.path),
                        )
                    },
                )
            },
        ),
        error(
            "string for a list",
            &["prow-job", "mirror-job-shape"],
            |source, rng| {
                source.at(rng, FILE, r"^      command:$", |site, _| {
                    site.put(site.at..site.at + 2, "      command: /bin/bash")
                })
            },
        ),
        error("key twice in a job", &["duplicate-key"], |source, rng| {
            source.at(rng, FILE, r"^  cluster: ", |site, _| site.add(site.line()))
        }),
        error("tab in a job", &["invalid-yaml"], |source, rng| {
            source.at(rng, FILE, r"^(  )name: ", |site, _| site.swap(1, "\t"))
        }),
        error(
            "quote not closed in a job",
            &["invalid-yaml"],
            |source, rng| {
                source.at(rng, FILE, r"^  cron: '@\w+(')$", |site, _| {
                    Some(site.swap(1, "")?.or_in(site.path))
                })
            },
        ),
        error(
            "key of a job one column off",
            &["invalid-yaml", "prow-job", "mirror-job-shape"],
            |source, rng| source.at(rng, FILE, r"^(  )decorate: ", |site, _| site.swap(1, "   ")),
        ),
        error("volumes below the container", &[], |source, rng| {
            source.at(rng, FILE, r"^    volumes:$", |site, _| {
                site.replace("      volumes:")
            })
        }),
        error(
            "job without containers",
            &["prow-job", "mirror-job-shape"],
            |source, rng| {
                source.at(rng, FILE, r"^    containers:$", |site, _| {
                    site.cut(site.block())
                })
            },
        ),
    ]
}

/// Whether the site's job needs its token.
fn logs_in(site: &Site) -> bool {
    let ways = [
        "oc registry login",
        "/tp-entrypoint.sh",
        "periodic-mirroring.sh",
    ];
    ways.iter().any(|way| site.has(site.item(0), way))
}
