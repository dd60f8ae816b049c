//! Mapping files.

use super::lines::{folder, written};
use super::source::pattern;
use super::typing::{bumped, digits_exchanged, misspelt};
use super::{Kind, error, warning};

pub const FILES: &str = r"^core-services/image-mirroring/[^/]+/mapping_[^/]*$";
const SUPPLEMENTAL: &str = r"^core-services/image-mirroring/supplemental-[^/]+/mapping_[^/]*$";
pub const MIRRORING: &str = "core-services/image-mirroring/";

/// A source, and the first destination.
pub const LINE: &str = r"^(\S+)\s+(\S+)";
/// A source on the CI registry: its namespace, its name, its tag; a destination on quay.io: its
/// organisation, its name, its tag.
pub const CI_TO_QUAY: &str = r"^registry\.ci\.openshift\.org/([^/\s]+)/([^:\s]+):(\S+)\s+quay\.io/([^/\s]+)/([^:\s]+):?(\S*)";
/// The same, with a version at both ends.
const VERSIONS: &str =
    r"^registry\.ci\.openshift\.org/\S*?(\d\.\d+)\b\S*\s+quay\.io/[^:\s]+:\S*?(\d\.\d+)\b";

pub fn kinds() -> Vec<Kind> {
    let mut kinds = hosts();
    kinds.extend(names());
    kinds.extend(versions());
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
                        // Of these promotions keep the tags on app.ci.
                        let is_kept = matches!(site.group(2), "ocp" | "ocp-priv" | "origin");
                        (!is_kept).then_some(())?;
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
