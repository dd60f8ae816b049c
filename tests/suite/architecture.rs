//! Holds the laws of the house: which layer may import which, who may touch the terminal, the
//! environment, the disk and each of the big dependencies, and that comments cite nothing that a
//! reader does not have.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// A layer, the layers it may import, and what it may name of them; no names means everything.
type Arrows = &'static [(&'static str, &'static [&'static str])];

/// What every layer above `tree` may name of it: a path is a word of the trade, reading is not.
const PATH: &[&str] = &["RepoPath", "path_glob", "path_globs"];
const ALL: &[&str] = &[];

/// `limits`, which imports nothing, may be imported by all. [`TOP`] stands above these.
const LAYERS: &[(&str, Arrows)] = &[
    ("limits", &[]),
    ("syntax", &[]),
    ("tree", &[]),
    ("finding", &[("syntax", &["span"]), ("tree", PATH)]),
    ("rules", &[("finding", ALL)]),
    (
        "model",
        &[
            ("syntax", ALL),
            ("tree", &["RepoPath", "path_globs", "Unreadable"]),
        ],
    ),
    (
        "registry",
        &[
            ("syntax", &["likeness", "reference"]),
            // Which hosts it may ask.
            ("model", &["conventions"]),
        ],
    ),
    (
        "checkout",
        &[
            ("model", ALL),
            // Questions, and answers that are given.
            (
                "registry",
                &["Answer", "Answers", "Question", "Version", "nearest"],
            ),
            ("syntax", ALL),
            ("finding", ALL),
            // It hands the tree to the model's loader.
            ("tree", &["RepoPath", "Tree", "TreeError"]),
        ],
    ),
    (
        "checks",
        &[
            ("checkout", ALL),
            ("registry", &["Answer", "Question", "Version"]),
            ("model", ALL),
            ("syntax", ALL),
            ("finding", ALL),
            ("tree", PATH),
        ],
    ),
    (
        "engine",
        &[
            ("checks", ALL),
            ("checkout", ALL),
            // It hands each file to the mechanisms that look at one alone.
            ("model", &["File"]),
            ("rules", ALL),
            ("finding", ALL),
            ("tree", PATH),
        ],
    ),
    (
        "config",
        &[
            // It lays conventions over those that are compiled in.
            ("model", &["Conventions", "conventions"]),
            // It tries the parameters of rules.
            ("checks", ALL),
            ("rules", ALL),
            ("finding", ALL),
            ("syntax", ALL),
            ("tree", PATH),
        ],
    ),
    (
        "findings",
        &[
            ("engine", ALL),
            ("config", ALL),
            ("checkout", ALL),
            ("model", ALL),
            ("rules", ALL),
            ("finding", ALL),
            ("syntax", ALL),
            ("tree", &["RepoPath", "CommitName"]),
        ],
    ),
    (
        "fix",
        &[
            ("checkout", ALL),
            ("model", ALL),
            ("finding", ALL),
            ("tree", ALL),
        ],
    ),
    (
        "scaffold",
        &[
            ("checkout", ALL),
            ("model", ALL),
            ("syntax", ALL),
            ("tree", &["RepoPath", "FileChange"]),
        ],
    ),
    (
        "linter",
        &[
            ("engine", ALL),
            ("findings", ALL),
            // Which rules are about a file as a text, and which need a registry's answers.
            ("checks", &["is_about_text", "needs_answers"]),
            ("config", ALL),
            ("rules", ALL),
            ("checkout", ALL),
            ("model", ALL),
            ("finding", ALL),
            // It reads the policy from the tree, and each tree of a change.
            ("tree", ALL),
        ],
    ),
    (
        "replay",
        &[
            ("linter", ALL),
            ("findings", ALL),
            ("engine", ALL),
            // How long a finding lasts that only a change has.
            ("checks", &["StillBroken", "is_about_text"]),
            ("checkout", ALL),
            ("model", ALL),
            ("finding", ALL),
            ("syntax", &["span"]),
            // It reads the trees of a range.
            ("tree", ALL),
        ],
    ),
    (
        "report",
        &[("finding", ALL), ("syntax", &["span"]), ("tree", PATH)],
    ),
    (
        "ide",
        &[
            ("checkout", ALL),
            ("model", ALL),
            ("rules", ALL),
            ("finding", ALL),
            ("syntax", ALL),
            // Where the config lies, whose rule ids it knows.
            ("config", &["CONFIG_PATH"]),
            ("tree", &["RepoPath", "MemoryTree"]),
        ],
    ),
];

/// The front ends, which may import everything but each other.
const TOP: &[&str] = &["cli", "lsp"];

/// The one file that knows both: the subcommand that serves an editor.
const STARTS_THE_SERVER: &str = "cli/lsp.rs";

/// Files of a layer that may name all of `tree`.
const READ_THE_TREE: &[&str] = &[
    "model/loader.rs",
    "model/conventions.rs",
    "model/conventions/files.rs",
    // They load a checkout no further than an image needs it.
    "ide/image/focused.rs",
    "ide/image/report.rs",
];

/// A word, and the places under `src/` where it may stand.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("miette", &["report/pretty/"]),
    ("git2", &["tree/"]),
    ("clap", &["cli/"]),
    ("strsim", &["syntax/likeness.rs"]),
    ("bumpalo", &["syntax/yaml.rs"]),
    ("granit_parser", &["syntax/yaml/"]),
    ("sha1", &["tree.rs"]),
    ("lsp_server", &["lsp/"]),
    ("gen_lsp_types", &["lsp/"]),
    ("println!", &["cli/", "lsp/"]),
    ("print!", &["cli/", "lsp/"]),
    ("eprintln!", &["cli/", "lsp/"]),
    ("eprint!", &["cli/", "lsp/"]),
    ("dbg!", &[]),
    ("stdout", &["cli/", "lsp/"]),
    ("stderr", &["cli/", "lsp/"]),
    ("env", &["cli/", "lsp/"]),
    // `--rules DIR`, the files on disk, and the fixes written to them; nothing else opens one.
    ("fs", &["cli/", "lsp/", "tree/", "fix/", "rules.rs"]),
    ("walkdir", &["tree/"]),
    ("ureq", &["registry/"]),
    ("http_auth", &["registry/token.rs"]),
    ("net", &["registry/http.rs", "model/conventions/online.rs"]),
    ("tempfile", &["cli/", "fix/"]),
    ("process::Command", &[]),
];

/// What `Path` has to ask the disk, none of which takes an argument.
const DISK_METHODS: &[&str] = &[
    "canonicalize",
    "exists",
    "is_dir",
    "is_file",
    "is_symlink",
    "metadata",
    "read_dir",
    "read_link",
    "symlink_metadata",
    "try_exists",
];

/// Where they may be called: where `fs` is kept to, and where the checkout around a path is found.
const ASK_THE_DISK: &[&str] = &[
    "cli/",
    "lsp/",
    "tree/",
    "fix/",
    "linter/root.rs",
    "rules.rs",
];

/// What is wrong with the source file at `path` (from `src/`).
fn faults(path: &str, source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .map(|line| match line.trim_start() {
            comment if comment.starts_with("//") => "\n".to_owned(),
            _ => format!("{line}\n"),
        })
        .collect();
    let mut faults = Vec::new();
    let layer = path
        .split('/')
        .next()
        .unwrap_or(path)
        .trim_end_matches(".rs");
    for (target, item) in arrows(path, &code) {
        if target != layer && !may_import(path, layer, &target, &item) {
            faults.push(format!("src/{path}: `{layer}` imports `{target}::{item}`"));
        }
    }
    let is_at = |place: &&str| {
        path.starts_with(place) || place.strip_suffix('/') == path.strip_suffix(".rs")
    };
    for (word, places) in KEPT_TO {
        if !places.iter().any(is_at) && has_word(&code, word) {
            faults.push(format!("src/{path}: `{word}` is kept to {places:?}"));
        }
    }
    for method in DISK_METHODS {
        if !ASK_THE_DISK.iter().any(is_at) && calls_path(&code, method) {
            faults.push(format!(
                "src/{path}: `{method}` is kept to {ASK_THE_DISK:?}"
            ));
        }
    }
    faults
}

/// Whether `code` calls or names this method of `Path`.
fn calls_path(code: &str, method: &str) -> bool {
    let named = ["Path::", "PathBuf::"].map(|of| format!("{of}{method}"));
    code.contains(&format!(".{method}()")) || named.iter().any(|named| code.contains(named))
}

fn may_import(path: &str, layer: &str, target: &str, item: &str) -> bool {
    if layer == "main" || target == "limits" || path == STARTS_THE_SERVER {
        return true;
    }
    if TOP.contains(&layer) {
        return !TOP.contains(&target);
    }
    let Some((_, arrows)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return false;
    };
    let reads = target == "tree" && READ_THE_TREE.contains(&path);
    arrows.iter().any(|(name, items)| {
        *name == target && (items.is_empty() || reads || items.contains(&item))
    })
}

/// Whether `word` stands in `code` as a part of a path or as a macro.
fn has_word(code: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + word.len()..]);
        !before.ends_with(is_name)
            && !after.starts_with(is_name)
            && (word.ends_with('!') || after.starts_with("::") || before.ends_with("::"))
    })
}

static OPENS_A_MODULE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:pub(?:\([^)]*\))? )?mod \w+ \{\n$").expect("a valid pattern")
});

/// The layer, and the item in it, of every path in `code` that starts with `crate` or `super`.
fn arrows(path: &str, code: &str) -> Vec<(String, String)> {
    let module: Vec<&str> = path
        .trim_end_matches(".rs")
        .split('/')
        .filter(|part| *part != "mod")
        .collect();
    let mut found = Vec::new();
    // The column at which each inline module that is open begins: in formatted code, it ends there.
    let mut open = Vec::new();
    let mut offset = 0;
    for line in code.split_inclusive('\n') {
        let words = line.trim_start_matches(' ');
        let column = line.len() - words.len();
        if OPENS_A_MODULE.is_match(words) {
            open.push(column);
        } else if words.starts_with('}') && open.last() == Some(&column) {
            open.pop();
        }
        for (at, start) in line
            .match_indices("crate::")
            .map(|(at, start)| (at, start.len()))
        {
            let behind = &code[offset + at + start..];
            found.extend(expand(behind).into_iter().map(|path| layer_and_item(&path)));
        }
        let mut rest = line;
        let mut from = offset;
        while let Some(at) = rest.find("super::") {
            let mut end = at;
            let mut climbs: usize = 0;
            while rest[end..].starts_with("super::") {
                end += "super::".len();
                climbs += 1;
            }
            let climbs = climbs.saturating_sub(open.len());
            let kept = &module[..module.len().saturating_sub(climbs)];
            found.extend(expand(&code[from + end..]).into_iter().map(|path| {
                let whole: Vec<String> = kept
                    .iter()
                    .map(|part| (*part).to_owned())
                    .chain(path)
                    .collect();
                layer_and_item(&whole)
            }));
            rest = &rest[end..];
            from += end;
        }
        offset += line.len();
    }
    found
}

fn layer_and_item(path: &[String]) -> (String, String) {
    let part = |at: usize| path.get(at).cloned().unwrap_or_default();
    (part(0), part(1))
}

/// The paths that a `use` tree, or the rest of a path, stands for: `a::{b, c::d}` is `a::b` and
/// `a::c::d`. What follows it in `text` is left alone.
fn expand(text: &str) -> Vec<Vec<String>> {
    if let Some(group) = text.strip_prefix('{') {
        let mut depth = 1;
        let mut parts = vec![String::new()];
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            match (c, depth) {
                (_, 0) => break,
                (',', 1) => parts.push(String::new()),
                _ => parts.last_mut().into_iter().for_each(|part| part.push(c)),
            }
        }
        let named = parts.iter().map(|part| part.trim());
        return named
            .filter(|part| !part.is_empty())
            .flat_map(expand)
            .collect();
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let below = match rest.strip_prefix("::") {
        Some(rest) => expand(rest),
        None => vec![Vec::new()],
    };
    let with_name = |path: Vec<String>| [vec![name.to_owned()], path].concat();
    below.into_iter().map(with_name).collect()
}

fn all_faults(
    folder: &Path,
    from: &Path,
    faults_found: &mut Vec<String>,
) -> std::io::Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files += all_faults(&path, from, faults_found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(from).unwrap_or(&path).to_string_lossy();
            if name != "lib.rs" {
                faults_found.extend(faults(&name, &fs::read_to_string(&path)?));
            }
            files += 1;
        }
    }
    Ok(files)
}

/// A pattern that stops at OpenShift 4, or at the versions of RHEL that there were when it was
/// written, is wrong the day after: 4.23 is followed by 5.0, and builders have RHEL 10.
const BOUND_TO_A_VERSION: &[&str] = &[r"4\.", "^4", "rhel-[", "[789]", "[89]"];

/// The files below `folder` whose names end in one of `extensions`, each with its text.
fn texts_below(folder: &Path, extensions: &[&str]) -> std::io::Result<Vec<(PathBuf, String)>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            // What cargo-fuzz builds lies below `tests`.
            if !path.ends_with("target") {
                texts.extend(texts_below(&path, extensions)?);
            }
        } else if extension.is_some_and(|extension| extensions.contains(&extension)) {
            let text = fs::read_to_string(&path)?;
            texts.push((path, text));
        }
    }
    Ok(texts)
}

fn versions_in(folder: &Path, extensions: &[&str], found: &mut Vec<String>) -> std::io::Result<()> {
    for (path, text) in texts_below(folder, extensions)? {
        for (at, line) in text.lines().enumerate() {
            let mut literals = BOUND_TO_A_VERSION.iter();
            if let Some(literal) = literals.find(|literal| line.contains(**literal)) {
                let place = format!("{}:{}", path.display(), at + 1);
                found.push(format!("{place}: `{literal}` in `{}`", line.trim()));
            }
        }
    }
    Ok(())
}

/// Files that people write, where comments may cite a page.
const WRITTEN: &[&str] = &["rs", "md", "yaml", "py", "sh", "lua", "el"];

/// How comments cited pages that are not in the repository.
const ELSEWHERE: &[&str] = &[
    "domain section",
    "domain, section",
    "domain page",
    "design.md",
    "design section",
    "design, section",
    "design page",
    "seed documents",
    "shared/domain",
];

static CITED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^/\w.-])(docs/[\w-]+\.md(?:#[\w-]*)?)").expect("a valid pattern")
});

/// What `text` cites that a reader of the repository, whose `headings` are known, does not have.
fn citations_from_elsewhere(text: &str, headings: &BTreeSet<String>) -> Vec<String> {
    // A citation may go on in the next line, behind the comment's mark.
    let words = text
        .split_whitespace()
        .filter(|word| !matches!(*word, "//" | "///" | "//!" | "#"));
    let running = words.collect::<Vec<_>>().join(" ");
    let lower = running.to_lowercase();
    let mut found: Vec<String> = ELSEWHERE
        .iter()
        .filter(|phrase| lower.contains(**phrase))
        .map(|phrase| format!("cites a \"{phrase}\""))
        .collect();
    for citation in CITED.captures_iter(&running) {
        let citation = &citation[1];
        if !headings.contains(citation) {
            found.push(format!("cites `{citation}`, which does not exist"));
        }
    }
    found
}

/// The pages of `docs`, each as `docs/x.md` and, for each of its headings, `docs/x.md#anchor`.
fn headings(docs: &Path) -> std::io::Result<BTreeSet<String>> {
    let mut headings = BTreeSet::new();
    for (path, text) in texts_below(docs, &["md"])? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        headings.insert(format!("docs/{name}"));
        headings.extend(anchors(&text).map(|anchor| format!("docs/{name}#{anchor}")));
    }
    Ok(headings)
}

/// The anchors that GitHub gives the headings of a Markdown text.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let mut is_code = false;
    let titles = text.lines().filter_map(move |line| {
        is_code ^= line.starts_with("```");
        let title = line.trim_start_matches('#').strip_prefix(' ')?;
        (!is_code && line.starts_with('#')).then_some(title)
    });
    titles.map(|title| {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let kept: String = title.to_lowercase().chars().filter(kept).collect();
        kept.replace(' ', "-")
    })
}

#[test]
fn nothing_cites_a_page_that_is_not_in_the_repository() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let headings = headings(&root.join("docs"))?;
    let mut found = Vec::new();
    let mut files = 0;
    for folder in ["src", "tests", "rules"] {
        for (path, text) in texts_below(&root.join(folder), WRITTEN)? {
            if path.ends_with(file!()) {
                continue; // It has citations as examples.
            }
            files += 1;
            let wrong = citations_from_elsewhere(&text, &headings);
            found.extend(
                wrong
                    .iter()
                    .map(|what| format!("{}: {what}", path.display())),
            );
        }
    }
    for page in ["CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root.join(page))?;
        let wrong = citations_from_elsewhere(&text, &headings);
        found.extend(wrong.iter().map(|what| format!("{page}: {what}")));
    }
    assert!(files > 200, "only {files} files were read");
    assert!(found.is_empty(), "{found:#?}");
    Ok(())
}

#[test]
fn the_pages_link_to_headings_that_exist() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let headings = headings(&root.join("docs"))?;
    let link = Regex::new(r"\]\(([\w-]+\.md)?(#[\w-]+)?\)").expect("a valid pattern");
    let mut found = Vec::new();
    for (path, text) in texts_below(&root.join("docs"), &["md"])? {
        let own = path.file_name().unwrap_or_default().to_string_lossy();
        for link in link.captures_iter(&text) {
            let page = link.get(1).map_or(&*own, |page| page.as_str());
            let anchor = link.get(2).map_or("", |anchor| anchor.as_str());
            if !headings.contains(&format!("docs/{page}{anchor}")) {
                found.push(format!("{own}: {}", &link[0]));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    Ok(())
}

static DEFINES: LazyLock<Regex> = LazyLock::new(|| {
    // Items; and variants and fields, which stand indented on a line of their own.
    Regex::new(r"(?m)\b(?:struct|enum|trait|type|fn|const|static|mod) (\w+)|^ +(?:pub(?:\([\w: ]+\))? )?(\w+)[:,({]|\buse (\w+)::")
        .expect("a valid pattern")
});

/// The names that the Rust file `text` defines, and those of crates that it uses.
fn definitions(text: &str) -> impl Iterator<Item = &str> {
    let found = DEFINES.captures_iter(text);
    found.filter_map(|found| Some(found.iter().skip(1).flatten().next()?.as_str()))
}

/// What a page names in backticks: a file, or a path of Rust names, perhaps with the file that defines
/// the last of them right behind, as in `` `load` (`model/loader.rs`) ``.
static NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"`(?:((?:[\w-]+/)+(?:[\w-]+(?:\.\w+)?)?|\w+\.rs)|(\w+(?:::\w+)*))`(?:\s\(`([\w/]+\.rs)`)?",
    )
    .expect("a valid pattern")
});

/// Where paths start that are those of a checkout of openshift/release, or of the language server's
/// protocol.
const FROM_ELSEWHERE: &[&str] = &[
    "core-services/",
    "textDocument/",
    "workspace/",
    "codeLens/",
    "mirrorlint/",
];

/// Whether a word in backticks is one of Rust: `a::b`, `CamelCase` or `snake_case`, and no variable of
/// the environment.
fn is_rust(word: &str) -> bool {
    let is_camel = word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.contains(|c: char| c.is_ascii_lowercase());
    is_camel || word.contains(['_', ':']) && !word.starts_with("MIRRORLINT_")
}

/// What the Markdown `page` names that is neither a file of the repository nor among the definitions
/// of the Rust `sources`, by path from its root.
fn unknown_names(page: &str, root: &Path, sources: &[(PathBuf, String)]) -> Vec<String> {
    let all = sources.iter().flat_map(|(_, text)| definitions(text));
    let all: BTreeSet<&str> = all.collect();
    let mut is_code = false;
    let prose = page.lines().filter(|line| {
        is_code ^= line.starts_with("```");
        !is_code && !line.starts_with("```")
    });
    let prose = prose.collect::<Vec<_>>().join("\n");
    let places = ["", "src", "docs"].map(|folder| root.join(folder));
    let mut unknown = Vec::new();
    for named in NAMES.captures_iter(&prose) {
        let (file, name) = (named.get(1), named.get(2));
        let name = name.map_or("", |name| name.as_str());
        let is_known = match file {
            Some(file) => {
                let file = file.as_str();
                FROM_ELSEWHERE.iter().any(|start| file.starts_with(start))
                    || places.iter().any(|at| at.join(file).exists())
            }
            None => !is_rust(name) || name.split("::").all(|part| all.contains(part)),
        };
        let last = name.rsplit("::").next().unwrap_or_default();
        let is_there = named.get(3).is_none_or(|file| {
            let paths = ["", "src"].map(|folder| root.join(folder).join(file.as_str()));
            let mut of_file = sources.iter().filter(|(source, _)| paths.contains(source));
            of_file.any(|(_, text)| definitions(text).any(|own| own == last))
        });
        if !is_known || !is_there {
            unknown.push(named[0].replace('\n', " "));
        }
    }
    unknown
}

#[test]
fn what_the_pages_name_exists() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = texts_below(&root.join("src"), &["rs"])?;
    sources.extend(texts_below(&root.join("tests"), &["rs"])?);
    for page in ["docs/architecture.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(page))?;
        let named = NAMES.captures_iter(&text).count();
        assert!(named > 20, "{page} names {named} things");
        let unknown = unknown_names(&text, root, &sources);
        assert!(unknown.is_empty(), "{page} names {unknown:#?}");
    }
    Ok(())
}

#[test]
fn a_name_that_is_gone_is_seen() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = "pub struct Plan {\n    steps: u8,\n}\nfn run_all() {}\n";
    let sources = [(root.join("src/engine.rs"), source.to_owned())];
    for known in [
        "`Plan` (`engine.rs`)",
        "`Plan::run_all`",
        "`engine/`, `docs/domain.md`, `plan`, `a b_c`",
        "```text\n`gone_a`\n```",
    ] {
        assert_eq!(unknown_names(known, root, &sources), Vec::<String>::new());
    }
    for gone in [
        "`Plan::gone_a`",
        "`Gone`",
        "`engine/gone.rs`",
        "`run_all` (`lib.rs`",
        "`gone/`",
    ] {
        assert_eq!(unknown_names(gone, root, &sources), [gone]);
    }
}

#[test]
fn a_citation_from_elsewhere_is_seen() {
    let headings = BTreeSet::from(["docs/a.md".to_owned(), "docs/a.md#a-heading".to_owned()]);
    for (text, says) in [
        ("/// why (domain section 5)", "domain"),
        ("//! why (domain\n//! section 5)", "domain"),
        ("# see Design.md", "design"),
        ("// see `docs/a.md#another`", "`docs/a.md#another`"),
        ("// see `docs/b.md`", "`docs/b.md`"),
    ] {
        let found = citations_from_elsewhere(text, &headings);
        assert!(
            found.len() == 1 && found[0].contains(says),
            "`{text}` gave {found:?}"
        );
    }
    for text in [
        "// see `docs/a.md#a-heading` and docs/a.md",
        "https://example.org/docs/b.md#c",
        "a section of the domain",
    ] {
        let none = Vec::<String>::new();
        assert_eq!(citations_from_elsewhere(text, &headings), none, "{text}");
    }
}

#[test]
fn no_pattern_stops_at_a_version() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    versions_in(&root.join("src"), &["rs"], &mut found)?;
    versions_in(&root.join("rules"), &["md", "yaml"], &mut found)?;
    assert!(found.is_empty(), "{found:#?}");
    Ok(())
}

#[test]
fn the_laws_hold() -> std::io::Result<()> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let files = all_faults(&src, &src, &mut found)?;
    assert!(files > 40, "only {files} files were read");
    found.sort();
    assert!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

#[test]
fn a_broken_law_is_seen() {
    for (path, source, says) in [
        ("syntax/a.rs", "use crate::model::File;", "`model::File`"),
        ("syntax.rs", "use super::tree::Tree;", "`tree::Tree`"),
        (
            "model/manifest/a.rs",
            "use super::super::super::checks::Check;",
            "`checks::Check`",
        ),
        (
            "checks/a.rs",
            "use crate::tree::{RepoPath, Tree};",
            "`tree::Tree`",
        ),
        (
            "checks/a.rs",
            "use crate::{\n    finding::Draft,\n    cli::run,\n};",
            "`cli::run`",
        ),
        (
            "checks/a.rs",
            "fn f(x: &crate::rules::Rule) {}",
            "`rules::Rule`",
        ),
        ("model/a.rs", "use crate::tree::Tree;", "`tree::Tree`"),
        (
            "report/a.rs",
            "use crate::checkout::Checkout;",
            "`checkout::",
        ),
        (
            "report/a.rs",
            "use crate::syntax::yaml::Node;",
            "`syntax::yaml`",
        ),
        (
            "tree/a.rs",
            "mod tests {\n    use super::super::super::model;\n}",
            "`model::",
        ),
        (
            "tree/a.rs",
            "mod tests {\n    mod of_paths {\n        use super::super::super::super::model;\n    }\n}",
            "`model::",
        ),
        (
            "tree/a.rs",
            "mod tests {\n    mod of_paths {\n    }\n    use super::super::super::model;\n}",
            "`model::",
        ),
        ("cli/a.rs", "use crate::lsp::uri;", "`lsp::uri`"),
        ("lsp/a.rs", "use crate::cli::run;", "`cli::run`"),
        ("checks/a.rs", "let x = path.exists();", "`exists`"),
        ("model/loader.rs", "let x = path.is_file();", "`is_file`"),
        (
            "checkout.rs",
            "for entry in path\n    .read_dir()?",
            "`read_dir`",
        ),
        (
            "policy/a.rs",
            "let x = path.metadata()?.len();",
            "`metadata`",
        ),
        (
            "linter/a.rs",
            "let x = path.canonicalize()?;",
            "`canonicalize`",
        ),
        (
            "linter.rs",
            "paths.iter().any(|p| Path::is_dir(p))",
            "`is_dir`",
        ),
        (
            "engine.rs",
            "let x = walkdir::WalkDir::new(root);",
            "`walkdir`",
        ),
        ("report/a.rs", "let x = tempfile::tempdir()?;", "`tempfile`"),
        (
            "novelty/a.rs",
            "use crate::finding::Draft;",
            "`finding::Draft`",
        ),
        ("report/json.rs", "use miette::Report;", "`miette`"),
        ("checks/a.rs", "let x = std::env::var(\"X\");", "`env`"),
        ("engine.rs", "    println!(\"x\");", "`println!`"),
        ("checks/a.rs", "let x = std::fs::read(path);", "`fs`"),
        ("model/a.rs", "let out = io::stdout();", "`stdout`"),
    ] {
        let found = faults(path, source);
        assert!(
            found.len() == 1 && found[0].contains(says),
            "{path}: `{source}` gave {found:?}"
        );
    }
}

#[test]
fn what_is_allowed_is_not_reported() {
    for (path, source) in [
        (
            "syntax/yaml/build.rs",
            "use super::super::span::Span;\nuse granit_parser::Event;",
        ),
        ("engine.rs", "mod tests {\n    use super::*;\n}"),
        (
            "checks.rs",
            "use crate::tree::RepoPath;\nuse super::finding::Draft;",
        ),
        ("model/loader.rs", "use crate::tree::{Entry, Tree};"),
        (
            "report/pretty/snippet.rs",
            "use miette::Report;\n// println! would be wrong\n",
        ),
        (
            "cli/a.rs",
            "use crate::tree::WorkTree;\nprintln!();\nstd::env::args();",
        ),
        ("cli/lsp.rs", "use crate::lsp::serve;"),
        ("linter/root.rs", "let x = path.canonicalize()?;"),
        (
            "tree/a.rs",
            "mod tests {\n    mod of_paths {\n        use super::super::super::git;\n    }\n}",
        ),
        (
            "report/json.rs",
            "let version = env!(\"CARGO_PKG_VERSION\");",
        ),
    ] {
        assert_eq!(faults(path, source), Vec::<String>::new(), "{path}");
    }
}
