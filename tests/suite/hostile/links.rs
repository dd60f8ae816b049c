//! Symbolic links.

use super::*;

pub fn rows() -> Vec<Row> {
    let owners = || finds("unreadable-file", OWNERS);
    vec![
        link(
            "a link to itself",
            MAPPING,
            "mapping_acme_bad",
            finds("unreadable-file", MAPPING),
        ),
        row(
            "two links to each other",
            finds("unreadable-file", MAPPING),
            |checkout| {
                let set = checkout.root().join(SET);
                symlink("mapping_acme_bad", set.join("mapping_acme_other"))?;
                Ok(symlink("mapping_acme_other", set.join("mapping_acme_bad"))?)
            },
        ),
        link(
            "a folder link to its parent",
            "clusters/app.ci/again",
            "..",
            Nothing,
        ),
        link(
            "a link into nothing",
            MAPPING,
            "gone",
            finds("unreadable-file", MAPPING),
        ),
        link(
            "an absolute link out",
            MAPPING,
            "/etc/passwd",
            finds("unreadable-file", MAPPING),
        ),
        link(
            "a relative link out",
            MAPPING,
            "../../../../../../../../etc/passwd",
            finds("unreadable-file", MAPPING),
        ),
        link(
            "a link to a device",
            MAPPING,
            "/dev/zero",
            finds("unreadable-file", MAPPING),
        ),
        link("OWNERS as a link out", OWNERS, "/etc/passwd", owners()),
        link(
            "OWNERS as a link to a device",
            OWNERS,
            "/dev/zero",
            owners(),
        ),
        link(
            "a set as a folder link out",
            SET,
            "/etc",
            finds("mirror-job-selects-nothing", MIRROR_JOBS),
        ),
        link(
            "clusters as a folder link out",
            "clusters",
            "/usr",
            finds("unreadable-file", "clusters"),
        ),
        link(
            "clusters as a link to itself",
            "clusters",
            "clusters",
            finds("unreadable-file", "clusters"),
        ),
        link(
            "the config as a link out",
            CONFIG,
            "/etc/passwd",
            Fails("outside"),
        ),
        link(
            "the config as a link to a device",
            CONFIG,
            "/dev/zero",
            Fails("outside"),
        ),
        link(
            "the config as a link to itself",
            CONFIG,
            ".mirrorlint.yaml",
            Fails(".mirrorlint.yaml"),
        ),
        link(
            "the baseline as a link out",
            BASELINE,
            "/etc/passwd",
            Fails("outside"),
        ),
        link(
            "the baseline as a link into nothing",
            BASELINE,
            "gone",
            Fails(".mirrorlint-baseline.json"),
        ),
        row(
            "a way through a linked folder and out",
            finds("unreadable-file", MAPPING),
            |checkout| {
                let set = checkout.root().join(SET);
                symlink("/etc", set.join("etc"))?;
                Ok(symlink("etc/passwd", set.join("mapping_acme_bad"))?)
            },
        ),
        row(
            "a chain of a thousand links",
            finds("unreadable-file", MAPPING),
            |checkout| {
                let set = checkout.root().join(SET);
                for n in 0..1000 {
                    symlink(format!("l{}", n + 1), set.join(format!("l{n}")))?;
                }
                Ok(symlink("l0", set.join("mapping_acme_bad"))?)
            },
        ),
    ]
}
