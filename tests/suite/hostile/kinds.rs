//! Something else in a file's place, or in a folder's.

use std::os::unix::net::UnixListener;
use std::process::Command;

use super::*;

pub fn rows() -> Vec<Row> {
    let folder = |name, path: &'static str, expect| {
        row(name, expect, move |checkout| {
            let at = checkout.root().join(path);
            if at.exists() {
                fs::remove_file(&at)?;
            }
            Ok(fs::create_dir_all(at.join("inner"))?)
        })
    };
    let plain_file = |name, path: &'static str, expect| {
        row(name, expect, move |checkout| {
            fs::remove_dir_all(checkout.root().join(path))?;
            Ok(checkout.write(path, "x").map(|_| ())?)
        })
    };
    vec![
        folder(
            "a folder called OWNERS",
            OWNERS,
            finds("mirror-set-owners", &format!("{SET}/mapping_acme_latest")),
        ),
        folder("a folder called as a mapping file", MAPPING, Nothing),
        folder("a folder called as the config", CONFIG, Nothing),
        folder("a folder called as the baseline", BASELINE, Nothing),
        folder("a folder called as YAML", JOBS, Nothing),
        plain_file(
            "a file called as a set",
            SET,
            finds("mirror-job-selects-nothing", MIRROR_JOBS),
        ),
        plain_file("a file called clusters", "clusters", Nothing),
        plain_file(
            "a file called core-services",
            "core-services",
            finds("unreadable-file", "core-services/image-mirroring"),
        ),
        row(
            "a pipe as a mapping file",
            finds("unreadable-file", MAPPING),
            |checkout| pipe(checkout, MAPPING),
        ),
        row("a pipe as the config", Fails("pipe"), |checkout| {
            pipe(checkout, CONFIG)
        }),
        row("a pipe as the baseline", Fails("pipe"), |checkout| {
            pipe(checkout, BASELINE)
        }),
        row(
            "a pipe as OWNERS",
            finds("unreadable-file", OWNERS),
            |checkout| {
                fs::remove_file(checkout.root().join(OWNERS))?;
                pipe(checkout, OWNERS)
            },
        ),
        row(
            "a socket as a mapping file",
            finds("unreadable-file", MAPPING),
            |checkout| {
                UnixListener::bind(checkout.root().join(MAPPING))?;
                Ok(())
            },
        ),
        row("a checkout of empty folders", Nothing, |checkout| {
            for folder in ["core-services", "clusters", "ci-operator"] {
                fs::remove_dir_all(checkout.root().join(folder))?;
            }
            fs::remove_file(checkout.root().join("OWNERS_ALIASES"))?;
            Ok(fs::create_dir(checkout.root().join("core-services"))?)
        }),
        row(
            "no checkout at all",
            Fails("has a folder `core-services`"),
            |checkout| {
                for folder in ["core-services", "clusters", "ci-operator"] {
                    fs::remove_dir_all(checkout.root().join(folder))?;
                }
                Ok(())
            },
        ),
    ]
}

fn pipe(checkout: &Checkout, path: &str) -> Outcome {
    let made = Command::new("mkfifo")
        .arg(checkout.root().join(path))
        .status()?;
    assert!(made.success());
    Ok(())
}
