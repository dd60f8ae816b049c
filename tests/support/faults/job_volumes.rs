//! What mirror jobs mount.

use super::jobs::{FILE, of_another};
use super::typing::misspelt;
use super::{Kind, error, warning};

const SECRET: &str = r"^( +)secretName: (\S+)$";

pub fn kinds() -> Vec<Kind> {
    let mut kinds = secrets();
    kinds.extend(volumes());
    kinds
}

fn secrets() -> Vec<Kind> {
    vec![
        warning(
            "secret of a job misspelt",
            &["mirror-job-secret"],
            |source, rng| {
                source.at(rng, FILE, SECRET, |site, rng| {
                    site.swap(2, &misspelt(site.group(2), rng))
                })
            },
        ),
        error(
            "secret of another set",
            &["mirror-job-secret", "mirror-job-subpath"],
            |source, rng| {
                source.at(rng, FILE, SECRET, |site, rng| {
                    of_another(site, rng, r"secretName: (\S+quay\S+)$", 2)
                })
            },
        ),
        error(
            "subPath misspelt",
            &["mirror-job-subpath"],
            |source, rng| {
                source.at(rng, FILE, r"^ +subPath: (\S+)$", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "the other common subPath",
            &["mirror-job-subpath"],
            |source, rng| {
                source.at(rng, FILE, r"^ +subPath: (\S+)$", |site, _| {
                    site.swap(
                        1,
                        if site.group(1) == "config.json" {
                            ".dockerconfigjson"
                        } else {
                            "config.json"
                        },
                    )
                })
            },
        ),
        error("subPath missing", &["mirror-job-subpath"], |source, rng| {
            source.at(rng, FILE, r"^ +subPath: ", |site, _| site.delete())
        }),
        error("`secretName` misspelt", &[], |source, rng| {
            source.at(rng, FILE, r"^ +(secretName): ", |site, _| {
                site.swap(1, "secretname")
            })
        }),
        error("secret called `name` in a volume", &[], |source, rng| {
            source.at(rng, FILE, r"^ +(secretName): ", |site, _| {
                site.swap(1, "name")
            })
        }),
        warning(
            "secret that cannot be",
            &["mirror-job-secret"],
            |source, rng| {
                source.at(rng, FILE, SECRET, |site, _| {
                    site.swap(2, &site.group(2).replace('-', "_"))
                })
            },
        ),
    ]
}

fn volumes() -> Vec<Kind> {
    const VOLUME: &str = r"^    - name: push$";
    const MOUNT: &str = r"^      - mountPath: (\S+config\.json)$";
    vec![
        error(
            "secret volume missing",
            &["mirror-job-volumes"],
            |source, rng| {
                source.at(rng, FILE, VOLUME, |site, _| {
                    Some(site.cut(site.block())?.or_in(site.path))
                })
            },
        ),
        error(
            "secret mount missing",
            &["mirror-job-volumes"],
            |source, rng| {
                source.at(rng, FILE, MOUNT, |site, _| {
                    Some(site.cut(site.block())?.or_in(site.path))
                })
            },
        ),
        error("secret volume and mount missing", &[], |source, rng| {
            source.at(rng, FILE, MOUNT, |site, _| {
                let job = site.item(0);
                let volume = site.find(site.at..job.end, "    - name: push")?;
                let volume = volume..site.find(volume..job.end, "secretName")? + 1;
                let (above, between) = (
                    site.text(job.start..site.at),
                    site.text(site.block().end..volume.start),
                );
                let fault = site.put(job.start..volume.end, &format!("{above}\n{between}"))?;
                Some(fault)
            })
        }),
        error(
            "mount where nothing reads",
            &["mirror-job-volumes"],
            |source, rng| {
                source.at(rng, FILE, MOUNT, |site, _| {
                    site.swap(1, "/home/.docker/config.json")
                })
            },
        ),
        error(
            "`HOME` elsewhere",
            &["mirror-job-volumes"],
            |source, rng| {
                source.at(
                    rng,
                    FILE,
                    r"^        value: (/home/mirror|/tmp/user)$",
                    |site, _| Some(site.swap(1, "/tmp/home")?.or_in(site.path)),
                )
            },
        ),
        warning("`HOME` missing", &[], |source, rng| {
            source.at(rng, FILE, r"^      - name: HOME$", |site, _| {
                Some(site.cut(site.at..site.at + 2)?.or_in(site.path))
            })
        }),
        warning("`HOME` misspelt", &[], |source, rng| {
            source.at(rng, FILE, r"^      - name: (HOME)$", |site, _| {
                Some(site.swap(1, "HMOE")?.or_in(site.path))
            })
        }),
        error(
            "mount of a volume that is not there",
            &["mirror-job-volumes"],
            |source, rng| {
                source.at(rng, FILE, r"^        name: (push|config)$", |site, rng| {
                    site.swap(1, &misspelt(site.group(1), rng))
                })
            },
        ),
        error(
            "volume called otherwise than its mount",
            &["mirror-job-volumes"],
            |source, rng| {
                source.at(rng, FILE, r"^    - name: (push)$", |site, _| {
                    Some(site.swap(1, "pull")?.or_in(site.path))
                })
            },
        ),
        error(
            "ConfigMap of the mapping files misspelt",
            &["mirror-job-configmap"],
            |source, rng| {
                source.at(
                    rng,
                    FILE,
                    r"^        name: (image-mirror-mappings)$",
                    |site, rng| site.swap(1, &misspelt(site.group(1), rng)),
                )
            },
        ),
        error(
            "mapping files mounted elsewhere",
            &["mirror-job-configmap", "mirror-job-prefix"],
            |source, rng| {
                source.at(rng, FILE, r"mountPath: (/etc/imagemirror)$", |site, rng| {
                    Some(
                        site.swap(1, &misspelt(site.group(1), rng))?
                            .or_in(site.path),
                    )
                })
            },
        ),
        error(
            "mount of the mapping files missing",
            &["mirror-job-configmap", "mirror-job-volumes"],
            |source, rng| {
                source.at(
                    rng,
                    FILE,
                    r"^      - mountPath: /etc/imagemirror$",
                    |site, _| Some(site.cut(site.block())?.or_in(site.path)),
                )
            },
        ),
        error(
            "volume of the mapping files missing",
            &["mirror-job-configmap", "mirror-job-volumes"],
            |source, rng| {
                source.at(rng, FILE, r"^    - configMap:$", |site, _| {
                    Some(site.cut(site.at..site.at + 3)?.or_in(site.path))
                })
            },
        ),
    ]
}
