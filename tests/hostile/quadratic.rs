//! What would take time by the square.

use super::*;

pub fn rows() -> Vec<Row> {
    vec![
        mapping(
            "wildcards by the ten thousand",
            repeated(20_000, |n| format!("quay.io/a/b{n}:a* quay.io/acme/b:*\n")),
            "mapping-wildcard",
        ),
        file(
            "wildcards over one stream, by the hundred",
            MAPPING,
            repeated(400, |n| {
                format!("registry.ci.openshift.org/acme/widget:*{n} quay.io/acme/w\n")
            }),
            Nothing,
        ),
        mapping(
            "a source among three thousand destinations",
            format!(
                "quay.io/acme/w:1{}\n",
                repeated(3000, |n| format!(" quay.io/acme/w:{n}"))
            ),
            "mapping-self-mirror",
        ),
        mapping(
            "one destination, a hundred thousand times",
            repeated(100_000, |n| format!("quay.io/a/b:{n} quay.io/acme/c:1\n")),
            "mapping-duplicate-destination",
        ),
        mapping(
            "long lines of one destination",
            format!("quay.io/a/b:1{}\n", " quay.io/acme/c:1".repeat(3500)).repeat(10),
            "mapping-duplicate-destination",
        ),
        mapping(
            "conflict markers by the hundred thousand",
            "<<<<<<< x\n".repeat(100_000),
            "mapping-syntax",
        ),
        mapping(
            "nonsense by the hundred thousand",
            "x\n".repeat(100_000),
            "mapping-syntax",
        ),
        row(
            "one destination twice in each of two big files",
            finds("mapping-duplicate-destination", MAPPING),
            |checkout| {
                let text = repeated(40_000, |n| format!("quay.io/a/b:{n} quay.io/acme/c:1\n"));
                checkout.write(MAPPING, &text)?;
                checkout.write(format!("{SET}/mapping_acme_other"), text)?;
                Ok(())
            },
        ),
        row(
            "one destination in a thousand files",
            finds(
                "mapping-duplicate-destination",
                &format!("{SET}/mapping_acme_f7"),
            ),
            |checkout| {
                for n in 0..1000 {
                    checkout.write(
                        format!("{SET}/mapping_acme_f{n}"),
                        format!("quay.io/a/b{n}:1 quay.io/acme/c:1\n"),
                    )?;
                }
                Ok(())
            },
        ),
        row(
            "twenty thousand jobs of one prefix",
            finds(
                "mapping-file-selected-twice",
                &format!("{SET}/mapping_acme_f7"),
            ),
            |checkout| {
                checkout.write(
                    JOBS,
                    format!(
                        "periodics:\n{}",
                        repeated(20_000, |n| job(&format!("n{n}"), "mapping_acme"))
                    ),
                )?;
                for n in 0..100 {
                    checkout.write(
                        format!("{SET}/mapping_acme_f{n}"),
                        format!("quay.io/a/b:1 quay.io/acme/d{n}:1\n"),
                    )?;
                }
                Ok(())
            },
        ),
        file(
            "ten thousand streams of one name",
            MANIFEST,
            repeated(10_000, |n| {
                format!(
                    "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: widget\n  namespace: acme\nspec:\n  tags:\n  - name: latest\n    from:\n      kind: DockerImage\n      name: quay.io/x/y:{n}\n---\n"
                )
            }),
            finds("imagestream-duplicate", MANIFEST),
        ),
        file(
            "ten thousand bindings of one name",
            MANIFEST,
            repeated(10_000, |n| {
                format!(
                    "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: a\n  namespace: acme\nroleRef:\n  kind: Role\n  apiGroup: rbac.authorization.k8s.io\n  name: r{n}\nsubjects:\n- kind: ServiceAccount\n  name: s{n}\n  namespace: acme\n---\n"
                )
            }),
            finds("rbac-duplicate", MANIFEST),
        ),
        row(
            "a thousand configs that promote one tag",
            finds(
                "image-provider-duplicate",
                "ci-operator/config/acme/r7/acme-r7-main.yaml",
            ),
            |checkout| {
                for n in 0..1000 {
                    checkout.write(
                    format!("ci-operator/config/acme/r{n}/acme-r{n}-main.yaml"),
                    format!("images:\n- from: src\n  to: widget\npromotion:\n  to:\n  - namespace: acme\n    tag: latest\nzz_generated_metadata:\n  branch: main\n  org: acme\n  repo: r{n}\n"),
                )?;
                }
                Ok(())
            },
        ),
        file(
            "twenty thousand images promoted twice",
            CI_CONFIG,
            format!(
                "images:\n{}promotion:\n  to:\n  - namespace: acme\n    name: w\n  - namespace: acme\n    name: w\n",
                repeated(20_000, |_| "- from: src\n  to: v\n".to_owned())
            ),
            Nothing,
        ),
        file(
            "ten thousand references with name and tag exchanged",
            CI_CONFIG,
            format!(
                "base_images:\n{}",
                repeated(10_000, |n| {
                    format!("  k{n}:\n    namespace: acme\n    name: latest\n    tag: widget\n")
                })
            ),
            finds("image-reference-malformed", CI_CONFIG),
        ),
    ]
}
