//! Texts that a terminal, a CI system, XML or a browser would act upon.

use super::*;

pub fn rows() -> Vec<Row> {
    let evil = quoted(EVIL);
    let plain = EVIL.replace(['\r', '\n'], "");
    vec![
        mapping(
            "a destination that harms",
            format!("quay.io/a/b:1 {plain}\n"),
            "mapping-syntax",
        ),
        mapping(
            "a source that harms",
            format!("{plain}:* quay.io/a/b:1\n"),
            "mapping-syntax",
        ),
        mapping(
            "a comment that harms",
            format!("quay.io/a/b:1 # {plain}\n"),
            "mapping-syntax",
        ),
        file(
            "an OWNERS login that harms",
            OWNERS,
            format!("approvers:\n- {evil}\n"),
            finds("owners-content", OWNERS),
        ),
        file(
            "an OWNERS key that harms",
            OWNERS,
            format!("{evil}: [a]\n"),
            Nothing,
        ),
        file(
            "a duplicate key that harms",
            JOBS,
            format!("{evil}: 1\n{evil}: 2\n"),
            finds("duplicate-key", JOBS),
        ),
        file(
            "a job name that harms",
            JOBS,
            format!(
                "periodics:\n{}",
                job(&evil, &evil).replace("periodic-image-mirroring-", "")
            ),
            finds("mirror-job-name", JOBS),
        ),
        file(
            "a secret that harms",
            BOOTSTRAP,
            format!(
                "secret_configs:\n- from: {{{evil}: {{field: {evil}, item: {evil}}}}}\n  to: [{{cluster: {evil}, name: {evil}, namespace: {evil}}}]\n"
            ),
            finds("secret-config", BOOTSTRAP),
        ),
        file(
            "an image that harms",
            CI_CONFIG,
            format!(
                "base_images:\n  {evil}:\n    name: {evil}\n    namespace: {evil}\n    tag: {evil}\nimages:\n- from: {evil}\n  to: {evil}\npromotion:\n  to:\n  - namespace: {evil}\n    tag: {evil}\n"
            ),
            finds("image-reference-malformed", CI_CONFIG),
        ),
        file(
            "a manifest that harms",
            MANIFEST,
            format!(
                "apiVersion: {evil}\nkind: RoleBinding\nmetadata:\n  name: {evil}\n  namespace: {evil}\nroleRef: {{kind: {evil}, name: {evil}}}\nsubjects:\n- {{kind: {evil}, name: {evil}}}\n"
            ),
            finds("rbac-subject", MANIFEST),
        ),
        mapping(
            "a forged annotation",
            "::error::x\r::error::y\n",
            "mapping-syntax",
        ),
        mapping(
            "a suppression of a rule that harms",
            format!("quay.io/a/b:1 quay.io/acme/b:1 # mirrorlint: ignore[{plain}] x\n"),
            "unused-suppression",
        ),
    ]
}
