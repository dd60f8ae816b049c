//! Small files that could become large: a text repeated for each of many things, or all of one
//! list for each of another.

use super::*;

/// A config's last lines: it can clone its repository.
const METADATA: &str = "build_root:\n  from_repository: true\nzz_generated_metadata:\n  branch: main\n  org: acme\n  repo: bad\n";

pub fn rows() -> Vec<Row> {
    vec![
        mapping(
            "a line of thousands of dropped tokens",
            format!(
                "quay.io/a/b:1=quay.io/acme/c:1{}\n",
                repeated(9000, |n| format!(" x{n}"))
            ),
            "mapping-mixed-equals",
        ),
        mapping(
            "a long line of placeholders",
            format!(
                "quay.io/a/b:1{}\n",
                repeated(2500, |n| format!(" quay.io/my-project/c{n}:1"))
            ),
            "placeholder",
        ),
        mapping(
            "a wildcard of forty thousand letters, into two thousand destinations",
            format!(
                "quay.io/a/b:*{}{}\n",
                "a".repeat(40_000),
                repeated(2000, |n| format!(" quay.io/acme/c{n}"))
            ),
            "mapping-wildcard",
        ),
        file(
            "wildcards of many stars into one repository",
            MAPPING,
            repeated(1000, |n| {
                format!("quay.io/a/b{n}:{}{n:06} quay.io/acme/c\n", "*a".repeat(125))
            }),
            Nothing,
        ),
        file(
            "as many promotions as images",
            CI_CONFIG,
            format!(
                "images:\n{}promotion:\n  to:\n{}{METADATA}",
                repeated(4000, |n| format!("- from: src\n  to: v{n}\n")),
                repeated(4000, |n| format!("  - namespace: acme\n    tag: t{n}\n")),
            ),
            Nothing,
        ),
        file(
            "names that look like none of as many others of one config",
            CI_CONFIG,
            format!(
                "base_images:\n{}images:\n{}{METADATA}",
                repeated(8000, |n| format!(
                    "  k{n:06}abcdefgh:\n    namespace: acme\n    name: widget\n    tag: latest\n"
                )),
                repeated(8000, |n| format!("- from: u{n:06}zyxwvuts\n  to: v{n}\n")),
            ),
            finds("image-reference-undeclared", CI_CONFIG),
        ),
        file(
            "a name used forty thousand times among as many",
            CI_CONFIG,
            format!(
                "base_images:\n{}images:\n{}{METADATA}",
                repeated(40_000, |n| format!(
                    "  k{n}:\n    namespace: acme\n    name: widget\n    tag: latest\n"
                )),
                repeated(40_000, |n| format!("- from: k39999\n  to: v{n}\n")),
            ),
            Nothing,
        ),
        file(
            "one name for thousands of images and tests, and as many steps that name no stream",
            CI_CONFIG,
            format!(
                "base_images:\n  a:\n    namespace: acme\n    name: widget\n    tag: latest\nimages:\n{}tests:\n{}{METADATA}",
                repeated(8000, |_| "- from: src\n  to: a\n".to_owned()),
                repeated(8000, |n| format!(
                    "- as: a\n  steps:\n    test:\n    - as: s\n      commands: c\n      from: u{n}:x\n"
                )),
            ),
            finds("pipeline-name-duplicate", CI_CONFIG),
        ),
        row("as many release mirrors as tags", Nothing, |checkout| {
            let tags = repeated(3000, |n| {
                format!(
                    "  - name: t{n}\n    from:\n      kind: DockerImage\n      name: quay.io/x/y:{n}\n"
                )
            });
            checkout.write(
                    MANIFEST,
                    format!("apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: '4.12'\n  namespace: ocp\nspec:\n  tags:\n{tags}"),
                )?;
            let mirrors: Vec<String> = (0..3000)
                    .map(|n| format!("\"p{n}\":{{\"imageStreamRef\":{{\"name\":\"a{n}-4.12\",\"namespace\":\"origin\"}}}}"))
                    .collect();
            checkout.write(
                "core-services/release-controller/_releases/x.json",
                format!("{{\"name\":\"x\",\"publish\":{{{}}}}}", mirrors.join(",")),
            )?;
            Ok(())
        }),
        file(
            "thousands of unknown fields below a long key",
            OWNERS,
            format!(
                "filters:\n  ? '{}'\n  :\n{}",
                "k".repeat(20_000),
                repeated(20_000, |n| format!("    a{n}: 1\n"))
            ),
            Nothing,
        ),
        file(
            "patterns by the hundred in the config",
            CONFIG,
            format!(
                "external-images:\n{}",
                repeated(500, |n| format!("- '{n}[a-z]{{9000}}'\n"))
            ),
            Fails("more than 100 patterns"),
        ),
        file(
            "huge patterns by the hundred of what ART publishes",
            "core-services/image-mirroring/_config.yaml",
            format!(
                "artImages:\n{}",
                repeated(400, |n| format!(
                    "- namespace: a\n  name: '{n}\\w{{200}}'\n  tag: '{n}\\w{{200}}'\n"
                ))
            ),
            Nothing,
        ),
    ]
}
