//! What ci-operator's configs publish, and used images that vanish with it.

use std::collections::BTreeMap;
use std::ops::Range;

use fastrand::Rng;
use regex::Regex;

use super::ci_operator::CONFIGS;
use super::lines::{indent, removed};
use super::source::pattern;
use super::typing::{digits_exchanged, misspelt};
use super::{Fault, Kind, Place, Source, error, hint, warning};

pub fn kinds() -> Vec<Kind> {
    let mut kinds = vanishing();
    kinds.extend(targets());
    kinds
}

/// A config that publishes, as lines.
struct Published<'s> {
    path: &'s str,
    lines: Vec<String>,
    /// The promotion section.
    promotion: Range<usize>,
    /// Where the first target gives its name or its tag, and its namespace.
    stream: usize,
    namespace: usize,
    /// Where an image's `to` stands that another config uses, and all of that image.
    to: usize,
    item: Range<usize>,
    image: String,
}

impl Published<'_> {
    /// Others in place of these lines, which `at` is the place of.
    fn put(&self, range: Range<usize>, new: &str) -> Option<Fault> {
        let mut lines = self.lines.clone();
        let at = range.start;
        let count = new.lines().count();
        lines.splice(range, new.lines().map(str::to_owned));
        let fault = Fault {
            edits: BTreeMap::from([(self.path.to_owned(), Some(lines.join("\n") + "\n"))]),
            places: vec![Place {
                path: self.path.to_owned(),
                lines: Some(at.max(1)..=at + count.max(1)),
            }],
        };
        (lines != self.lines).then_some(fault)
    }

    fn swap(&self, at: usize, new: impl FnOnce(&str) -> Option<String>) -> Option<Fault> {
        let (key, value) = self.lines[at].split_once(": ")?;
        let quote = if value.starts_with('"') { "\"" } else { "" };
        let new = new(value.trim_matches('"'))?;
        self.put(at..at + 1, &format!("{key}: {quote}{new}{quote}"))
    }
}

/// The lines of a top section.
fn section(lines: &[&str], name: &str) -> Option<Range<usize>> {
    let start = lines.iter().position(|line| *line == name)?;
    let is_below = |line: &&&str| line.starts_with([' ', '-', '#']) || line.is_empty();
    let end = start + 1 + lines[start + 1..].iter().take_while(is_below).count();
    Some(start..end)
}

fn published<'s>(
    source: &'s Source,
    path: &'s str,
    text: &str,
    rng: &mut Rng,
) -> Option<Published<'s>> {
    let lines: Vec<&str> = text.lines().collect();
    let promotion = section(&lines, "promotion:")?;
    let has = |word: &str| promotion.clone().find(|&at| lines[at].contains(word));
    if has("disabled: true").is_some() || has("excluded_images").is_some() {
        return None;
    }
    let targets = promotion.clone().filter(|&at| {
        lines[at].trim_start().starts_with("namespace: ")
            || lines[at].starts_with("  - namespace: ")
    });
    let targets: Vec<usize> = targets.collect();
    let &[namespace] = &targets[..] else {
        return None;
    };
    let value = |at: usize| Some(lines[at].split_once(": ")?.1.trim_matches('"'));
    let key = |word: &str| {
        let regex: Regex = pattern(&format!("^  [ -] {word}: "));
        promotion.clone().find(|&at| regex.is_match(lines[at]))
    };
    let (stream, is_name) = match (key("name"), key("tag")) {
        (Some(name), None) => (name, true),
        (None, Some(tag)) => (tag, false),
        _ => return None,
    };
    let images = section(&lines, "images:")?;
    let mut tos: Vec<usize> = images
        .filter(|&at| lines[at].starts_with("    to: ") || lines[at].starts_with("  - to: "))
        .collect();
    rng.shuffle(&mut tos);
    let to = tos.into_iter().find(|&to| {
        let tag = value(to).zip(value(namespace)).zip(value(stream)).map(
            |((image, namespace), stream)| {
                if is_name {
                    format!("{namespace}/{stream}:{image}")
                } else {
                    format!("{namespace}/{image}:{stream}")
                }
            },
        );
        tag.is_some_and(|tag| source.is_used_beside(path, &tag))
    })?;
    let dash = (0..=to).rev().find(|&at| lines[at].starts_with("  - "))?;
    let end = (dash + 1..lines.len()).find(|&at| indent(lines[at]) < 4)?;
    Some(Published {
        path,
        image: value(to)?.to_owned(),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        promotion,
        stream,
        namespace,
        to,
        item: dash..end,
    })
}

fn used(
    source: &Source,
    rng: &mut Rng,
    make: impl Fn(&Published, &mut Rng) -> Option<Fault>,
) -> Option<Fault> {
    source.in_file(rng, CONFIGS, |path, text, rng| {
        make(&published(source, path, text, rng)?, rng)
    })
}

fn vanishing() -> Vec<Kind> {
    const RULES: &[&str] = &["image-provider-removed", "image-reference-unprovided"];
    vec![
        warning("used image renamed", RULES, |source, rng| {
            used(source, rng, |config, rng| {
                let fault = config.swap(config.to, |image| Some(misspelt(image, rng)))?;
                // Used inside of the config too, it is another fault.
                let uses = config
                    .lines
                    .iter()
                    .filter(|line| line.ends_with(&format!(" {}", config.image)));
                (uses.count() == 1).then_some(fault)
            })
        }),
        warning(
            "used stream of a promotion misspelt",
            RULES,
            |source, rng| {
                used(source, rng, |config, rng| {
                    config.swap(config.stream, |stream| {
                        digits_exchanged(stream).or_else(|| Some(misspelt(stream, rng)))
                    })
                })
            },
        ),
        warning(
            "namespace of a used promotion misspelt",
            RULES,
            |source, rng| {
                used(source, rng, |config, rng| {
                    config.swap(config.namespace, |namespace| Some(misspelt(namespace, rng)))
                })
            },
        ),
        warning("used promotion removed", RULES, |source, rng| {
            used(source, rng, |config, _| {
                config.put(config.promotion.clone(), "")
            })
        }),
        warning("used promotion disabled", RULES, |source, rng| {
            used(source, rng, |config, _| {
                let at = config.promotion.start + 2;
                let first = config.lines[at].strip_prefix("  - ")?;
                config.put(at..at + 1, &format!("  - disabled: true\n    {first}"))
            })
        }),
        warning("used image no longer built", RULES, |source, rng| {
            used(source, rng, |config, _| {
                let uses = config
                    .lines
                    .iter()
                    .filter(|line| line.ends_with(&format!(" {}", config.image)));
                (uses.count() == 1).then_some(())?;
                config.put(config.item.clone(), "")
            })
        }),
        warning("used image excluded", RULES, |source, rng| {
            used(source, rng, |config, _| {
                let at = config.promotion.start + 2;
                let first = config.lines[at].strip_prefix("  - ")?;
                config.put(
                    at..at + 1,
                    &format!("  - excluded_images:\n    - {}\n    {first}", config.image),
                )
            })
        }),
        hint("used image made optional", RULES, |source, rng| {
            used(source, rng, |config, _| {
                config.put(config.to..config.to, "    optional: true")
            })
        }),
        warning("config of a used image removed", RULES, |source, rng| {
            used(source, rng, |config, _| {
                Some(
                    removed(config.path)
                        .or_in("ci-operator")
                        .or_in("core-services")
                        .or_in("clusters"),
                )
            })
        }),
        warning(
            "promotion of everything turned off by exclusion",
            RULES,
            |source, rng| {
                used(source, rng, |config, _| {
                    let at = config.promotion.start + 2;
                    let first = config.lines[at].strip_prefix("  - ")?;
                    config.put(
                        at..at + 1,
                        &format!("  - excluded_images:\n    - '*'\n    {first}"),
                    )
                })
            },
        ),
    ]
}

fn targets() -> Vec<Kind> {
    vec![
        error(
            "promotion to name and tag",
            &["promotion-target"],
            |source, rng| {
                used(source, rng, |config, _| {
                    let key = if config.lines[config.stream].contains("name:") {
                        "tag"
                    } else {
                        "name"
                    };
                    config.put(
                        config.namespace + 1..config.namespace + 1,
                        &format!("    {key}: latest"),
                    )
                })
            },
        ),
        error(
            "promotion to neither name nor tag",
            &["promotion-target"],
            |source, rng| {
                source.at(rng, CONFIGS, r"^    (?:name|tag): ", |site, _| {
                    let top = (0..site.at).rev().find(|&at| indent(site.lines[at]) == 0)?;
                    (site.lines[top] == "promotion:").then(|| site.delete())?
                })
            },
        ),
        error(
            "promotion without a namespace",
            &["promotion-target"],
            |source, rng| {
                used(source, rng, |config, _| {
                    let line = &config.lines[config.namespace];
                    line.starts_with("    ")
                        .then(|| config.put(config.namespace..config.namespace + 1, ""))?
                })
            },
        ),
        error(
            "target of a promotion twice",
            &["promotion-target"],
            |source, rng| {
                used(source, rng, |config, _| {
                    let targets = config.promotion.start + 2..config.promotion.end;
                    let text = config.lines[targets.clone()].join("\n");
                    config.put(targets.end..targets.end, &text)
                })
            },
        ),
        error(
            "promotion to a forbidden namespace",
            &["promotion-namespace"],
            |source, rng| {
                used(source, rng, |config, _| {
                    config.swap(config.namespace, |_| Some("kube-system".to_owned()))
                })
            },
        ),
        error(
            "promotion written as of old",
            &["promotion-unread"],
            |source, rng| {
                used(source, rng, |config, _| {
                    let (at, end) = (config.promotion.start, config.promotion.end);
                    let below = config.lines[at + 2..end]
                        .iter()
                        .map(|line| format!("  {}\n", &line[4..]));
                    config.put(
                        at..end,
                        &format!("promotion:\n{}", below.collect::<String>()),
                    )
                })
            },
        ),
        warning(
            "promotion to a namespace that nobody may pull from",
            &["promotion-unlisted-namespace"],
            |source, rng| {
                used(source, rng, |config, _| {
                    config.swap(config.namespace, |_| Some("gizmo-factory".to_owned()))
                })
            },
        ),
        error(
            "image that another config publishes",
            &["image-provider-duplicate"],
            |source, rng| {
                used(source, rng, |config, _| {
                    let stream = config.lines[config.stream].trim_start_matches([' ', '-']);
                    let name = config.path.strip_suffix(".yaml")?;
                    // Another branch of the same repository starts to publish the same.
                    let text = config
                        .lines
                        .join("\n")
                        .replacen("  branch: ", "  branch: next-", 1);
                    text.contains(stream).then_some(())?;
                    let (folder, file) = name.rsplit_once('/')?;
                    let new = format!("{folder}/{}", file.rsplit_once('-')?.0);
                    let path = format!("{new}-next-{}.yaml", file.rsplit_once('-')?.1);
                    Some(super::lines::written(&path, text + "\n").or_in(config.path))
                })
            },
        ),
        warning(
            "payload image promoted by a version tag",
            &["promotion-version-tag"],
            |source, rng| {
                used(source, rng, |config, _| {
                    let line = &config.lines[config.stream];
                    let is_payload = config.lines[config.namespace].ends_with(" ocp")
                        && line.contains("name: \"4.");
                    is_payload.then(|| {
                        config.put(
                            config.stream..config.stream + 1,
                            &line.replacen("name:", "tag:", 1),
                        )
                    })?
                })
            },
        ),
        error(
            "additional image that is not built",
            &["image-reference-undeclared", "promotion-target"],
            |source, rng| {
                source.at(
                    rng,
                    CONFIGS,
                    r"^      [\w-]+: ([a-z-]{3,})$",
                    |site, rng| {
                        let above = (0..site.at).rev().find(|&at| indent(site.lines[at]) < 6)?;
                        site.lines[above]
                            .contains("additional_images:")
                            .then(|| site.swap(1, &misspelt(site.group(1), rng)))?
                    },
                )
            },
        ),
    ]
}
