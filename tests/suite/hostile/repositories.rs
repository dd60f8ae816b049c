//! Git repositories that are broken, and changes that take long to judge.

use std::error::Error;

use git2::{IndexAddOption, Oid, Repository, Signature};

use super::*;

/// So many commits follow the one in which the base moved, and change nothing.
const LATER: usize = 1000;

/// Many files, by path.
type Files = Vec<(String, String)>;

/// A change from `base` to `head`, where the base has become `moved` since.
fn change(
    name: &'static str,
    rule: &'static str,
    path: &'static str,
    sides: fn() -> [Files; 3],
) -> Row {
    let laid = move |checkout: &Checkout| {
        let [base, head, moved] = sides();
        let git = Repository::init(checkout.root())?;
        let start = commit(checkout, &git, &base, None)?;
        let mut onto = commit(checkout, &git, &moved, Some(start))?;
        for _ in 0..LATER {
            onto = commit_again(&git, onto)?;
        }
        git.reference("refs/heads/base", onto, false, "")?;
        for (path, _) in &moved {
            fs::remove_file(checkout.root().join(path))?;
        }
        let change = commit(checkout, &git, &head, Some(start))?;
        git.reference("refs/heads/head", change, false, "")?;
        Ok(())
    };
    Row {
        arguments: ["--base", "base", "--head", "head"]
            .map(str::to_owned)
            .into(),
        ..row(name, finds(rule, path), laid)
    }
}

fn commit(
    checkout: &Checkout,
    git: &Repository,
    files: &Files,
    parent: Option<Oid>,
) -> Result<Oid, Box<dyn Error>> {
    for (path, text) in files {
        checkout.write(path, text)?;
    }
    let mut index = git.index()?;
    index.add_all(["*"], IndexAddOption::DEFAULT, None)?;
    index.update_all(["*"], None)?;
    let tree = git.find_tree(index.write_tree()?)?;
    let who = Signature::now("T", "t@example.org")?;
    let parent = parent.map(|parent| git.find_commit(parent)).transpose()?;
    let parents: Vec<_> = parent.iter().collect();
    Ok(git.commit(None, &who, &who, "x", &tree, &parents)?)
}

/// A commit of the same files.
fn commit_again(git: &Repository, parent: Oid) -> Result<Oid, git2::Error> {
    let parent = git.find_commit(parent)?;
    let who = parent.author();
    git.commit(None, &who, &who, "x", &parent.tree()?, &[&parent])
}

pub fn changes() -> Vec<Row> {
    vec![
        change(
            "findings that look alike in a long file",
            "mapping-syntax",
            MAPPING,
            || {
                let text = |count| "# c\n".repeat(1_500_000) + &"x\n".repeat(count);
                let file = |count| vec![(MAPPING.to_owned(), text(count))];
                [file(900), file(950), vec![]]
            },
        ),
        change(
            "images that another config names, all renamed",
            "image-provider-removed",
            CI_CONFIG,
            || {
                const USER: &str = "ci-operator/config/acme/user/acme-user-main.yaml";
                let metadata = |repo| {
                    format!("zz_generated_metadata:\n  branch: main\n  org: acme\n  repo: {repo}\n")
                };
                let promoted = |name: &str| {
                    let images = repeated(3000, |n| format!("- from: src\n  to: {name}{n}\n"));
                    let to = "promotion:\n  to:\n  - namespace: acme\n    name: w\n";
                    (
                        CI_CONFIG.to_owned(),
                        format!("images:\n{images}{to}{}", metadata("bad")),
                    )
                };
                let named = repeated(3000, |n| {
                    format!("  k{n}:\n    name: w\n    namespace: acme\n    tag: w{n}\n")
                });
                let user = (
                    USER.to_owned(),
                    format!(
                        "base_images:\n{named}images:\n- from: k7\n  to: used\n{}",
                        metadata("user")
                    ),
                );
                [
                    vec![promoted("w"), user],
                    vec![promoted("another-image-")],
                    vec![],
                ]
            },
        ),
        change(
            "destinations that both sides write, and a long history",
            "mapping-duplicate-destination",
            "core-services/image-mirroring/acme/mapping_acme_head0",
            || {
                let side = |side: &str| {
                    let path = |n| format!("{SET}/mapping_acme_{side}{n}");
                    (0..300)
                        .map(|n| {
                            (
                                path(n),
                                format!("quay.io/a/{side}:{n} quay.io/acme/c{n}:1\n"),
                            )
                        })
                        .collect()
                };
                [vec![], side("head"), side("base")]
            },
        ),
    ]
}

pub fn broken() -> Vec<Row> {
    let git = |name, argument: &'static str, expect: Expect, spoil: fn(&Checkout) -> Outcome| Row {
        arguments: argument.split(' ').map(str::to_owned).collect(),
        ..row(name, expect, move |checkout| {
            Repository::init(checkout.root())?;
            spoil(checkout)
        })
    };
    vec![
        git(
            "a repository with an index of garbage",
            "--staged",
            Fails("index"),
            |checkout| Ok(checkout.write(".git/index", "garbage").map(|_| ())?),
        ),
        git(
            "a repository with a HEAD of garbage",
            "--base HEAD",
            Fails(""),
            |checkout| Ok(checkout.write(".git/HEAD", EVIL).map(|_| ())?),
        ),
        git(
            "a repository with a config of garbage",
            "--base HEAD",
            Fails(""),
            |checkout| {
                Ok(checkout
                    .write(".git/config", format!("[{EVIL}"))
                    .map(|_| ())?)
            },
        ),
        git(
            "a repository without a commit",
            "--base HEAD",
            Fails(""),
            |_| Ok(()),
        ),
        git(
            "a repository whose HEAD points to itself",
            "--rev HEAD",
            Fails(""),
            |checkout| Ok(checkout.write(".git/HEAD", "ref: HEAD\n").map(|_| ())?),
        ),
        git(
            "a repository that is a file leading nowhere",
            "--staged",
            Fails(""),
            |checkout| {
                fs::remove_dir_all(checkout.root().join(".git"))?;
                Ok(checkout
                    .write(".git", "gitdir: /nowhere\u{1b}[31m\n")
                    .map(|_| ())?)
            },
        ),
    ]
}
