//! Supplemental images, and what else ci-images-mirror is told.

use fastrand::Rng;

use super::lines::Site;
use super::typing::misspelt;
use super::{Fault, Kind, Source, error, hint, warning};

const FILE: &str = r"^core-services/image-mirroring/_config\.yaml$";
const KEY: &str = r#"^  ([a-z0-9-]+)/([\w.-]+):([\w.-]+):$"#;
const IMAGE: &str = r"^    image: ([\w.-]+)/([\w./-]+)(:[\w.-]+)?$";

pub fn kinds() -> Vec<Kind> {
    let mut kinds = keys();
    kinds.extend(sources());
    kinds.extend(shapes());
    kinds
}

/// A key that configs use.
fn used(
    source: &Source,
    rng: &mut Rng,
    make: impl Fn(&Site, &mut Rng) -> Option<Fault>,
) -> Option<Fault> {
    source.at(rng, FILE, KEY, |site, rng| {
        let key = format!("{}/{}:{}", site.group(1), site.group(2), site.group(3));
        source.users(&key).next()?;
        make(site, rng)
    })
}

fn keys() -> Vec<Kind> {
    const GONE: &[&str] = &["image-provider-removed", "image-reference-unprovided"];
    vec![
        warning("used key misspelt", GONE, |source, rng| {
            used(source, rng, |site, rng| {
                site.swap(2, &misspelt(site.group(2), rng))
            })
        }),
        warning("namespace of a used key misspelt", GONE, |source, rng| {
            used(source, rng, |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        warning("used key removed", GONE, |source, rng| {
            used(source, rng, |site, _| {
                Some(site.cut(site.block())?.or_in(site.path))
            })
        }),
        warning("used key bumped in place", GONE, |source, rng| {
            used(source, rng, |site, _| {
                let below = site
                    .text(site.at + 1..site.block().end)
                    .replace(site.group(3), "next");
                let key = format!("  {}/{}:next:\n{below}", site.group(1), site.group(2));
                site.put(site.block(), &key)
            })
        }),
        warning(
            "key in a forbidden namespace",
            &[
                "images-mirror-config",
                "forbidden-namespace",
                "supplemental-image-key",
            ],
            |source, rng| source.at(rng, FILE, KEY, |site, _| site.swap(1, "kube-system")),
        ),
        warning("key in a namespace of Red Hat", &[], |source, rng| {
            source.at(rng, FILE, KEY, |site, _| {
                site.replace(&format!("  kubevirt/{}:{}:", site.group(2), site.group(3)))
            })
        }),
        error(
            "key without a tag",
            &["supplemental-image-key"],
            |source, rng| {
                source.at(rng, FILE, KEY, |site, _| {
                    site.replace(&format!("  {}/{}:", site.group(1), site.group(2)))
                })
            },
        ),
        error(
            "key without a namespace",
            &["supplemental-image-key"],
            |source, rng| {
                source.at(rng, FILE, KEY, |site, _| {
                    site.replace(&format!("  {}:{}:", site.group(2), site.group(3)))
                })
            },
        ),
        error("key twice", &["duplicate-key"], |source, rng| {
            source.at(rng, FILE, KEY, |site, _| {
                let item = site.text(site.block());
                Some(
                    site.put(site.block(), &format!("{item}\n{item}"))?
                        .or_in(site.path),
                )
            })
        }),
        error(
            "key with a host",
            &["supplemental-image-key"],
            |source, rng| {
                source.at(rng, FILE, KEY, |site, _| {
                    site.swap(1, &format!("quay.io/{}", site.group(1)))
                })
            },
        ),
        error(
            "key that a promotion writes",
            &[
                "supplemental-image-overwrites-promotion",
                "image-provider-duplicate",
            ],
            |source, rng| {
                source.at(rng, FILE, KEY, |site, rng| {
                    // What most configs use is promoted, if anything is.
                    let tags = [
                        "ocp/4.14:cli",
                        "ocp/4.15:base",
                        "ocp/4.9:cli",
                        "ocp/4.7:cli",
                        "acme/widget:latest",
                    ];
                    let mut known: Vec<&str> = tags
                        .into_iter()
                        .filter(|tag| source.users(tag).next().is_some())
                        .collect();
                    rng.shuffle(&mut known);
                    site.replace(&format!("  {}:", known.first()?))
                })
            },
        ),
        hint(
            "tag of another version than the source's",
            &["supplemental-image-tag-mismatch"],
            |source, rng| {
                source.at(rng, FILE, r"^    image: \S+:([\w.-]*)(\d)$", |site, _| {
                    let digit = if site.group(2) == "9" { "8" } else { "9" };
                    Some(site.swap(2, digit)?.or_in(site.path))
                })
            },
        ),
    ]
}

fn sources() -> Vec<Kind> {
    vec![
        warning(
            "host of a supplemental source misspelt",
            &[],
            |source, rng| {
                source.at(rng, FILE, IMAGE, |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "supplemental source without its host",
            &[],
            |source, rng| {
                source.at(rng, FILE, IMAGE, |site, _| {
                    site.change(&format!("{}/", site.group(1)), "")
                })
            },
        ),
        warning("supplemental source on docker.io", &[], |source, rng| {
            source.at(rng, FILE, IMAGE, |site, _| site.swap(1, "docker.io"))
        }),
        error(
            "web address as a supplemental source",
            &[],
            |source, rng| {
                source.at(rng, FILE, IMAGE, |site, _| {
                    site.swap(1, &format!("https://{}", site.group(1)))
                })
            },
        ),
        error(
            "address of quay.io's pages as a supplemental source",
            &[],
            |source, rng| {
                source.at(rng, FILE, r"^    image: (quay\.io/)", |site, _| {
                    site.swap(1, "quay.io/repository/")
                })
            },
        ),
        error("colon behind a supplemental source", &[], |source, rng| {
            source.at(rng, FILE, IMAGE, |site, _| {
                (!site.group(3).is_empty()).then(|| site.swap(3, ":"))?
            })
        }),
        error("two tags of a supplemental source", &[], |source, rng| {
            source.at(rng, FILE, IMAGE, |site, _| {
                (!site.group(3).is_empty()).then(|| site.swap(3, &site.group(3).repeat(2)))?
            })
        }),
        error(
            "space before a supplemental source's tag",
            &[],
            |source, rng| {
                source.at(rng, FILE, IMAGE, |site, _| {
                    (!site.group(3).is_empty())
                        .then(|| site.swap(3, &format!(" {}", site.group(3))))?
                })
            },
        ),
        warning("source ImageStreamTag misspelt", &[], |source, rng| {
            source.at(rng, FILE, r"^    name: (\S+)$", |site, rng| {
                site.swap(1, &misspelt(site.group(1), rng))
            })
        }),
        warning(
            "namespace of a source ImageStreamTag misspelt",
            &[],
            |source, rng| {
                source.at(rng, FILE, r"^    namespace: (\S+)$", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "part of a source ImageStreamTag missing",
            &["supplemental-image-source"],
            |source, rng| {
                source.at(rng, FILE, r"^    (name|namespace|tag): ", |site, _| {
                    Some(site.delete()?.or_in(site.path))
                })
            },
        ),
        error("tag of a source without quotes", &[], |source, rng| {
            source.at(rng, FILE, r#"^    tag: ("[\d.]+")$"#, |site, _| {
                site.swap(1, "1.20")
            })
        }),
        warning(
            "two sources",
            &["supplemental-image-source"],
            |source, rng| {
                source.at(rng, FILE, IMAGE, |site, _| {
                    site.add("    namespace: ci\n    name: ci-tools-build-root\n    tag: latest")
                })
            },
        ),
        error(
            "no source",
            &["supplemental-image-source"],
            |source, rng| {
                source.at(rng, FILE, KEY, |site, _| {
                    site.put(site.block(), &format!("{} {{}}", site.line()))
                })
            },
        ),
        error(
            "source removed",
            &["supplemental-image-source"],
            |source, rng| source.at(rng, FILE, IMAGE, |site, _| site.delete()),
        ),
    ]
}

fn shapes() -> Vec<Kind> {
    vec![
        error(
            "field of a supplemental image misspelt",
            &["images-mirror-config"],
            |source, rng| {
                source.at(rng, FILE, r"^    (image): ", |site, rng| {
                    Some(
                        site.swap(1, &misspelt(site.group(1), rng))?
                            .or_in(site.path),
                    )
                })
            },
        ),
        error(
            "`supplementalCIImages` misspelt",
            &["images-mirror-config"],
            |source, rng| {
                source.at(rng, FILE, r"^(supplementalCIImages):", |site, rng| {
                    Some(
                        site.swap(1, &misspelt(site.group(1), rng))?
                            .or_in(site.path),
                    )
                })
            },
        ),
        error("source one level up", &[], |source, rng| {
            source.at(rng, FILE, IMAGE, |site, _| {
                Some(site.replace(&site.line()[2..])?.or_in(site.path))
            })
        }),
        error(
            "key of supplemental images one column off",
            &["invalid-yaml", "images-mirror-config"],
            |source, rng| {
                source.at(rng, FILE, KEY, |site, _| {
                    Some(site.replace(&format!(" {}", site.line()))?.or_in(site.path))
                })
            },
        ),
        error(
            "tab in the supplemental images",
            &["invalid-yaml"],
            |source, rng| source.at(rng, FILE, r"^(    )image: ", |site, _| site.swap(1, "\t")),
        ),
        error("colon missing behind a key", &[], |source, rng| {
            source.at(rng, FILE, KEY, |site, _| {
                site.replace(&site.line()[..site.line().len() - 1])
            })
        }),
        error(
            "image of ART without a name",
            &["images-mirror-config"],
            |source, rng| {
                source.in_file(rng, FILE, |path, text, _| {
                    Some(super::lines::written(
                        path,
                        format!("artImages:\n- namespace: ocp\n  tag: latest\n{text}"),
                    ))
                })
            },
        ),
        error(
            "ignored source without an image",
            &["images-mirror-config"],
            |source, rng| {
                source.in_file(rng, FILE, |path, text, _| {
                    Some(super::lines::written(
                        path,
                        format!("ignoredSources:\n- name: cli\n{text}"),
                    ))
                })
            },
        ),
    ]
}
