//! Lists the pages under `rules/`, so that adding a rule is adding a file, and finds the commit for
//! `--version`.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let commit = commit(Path::new(&root)).map_or_else(String::new, |commit| format!(" ({commit})"));
    println!("cargo::rustc-env=MIRRORLINT_COMMIT={commit}");
    let folder = Path::new(&root).join("rules");
    let mut names: Vec<String> = fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".md"))
        .collect();
    names.sort();
    let mut list = String::from("&[\n");
    for name in names {
        let path = folder.join(&name);
        println!("cargo::rerun-if-changed={}", path.display());
        let _ = writeln!(list, "    ({name:?}, include_str!({path:?})),");
    }
    list.push(']');
    let out = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("rule_pages.rs");
    fs::write(out, list)
}

/// The first digits of the commit that is checked out, as git's own files tell it
/// (gitrepository-layout(5)); none in an unpacked archive. `GITHUB_SHA` and the like are not asked:
/// they may speak of another repository.
fn commit(root: &Path) -> Option<String> {
    let dot_git = root.join(".git");
    // In a linked worktree or a submodule it is a file that says where the folder is.
    let git = match fs::read_to_string(&dot_git) {
        Ok(link) => root.join(link.strip_prefix("gitdir:")?.trim()),
        Err(_) => dot_git,
    };
    let read = |path: &Path| {
        let text = fs::read_to_string(path).ok()?;
        println!("cargo::rerun-if-changed={}", path.display());
        Some(text)
    };
    let head = read(&git.join("HEAD"))?;
    let id = match head.strip_prefix("ref:") {
        None => head,
        Some(name) => {
            let name = name.trim();
            // Branches of a linked worktree are kept with the repository it belongs to.
            let common = match fs::read_to_string(git.join("commondir")) {
                Ok(path) => git.join(path.trim()),
                Err(_) => git.clone(),
            };
            read(&common.join(name)).or_else(|| {
                let packed = read(&common.join("packed-refs"))?;
                let line = packed
                    .lines()
                    .find(|line| line.ends_with(&format!(" {name}")))?;
                Some(line.split(' ').next()?.to_owned())
            })?
        }
    };
    let is_id = id.trim().len() >= 40 && id.trim().bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| id.trim()[..9].to_owned())
}
