//! What would take time by the square.

use super::*;

const COUNT: usize = 5_000;

pub fn rows() -> Vec<Row> {
    let mut rows = lists();
    rows.extend(meetings());
    rows
}

/// Long lists of one kind.
fn lists() -> Vec<Row> {
    const ROVER: &str = "core-services/sync-rover-groups/_config.yaml";
    vec![
        file(
            "cluster groups that are none of as many others, and clusters that stand once beside as many",
            ROVER,
            format!(
                "cluster_groups:\n{}groups:\n{}",
                repeated(COUNT, |n| format!(
                    "  set{n:05}: [build{n:05}, build{n:05}, build{n:05}]\n"
                )),
                repeated(COUNT, |n| format!(
                    "  g{n}:\n    cluster_groups: [tes{n:05}x]\n    clusters: [buidl9{n:05}]\n"
                )),
            ),
            finds("rover-groups-config", ROVER),
        ),
        file(
            "builds that each write to a stream which nothing makes",
            MANIFEST,
            repeated(COUNT, |n| {
                format!(
                    "apiVersion: build.openshift.io/v1\nkind: BuildConfig\nmetadata:\n  name: b{n}\n  namespace: acme\nspec:\n  output:\n    to:\n      kind: ImageStreamTag\n      name: made{n:05}:latest\n---\n"
                )
            }) + &repeated(COUNT, |n| {
                format!(
                    "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: medo{n:05}\n  namespace: acme\n---\n"
                )
            }),
            SilentAt(CI_CONFIG.into()),
        ),
        file(
            "images that are not to be published, and are none of as many that are",
            CI_CONFIG,
            format!(
                "build_root:\n  from_repository: true\nimages:\n  items:\n{}promotion:\n  to:\n  - namespace: acme\n    name: many\n    excluded_images:\n{}",
                repeated(4 * COUNT, |n| format!("  - to: image-{n:05}-of-many\n")),
                repeated(4 * COUNT, |n| format!("    - imega-{n:05}-of-mayn\n")),
            ),
            SilentAt(MANIFEST.into()),
        ),
        file(
            "words of roles that look like none of as many others",
            MANIFEST,
            format!(
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: many\nrules:\n- apiGroups: ['']\n  resources:\n{}  verbs:\n{}",
                repeated(4 * COUNT, |n| format!("  - thing{n:05}s\n")),
                repeated(4 * COUNT, |n| format!("  - gte{n}\n")),
            ),
            SilentAt(CI_CONFIG.into()),
        ),
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
        file(
            "lines by the ten thousand into a namespace that is spelt nearly like that of their file",
            "core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_zebra",
            repeated(20_000, |n| {
                format!("quay.io/acme/w:{n} registry.ci.openshift.org/zebru/w{n}:1\n")
            }),
            finds(
                "supplemental-namespace",
                "core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_zebra",
            ),
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
                &format!("{SET}/mapping_acme_f0"),
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
                "ci-operator/config/acme/r0/acme-r0-main.yaml",
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
            finds("image-reference-malformed", CI_CONFIG),
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

/// A rolebinding, and what it needs.
fn binding(number: usize, role: &str) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: b{number}\n  namespace: acme\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: {role}\nsubjects:\n- apiGroup: rbac.authorization.k8s.io\n  kind: Group\n  name: g\n---\n"
    )
}

/// ServiceAccounts of one namespace.
fn accounts(count: usize, namespace: &str) -> String {
    repeated(count, |n| {
        format!(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: s{n}\n  namespace: {namespace}\n---\n"
        )
    })
}

/// ServiceAccounts, and a binding to as many others, each with `rest` beside its name.
fn strangers(count: usize, rest: &str) -> String {
    let subjects = repeated(count, |n| {
        format!("- kind: ServiceAccount\n  name: u{n}\n{rest}")
    });
    accounts(count, "acme")
        + binding(0, "system:image-puller").trim_end_matches("---\n")
        + &subjects
}

/// Two long lists, each item of one with each of the other.
fn meetings() -> Vec<Row> {
    const SUPPLEMENTAL: &str =
        "core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci";
    let references = |reference: &dyn Fn(usize) -> String| {
        let references = repeated(COUNT, |n| format!("  k{n}:\n{}", reference(n)));
        format!("base_images:\n{references}")
    };
    let mirrored = |image: &dyn Fn(usize) -> String| {
        repeated(COUNT, |n| {
            format!(
                "quay.io/acme/s:{n} registry.ci.openshift.org/{}:latest\n",
                image(n)
            )
        })
    };
    let like = (
        mirrored(&|n| format!("acme/widget{n:05}")),
        references(&|n| format!("    namespace: acme\n    name: wodgit{n:05}\n    tag: latest\n")),
    );
    let elsewhere = (
        mirrored(&|n| format!("n{n}/gidget")),
        references(&|n| format!("    namespace: acme\n    name: gidget\n    tag: t{n}\n")),
    );
    let images = [
        ("images that look like none of as many others", like),
        ("images of as many other namespaces", elsewhere),
    ];
    let images = images.map(|(name, (mirrored, references))| Row {
        arguments: vec!["--all".to_owned(), "--severity=hint".to_owned()],
        ..row(
            name,
            finds("image-reference-unprovided", CI_CONFIG),
            move |checkout| {
                checkout.write(SUPPLEMENTAL, &mirrored)?;
                checkout.write(CI_CONFIG, &references)?;
                Ok(())
            },
        )
    });
    let pods = [
        row(
            "jobs with secrets that look like none of as many others",
            finds("mirror-job-secret", JOBS),
            |checkout| {
                let jobs = repeated(COUNT, |n| {
                    let volume = format!(
                        "    volumes:\n    - name: push\n      secret:\n        secretName: Sacrat{n:05}\n"
                    );
                    job(&format!("n{n}"), "mapping_acme") + &volume
                });
                let targets = repeated(COUNT, |n| {
                    format!("  - cluster: app.ci\n    name: secret{n:05}\n    namespace: ci\n")
                });
                checkout.write(JOBS, format!("periodics:\n{jobs}"))?;
                checkout.write(
                    BOOTSTRAP,
                    format!("secret_configs:\n- from:\n    a:\n      field: a\n      item: a\n  to:\n{targets}"),
                )?;
                Ok(())
            },
        ),
        row(
            "one secret of many keys in many places, and a pod that mounts it often",
            finds("mirror-job-subpath", JOBS),
            |checkout| {
                let keys = repeated(COUNT, |n| {
                    format!("    k{n}:\n      field: a\n      item: a\n")
                });
                let targets = repeated(COUNT, |n| {
                    format!(
                        "  - cluster_groups:\n    - all\n    cluster: c{n}\n    name: keys\n    namespace: ci\n"
                    )
                });
                let clusters = repeated(COUNT, |n| format!("  - b{n}\n"));
                let volumes = repeated(COUNT, |n| {
                    format!("    - name: v{n}\n      secret:\n        secretName: keys\n")
                });
                let mounts = repeated(COUNT, |n| {
                    format!("      - mountPath: /m{n}\n        name: v{n}\n        subPath: x{n}\n")
                });
                checkout.write(
                    BOOTSTRAP,
                    format!("cluster_groups:\n  all:\n{clusters}secret_configs:\n- from:\n{keys}  to:\n{targets}"),
                )?;
                let job = job("acme", "mapping_acme").replace("cluster: app.ci", "cluster: b7");
                checkout.write(
                    JOBS,
                    format!(
                        "periodics:\n{job}      volumeMounts:\n{mounts}    volumes:\n{volumes}"
                    ),
                )?;
                Ok(())
            },
        ),
        row(
            "jobs that each read a file of one set, and jobs that read none",
            finds("mirror-job-selects-nothing", JOBS),
            |checkout| {
                for n in 0..COUNT / 4 {
                    checkout.write(
                        format!("{SET}/mapping_acme_{n:05}"),
                        format!("quay.io/acme/a:1 quay.io/acme/b:{n}\n"),
                    )?;
                }
                let jobs = repeated(COUNT, |n| {
                    job(&format!("n{n}"), &format!("mapping_acme_{:05}", n * 2))
                });
                checkout.write(JOBS, format!("periodics:\n{jobs}"))?;
                Ok(())
            },
        ),
    ];
    let subjects = [
        file(
            "subjects without a namespace beside as many ServiceAccounts",
            MANIFEST,
            strangers(4 * COUNT, ""),
            finds("rbac-subject", MANIFEST),
        ),
        file(
            "subjects that are none of as many ServiceAccounts",
            MANIFEST,
            strangers(4 * COUNT, "  namespace: acme\n"),
            finds("rbac-service-account", MANIFEST),
        ),
        file(
            "objects of another namespace than their folder makes",
            MANIFEST,
            accounts(4 * COUNT, "nowhere"),
            finds("rbac-namespace", MANIFEST),
        ),
    ];
    let duplicates = [
        row(
            "one Namespace in thousands of folders, and often in one more",
            finds("namespace-duplicate", "clusters/app.ci/zone/admin_bad.yaml"),
            |checkout| {
                let namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shared\n---\n";
                for n in 0..COUNT / 4 {
                    checkout.write(
                        format!("clusters/app.ci/registry-access/acc{n}/admin_bad.yaml"),
                        namespace,
                    )?;
                }
                checkout.write("clusters/app.ci/zone/admin_bad.yaml", namespace)?;
                checkout.write(MANIFEST, namespace.repeat(20 * COUNT))?;
                Ok(())
            },
        ),
        row(
            "one image that is promoted, and mirrored to a hundred thousand times",
            finds("image-provider-duplicate", CI_CONFIG),
            |checkout| {
                let mappings = repeated(10 * COUNT, |n| {
                    format!("quay.io/a/b:{n} registry.ci.openshift.org/acme/v:1\n")
                });
                checkout.write(MAPPING, mappings)?;
                checkout.write(
                    CI_CONFIG,
                    "build_root:\n  from_repository: true\nimages:\n- from: src\n  to: v\npromotion:\n  to:\n  - namespace: acme\n    tag: '1'\n",
                )?;
                Ok(())
            },
        ),
    ];
    let mut rows = vec![
        file(
            "roles that look like none of as many others",
            MANIFEST,
            repeated(COUNT, |n| {
                format!(
                    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: puller{n:05}\nrules: []\n---\n"
                )
            }) + &repeated(COUNT, |n| binding(n, &format!("pallor{n:05}"))),
            finds("rbac-role-undefined", MANIFEST),
        ),
        file(
            "roles of as many other namespaces",
            MANIFEST,
            repeated(COUNT, |n| {
                format!(
                    "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: puller\n  namespace: n{n}\nrules: []\n---\n"
                )
            }) + &repeated(COUNT, |n| {
                binding(n, &format!("pallor{n:05}")).replace("kind: ClusterRole", "kind: Role")
            }),
            finds("rbac-role-undefined", MANIFEST),
        ),
    ];
    rows.extend(images);
    rows.extend(pods);
    rows.extend(subjects);
    rows.extend(duplicates);
    rows
}
