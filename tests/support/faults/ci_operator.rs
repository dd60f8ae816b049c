//! What ci-operator's configs and the step registry take.

use super::typing::{bumped, misspelt};
use super::{Kind, error, warning};

/// Not those of `openshift-priv`, which are copies.
pub const CONFIGS: &str = r"^ci-operator/config/(openshift|[a-np-z][^/]+)/[^/]+/[^/]+\.yaml$";
const REFS: &str = r"^ci-operator/step-registry/.*-ref\.yaml$";

pub fn kinds() -> Vec<Kind> {
    let mut kinds = inner();
    kinds.extend(steps());
    kinds.extend(shapes());
    kinds
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
                    let above = site.lines[..site.at].iter().rev();
                    let mut keys = above.filter(|line| line.starts_with(char::is_alphabetic));
                    let is_image = keys.next() == Some(&"images:");
                    is_image.then_some(())?;
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
        warning(
            "dependency misspelt",
            &["image-reference-undeclared", "payload-image-unknown"],
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
        warning(
            "substitution misspelt",
            &["image-reference-undeclared", "payload-image-unknown"],
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
        error(
            "metadata of another branch",
            &["config-metadata"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^  branch: (\S+)$", |site, _| {
                    site.swap(1, &format!("{}-next", site.group(1)))
                })
            },
        ),
        error(
            "`from` misspelt as `form`",
            &["config-field"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^  - (from): ", |site, _| {
                    site.swap(1, "form")
                })
            },
        ),
        error("`promotion` misspelt", &["config-field"], |source, rng| {
            source.at(rng, CONFIGS, r"^(promotion):$", |site, _| {
                site.swap(1, "promotions")
            })
        }),
        error(
            "image built from itself",
            &["build-loop", "pipeline-name-duplicate"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^    to: ([a-z-]+)$", |site, _| {
                    let item = site.item(2);
                    let from = site.find(item, "- from: ")?;
                    let name = site.group(1);
                    site.put(from..from + 1, &format!("  - from: {name}"))
                })
            },
        ),
        error(
            "stream in front of `from`",
            &["image-reference-undeclared"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^  - from: ([a-z-]+)$", |site, _| {
                    site.swap(1, &format!("pipeline:{}", site.group(1)))
                })
            },
        ),
        error(
            "image in upper case",
            &["image-reference-malformed"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^    to: ([a-z-]+)$", |site, _| {
                    site.swap(1, &site.group(1).to_uppercase())
                })
            },
        ),
        error(
            "truth value in quotes",
            &["image-reference-malformed"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^  - namespace: \S+$", |site, _| {
                    site.add("    disabled: \"true\"")
                })
            },
        ),
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
