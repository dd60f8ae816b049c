//! Who provides an ImageStreamTag: each clause of `docs/domain.md#image-providers`, on small
//! checkouts.

use mirrorlint::checkout::images::{Missing, ProviderKind, Resolution, State};
use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::model::Conventions;
use mirrorlint::syntax::reference::ImageStreamTag;
use mirrorlint::tree::MemoryTree;

use crate::support::Outcome;

const CONFIG: &str = "ci-operator/config/acme/widget/acme-widget-main.yaml";

fn checkout(files: &[(&str, &str)]) -> Result<Checkout, Box<dyn std::error::Error>> {
    let mut tree = MemoryTree::default();
    for (path, content) in files {
        tree.insert(path, *content);
    }
    Ok(Checkout::load(
        &tree,
        &Conventions::builtin()?,
        &Inputs::default(),
    )?)
}

/// How an ImageStreamTag is resolved, in a word.
fn resolved(checkout: &Checkout, tag: &str) -> Result<&'static str, Box<dyn std::error::Error>> {
    let tag: ImageStreamTag = tag.parse()?;
    Ok(match checkout.images().resolve(&tag) {
        Resolution::Provided(providers) => providers[0].kind.as_str(),
        Resolution::Open(_) => "open",
        Resolution::Outside => "outside",
        Resolution::Ungoverned => "ungoverned",
        Resolution::Inactive(providers) => match providers[0].state {
            State::Optional => "optional",
            State::Disabled => "disabled",
            State::Live => "live",
        },
        Resolution::Missing(Missing::Namespace) => "no namespace",
        Resolution::Missing(Missing::Stream) => "no stream",
        Resolution::Missing(Missing::Tag) => "no tag",
    })
}

fn expect(files: &[(&str, &str)], expected: &[(&str, &str)]) -> Outcome {
    let checkout = checkout(files)?;
    for (tag, how) in expected {
        assert_eq!(resolved(&checkout, tag)?, *how, "{tag}");
    }
    Ok(())
}

fn promoting(promotion: &str) -> String {
    format!(
        "images:\n- from: src\n  to: a\n- from: src\n  optional: true\n  to: b\n- from: src\n  to: c\npromotion:\n{promotion}"
    )
}

#[test]
fn name_makes_tags_and_tag_makes_streams() -> Outcome {
    let by_name = promoting("  to:\n  - name: '1.0'\n    namespace: acme\n");
    expect(
        &[(CONFIG, &by_name)],
        &[
            ("acme/1.0:a", "promotion"),
            ("acme/1.0:b", "optional"),
            ("acme/1.0:d", "no tag"),
            ("acme/a:1.0", "no stream"),
            ("other/a:1.0", "no namespace"),
        ],
    )?;
    let by_tag = promoting("  to:\n  - tag: latest\n    namespace: acme\n");
    expect(
        &[(CONFIG, &by_tag)],
        &[
            ("acme/a:latest", "promotion"),
            ("acme/latest:a", "no stream"),
        ],
    )
}

#[test]
fn images_are_a_list_or_a_mapping() -> Outcome {
    let list = promoting("  to:\n  - name: '1.0'\n    namespace: acme\n");
    let items = list
        .replace("\n- ", "\n  - ")
        .replace("\n  to: ", "\n    to: ");
    let items = items.replace("images:\n", "images:\n  items:\n");
    let items = items.replace("\n  optional:", "\n    optional:");
    for config in [list, items] {
        expect(
            &[(CONFIG, &config)],
            &[
                ("acme/1.0:a", "promotion"),
                ("acme/1.0:b", "optional"),
                ("acme/1.0:c", "promotion"),
            ],
        )?;
    }
    Ok(())
}

#[test]
fn fields_beside_to_are_read_where_most_configs_have_them_there() -> Outcome {
    let other = |name: &str| format!("ci-operator/config/acme/{name}/acme-{name}-main.yaml");
    let beside = promoting("  name: '1.0'\n  namespace: acme\n");
    let both = promoting(
        "  name: '1.0'\n  namespace: acme\n  to:\n  - tag: latest\n    namespace: more\n",
    );
    let below = promoting("  to:\n  - tag: latest\n    namespace: other\n");
    let (one, two) = (other("one"), other("two"));
    let old = [(CONFIG, &*both), (&*one, &*beside)];
    expect(
        &old,
        &[("acme/1.0:a", "promotion"), ("more/a:latest", "promotion")],
    )?;
    expect(
        &[(CONFIG, &both)],
        &[
            ("acme/1.0:a", "no namespace"),
            ("more/a:latest", "promotion"),
        ],
    )?;
    let mixed = [(CONFIG, &*both), (&*one, &*beside), (&*two, &*below)];
    expect(&mixed, &[("acme/1.0:a", "no namespace")])?;
    expect(&[(CONFIG, &beside)], &[("acme/1.0:a", "no namespace")])
}

#[test]
fn disabled_beside_to_disables_no_target() -> Outcome {
    let config = promoting("  disabled: true\n  to:\n  - tag: latest\n    namespace: acme\n");
    expect(&[(CONFIG, &config)], &[("acme/a:latest", "promotion")])
}

#[test]
fn neither_or_both_of_name_and_tag_publish_nothing() -> Outcome {
    for target in [
        "namespace: acme",
        "namespace: acme\n    name: a\n    tag: b",
    ] {
        let config = promoting(&format!("  to:\n  - {target}\n"));
        expect(
            &[(CONFIG, &config)],
            &[("acme/a:b", "no namespace"), ("acme/a:a", "no namespace")],
        )?;
    }
    Ok(())
}

#[test]
fn disabled_targets_publish_nothing() -> Outcome {
    let config = promoting("  to:\n  - disabled: true\n    tag: latest\n    namespace: acme\n");
    expect(&[(CONFIG, &config)], &[("acme/a:latest", "disabled")])
}

#[test]
fn excluded_images_are_left_out_and_additional_ones_come_after() -> Outcome {
    let some = promoting(
        "  to:\n  - tag: latest\n    namespace: acme\n    excluded_images: [a]\n    additional_images:\n      a: src\n      extra: src\n",
    );
    expect(
        &[(CONFIG, &some)],
        &[
            ("acme/a:latest", "promotion"),
            ("acme/c:latest", "promotion"),
            ("acme/extra:latest", "promotion"),
        ],
    )?;
    let all = promoting(
        "  to:\n  - tag: latest\n    namespace: acme\n    excluded_images: ['*']\n    additional_images:\n      extra: src\n",
    );
    expect(
        &[(CONFIG, &all)],
        &[
            ("acme/a:latest", "no stream"),
            ("acme/extra:latest", "promotion"),
        ],
    )
}

#[test]
fn an_additional_image_takes_the_place_of_an_optional_one() -> Outcome {
    let config = promoting(
        "  to:\n  - tag: latest\n    namespace: acme\n    additional_images:\n      b: b\n",
    );
    expect(&[(CONFIG, &config)], &[("acme/b:latest", "promotion")])
}

#[test]
fn commits_are_tags_of_the_stream_called_like_the_image() -> Outcome {
    let by_tag =
        promoting("  to:\n  - tag: latest\n    tag_by_commit: true\n    namespace: acme\n");
    let whole = "acme/a:0123456789abcdef0123456789abcdef01234567";
    expect(
        &[(CONFIG, &by_tag)],
        &[
            (whole, "open"),
            ("acme/a:0123abc", "open"),
            ("acme/a:0123", "no tag"),
            ("acme/a:0123ABC", "no tag"),
            ("acme/a:v1", "no tag"),
            ("acme/b:0123abc", "no tag"),
        ],
    )?;
    let by_name =
        promoting("  to:\n  - name: '1.0'\n    tag_by_commit: true\n    namespace: acme\n");
    expect(
        &[(CONFIG, &by_name)],
        &[
            (whole, "open"),
            ("acme/1.0:0123abc", "no tag"),
            ("acme/1.0:nothing", "no tag"),
        ],
    )
}

#[test]
fn the_build_cache_is_named_after_the_branch() -> Outcome {
    let base = "binary_build_commands: make\npromotion:\n  to:\n  - tag: latest\n    namespace: acme\nzz_generated_metadata:\n  branch: main\n  org: acme\n  repo: widget\n";
    let variant = format!("{base}  variant: v2\n");
    let off = base.replace("promotion:\n", "promotion:\n  disable_build_cache: true\n");
    expect(
        &[(CONFIG, base)],
        &[("build-cache/acme-widget:main", "build cache")],
    )?;
    expect(
        &[(CONFIG, &variant)],
        &[("build-cache/acme-widget:main-v2", "build cache")],
    )?;
    expect(
        &[(CONFIG, &off)],
        &[("build-cache/acme-widget:main", "no namespace")],
    )
}

#[test]
fn manifests_provide_tags() -> Outcome {
    let manifests = "\
kind: List
items:
- kind: ImageStream
  metadata: {name: tools, namespace: acme}
  spec:
    tags:
    - name: '1'
      from: {kind: DockerImage, name: quay.io/acme/tools:1}
- kind: ImageStream
  metadata: {name: filled, namespace: acme}
- kind: ImageStream
  metadata: {name: whole, namespace: acme}
  spec: {dockerImageRepository: quay.io/acme/whole}
- kind: ImageStream
  metadata: {name: built, namespace: acme}
- kind: BuildConfig
  metadata: {name: built, namespace: acme}
  spec:
    output: {to: {kind: ImageStreamTag, name: 'built:v1'}}
- kind: MultiArchBuildConfig
  metadata: {name: multi, namespace: acme}
  spec:
    build_spec:
      output: {to: {kind: ImageStreamTag, name: 'multi:v1', namespace: more}}
";
    let expected = [
        ("acme/tools:1", "ImageStream"),
        ("acme/tools:2", "no tag"),
        ("acme/filled:any", "open"),
        ("acme/whole:any", "open"),
        ("acme/built:v1", "BuildConfig"),
        ("acme/built:v2", "no tag"),
        ("more/multi:v1", "BuildConfig"),
    ];
    expect(&[("clusters/app.ci/x/acme.yaml", manifests)], &expected)?;
    // The applier skips these, and another cluster's registry is another registry.
    for path in [
        "clusters/app.ci/x/acme.yml",
        "clusters/app.ci/x/_acme.yaml",
        "clusters/build-clusters/x/acme.yaml",
    ] {
        expect(&[(path, manifests)], &[("acme/tools:1", "no namespace")])?;
    }
    Ok(())
}

#[test]
fn mirrors_provide_what_they_write() -> Outcome {
    let config = "\
supplementalCIImages:
  ci/etcd:v3: {image: 'quay.io/coreos/etcd:v3'}
  ci/ignored:1: {image: 'quay.io/a/ignored:1'}
qciToAppCIImages:
  ci/copied:latest: {}
artImages:
- namespace: ocp
  name: ^builder$
- namespace: ocp
  Name: 4.99
  tag: ^art$
ignoredSources:
- image: quay.io/a/ignored:1
";
    let mapping = "\
quay.io/a/b:1 registry.ci.openshift.org/ci/mapped:1
quay.io/a/c:* registry.ci.openshift.org/ci/swept
quay.io/a/d:1 quay.io/openshift/ci:ci_qci_1
quay.io/a/e:1 quay.io/elsewhere/e:1
";
    expect(
        &[
            ("core-services/image-mirroring/_config.yaml", config),
            ("core-services/image-mirroring/acme/mapping_acme", mapping),
        ],
        &[
            ("ci/etcd:v3", "supplementalCIImages"),
            ("ci/copied:latest", "qciToAppCIImages"),
            ("ci/mapped:1", "mapping file"),
            ("ci/swept:any", "open"),
            ("ci/qci:1", "mapping file"),
            ("elsewhere/e:1", "no namespace"),
            ("ci/ignored:1", "no stream"),
            ("ocp/4.99:art", "outside"),
            ("ocp/14.99-x:art", "outside"),
            ("ocp/4.99:artistic", "no namespace"),
            ("openshift/release:any", "no namespace"),
            ("ocp/builder:rhel-9-golang-1.22-openshift-4.17", "outside"),
        ],
    )
}

#[test]
fn the_release_controller_copies_streams() -> Outcome {
    let config = promoting("  to:\n  - name: '4.12'\n    namespace: ocp\n");
    let release = r#"{"name": "4.12.0-0.ci", "publish": {
        "mirror-to-origin": {"imageStreamRef": {"namespace": "origin", "name": "4.12", "excludeTags": ["c"]}},
        "mirror-to-okd": {"imageStreamRef": {"namespace": "okd", "name": "scos-4.12"}}}}"#;
    expect(
        &[
            (CONFIG, &config),
            (
                "core-services/release-controller/_releases/release-ocp-4.12-ci.json",
                release,
            ),
        ],
        &[
            ("origin/4.12:a", "release controller"),
            ("origin/4.12:b", "no tag"),
            ("origin/4.12:c", "no tag"),
            ("okd/scos-4.12:c", "release controller"),
        ],
    )
}

#[test]
fn image_stream_tags_that_the_governor_ignores_are_ungoverned() -> Outcome {
    let jobs = "\
periodics:
- name: periodic-promoted-image-governor
  spec:
    containers:
    - command:
      - /usr/bin/promoted-image-governor
      - --ignored-image-stream-tags
      - ^ocp\\S*/\\S+:machine-os-content$
      - --ignored-image-stream-tags=^origin/4\\.6
";
    expect(
        &[("ci-operator/jobs/infra-periodics.yaml", jobs)],
        &[
            ("ocp/4.6:machine-os-content", "ungoverned"),
            ("origin/4.6:cli", "ungoverned"),
            ("ocp/4.6:cli", "no namespace"),
        ],
    )
}

#[test]
fn a_promotion_of_a_private_copy_goes_to_a_stream_of_its_own() -> Outcome {
    let config = promoting("  to:\n  - name: 4.12-priv\n    namespace: ocp-private\n");
    expect(
        &[(
            "ci-operator/config/openshift-priv/x/openshift-priv-x-main.yaml",
            &config,
        )],
        &[
            ("ocp-private/4.12-priv:a", "promotion"),
            ("ocp/4.12:a", "no namespace"),
        ],
    )
}

#[test]
fn near_misses_are_provided_tags_with_a_similar_name() -> Outcome {
    let config = promoting("  to:\n  - tag: latest\n    namespace: acme\n");
    let config = config
        .replace("to: a", "to: widget")
        .replace("to: c", "to: gadget");
    let checkout = checkout(&[(CONFIG, &config)])?;
    let near = |tag: &str| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let near = checkout.images().near_misses().of(&tag.parse()?);
        Ok(near.iter().map(|near| near.tag.to_string()).collect())
    };
    assert_eq!(near("acme/wigdet:latest")?, ["acme/widget:latest"]);
    assert_eq!(near("acme/latest:widget")?, ["acme/widget:latest"]);
    assert_eq!(near("other/widget:latest")?, ["acme/widget:latest"]);
    assert_eq!(near("acme/widget:lastest")?, ["acme/widget:latest"]);
    assert_eq!(near("other/thing:1")?, Vec::<String>::new());
    Ok(())
}

#[test]
fn providers_that_are_live_come_before_disabled_ones() -> Outcome {
    let config = promoting("  to:\n  - disabled: true\n    tag: latest\n    namespace: acme\n");
    let stream =
        "kind: ImageStream\nmetadata: {name: a, namespace: acme}\nspec: {tags: [{name: latest}]}\n";
    let checkout = checkout(&[(CONFIG, &config), ("clusters/app.ci/x/a.yaml", stream)])?;
    let providers = checkout.images().providers(&"acme/a:latest".parse()?);
    let kinds: Vec<_> = providers.iter().map(|p| (p.kind, p.state)).collect();
    assert_eq!(
        kinds,
        [
            (ProviderKind::ImageStream, State::Live),
            (ProviderKind::Promotion, State::Disabled)
        ]
    );
    Ok(())
}
