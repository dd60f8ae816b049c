//! Git repositories that are broken.

use super::*;

pub fn rows() -> Vec<Row> {
    let git = |name, argument: &'static str, expect: Expect, spoil: fn(&Checkout) -> Outcome| Row {
        arguments: argument.split(' ').map(str::to_owned).collect(),
        ..row(name, expect, move |checkout| {
            git2::Repository::init(checkout.root())?;
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
