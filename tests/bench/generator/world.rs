//! Who there is, and which images they publish: what the files have to agree on.

use std::ops::RangeInclusive;

use fastrand::Rng;

use super::chance;

/// Organisations on GitHub.
pub const TEAMS: usize = 100;
/// Repositories with a ci-operator config.
const REPOSITORIES: usize = 1_174;
/// ImageStreams written as manifests.
const IMAGE_STREAMS: usize = 404;
/// Files of the mirror set for supplemental images, and lines in each.
const SUPPLEMENTAL_FILES: usize = 13;
const SUPPLEMENTAL_LINES: usize = 22;
/// The release in development: the `N` of `4.N`, as for all releases here.
pub const NEWEST: u32 = 17;

/// Images that steps run from.
pub const PAYLOAD: [&str; 6] = [
    "base-rhel9",
    "cli",
    "installer",
    "must-gather",
    "tests",
    "tools",
];

const WORDS: [&str; 30] = [
    "agent",
    "backup",
    "builder",
    "cache",
    "cluster",
    "config",
    "console",
    "controller",
    "driver",
    "gateway",
    "image",
    "ingress",
    "installer",
    "machine",
    "metrics",
    "monitor",
    "network",
    "node",
    "operator",
    "policy",
    "provider",
    "proxy",
    "registry",
    "release",
    "route",
    "scheduler",
    "secret",
    "storage",
    "volume",
    "webhook",
];

/// An ImageStreamTag.
#[derive(Clone)]
pub struct ImageTag {
    pub namespace: String,
    pub name: String,
    pub tag: String,
}

/// An organisation.
pub struct Team {
    pub name: String,
    /// Where it publishes what is not part of the payload; every second shares that of another.
    pub namespace: String,
}

/// Where a repository's images go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// `ocp/4.N:image`
    Payload,
    /// `namespace/4.N:image`
    Version,
    /// `namespace/image:4.N`
    Tag,
}

pub struct Repository {
    pub team: usize,
    pub name: String,
    /// The first release that it has a branch for.
    pub first: u32,
    pub stream: Stream,
    pub images: Vec<String>,
}

pub struct World {
    /// How many times today's size it is.
    pub times: usize,
    pub teams: Vec<Team>,
    pub repositories: Vec<Repository>,
    /// What the manifests of ImageStreams import.
    pub imported: Vec<ImageTag>,
    /// What the supplemental mapping files bring in, file by file.
    pub mirrored: Vec<Vec<ImageTag>>,
}

impl Repository {
    pub fn releases(&self) -> RangeInclusive<u32> {
        self.first..=NEWEST
    }
}

impl World {
    pub fn new(times: usize, rng: &mut Rng) -> Self {
        let teams: Vec<Team> = (0..TEAMS * times)
            .map(|index| Team {
                name: format!("team-{}", name(index)),
                namespace: format!("team-{}", name(index / 2 * 2)),
            })
            .collect();
        let repositories = (0..REPOSITORIES * times)
            .map(|index| repository(index, rng))
            .collect();
        let imported = (0..IMAGE_STREAMS * times)
            .flat_map(|index| {
                ["latest", "v1.2.0", "v1.3.1"].map(|tag| ImageTag {
                    namespace: "ci".to_owned(),
                    name: format!("{}-image", name(index)),
                    tag: tag.to_owned(),
                })
            })
            .collect();
        let mirrored = (0..SUPPLEMENTAL_FILES * times)
            .map(|file| {
                let line = |line| ImageTag {
                    namespace: teams[file * 2].namespace.clone(),
                    name: format!("{}-upstream", name(file * SUPPLEMENTAL_LINES + line)),
                    tag: "latest".to_owned(),
                };
                (0..SUPPLEMENTAL_LINES).map(line).collect()
            })
            .collect();
        Self {
            times,
            teams,
            repositories,
            imported,
            mirrored,
        }
    }

    /// The ImageStreamTag that `repository` publishes `image` to for a release.
    pub fn published(&self, repository: &Repository, image: &str, release: u32) -> ImageTag {
        let version = format!("4.{release}");
        let namespace = match repository.stream {
            Stream::Payload => "ocp".to_owned(),
            Stream::Version | Stream::Tag => self.teams[repository.team].namespace.clone(),
        };
        let (name, tag) = match repository.stream {
            Stream::Payload | Stream::Version => (version, image.to_owned()),
            Stream::Tag => (image.to_owned(), version),
        };
        ImageTag {
            namespace,
            name,
            tag,
        }
    }
}

/// Two of the organisations have four in five of all repositories, and fill the payload.
fn repository(index: usize, rng: &mut Rng) -> Repository {
    let block = index / REPOSITORIES * TEAMS;
    let (team, stream) = match rng.u32(0..100) {
        0..45 => (0, Stream::Payload),
        45..80 => (1, Stream::Payload),
        80..96 => (few(rng), Stream::Version),
        _ => (few(rng), Stream::Tag),
    };
    let name = name(index);
    let parts: &[&str] = match rng.u32(0..100) {
        0..75 => &[],
        75..95 => &["-bundle"],
        _ => &["-bundle", "-index", "-tests", "-rhel9", "-tools"],
    };
    let mut images: Vec<String> = [""]
        .iter()
        .chain(parts)
        .map(|part| format!("{name}{part}"))
        .collect();
    if index == 0 {
        images.extend(PAYLOAD.map(str::to_owned));
        return Repository {
            team: 0,
            name,
            first: 1,
            stream: Stream::Payload,
            images,
        };
    }
    Repository {
        team: block + team,
        name,
        first: if chance(rng, 2) {
            NEWEST
        } else {
            rng.u32(1..=NEWEST)
        },
        stream,
        images,
    }
}

/// One of the other organisations, the first ones more often.
fn few(rng: &mut Rng) -> usize {
    let at = rng.f64();
    2 + (at * at * (TEAMS - 2) as f64) as usize
}

/// A name that no other index has: three words.
fn name(index: usize) -> String {
    let words = WORDS.len();
    // A prime spreads neighbours over the first words.
    let mixed = index * 7_919 % (words * words * words);
    let [a, b, c] = [mixed / words / words, mixed / words % words, mixed % words];
    format!("{}-{}-{}", WORDS[a], WORDS[b], WORDS[c])
}
