//! What ci-operator's configs and the step registry take.

use fastrand::Rng;

use super::lines::Site;
use super::typing::{bumped, digits_exchanged, misspelt};
use super::{Fault, Kind, Source, error, hint, warning};

/// Not those of `openshift-priv`, which are copies.
pub const CONFIGS: &str = r"^ci-operator/config/(openshift|[a-np-z][^/]+)/[^/]+/[^/]+\.yaml$";
const REFS: &str = r"^ci-operator/step-registry/.*-ref\.yaml$";

pub fn kinds() -> Vec<Kind> {
    let mut kinds = base_images();
    kinds.extend(inner());
    kinds.extend(steps());
    kinds.extend(shapes());
    kinds
}

/// A line of an entry of `base_images`, whose three lines are sorted: name, namespace, tag.
fn base(
    source: &Source,
    rng: &mut Rng,
    line: &str,
    make: impl Fn(&Site, [&str; 3], &mut Rng) -> Option<Fault>,
) -> Option<Fault> {
    source.at(rng, CONFIGS, line, |site, rng| {
        let from = (site.at.saturating_sub(3)..site.at)
            .rev()
            .find(|&at| super::lines::indent(site.lines[at]) == 2)?;
        let until =
            (site.at..site.lines.len()).find(|&at| super::lines::indent(site.lines[at]) < 4);
        let block = from + 1..until?;
        let top = site.lines[..from]
            .iter()
            .rev()
            .find(|line| super::lines::indent(line) == 0)?;
        (*top == "base_images:").then_some(())?;
        let part = |key: &str| {
            let at = site.find(block.clone(), key)?;
            Some(
                site.lines[at]
                    .trim_start()
                    .strip_prefix(key)?
                    .trim()
                    .trim_matches('"'),
            )
        };
        make(
            site,
            [part("namespace:")?, part("name:")?, part("tag:")?],
            rng,
        )
    })
}

/// Whether so many other configs name this image: it is no invention.
fn is_known(site: &Site, [namespace, name, tag]: [&str; 3]) -> bool {
    site.source
        .users(&format!("{namespace}/{name}:{tag}"))
        .count()
        > 3
}

fn base_images() -> Vec<Kind> {
    vec![
        warning("tag of a base image misspelt", &[], |source, rng| {
            base(
                source,
                rng,
                r#"^    tag: "?([a-z][a-z-]{3,})"?$"#,
                |site, image, rng| {
                    let is_plain = image[1] != "builder" && image[1] != "release";
                    (is_plain && is_known(site, image)).then_some(())?;
                    site.swap(1, &misspelt(site.group(1), rng))
                },
            )
        }),
        warning("tag of a builder misspelt", &[], |source, rng| {
            base(
                source,
                rng,
                r"^    tag: rhel-\d-(?:release-)?(golang)-",
                |site, _, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        warning(
            "release of a builder's tag with digits exchanged",
            &[],
            |source, rng| {
                base(
                    source,
                    rng,
                    r"^    tag: \S+-openshift-(\d\.\d+)$",
                    |site, _, _| site.swap(1, &digits_exchanged(site.group(1))?),
                )
            },
        ),
        hint(
            "builder of a Go version that nothing else uses",
            &[],
            |source, rng| {
                base(
                    source,
                    rng,
                    r"^    tag: \S+-golang-(\d\.\d+)-openshift",
                    |site, _, _| site.swap(1, &bumped(site.group(1), 9)?),
                )
            },
        ),
        warning("name of a base image misspelt", &[], |source, rng| {
            base(
                source,
                rng,
                r"^    name: ([a-z-]{4,})$",
                |site, image, rng| {
                    is_known(site, image).then_some(())?;
                    site.swap(1, &misspelt(site.group(1), rng))
                },
            )
        }),
        warning("namespace of a base image misspelt", &[], |source, rng| {
            base(
                source,
                rng,
                r"^    namespace: ([a-z-]{2,})$",
                |site, image, rng| {
                    is_known(site, image).then_some(())?;
                    site.swap(1, &misspelt(site.group(1), rng))
                },
            )
        }),
        warning(
            "base image at a version that nothing provides",
            &[],
            |source, rng| {
                base(
                    source,
                    rng,
                    r#"^    name: "(\d\.\d+)"$"#,
                    |site, image, _| {
                        is_known(site, image).then_some(())?;
                        site.swap(1, &bumped(site.group(1), 40)?)
                    },
                )
            },
        ),
        warning(
            "digits of a base image's version exchanged",
            &[],
            |source, rng| {
                base(
                    source,
                    rng,
                    r#"^    name: "(\d\.\d+)"$"#,
                    |site, image, _| {
                        is_known(site, image).then_some(())?;
                        site.swap(1, &digits_exchanged(site.group(1))?)
                    },
                )
            },
        ),
        warning(
            "name and tag of a base image exchanged",
            &[],
            |source, rng| {
                base(source, rng, r#"^    name: (.*)$"#, |site, image, _| {
                    let tag = site.find(site.at..site.at + 3, "    tag: ")?;
                    let [name, own] = [site.group(1), site.lines[tag].strip_prefix("    tag: ")?];
                    is_known(site, image).then_some(())?;
                    let between = site.text(site.at + 1..tag);
                    site.put(
                        site.at..tag + 1,
                        &format!("    name: {own}\n{between}\n    tag: {name}"),
                    )
                })
            },
        ),
        warning(
            "namespace and name of a base image exchanged",
            &[],
            |source, rng| {
                base(source, rng, r#"^    name: (.*)$"#, |site, image, _| {
                    let own = site
                        .lines
                        .get(site.at + 1)?
                        .strip_prefix("    namespace: ")?;
                    is_known(site, image).then_some(())?;
                    site.put(
                        site.at..site.at + 2,
                        &format!("    name: {own}\n    namespace: {}", site.group(1)),
                    )
                })
            },
        ),
        error(
            "tag of a base image missing",
            &["image-reference-incomplete"],
            |source, rng| base(source, rng, r"^    tag: ", |site, _, _| site.delete()),
        ),
        error(
            "name of a base image missing",
            &["image-reference-incomplete"],
            |source, rng| base(source, rng, r"^    name: ", |site, _, _| site.delete()),
        ),
        error(
            "namespace of a base image missing",
            &["image-reference-incomplete"],
            |source, rng| base(source, rng, r"^    namespace: ", |site, _, _| site.delete()),
        ),
        error(
            "version of a base image without quotes",
            &["image-reference-malformed"],
            |source, rng| {
                base(source, rng, r#"^    name: ("\d\.\d+")$"#, |site, _, _| {
                    site.swap(1, site.group(1).trim_matches('"'))
                })
            },
        ),
        error(
            "colon behind a tag",
            &["image-reference-malformed", "invalid-yaml"],
            |source, rng| {
                base(source, rng, r"^    tag: ([a-z-]+)$", |site, _, _| {
                    site.replace(&format!("{}:", site.line()))
                })
            },
        ),
        error(
            "pull spec as a base image's name",
            &["image-reference-malformed"],
            |source, rng| {
                base(
                    source,
                    rng,
                    r"^    name: (.*)$",
                    |site, [namespace, name, tag], _| {
                        site.swap(
                            1,
                            &format!("registry.ci.openshift.org/{namespace}/{name}:{tag}"),
                        )
                    },
                )
            },
        ),
        error(
            "base image removed that a step uses",
            &["image-reference-undeclared"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^  ([\w.-]+):$", |site, _| {
                    let is_base = site.lines[..site.at]
                        .iter()
                        .rev()
                        .find(|line| super::lines::indent(line) == 0)
                        == Some(&"base_images:");
                    let use_of = format!(" from: {}", site.group(1));
                    let user = site.lines.iter().position(|line| line.ends_with(&use_of));
                    (is_base && user.is_some()).then_some(())?;
                    Some(site.cut(site.block())?.or_in(site.path))
                })
            },
        ),
        error(
            "key of a base image twice",
            &["duplicate-key"],
            |source, rng| {
                base(source, rng, r"^    tag: ", |site, _, _| {
                    site.add(site.line())
                })
            },
        ),
        warning(
            "namespace of the build root misspelt",
            &[],
            |source, rng| {
                source.at(
                    rng,
                    CONFIGS,
                    r"^    namespace: (openshift)$",
                    |site, rng| {
                        site.has(site.at.saturating_sub(3)..site.at, "image_stream_tag")
                            .then_some(())?;
                        site.swap(1, &misspelt(site.group(1), rng))
                    },
                )
            },
        ),
        warning("tag of the build root misspelt", &[], |source, rng| {
            source.at(
                rng,
                CONFIGS,
                r"^    tag: (?:rhel-\d-)(release)-golang",
                |site, rng| {
                    site.has(site.at.saturating_sub(3)..site.at, "image_stream_tag")
                        .then_some(())?;
                    site.swap(1, &misspelt(site.group(1), rng))
                },
            )
        }),
        error(
            "build root in two forms",
            &["image-reference-malformed"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^  image_stream_tag:$", |site, _| {
                    Some(
                        site.put(
                            site.at..site.at + 1,
                            "  from_repository: true\n  image_stream_tag:",
                        )?
                        .or_in(site.path),
                    )
                })
            },
        ),
        error(
            "build root emptied",
            &["image-reference-incomplete"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^build_root:$", |site, _| {
                    site.put(site.block(), "build_root: {}")
                })
            },
        ),
    ]
}

fn inner() -> Vec<Kind> {
    vec![
        error(
            "`from` of an image misspelt",
            &["image-reference-undeclared"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^    from: ([a-z-]{3,})$", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "`from` of a container misspelt",
            &["image-reference-undeclared"],
            |source, rng| {
                source.at(
                    rng,
                    CONFIGS,
                    r"^    from: (src|bin|test-bin)$",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        error(
            "name of an input misspelt",
            &["image-reference-undeclared"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^      ([a-z_]{4,}):$", |site, rng| {
                    (site.lines.get(site.at + 1)?.trim() == "as:").then_some(())?;
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "binaries that are no longer built",
            &["image-reference-undeclared"],
            |source, rng| {
                source.at(
                    rng,
                    CONFIGS,
                    r"^binary_build_commands: \S.*[^-|]$",
                    |site, _| {
                        site.lines
                            .iter()
                            .any(|line| line.trim() == "from: bin")
                            .then_some(())?;
                        Some(site.delete()?.or_in(site.path))
                    },
                )
            },
        ),
        error(
            "image called `root`",
            &["pipeline-name-duplicate"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^    to: ([a-z-]+)$", |site, _| {
                    Some(site.swap(1, "root")?.or_in(site.path))
                })
            },
        ),
        warning(
            "image called as a base image",
            &["pipeline-name-duplicate"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^    to: ([a-z-]+)$", |site, rng| {
                    let own = format!("^{}$", site.path.replace('.', r"\."));
                    let bases = site.source.text(site.path)?.starts_with("base_images:");
                    bases.then_some(())?;
                    let end = site.lines.iter().position(|line| *line == "build_root:")?;
                    let other = site.source.word(rng, &own, r"^  ([a-z][\w-]+):$", |word| {
                        site.lines[..end].contains(&format!("  {word}:").as_str())
                    })?;
                    Some(site.swap(1, &other)?.or_in(site.path))
                })
            },
        ),
        error(
            "image built twice",
            &["pipeline-name-duplicate", "image-reference-malformed"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^    to: ([a-z-]+)$", |site, _| {
                    let item = site.text(site.item(2));
                    Some(
                        site.put(site.item(2), &format!("{item}\n{item}"))?
                            .or_in(site.path),
                    )
                })
            },
        ),
        warning(
            "version of a release that does not exist",
            &[],
            |source, rng| {
                source.at(rng, CONFIGS, r#"^      name: "(\d\.\d+)"$"#, |site, _| {
                    site.has(site.at.saturating_sub(2)..site.at, "integration:")
                        .then_some(())?;
                    site.swap(1, &bumped(site.group(1), 40)?)
                })
            },
        ),
        warning("namespace of a release misspelt", &[], |source, rng| {
            source.at(
                rng,
                CONFIGS,
                r"^      namespace: (ocp|origin)$",
                |site, rng| {
                    site.has(site.at.saturating_sub(3)..site.at, "integration:")
                        .then_some(())?;
                    site.swap(1, &misspelt(site.group(1), rng))
                },
            )
        }),
        error("images as a list again", &["images-list"], |source, rng| {
            source.at(rng, CONFIGS, r"^  items:$", |site, _| {
                let above = site.at.checked_sub(1)?;
                (site.lines[above] == "images:").then_some(())?;
                let items: Vec<&str> = site.lines[site.block()]
                    .iter()
                    .skip(1)
                    .map(|line| line.strip_prefix("  ").unwrap_or(line))
                    .collect();
                site.put(
                    above..site.block().end,
                    &format!("images:\n{}", items.join("\n")),
                )
            })
        }),
        error(
            "dependency misspelt",
            &["image-reference-undeclared"],
            |source, rng| {
                source.at(
                    rng,
                    CONFIGS,
                    r"^ +(?:- )?name: ([a-z-]{4,})$",
                    |site, rng| {
                        let above = site.lines[site.at.checked_sub(1)?].trim_start();
                        let is_dependency = above.starts_with("- env: ");
                        is_dependency.then(|| site.swap(1, &misspelt(site.group(1), rng)))?
                    },
                )
            },
        ),
        error(
            "substitution misspelt",
            &["image-reference-undeclared"],
            |source, rng| {
                source.at(
                    rng,
                    r"^ci-operator/config/.*\.yaml$",
                    r"^ +with: (?:pipeline:)?([a-z-]{4,})$",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
    ]
}

fn steps() -> Vec<Kind> {
    vec![
        warning("`from` of a registry step misspelt", &[], |source, rng| {
            source.at(
                rng,
                REFS,
                r"^  from: (cli|upi-installer|tests|tools|installer|[a-z-]+)$",
                |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        warning(
            "payload image of a test's step misspelt",
            &[],
            |source, rng| {
                source.at(
                    rng,
                    CONFIGS,
                    r"^ {6,}from: (cli|tests|installer|upi-installer)$",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        warning("tag of a step's image misspelt", &[], |source, rng| {
            source.at(rng, REFS, r"^    tag: ([a-z-]{4,})$", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        warning(
            "version of a step's image that nothing provides",
            &[],
            |source, rng| {
                source.at(rng, REFS, r#"^    name: "(4\.\d+)"$"#, |site, _| {
                    site.swap(1, &bumped(site.group(1), 40)?)
                })
            },
        ),
        warning(
            "namespace of a step's image misspelt",
            &[],
            |source, rng| {
                source.at(
                    rng,
                    REFS,
                    r"^    namespace: (ocp|ci|origin)$",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        error(
            "part of a step's image missing",
            &["image-reference-incomplete"],
            |source, rng| {
                source.at(rng, REFS, r"^    (tag|name|namespace): ", |site, _| {
                    site.has(site.at.saturating_sub(3)..site.at, "from_image:")
                        .then_some(())?;
                    site.delete()
                })
            },
        ),
        error(
            "step without an image",
            &["image-reference-incomplete"],
            |source, rng| {
                source.at(rng, REFS, r"^  from: ", |site, _| {
                    Some(site.delete()?.or_in(site.path))
                })
            },
        ),
        error(
            "step with two images",
            &["image-reference-malformed"],
            |source, rng| {
                source.at(rng, REFS, r"^  from: ", |site, _| {
                    site.add("  from_image:\n    namespace: ocp\n    name: \"4.15\"\n    tag: cli")
                })
            },
        ),
    ]
}

fn shapes() -> Vec<Kind> {
    vec![
        error("tab in a config", &["invalid-yaml"], |source, rng| {
            source.at(rng, CONFIGS, r"^(    )name: ", |site, _| site.swap(1, "\t"))
        }),
        error(
            "quote not closed in a config",
            &["invalid-yaml"],
            |source, rng| {
                source.at(rng, CONFIGS, r#"^    name: "\d\.\d+(")$"#, |site, _| {
                    Some(site.swap(1, "")?.or_in(site.path))
                })
            },
        ),
        error(
            "marks of a conflict in a config",
            &["invalid-yaml"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^    tag: ", |site, _| {
                    let line = site.line();
                    site.replace(&format!(
                        "<<<<<<< HEAD\n{line}\n=======\n{line}-next\n>>>>>>> change"
                    ))
                })
            },
        ),
        error(
            "section twice in a config",
            &["duplicate-key"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^resources:$", |site, _| {
                    Some(
                        site.add("  '*':\n    requests:\n      cpu: 100m\nresources:")?
                            .or_in(site.path),
                    )
                })
            },
        ),
    ]
}
