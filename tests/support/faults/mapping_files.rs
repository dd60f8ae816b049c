//! The lines of mapping files, and the files themselves.

use super::lines::{file_name, folder, moved, removed, written};
use super::mapping::{CI_TO_QUAY, FILES, LINE, MIRRORING};
use super::typing::misspelt;
use super::{Fault, Kind, error, warning};

pub fn kinds() -> Vec<Kind> {
    let mut kinds = syntax();
    kinds.extend(files());
    kinds
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
        warning(
            "`=` and words in a line",
            &["mapping-mixed-equals"],
            |source, rng| {
                source.at(rng, FILES, r"^\S+(\s+)\S+\s+\S+$", |site, _| {
                    site.swap(1, "=")
                })
            },
        ),
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
        warning(
            "mapping file outside of any set",
            &["mapping-file-outside-set"],
            |source, rng| {
                source.in_file(rng, FILES, |path, text, _| {
                    moved(path, &format!("{MIRRORING}{}", file_name(path)), text)
                })
            },
        ),
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
