//! What ci-operator's configs import.

use fastrand::Rng;

use super::ci_operator::CONFIGS;
use super::lines::{Site, indent};
use super::typing::{bumped, digits_exchanged, misspelt};
use super::{Fault, Kind, Source, error, hint, warning};

pub fn kinds() -> Vec<Kind> {
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
                base(source, rng, r#"^    name: ("\d\.\d*0")$"#, |site, _, _| {
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
                        .find(|line| indent(line) == 0)
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
            .find(|&at| indent(site.lines[at]) == 2)?;
        let until = (site.at..site.lines.len()).find(|&at| indent(site.lines[at]) < 4);
        let block = from + 1..until?;
        let top = site.lines[..from]
            .iter()
            .rev()
            .find(|line| indent(line) == 0)?;
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
