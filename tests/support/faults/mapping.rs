//! Mapping files.

use super::lines::{file_name, folder, moved, removed, written};
use super::typing::{bumped, digits_exchanged, misspelt};
use super::{Fault, Kind, error, warning};
use crate::support::faults::source::pattern;

pub const FILES: &str = r"^core-services/image-mirroring/[^/]+/mapping_[^/]*$";
const SUPPLEMENTAL: &str = r"^core-services/image-mirroring/supplemental-[^/]+/mapping_[^/]*$";
const MIRRORING: &str = "core-services/image-mirroring/";

/// A source, and the first destination.
const LINE: &str = r"^(\S+)\s+(\S+)";
/// A source on the CI registry: its namespace, its name, its tag; a destination on quay.io: its
/// organisation, its name, its tag.
const CI_TO_QUAY: &str = r"^registry\.ci\.openshift\.org/([^/\s]+)/([^:\s]+):(\S+)\s+quay\.io/([^/\s]+)/([^:\s]+):?(\S*)";
/// The same, with a version at both ends.
const VERSIONS: &str =
    r"^registry\.ci\.openshift\.org/\S*?(\d\.\d+)\b\S*\s+quay\.io/[^:\s]+:\S*?(\d\.\d+)\b";

pub fn kinds() -> Vec<Kind> {
    let mut kinds = hosts();
    kinds.extend(names());
    kinds.extend(versions());
    kinds.extend(syntax());
    kinds.extend(files());
    kinds
}

fn hosts() -> Vec<Kind> {
    vec![
        warning("host of a source misspelt", &[], |source, rng| {
            source.at(rng, FILES, r"^([a-z0-9.-]+\.[a-z]+)/", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        warning("host of a destination misspelt", &[], |source, rng| {
            source.at(
                rng,
                FILES,
                r"\s(quay\.io|registry\.ci\.openshift\.org)/",
                |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        error(
            "source without its host",
            &["mapping-hostless-reference"],
            |source, rng| {
                source.at(rng, FILES, r"^(\S+?\.\S+?/)\S+/\S+\s", |site, _| {
                    site.swap(1, "")
                })
            },
        ),
        error(
            "destination without its host",
            &["mapping-hostless-reference"],
            |source, rng| {
                source.at(rng, FILES, r"\s(\S+?\.\S+?/)\S+", |site, _| {
                    site.swap(1, "")
                })
            },
        ),
        error(
            "source on the registry that is gone",
            &["decommissioned-registry"],
            |source, rng| {
                source.at(rng, FILES, r"^registry\.(ci)\.openshift", |site, _| {
                    site.swap(1, "svc.ci")
                })
            },
        ),
        error(
            "supplemental image from docker.io",
            &["docker-io-source"],
            |source, rng| {
                source.at(rng, SUPPLEMENTAL, r"^([^/\s]+)/\S+/", |site, _| {
                    site.swap(1, "docker.io")
                })
            },
        ),
        warning(
            "docker.io where the set takes CI images",
            &[],
            |source, rng| {
                source.at(rng, FILES, CI_TO_QUAY, |site, _| {
                    let old = format!("registry.ci.openshift.org/{}/", site.group(1));
                    site.change(&old, "docker.io/library/")
                })
            },
        ),
        warning(
            "a stranger's image where the set takes CI images",
            &[],
            |source, rng| {
                source.at(rng, FILES, CI_TO_QUAY, |site, _| {
                    let old = format!("registry.ci.openshift.org/{}/", site.group(1));
                    site.change(&old, "quay.io/jdoe-test/")
                })
            },
        ),
        error(
            "web address as source",
            &["mapping-web-address"],
            |source, rng| {
                source.at(rng, FILES, LINE, |site, _| {
                    site.replace(&format!("https://{}", site.line()))
                })
            },
        ),
        error(
            "address of quay.io's pages as destination",
            &["mapping-web-address"],
            |source, rng| {
                source.at(rng, FILES, r"\s(quay\.io/)[^/\s]+/", |site, _| {
                    site.swap(1, "quay.io/repository/")
                })
            },
        ),
    ]
}

fn names() -> Vec<Kind> {
    vec![
        warning(
            "organisation of a destination misspelt",
            &[],
            |source, rng| {
                source.at(rng, FILES, CI_TO_QUAY, |site, rng| {
                    site.swap(4, &misspelt(site.group(4), rng))
                })
            },
        ),
        error("organisation of another set", &[], |source, rng| {
            source.at(rng, FILES, CI_TO_QUAY, |site, rng| {
                let own = site.source.text(site.path)?;
                let is_other = |word: &str| !own.contains(&format!("quay.io/{word}/"));
                let other = format!("{MIRRORING}(knative|hypershift|integr8ly|konveyor|lvms)/");
                let other = site
                    .source
                    .word(rng, &other, r"\squay\.io/([^/\s]+)/", is_other)?;
                site.swap(4, &other)
            })
        }),
        warning(
            "destination without its organisation",
            &[],
            |source, rng| {
                source.at(rng, FILES, r"\squay\.io/([^/\s]+/)\S", |site, _| {
                    site.swap(1, "")
                })
            },
        ),
        warning("name of a destination misspelt", &[], |source, rng| {
            source.at(rng, FILES, CI_TO_QUAY, |site, rng| {
                // Siblings call it so.
                let name = format!("/{}:", site.group(5));
                let siblings = site
                    .source
                    .count(&format!("^{}/mapping_", folder(site.path)), &name);
                (siblings > 2 && site.group(5).len() > 3).then_some(())?;
                site.swap(5, &misspelt(site.group(5), rng))
            })
        }),
        warning(
            "name of a destination kept from the line above",
            &[],
            |source, rng| {
                source.at(rng, FILES, CI_TO_QUAY, |site, _| {
                    let above = site.lines[..site.at].last()?;
                    let above = pattern(CI_TO_QUAY).captures(above)?;
                    let is_named_alike =
                        site.group(2) == site.group(5) || site.group(3) == site.group(5);
                    (is_named_alike && above[5] != *site.group(5)).then_some(())?;
                    site.swap(5, &above[5])
                })
            },
        ),
        warning("source kept from the line above", &[], |source, rng| {
            source.at(rng, FILES, CI_TO_QUAY, |site, _| {
                let above = site.lines[..site.at].last()?;
                let above = above
                    .split_whitespace()
                    .next()
                    .filter(|word| word.contains(':'))?;
                let own = site.line().split_whitespace().next()?;
                (above != own).then_some(())?;
                site.change(own, above)
            })
        }),
        warning("namespace of a source misspelt", &[], |source, rng| {
            source.at(rng, FILES, CI_TO_QUAY, |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        warning("image of a source misspelt", &[], |source, rng| {
            source.at(
                rng,
                FILES,
                r"^registry\.ci\.openshift\.org/[^/\s]+/\d\.\d+:([a-z-]{4,})\s",
                |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        warning("image of a source on QCI misspelt", &[], |source, rng| {
            source.at(
                rng,
                FILES,
                r"^quay\.io/openshift/ci:[^_\s]+_[^_\s]+_([a-z-]{4,})\s",
                |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        error(
            "forbidden namespace as destination",
            &["forbidden-namespace"],
            |source, rng| {
                source.at(
                    rng,
                    SUPPLEMENTAL,
                    r"\sregistry\.ci\.openshift\.org/([^/\s]+)/",
                    |site, _| site.swap(1, "kube-system"),
                )
            },
        ),
        error(
            "namespace of another supplemental file",
            &["supplemental-namespace"],
            |source, rng| {
                source.at(
                    rng,
                    SUPPLEMENTAL,
                    r"\sregistry\.ci\.openshift\.org/([^/\s]+)/",
                    |site, rng| {
                        let other = ["ci", "coreos", "ocp", "origin"];
                        site.swap(1, other[rng.usize(..other.len())])
                    },
                )
            },
        ),
        error(
            "placeholder left in a destination",
            &["placeholder"],
            |source, rng| {
                source.at(rng, FILES, r"\squay\.io/([^/\s]+)/", |site, _| {
                    site.swap(1, "NEW_ORGANIZATION")
                })
            },
        ),
        warning(
            "source moved back to the CI registry",
            &["mapping-source-stale"],
            |source, rng| {
                source.at(
                    rng,
                    FILES,
                    r"^(quay\.io/openshift/ci:([^_\s]+)_([^_\s]+)_)\S+\s",
                    |site, _| {
                        site.swap(
                            1,
                            &format!(
                                "registry.ci.openshift.org/{}/{}:",
                                site.group(2),
                                site.group(3)
                            ),
                        )
                    },
                )
            },
        ),
    ]
}

fn versions() -> Vec<Kind> {
    vec![
        warning("source left at the version before", &[], |source, rng| {
            source.at(rng, FILES, VERSIONS, |site, _| {
                (site.group(1) == site.group(2)).then_some(())?;
                site.swap(1, &bumped(site.group(1), -1)?)
            })
        }),
        warning(
            "destination left at the version before",
            &[],
            |source, rng| {
                source.at(rng, FILES, VERSIONS, |site, _| {
                    (site.group(1) == site.group(2)).then_some(())?;
                    site.swap(2, &bumped(site.group(2), -1)?)
                })
            },
        ),
        warning(
            "digits of a source's version exchanged",
            &[],
            |source, rng| {
                source.at(rng, FILES, VERSIONS, |site, _| {
                    site.swap(1, &digits_exchanged(site.group(1))?)
                })
            },
        ),
        warning(
            "digits of a destination's version exchanged",
            &[],
            |source, rng| {
                source.at(rng, FILES, VERSIONS, |site, _| {
                    site.swap(2, &digits_exchanged(site.group(2))?)
                })
            },
        ),
        warning("version of a destination forgotten", &[], |source, rng| {
            let line = r"^registry\.ci\.openshift\.org/[^/\s]+/v?\d\.\d+:\S+\s+quay\.io/[^:\s]+(:v?\d\.\S+)$";
            source.at(rng, FILES, line, |site, _| site.swap(1, ""))
        }),
        warning(
            "file of the next version with sources of this one",
            &[],
            |source, rng| {
                source.in_file(
                    rng,
                    r"^core-services/image-mirroring/[^/]+/mapping_\S*_4_\d+$",
                    |path, text, _| {
                        let (stem, minor) = path.rsplit_once('_')?;
                        let next = minor.parse::<u32>().ok()? + 1;
                        let new = format!("{stem}_{next}");
                        let version = pattern(&format!(r"(\s\S*)\b4\.{minor}\b"));
                        (source.text(&new).is_none() && version.is_match(text)).then_some(())?;
                        // Only the destinations are bumped, however many a line has.
                        let bump = |line: &str| {
                            let (source, destinations) = line.split_once(' ').unwrap_or((line, ""));
                            let destinations =
                                destinations.replace(&format!("4.{minor}"), &format!("4.{next}"));
                            format!(
                                "{source} {}\n",
                                destinations.replace("latest", &format!("4.{next}-latest"))
                            )
                        };
                        Some(written(&new, text.lines().map(bump).collect::<String>()))
                    },
                )
            },
        ),
    ]
}

fn syntax() -> Vec<Kind> {
    vec![
        error("source alone", &["mapping-syntax"], |source, rng| {
            source.at(rng, FILES, LINE, |site, _| site.replace(site.group(1)))
        }),
        error(
            "two lines joined",
            &["mapping-joined-lines"],
            |source, rng| {
                source.at(rng, FILES, LINE, |site, _| {
                    let below = site
                        .lines
                        .get(site.at + 1)
                        .filter(|line| line.contains(' '))?;
                    site.put(site.at..site.at + 2, &format!("{} {below}", site.line()))
                })
            },
        ),
        error("`=` and words in a line", &[], |source, rng| {
            source.at(rng, FILES, r"^\S+(\s+)\S+\s+\S+$", |site, _| {
                site.swap(1, "=")
            })
        }),
        error("space before a tag", &[], |source, rng| {
            source.at(rng, FILES, r"\s\S+\w(:)\w[\w.-]*$", |site, _| {
                site.swap(1, " :")
            })
        }),
        error(
            "space in place of a colon",
            &["mapping-hostless-reference", "mapping-syntax"],
            |source, rng| {
                source.at(rng, FILES, r"\s\S+\w(:)\w[\w.-]*$", |site, _| {
                    site.swap(1, " ")
                })
            },
        ),
        error(
            "capital letters in a repository",
            &["mapping-syntax"],
            |source, rng| {
                source.at(rng, FILES, CI_TO_QUAY, |site, _| {
                    site.swap(5, &site.group(5).to_uppercase())
                })
            },
        ),
        error("two tags", &["mapping-syntax"], |source, rng| {
            source.at(rng, FILES, r"^\S+:\S+\s+\S+(:[\w.-]+)$", |site, _| {
                site.replace(&format!("{}{}", site.line(), site.group(1)))
            })
        }),
        error(
            "tag left out behind the colon",
            &["mapping-syntax"],
            |source, rng| {
                source.at(rng, FILES, r"^\S+:\S+\s+\S+:([\w.-]+)$", |site, _| {
                    site.swap(1, "")
                })
            },
        ),
        error("two slashes", &["mapping-syntax"], |source, rng| {
            source.at(rng, FILES, r"\squay\.io(/)", |site, _| site.swap(1, "//"))
        }),
        error("digest cut short", &["mapping-syntax"], |source, rng| {
            source.at(rng, FILES, r"^\S+\w(:\S+)\s", |site, _| {
                site.swap(1, "@sha256:0123abcd")
            })
        }),
        error(
            "marks of a conflict",
            &["mapping-syntax", "merge-conflict"],
            |source, rng| {
                source.at(rng, FILES, LINE, |site, _| {
                    let line = site.line();
                    site.replace(&format!(
                        "<<<<<<< HEAD\n{line}\n=======\n{line}.1\n>>>>>>> change"
                    ))
                })
            },
        ),
        error(
            "comma between source and destination",
            &["mapping-syntax"],
            |source, rng| source.at(rng, FILES, r"^\S+(\s+)\S+$", |site, _| site.swap(1, ", ")),
        ),
        error(
            "quotes around a mapping",
            &["mapping-syntax"],
            |source, rng| {
                source.at(rng, FILES, LINE, |site, _| {
                    site.replace(&format!("\"{}\"", site.line()))
                })
            },
        ),
        error(
            "destination is the source",
            &["mapping-self-mirror"],
            |source, rng| {
                source.at(rng, FILES, r"^(\S+)\s+(\S+)$", |site, _| {
                    site.swap(2, site.group(1))
                })
            },
        ),
        warning(
            "line twice",
            &["mapping-duplicate-destination", "mapping-duplicate-entry"],
            |source, rng| source.at(rng, FILES, LINE, |site, _| site.add(site.line())),
        ),
        error(
            "destination of another line",
            &["mapping-duplicate-destination"],
            |source, rng| {
                source.at(rng, FILES, LINE, |site, _| {
                    let above = site.lines[..site.at].last()?;
                    let above = above.split_whitespace().nth(1)?;
                    (above != site.group(2) && !above.contains('*')).then_some(())?;
                    site.swap(2, above)
                })
            },
        ),
        error(
            "wildcard in a destination",
            &["mapping-wildcard"],
            |source, rng| {
                source.at(rng, FILES, r"^[^*\s]+\s+[^*\s]+:([^*\s]+)$", |site, _| {
                    site.swap(1, "*")
                })
            },
        ),
        warning(
            "wildcard over every image of a stream",
            &["mapping-wildcard-images"],
            |source, rng| {
                let line =
                    r"^registry\.ci\.openshift\.org/[^/\s]+/v?\d\.\d+:([^*\s]+)\s+\S+?(:\S+)?$";
                source.at(rng, FILES, line, |site, _| {
                    let (image, destination) = (site.group(1), site.group(2));
                    let line = site.line().replacen(&format!(":{image} "), ":* ", 1);
                    site.replace(line.strip_suffix(destination)?)
                })
            },
        ),
    ]
}

fn files() -> Vec<Kind> {
    vec![
        error(
            "mapping file emptied",
            &["mapping-empty-file"],
            |source, rng| source.in_file(rng, FILES, |path, _, _| Some(written(path, ""))),
        ),
        error(
            "mapping file misnamed",
            &["mapping-file-name", "mapping-file-unselected"],
            |source, rng| {
                source.in_file(rng, FILES, |path, text, rng| {
                    let name = file_name(path);
                    let new = format!("{}{}", misspelt("mapping", rng), &name["mapping".len()..]);
                    moved(path, &format!("{}/{new}", folder(path)), text)
                })
            },
        ),
        error(
            "mapping file that no job reads",
            &["mapping-file-unselected", "mapping-file-name"],
            |source, rng| {
                source.in_file(rng, FILES, |path, text, rng| {
                    let set = file_name(folder(path)).replace('-', "_");
                    let rest = file_name(path)
                        .strip_prefix("mapping_")?
                        .strip_prefix(&set)?;
                    moved(
                        path,
                        &format!("{}/mapping_{}{rest}", folder(path), misspelt(&set, rng)),
                        text,
                    )
                })
            },
        ),
        error("mapping file outside of any set", &[], |source, rng| {
            source.in_file(rng, FILES, |path, text, _| {
                moved(path, &format!("{MIRRORING}{}", file_name(path)), text)
            })
        }),
        error("mapping file in another set", &[], |source, rng| {
            source.in_file(rng, FILES, |path, text, rng| {
                let own = format!("{}/", folder(path));
                let mut others = source.paths(rng, FILES);
                others.retain(|other| !other.starts_with(&own));
                let other = folder(others.first()?);
                moved(path, &format!("{other}/{}", file_name(path)), text)
            })
        }),
        error(
            "mapping file copied into another set",
            &["mapping-key-conflict"],
            |source, rng| {
                source.in_file(rng, FILES, |path, text, rng| {
                    let own = format!("{}/", folder(path));
                    let mut others = source.paths(rng, FILES);
                    others.retain(|other| !other.starts_with(&own));
                    let other = folder(others.first()?);
                    Some(written(&format!("{other}/{}", file_name(path)), text).or_in(path))
                })
            },
        ),
        error(
            "name of a mapping file that is no key",
            &["mapping-key-invalid"],
            |source, rng| {
                source.in_file(rng, FILES, |path, text, _| {
                    moved(path, &format!("{path}+next"), text)
                })
            },
        ),
        error(
            "mapping file copied for a new release",
            &["mapping-duplicate-destination", "mapping-duplicate-entry"],
            |source, rng| {
                source.in_file(
                    rng,
                    r"^core-services/image-mirroring/[^/]+/mapping_\S*\d$",
                    |path, text, _| {
                        let text = text.replacen(
                            "registry.ci.openshift.org/",
                            "registry.ci.openshift.org/next-",
                            1,
                        );
                        Some(written(&format!("{path}9"), text).or_in(path))
                    },
                )
            },
        ),
        error(
            "set without OWNERS",
            &["mirror-set-owners"],
            |source, rng| {
                source.in_file(
                    rng,
                    r"^core-services/image-mirroring/[^/]+/OWNERS$",
                    |path, _, _| Some(removed(path).or_in(folder(path))),
                )
            },
        ),
        warning(
            "all mapping files of a set removed",
            &["mirror-set-empty", "mirror-job-selects-nothing"],
            |source, rng| {
                source.in_file(rng, FILES, |path, _, rng| {
                    let set = folder(path);
                    let files = source.paths(rng, &format!("^{set}/mapping_"));
                    let gone: Fault = files.into_iter().map(removed).reduce(Fault::and)?;
                    Some(gone.or_in(set).or_in("ci-operator/jobs"))
                })
            },
        ),
        error("file of a set joined by spaces", &[], |source, rng| {
            source.in_file(rng, FILES, |path, text, _| {
                (text.lines().count() > 2).then(|| written(path, text.replace('\n', " ")))
            })
        }),
    ]
}
