//! The fields of a config, as far as images depend on them: openshift/ci-tools `pkg/api/types.go`
//! `ReleaseBuildConfiguration`. What reads configs drops any other without a word (`pkg/config/load.go`
//! `readCiOperatorConfig`), takes keys in any case, and makes a text of any scalar where one is wanted
//! (github.com/ghodss/yaml `convertToJSONableObject`).

use std::collections::HashSet;

use super::{CiConfig, Wrong};
use crate::model::schema::{self, FaultKind, Field, Schema};
use crate::syntax::yaml::Node;
use Schema::{Any, AnyCase, Bool, List, Map, Scalar};

const CONFIG: &[Field] = &[
    ("base_images", Map(&REFERENCE)),
    ("base_rpm_images", Map(&REFERENCE)),
    ("binary_build_commands", Scalar),
    ("binary_build_commands_list", Any),
    // Read until 2026, now `build_if_affected` of `images`.
    ("build_images_if_affected", Bool),
    ("build_root", BUILD_ROOT),
    ("build_roots", Any),
    ("canonical_go_repository", Scalar),
    ("canonical_go_repository_list", Any),
    ("external_images", Map(&EXTERNAL_IMAGE)),
    // In either form, which `read_fields` tells apart.
    ("images", Any),
    ("operator", OPERATOR),
    ("promotion", PROMOTION),
    ("prowgen", Any),
    ("raw_steps", List(&RAW_STEP)),
    ("releases", Map(&RELEASE)),
    ("resources", Any),
    ("rpm_build_commands", Scalar),
    ("rpm_build_commands_list", Any),
    ("rpm_build_location", Scalar),
    ("rpm_build_location_list", Any),
    ("tag_specification", INTEGRATION),
    ("test_binary_build_commands", Scalar),
    ("test_binary_build_commands_list", Any),
    ("tests", Any),
    ("zz_generated_metadata", Any),
];

/// The kinds of steps; what is in one is not looked into.
const RAW_STEP: Schema = AnyCase(&[
    ("bundle_source_step", Any),
    ("index_generator_step", Any),
    ("input_image_tag_step", Any),
    ("output_image_tag_step", Any),
    ("pipeline_image_cache_step", Any),
    ("project_directory_image_build_inputs", Any),
    ("project_directory_image_build_step", Any),
    ("release_images_tag_step", Any),
    ("resolved_release_images_step", Any),
    ("rpm_image_injection_step", Any),
    ("rpm_serve_step", Any),
    ("source_step", Any),
    ("test_step", Any),
]);

const REFERENCE: Schema = AnyCase(&[
    ("as", Scalar),
    // Read until 2021.
    ("cluster", Scalar),
    ("name", Scalar),
    ("namespace", Scalar),
    ("tag", Scalar),
]);

const EXTERNAL_IMAGE: Schema = AnyCase(&[
    ("as", Scalar),
    ("name", Scalar),
    ("namespace", Scalar),
    ("pull_secret", Scalar),
    ("pull_spec", Scalar),
    ("registry", Scalar),
    ("tag", Scalar),
]);

const BUILD_ROOT: Schema = AnyCase(&[
    ("from_repository", Bool),
    ("image_stream_tag", REFERENCE),
    (
        "project_image",
        AnyCase(&[
            ("build_args", List(&BUILD_ARG)),
            ("context_dir", Scalar),
            ("dockerfile_literal", Scalar),
            ("dockerfile_path", Scalar),
            ("inputs", Map(&INPUT)),
            ("ref", Scalar),
        ]),
    ),
    ("use_build_cache", Bool),
]);

const RELEASE: Schema = AnyCase(&[
    (
        "candidate",
        AnyCase(&[
            ("architecture", Scalar),
            ("product", Scalar),
            ("relative", Any),
            ("stream", Scalar),
            ("version", Scalar),
        ]),
    ),
    ("integration", INTEGRATION),
    (
        "prerelease",
        AnyCase(&[
            ("architecture", Scalar),
            ("product", Scalar),
            ("relative", Any),
            (
                "version_bounds",
                AnyCase(&[("lower", Scalar), ("stream", Scalar), ("upper", Scalar)]),
            ),
        ]),
    ),
    (
        "release",
        AnyCase(&[
            ("architecture", Scalar),
            ("channel", Scalar),
            ("relative", Any),
            ("version", Scalar),
        ]),
    ),
]);

const INTEGRATION: Schema = AnyCase(&[
    // Read until 2021.
    ("cluster", Scalar),
    ("include_built_images", Bool),
    ("name", Scalar),
    ("namespace", Scalar),
    ("reference_policy", Scalar),
    // Read until 2021.
    ("tag", Scalar),
    ("tag_overrides", Any),
]);

const IMAGES: Schema = AnyCase(&[
    ("build_if_affected", Bool),
    ("items", List(&IMAGE)),
    ("pipeline_run_if_changed", Scalar),
    ("pipeline_skip_if_only_changed", Scalar),
    ("reporter_config", Any),
    ("run_if_changed", Scalar),
    ("skip_if_only_changed", Scalar),
]);

const IMAGE: Schema = AnyCase(&[
    ("additional_architectures", List(&Scalar)),
    ("build_args", List(&BUILD_ARG)),
    ("capabilities", List(&Scalar)),
    ("context_dir", Scalar),
    ("dockerfile_literal", Scalar),
    ("dockerfile_path", Scalar),
    ("from", Scalar),
    ("inputs", Map(&INPUT)),
    ("multi_arch", Bool),
    ("optional", Bool),
    ("ref", Scalar),
    ("to", Scalar),
]);

const BUILD_ARG: Schema = AnyCase(&[("name", Scalar), ("value", Scalar)]);

const INPUT: Schema = AnyCase(&[
    ("as", List(&Scalar)),
    (
        "paths",
        List(&AnyCase(&[
            ("destination_dir", Scalar),
            ("source_path", Scalar),
        ])),
    ),
]);

const OPERATOR: Schema = AnyCase(&[
    (
        "bundles",
        List(&AnyCase(&[
            ("as", Scalar),
            ("base_index", Scalar),
            ("capabilities", List(&Scalar)),
            ("context_dir", Scalar),
            ("dockerfile_path", Scalar),
            ("optional", Bool),
            ("run_if_changed", Scalar),
            ("skip_building_index", Bool),
            ("skip_if_only_changed", Scalar),
            ("update_graph", Scalar),
        ])),
    ),
    (
        "substitutions",
        List(&AnyCase(&[("pullspec", Scalar), ("with", Scalar)])),
    ),
]);

const PROMOTION: Schema = AnyCase(&[
    ("cron", Scalar),
    ("disable_build_cache", Bool),
    ("registry_override", Scalar),
    ("to", List(&TARGET)),
    // Those of a target, read beside `to` until 2024: `promotion-unread` tells of them.
    ("additional_images", Map(&Scalar)),
    ("disabled", Bool),
    ("excluded_images", List(&Scalar)),
    ("name", Scalar),
    ("namespace", Scalar),
    ("tag", Scalar),
    ("tag_by_commit", Bool),
]);

const TARGET: Schema = AnyCase(&[
    ("additional_images", Map(&Scalar)),
    ("disabled", Bool),
    ("excluded_images", List(&Scalar)),
    ("name", Scalar),
    ("namespace", Scalar),
    ("tag", Scalar),
    ("tag_by_commit", Bool),
]);

impl CiConfig {
    /// Finds fields that there are not, and values of the wrong shape that nothing else told of.
    pub(super) fn read_fields(&mut self, root: &Node<'_>) {
        if root.as_mapping().is_none() {
            return;
        }
        let mut faults = schema::check(root, &AnyCase(CONFIG));
        match root.get("images") {
            Some(images) if images.as_sequence().is_some() => {
                faults.extend(schema::check_at(images, &List(&IMAGE), "images"));
            }
            Some(images) if images.as_mapping().is_some() => {
                faults.extend(schema::check_at(images, &IMAGES, "images"));
            }
            _ => {}
        }
        if faults.is_empty() {
            return;
        }
        let told: HashSet<_> = self.wrong_values.iter().map(|wrong| wrong.span).collect();
        for fault in faults {
            match fault.kind {
                FaultKind::Unknown { .. } => self.unknown.push(fault),
                FaultKind::Shape { .. } if told.contains(&fault.span) => {}
                FaultKind::Shape { expected, found } => {
                    let path = &fault.path;
                    let said = match path.as_str() {
                        "" => format!("the config is {found}, not {expected}"),
                        path => format!("`{path}` is {found}, not {expected}"),
                    };
                    self.wrong(Wrong::Shape, fault.span, said);
                }
            }
        }
    }
}
