//! BuildConfigs.

use super::image_streams::{FILES, is_below};
use super::typing::misspelt;
use super::{Kind, warning};

pub fn kinds() -> Vec<Kind> {
    const BASE: &str = r#"^ +name: "?([\w.-]+):([\w.-]+)"?$"#;
    vec![
        warning(
            "base of a build misspelt",
            &["imagestream-source"],
            |source, rng| {
                source.at(rng, FILES, BASE, |site, rng| {
                    (is_below(site, "from:")
                        && is_below(site, "strategy:")
                        && site.group(1).len() > 3)
                        .then(|| site.swap(1, &misspelt(site.group(1), rng)))?
                })
            },
        ),
        warning(
            "tag of a build's base misspelt",
            &["imagestream-source"],
            |source, rng| {
                source.at(rng, FILES, BASE, |site, rng| {
                    let is_word = site
                        .group(2)
                        .starts_with(|letter: char| letter.is_ascii_lowercase());
                    (is_below(site, "from:") && is_below(site, "strategy:") && is_word)
                        .then(|| site.swap(2, &misspelt(site.group(2), rng)))?
                })
            },
        ),
        warning(
            "build from its own output",
            &["build-loop"],
            |source, rng| {
                source.at(rng, FILES, BASE, |site, _| {
                    let output = (0..site.at)
                        .rev()
                        .find(|&at| site.lines[at].trim() == "output:")?;
                    let made = site
                        .find(output..site.at, " name: ")
                        .map(|at| site.lines[at].trim())?;
                    let is_base = is_below(site, "from:") && is_below(site, "strategy:");
                    let is_same = !site
                        .text(site.at.saturating_sub(1)..(site.at + 2).min(site.lines.len()))
                        .contains("namespace:");
                    (is_base && is_same)
                        .then(|| site.replace(&format!("{}{made}", " ".repeat(site.indent()))))?
                })
            },
        ),
        warning(
            "build from docker.io",
            &["build-docker-io"],
            |source, rng| {
                source.at(rng, FILES, r#"^ +kind: "?(ImageStreamTag)"?$"#, |site, _| {
                let name = site.find(site.at..(site.at + 2).min(site.lines.len()), " name: ")?;
                let is_base = is_below(site, "from:") && is_below(site, "strategy:");
                let depth = " ".repeat(site.indent());
                let namespace = usize::from(site.lines.get(name + 1).is_some_and(|line| line.contains("namespace:")));
                is_base.then(|| site.put(site.at..name + 1 + namespace, &format!("{depth}kind: DockerImage\n{depth}name: docker.io/library/centos:7")))?
            })
            },
        ),
        warning(
            "type of a build missing",
            &["build-untyped"],
            |source, rng| {
                source.at(
                    rng,
                    FILES,
                    r"^ +type: (Dockerfile|Docker|Git|Source)$",
                    |site, _| Some(site.delete()?.or_in(site.path)),
                )
            },
        ),
        warning(
            "output of another build",
            &["build-output-clash"],
            |source, rng| {
                source.at(rng, FILES, r"^- (?:apiVersion|kind): .*$", |site, _| {
                    let text = site.text(site.item(0));
                    let is_build =
                        text.contains("kind: BuildConfig") && text.contains("    output:");
                    let twice = text.replacen("    name: ", "    name: second-", 1);
                    is_build.then(|| {
                        Some(
                            site.put(site.item(0), &format!("{text}\n{twice}"))?
                                .or_in(site.path),
                        )
                    })?
                })
            },
        ),
    ]
}
