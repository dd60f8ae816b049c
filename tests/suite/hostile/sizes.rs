//! Too much of something.

use super::*;

pub fn rows() -> Vec<Row> {
    vec![
        file(
            "a scalar of five megabytes",
            JOBS,
            format!("a: {}\n", "x".repeat(5_000_000)),
            SilentAt(JOBS.into()),
        ),
        file(
            "a key of a megabyte",
            JOBS,
            format!("? {}\n: a\n", "k".repeat(1_000_000)),
            Nothing,
        ),
        file(
            "a block scalar of many lines",
            JOBS,
            format!("a: |\n{}", "  x\n".repeat(500_000)),
            SilentAt(JOBS.into()),
        ),
        mapping(
            "a mapping line of a megabyte",
            format!("# {}\n", "x".repeat(1_000_000)),
            "mapping-syntax",
        ),
        mapping(
            "a mapping line of 70000 bytes",
            "quay.io/a/b:1 ".repeat(5000),
            "mapping-syntax",
        ),
        mapping(
            "a word of a megabyte",
            "x".repeat(1 << 20),
            "mapping-syntax",
        ),
        mapping("a million blanks", " ".repeat(1 << 20), "mapping-syntax"),
        mapping("equals signs alone", "=".repeat(60_000), "mapping-syntax"),
        mapping(
            "a mapping file of comments",
            "# x\n".repeat(100_000),
            "mapping-empty-file",
        ),
        mapping(
            "a mapping file above the cap",
            vec![b'#'; 17 << 20],
            "unreadable-file",
        ),
        yaml(
            "YAML above the cap",
            vec![b'#'; 17 << 20],
            "unreadable-file",
        ),
        row(
            "a sparse file of a terabyte",
            finds("unreadable-file", MAPPING),
            |checkout| {
                let path = checkout.write(MAPPING, "")?;
                Ok(fs::File::options()
                    .write(true)
                    .open(path)?
                    .set_len(1 << 40)?)
            },
        ),
        row("three thousand tiny files", Nothing, |checkout| {
            for n in 0..3000 {
                checkout.write(format!("{SET}/notes_{n}"), "x")?;
            }
            fs::remove_dir_all(checkout.root().join(SET))?;
            for n in 0..3000 {
                checkout.write(
                    format!("ci-operator/step-registry/a{n}/OWNERS"),
                    "approvers:\n- a\n",
                )?;
            }
            for (path, text) in [
                (OWNERS, "approvers:\n- acme-owner\n"),
                (
                    "core-services/image-mirroring/acme/mapping_acme_latest",
                    "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:latest\n",
                ),
            ] {
                checkout.write(path, text)?;
            }
            Ok(())
        }),
        mapping_at(
            "a path of 3500 characters",
            format!(
                "{SET}/{}/mapping_acme_x",
                vec!["d".repeat(100); 33].join("/")
            ),
            "mapping-syntax",
        ),
        mapping_at(
            "a name of 255 bytes",
            format!("{SET}/mapping_acme_{}", "x".repeat(242)),
            "mapping-key-invalid",
        ),
        row("a thousand folders in each other", Nothing, |checkout| {
            let deep = vec!["d"; 1000].join("/");
            checkout.write(format!("clusters/{deep}/admin_x.yaml"), "kind: Namespace\n")?;
            Ok(())
        }),
    ]
}
