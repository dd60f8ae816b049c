//! ImageStreams.

use super::lines::Site;
use super::source::pattern;
use super::typing::misspelt;
use super::{Fault, Kind, error, hint, warning};

pub const FILES: &str =
    r"^clusters/app\.ci/(supplemental-ci-images|ci-arm64|assets|crt-admission-webhooks)/.*\.yaml$";

/// Whether the line is below a key of this name, near.
pub fn is_below(site: &Site, key: &str) -> bool {
    let mut depth = site.indent();
    for line in site.lines[..site.at].iter().rev() {
        let own = super::lines::indent(line);
        let is_parent = own < depth || (own == depth && !line.trim_start().starts_with("- "));
        if is_parent && line.trim_start().trim_start_matches("- ").starts_with(key) {
            return own <= depth;
        }
        if own < depth {
            depth = own;
        }
    }
    false
}

/// Whether the file holds an object of this kind only.
fn holds(site: &Site, kind: &str) -> bool {
    let kinds = pattern(r"(?m)^(?:- |  )?kind: (\w+)$");
    let text = site.source.text(site.path).unwrap_or_default();
    let mut kinds = kinds.captures_iter(text).filter(|kind| &kind[1] != "List");
    kinds.all(|found| &found[1] == kind)
}

/// Where a tag of an ImageStream is taken from: a line `name:` with an image elsewhere.
const IMAGE: &str = r#"^ +name: "?([\w-]+(?:\.[\w-]+)+)/([\w./-]+)(:[\w.-]+)?"?$"#;

pub fn kinds() -> Vec<Kind> {
    let mut kinds = sources();
    kinds.extend(objects());
    kinds
}

fn sources() -> Vec<Kind> {
    const TAG_KIND: &str = r#"^ +kind: "?(DockerImage|ImageStreamTag)"?$"#;
    vec![
        error(
            "unknown kind of a source",
            &["imagestream-source"],
            |source, rng| {
                source.at(rng, FILES, TAG_KIND, |site, rng| {
                    is_below(site, "from:").then(|| site.swap(1, &misspelt(site.group(1), rng)))?
                })
            },
        ),
        error(
            "kind of a source missing",
            &["imagestream-source"],
            |source, rng| {
                source.at(rng, FILES, TAG_KIND, |site, _| {
                    is_below(site, "from:").then(|| site.delete())?
                })
            },
        ),
        warning("source of a tag without its host", &[], |source, rng| {
            source.at(rng, FILES, IMAGE, |site, _| {
                let host = format!("{}/", site.group(1));
                site.change(&host, "")
            })
        }),
        warning("host of a tag's source misspelt", &[], |source, rng| {
            source.at(rng, FILES, IMAGE, |site, rng| {
                let host = site.group(1);
                let is_usual = site.source.count(
                    "^(clusters/app\\.ci|core-services/image-mirroring)/",
                    &format!("{host}/"),
                ) > 4;
                is_usual.then(|| site.swap(1, &misspelt(host, rng)))?
            })
        }),
        error(
            "web address as a tag's source",
            &["imagestream-source"],
            |source, rng| {
                source.at(rng, FILES, IMAGE, |site, _| {
                    site.swap(1, &format!("https://{}", site.group(1)))
                })
            },
        ),
        error(
            "capital letters in a tag's source",
            &["imagestream-source"],
            |source, rng| {
                source.at(rng, FILES, IMAGE, |site, _| {
                    site.swap(2, &site.group(2).to_uppercase())
                })
            },
        ),
        error(
            "two tags in a tag's source",
            &["imagestream-source"],
            |source, rng| {
                source.at(rng, FILES, IMAGE, |site, _| {
                    (!site.group(3).is_empty()).then(|| site.swap(3, &site.group(3).repeat(2)))?
                })
            },
        ),
        warning(
            "private source without Local policy",
            &["imagestream-reference-policy"],
            |source, rng| {
                source.at(rng, FILES, IMAGE, |site, _| {
                    let from = (0..site.at)
                        .rev()
                        .find(|&at| site.lines[at].trim() == "from:")?;
                    let policy = (site.at..(site.at + 6).min(site.lines.len()))
                        .find(|&at| site.lines[at].trim() == "referencePolicy:");
                    let host = site.swap(1, "registry.redhat.io")?;
                    match policy {
                        Some(policy) => {
                            let new = format!(
                                "{}\n{}",
                                site.text(from..site.at),
                                site.line().replacen(site.group(1), "registry.redhat.io", 1)
                            );
                            let rest = site.text(site.at + 1..policy);
                            let fault =
                                site.put(from..policy + 2, format!("{new}\n{rest}").trim_end())?;
                            Some(fault)
                        }
                        None => Some(host.or_in(site.path)),
                    }
                })
            },
        ),
        error(
            "policy in lower case",
            &["imagestream-reference-policy"],
            |source, rng| {
                source.at(rng, FILES, r"^ +type: (Local)$", |site, _| {
                    Some(site.swap(1, "local")?.or_in(site.path))
                })
            },
        ),
        error("field of an import policy misspelt", &[], |source, rng| {
            source.at(
                rng,
                FILES,
                r"^ +(scheduled|importPolicy): ?",
                |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        hint(
            "import that is no longer scheduled",
            &["imagestream-import-policy"],
            |source, rng| {
                source.at(rng, FILES, r"^ +scheduled: (true)$", |site, _| {
                    Some(site.delete()?.or_in(site.path))
                })
            },
        ),
        error("name of a tag as a number", &[], |source, rng| {
            source.at(
                rng,
                FILES,
                r#"^ +(?:- )?name: ("?[\w.-]+"?)$"#,
                |site, _| is_below(site, "tags:").then(|| site.swap(1, "4.10"))?,
            )
        }),
        error(
            "tag of a stream twice",
            &["imagestream-tag-duplicate"],
            |source, rng| {
                source.at(rng, FILES, r"^ +tags:$", |site, _| {
                    let block = site.block();
                    let items = site.text(site.at + 1..block.end);
                    (block.len() > 3 && items.contains("from:")).then_some(())?;
                    Some(
                        site.put(
                            block,
                            &format!(
                                "{}\n{}\n{}",
                                site.line(),
                                items.trim_end(),
                                items.trim_end()
                            ),
                        )?
                        .or_in(site.path),
                    )
                })
            },
        ),
        warning(
            "tag of a stream that takes itself",
            &["imagestream-self-import", "imagestream-source"],
            |source, rng| {
                source.at(rng, FILES, IMAGE, |site, _| {
                    (site.group(1) != "registry.ci.openshift.org")
                        .then(|| site.swap(1, "registry.ci.openshift.org"))?
                })
            },
        ),
        warning(
            "used tag of a stream renamed",
            &["image-provider-removed", "image-reference-unprovided"],
            |source, rng| {
                used_tag(source, rng, |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        warning(
            "used tag of a stream removed",
            &["image-provider-removed", "image-reference-unprovided"],
            |source, rng| {
                used_tag(source, rng, |site, _| {
                    let dash = super::lines::indent(site.line())
                        - usize::from(!site.line().trim_start().starts_with('-')) * 2;
                    Some(site.cut(site.item(dash))?.or_in(site.path))
                })
            },
        ),
        warning(
            "used stream renamed",
            &["image-provider-removed", "image-reference-unprovided"],
            |source, rng| {
                source.at(rng, FILES, r"^  name: ([\w-]+)$", |site, rng| {
                    let is_stream = holds(site, "ImageStream")
                        && site
                            .source
                            .text(site.path)?
                            .matches("kind: ImageStream\n")
                            .count()
                            == 1;
                    let is_used = is_stream && is_any_used(site, site.group(1));
                    is_used.then(|| {
                        Some(
                            site.swap(1, &misspelt(site.group(1), rng))?
                                .or_in(site.path),
                        )
                    })?
                })
            },
        ),
        warning(
            "used stream removed",
            &["image-provider-removed", "image-reference-unprovided"],
            |source, rng| {
                source.at(rng, FILES, r"^  name: ([\w-]+)$", |site, _| {
                    let is_stream = holds(site, "ImageStream")
                        && site
                            .source
                            .text(site.path)?
                            .matches("kind: ImageStream\n")
                            .count()
                            == 1;
                    let is_used = is_stream && is_any_used(site, site.group(1));
                    let gone = super::lines::removed(site.path)
                        .or_in("ci-operator")
                        .or_in("clusters")
                        .or_in("core-services");
                    is_used.then_some(gone)
                })
            },
        ),
    ]
}

/// Whether a config uses a tag of the only stream in the site's file.
fn is_any_used(site: &Site, name: &str) -> bool {
    let namespace = pattern(r"(?m)^  namespace: (\S+)$");
    let tags = pattern(r#"(?m)^ +(?:- )?name: "?([\w.-]+)"?$"#);
    let text = site.source.text(site.path).unwrap_or_default();
    let Some(namespace) = namespace.captures(text) else {
        return false;
    };
    let used = |tag: regex::Captures| {
        let tag = format!("{}/{name}:{}", &namespace[1], &tag[1]);
        is_provided_once(site, &tag) && site.source.users(&tag).next().is_some()
    };
    tags.captures_iter(text).any(used)
}

/// Whether no mapping and no supplemental image fills the tag, too.
fn is_provided_once(site: &Site, tag: &str) -> bool {
    let stored = tag.replace(['/', ':'], "_");
    let count = |word: &str| site.source.count("^core-services/image-mirroring/", word);
    count(tag) == 0 && count(&format!(":{stored}")) == 0
}

fn used_tag(
    source: &super::Source,
    rng: &mut fastrand::Rng,
    make: impl Fn(&Site, &mut fastrand::Rng) -> Option<Fault>,
) -> Option<Fault> {
    source.at(
        rng,
        FILES,
        r#"^ +(?:- )?name: "?([\w.-]+)"?$"#,
        |site, rng| {
            let text = site.source.text(site.path)?;
            (is_below(site, "tags:")
                && holds(site, "ImageStream")
                && text.matches("kind: ImageStream\n").count() == 1)
                .then_some(())?;
            let name = pattern(r"(?m)^  name: (\S+)$").captures(text)?;
            let namespace = pattern(r"(?m)^  namespace: (\S+)$").captures(text)?;
            let tag = format!("{}/{}:{}", &namespace[1], &name[1], site.group(1));
            (is_provided_once(site, &tag) && source.users(&tag).next().is_some()).then_some(())?;
            make(site, rng)
        },
    )
}

fn objects() -> Vec<Kind> {
    vec![
        error(
            "ImageStream in a forbidden namespace",
            &["imagestream-forbidden-namespace"],
            |source, rng| {
                source.at(rng, FILES, r"^ +namespace: (\S+)$", |site, _| {
                    (holds(site, "ImageStream") && is_below(site, "metadata:"))
                        .then(|| site.swap(1, "kube-tools"))?
                })
            },
        ),
        error(
            "ImageStream without a namespace",
            &["imagestream-namespace"],
            |source, rng| {
                source.at(rng, FILES, r"^ +namespace: (\S+)$", |site, _| {
                    (holds(site, "ImageStream") && is_below(site, "metadata:"))
                        .then(|| Some(site.delete()?.or_in(site.path)))?
                })
            },
        ),
        error(
            "API version of an ImageStream misspelt",
            &["imagestream-api-version"],
            |source, rng| {
                source.at(
                    rng,
                    FILES,
                    r"^(?:- |  )?apiVersion: (image)\.openshift",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        error(
            "API version of a build that does not exist",
            &["imagestream-api-version"],
            |source, rng| {
                source.at(
                    rng,
                    FILES,
                    r"^(?:- |  )?apiVersion: build\.openshift\.io/(v1)$",
                    |site, _| site.swap(1, "v1beta1"),
                )
            },
        ),
        error(
            "ImageStream twice",
            &["imagestream-duplicate"],
            |source, rng| {
                source.in_file(rng, FILES, |path, text, _| {
                    let is_one = text.contains("kind: ImageStream\n")
                        && !text.contains("kind: List")
                        && !text.contains("BuildConfig");
                    let copy = format!("{}-copy.yaml", path.strip_suffix(".yaml")?);
                    is_one.then(|| super::lines::written(&copy, text).or_in(path))
                })
            },
        ),
        error("kind of an ImageStream misspelt", &[], |source, rng| {
            source.at(
                rng,
                FILES,
                r"^(?:- |  )?kind: (ImageStream|BuildConfig)$",
                |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
            )
        }),
        error(
            "name of an ImageStream with capital letters",
            &["manifest-name"],
            |source, rng| {
                source.at(rng, FILES, r"^  name: ([a-z-]+)$", |site, _| {
                    holds(site, "ImageStream").then(|| {
                        Some(
                            site.swap(1, &site.group(1).to_uppercase())?
                                .or_in(site.path),
                        )
                    })?
                })
            },
        ),
        error(
            "key twice in an ImageStream",
            &["duplicate-key"],
            |source, rng| {
                source.at(rng, FILES, r"^ +name: \S+$", |site, _| {
                    site.add(site.line())
                })
            },
        ),
        error("tab in an ImageStream", &["invalid-yaml"], |source, rng| {
            source.at(rng, FILES, r"^(  )name: ", |site, _| site.swap(1, "\t"))
        }),
        warning(
            "manifest of images called `.yml`",
            &["manifest-extension"],
            |source, rng| {
                source.in_file(rng, FILES, |path, text, _| {
                    text.contains("kind: ImageStream\n").then_some(())?;
                    Some(
                        super::lines::moved(
                            path,
                            &format!("{}.yml", path.strip_suffix(".yaml")?),
                            text,
                        )?
                        .or_in(super::lines::folder(path)),
                    )
                })
            },
        ),
    ]
}
