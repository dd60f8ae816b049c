//! The comment for a pull request, read back by a reader of Markdown: whatever names a checkout has,
//! they are text in it.

use std::error::Error;
use std::fs;
use std::sync::Arc;

use mirrorlint::finding::{
    Affected, Applicability, Class, Draft, Edit, Finding, Fix, Owners, Place, Severity,
};
use mirrorlint::report::{
    Comment, Format, LinkBase, Previous, Report, RuleText, Style, Subject, Summary, Texts,
};
use mirrorlint::syntax::span::Span;
use mirrorlint::tree::RepoPath;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

use crate::support::{Checkout, Outcome, property, run};

const BASE: &str = "https://example.org/o/r/blob/0a1b";
const PAGE: &str = "https://example.org/first-rule.md";

/// Bytes that a comment may have.
const MOST: usize = 60_000;

struct Files(String);

impl Texts for Files {
    fn text(&self, _: &RepoPath) -> Option<&str> {
        Some(&self.0)
    }
}

/// A finding in which everything is called `name`.
fn finding(name: &str, severity: Severity) -> Finding {
    let path = RepoPath::new(&format!("core-services/{name}"));
    let place = Place::new(&path, Span::new(8, 14));
    let edit = Edit {
        place: place.clone(),
        text: name.to_owned(),
    };
    let fix = Fix {
        applicability: Applicability::Unsafe,
        title: format!("write `{name}` {name}"),
        edits: vec![edit],
        renames: Vec::new(),
    };
    let draft = Draft::new(place, name, format!("`{name}` is wrong: {name}"))
        .help(format!("{name}, or `{name}`\nmore"))
        .affects([&path, &RepoPath::new("x"), &RepoPath::new("y")])
        .fix(fix);
    let mut finding = draft.into_finding("first-rule", severity);
    finding.class = Some(Class::Introduced);
    for file in finding.affected.files.iter_mut().take(2) {
        file.owners = Some(Arc::new(Owners {
            team: name.to_owned(),
            file: path.clone(),
            people: vec![name.to_owned(), "bob".to_owned()],
        }));
    }
    finding
}

fn written(findings: &[Finding], text: &str, comment: Comment) -> Result<String, Box<dyn Error>> {
    let rules = [RuleText {
        id: "first-rule".to_owned(),
        title: "The first".to_owned(),
        severity: Severity::Error,
        help_markdown: String::new(),
        page: Some(PAGE.to_owned()),
    }];
    let files = Files(text.to_owned());
    let report = Report {
        findings,
        rules: &rules,
        summary: Summary {
            files: 3,
            fixed: Some(1),
            ..Summary::of(findings)
        },
        subject: Subject {
            tree: String::new(),
            compared_with: Some("the base"),
        },
        fails_from: Some(Severity::Error),
        statistics: None,
        online: None,
        offers: mirrorlint::report::Offers::default(),
        comment,
        texts: &files,
    };
    let style = Style {
        color: false,
        width: 100,
    };
    let mut out = Vec::new();
    report.write(Format::Markdown, style, &mut out)?;
    Ok(String::from_utf8(out)?)
}

/// An earlier report with one finding that is called `name`.
fn previous(name: &str) -> Result<Previous, Box<dyn Error>> {
    let report = serde_json::json!({
        "version": 1,
        "findings": [{
            "fingerprint": "0123456789abcdef", "rule": name, "severity": "error", "path": name,
            "message": format!("`{name}` {name}"),
        }],
    });
    Ok(Previous::read(&report.to_string())?)
}

/// What a reader of Markdown takes `page` for.
#[derive(Debug, Default)]
pub struct Read {
    /// Text that is no code.
    words: String,
    /// Text that is code, an item for each piece.
    code: Vec<String>,
    /// Rows of tables but for their heads, and the cells in them.
    rows: usize,
    cells: usize,
    blocks: usize,
    /// Where links lead.
    links: Vec<String>,
    /// Whatever else there is that a name could have made.
    pub odd: Vec<String>,
}

/// The HTML that the comment has of itself.
const OWN_HTML: &[&str] = &["<!-- mirrorlint -->", "<br>", "</details>"];

pub fn read(page: &str) -> Read {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    let mut read = Read::default();
    let mut in_block = false;
    for event in Parser::new_ext(page, options) {
        match event {
            Event::Text(text) if in_block => read.code.push(text.into_string()),
            Event::Text(text) => read.words.push_str(&text),
            Event::Code(text) => {
                read.words.push(' ');
                read.code.push(text.into_string());
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let html = html.trim();
                let is_summary = html.starts_with("<details><summary>")
                    && !html["<details><summary>".len()..]
                        .starts_with(|c: char| !c.is_ascii_digit())
                    && html.ends_with(" fix</summary>")
                        | html.ends_with(" fixes</summary>")
                        | html.ends_with(" more findings</summary>");
                if !is_summary && !html.is_empty() && !OWN_HTML.contains(&html) {
                    read.odd.push(html.to_owned());
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => read.links.push(dest_url.into_string()),
            Event::Start(Tag::TableRow) => read.rows += 1,
            Event::Start(Tag::TableCell) => read.cells += 1,
            Event::Start(Tag::CodeBlock(_)) => {
                in_block = true;
                read.blocks += 1;
            }
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::SoftBreak | Event::End(_) => read.words.push(' '),
            Event::Start(
                Tag::Paragraph
                | Tag::Strong
                | Tag::Emphasis
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::List(None)
                | Tag::Item
                | Tag::HtmlBlock,
            ) => {}
            other => read.odd.push(format!("{other:?}")),
        }
    }
    read
}

impl Read {
    /// Holds that GitHub makes no links, mentions, images and emoji of plain words.
    pub fn assert_words_mean_nothing(&self) {
        for meaning in [
            "@", "#", "://", "www", "<", "[", "]", "`", "*", "_", "~", "|", "&", "\\",
        ] {
            let is_there = self.words.contains(meaning);
            assert!(!is_there, "{meaning} in `{}`", self.words);
        }
    }
}

/// Holds that nothing in `page` is more than text, but for what the comment has of itself.
fn assert_plain(page: &str) -> Read {
    let read = read(page);
    assert_eq!(read.odd, Vec::<String>::new(), "{page}");
    for link in &read.links {
        let own = link
            .strip_prefix(BASE)
            .is_some_and(|path| path.starts_with('/'));
        assert!(own || link == PAGE, "{link} in {page}");
    }
    read.assert_words_mean_nothing();
    assert!(page.len() <= MOST, "{} bytes", page.len());
    let is_unsafe = |c: &char| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert_eq!(page.chars().find(is_unsafe), None);
    read
}

/// Names that mean something somewhere.
const HOSTILE: &[&str] = &[
    "plain",
    "@openshift/team @bob",
    "#1 GH-12 org/repo#3 OCPBUGS-77 deadbeefcafe",
    "www.example.com https://example.com a@example.com mailto:a@b.c",
    "[a](javascript:x) ![b](https://example.com/x.png) [c]: https://example.com",
    "<script>alert(1)</script><img src=x onerror=alert(1)> <!-- mirrorlint --> --> <details>",
    "a | b \\| c \\\\| d || e",
    "` `` ``` a` `b ```diff ~~~",
    "\n\n# head\n- item\n> quote\n\n```\nx\n```\n| a | b |\n| - | - |\n",
    "**bold** _under_ ~~gone~~ $x$ :tada: &lt;b&gt; &#64;bob [^1] - [ ] x",
    "\u{1b}[31mred\u{7} \u{202e}gnp.exe\u{200b}\u{feff}",
    "\\",
    "`",
    "|",
    " ",
    "",
    "'\"",
    "\\`",
    "\\|",
    "`|`",
    "…`…",
];

fn comment(name: &str) -> Result<Comment, Box<dyn Error>> {
    Ok(Comment {
        link_base: Some(LinkBase::new(BASE).ok_or("no address")?),
        previous: Some(previous(name)?),
    })
}

/// Holds all that is to hold of a comment in which everything has this name.
fn assert_name_is_text(name: &str) -> Outcome {
    let findings = [
        finding(name, Severity::Error),
        finding("other", Severity::Warning),
    ];
    let text = format!("# first\nwidget {}\n", name.replace('\n', " "));
    let page = written(&findings, &text, comment(name)?)?;
    let read = assert_plain(&page);
    // Two findings and their heads, and a row for each team and for nobody.
    let teams = if name == "other" { 1 } else { 2 };
    assert_eq!(read.rows, 2 + teams + 1, "{page}");
    assert_eq!(read.cells, 2 * 3 + 3 * (teams + 2), "{page}");
    assert_eq!(read.blocks, 2, "{page}");
    assert!(
        read.words.contains("1 new") || read.words.contains("2 new"),
        "{page}"
    );
    Ok(())
}

#[test]
fn hostile_names_are_text() -> Outcome {
    for name in HOSTILE {
        assert_name_is_text(name)?;
    }
    Ok(())
}

/// Texts of what means something, of letters, and of anything at all.
fn name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(HOSTILE).prop_map(str::to_owned),
        4 => "[`|\\\\ <>@#\\[\\]()!*_~&:\\-a1\n]{1,8}",
        1 => "\\PC{0,6}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(property(512))]

    #[test]
    fn any_name_is_text(name in name()) {
        assert_name_is_text(&name).map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
}

#[test]
fn names_are_there_to_be_read() -> Outcome {
    let page = written(
        &[finding("a_b", Severity::Error)],
        "# first\nwidget\n",
        comment("z")?,
    )?;
    let read = assert_plain(&page);
    for code in [
        "a_b",
        "core-services/a_b:2",
        "first-rule",
        "-widget\n+a_b\n",
        "bob",
        "z",
    ] {
        assert!(read.code.iter().any(|own| own == code), "{code}: {read:#?}");
    }
    for link in [
        format!("{BASE}/core-services/a_b#L2"),
        format!("{BASE}/x"),
        PAGE.to_owned(),
    ] {
        assert!(read.links.contains(&link), "{link}: {read:#?}");
    }
    for words in [
        "mirrorlint: this change brings 1 error",
        "hits 3 files of 1 team. It fails the check. Since the last push: 1 new, 0 still there, 1 fixed.",
        "Who is hit",
        "no OWNERS file names anybody",
        "(look at it first)",
    ] {
        let running = read.words.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(running.contains(words), "{words}: {running}");
    }
    Ok(())
}

#[test]
fn what_does_not_fit_is_counted() -> Outcome {
    let long = "`|\\@x ".repeat(300);
    let many: Vec<Finding> = (0..500)
        .map(|n| finding(&format!("{n} {long}"), Severity::Error))
        .collect();
    let page = written(&many, "# first\nwidget\n", comment(&long)?)?;
    let read = assert_plain(&page);
    assert!(page.len() > MOST / 2, "{} bytes", page.len());
    let shown = page.matches("\n| **error**").count();
    assert!(shown > 3);
    let running = read.words.split_whitespace().collect::<Vec<_>>().join(" ");
    let left_out = format!("{} more findings do not fit here.", 500 - shown);
    assert!(running.contains(&left_out), "{left_out}: {running}");
    assert!(running.contains("more teams do not fit here."), "{running}");
    assert!(
        running.contains("more suggestions do not fit here."),
        "{running}"
    );
    assert_eq!(read.cells, (shown + 2) * 2 + (read.rows - shown + 1) * 3);
    Ok(())
}

#[test]
fn a_fix_is_shown_as_the_lines_that_it_changes() -> Outcome {
    let path = RepoPath::new("a");
    let text = "one\ntwo two\nthree\nfour";
    let edit = |start, end, text: &str| Edit {
        place: Place::new(&path, Span::new(start, end)),
        text: text.to_owned(),
    };
    let shown = |edits: Vec<Edit>| -> Result<Vec<String>, Box<dyn Error>> {
        let mut finding = finding("x", Severity::Error);
        finding.fix = Some(Fix {
            applicability: Applicability::Safe,
            title: "do it".to_owned(),
            edits,
            renames: Vec::new(),
        });
        let page = written(&[finding], text, Comment::default())?;
        let code = assert_plain(&page).code;
        Ok(code
            .into_iter()
            .filter(|code| code.ends_with('\n'))
            .collect())
    };
    assert_eq!(
        shown(vec![edit(8, 11, "2"), edit(4, 7, "1")])?,
        ["-two two\n+1 2\n"]
    );
    assert_eq!(shown(vec![edit(4, 12, "")])?, ["-two two\n"]);
    assert_eq!(shown(vec![edit(18, 18, "3\n")])?, ["+3\n"]);
    assert_eq!(shown(vec![edit(22, 22, "\nfive")])?, ["+five\n"]);
    // What does not fit the text is not shown.
    assert_eq!(shown(vec![edit(90, 95, "x")])?, Vec::<String>::new());
    Ok(())
}

#[test]
fn what_became_of_the_last_push_is_told_by_fingerprints() -> Outcome {
    let checkout = Checkout::new()?;
    let set = "core-services/image-mirroring/acme";
    checkout.write(format!("{set}/mapping_acme_a"), "quay.io/a/alone:1\n")?;
    checkout.write(format!("{set}/mapping_acme_b"), "quay.io/b/alone:1\n")?;
    let last = checkout.root().join("last.json");
    fs::write(&last, checkout.report()?.to_string())?;
    // The first is moved down, the second is mended, and a third one comes.
    checkout.write(
        format!("{set}/mapping_acme_a"),
        "# moved\n\nquay.io/a/alone:1\n",
    )?;
    fs::remove_file(checkout.root().join(set).join("mapping_acme_b"))?;
    checkout.write(format!("{set}/mapping_acme_c"), "quay.io/c/alone:1\n")?;
    let last = last.to_string_lossy().into_owned();
    let page = checkout
        .check(&["--output", "markdown", "--previous", &last])?
        .stdout;
    let said = "Since the last push: 1 new, 1 still there, 1 fixed.";
    assert!(page.contains(said), "{page}");
    assert!(page.contains("mapping_acme_c:1`<br>"), "{page}");
    assert_eq!(page.matches("*new*").count(), 1, "{page}");
    let fixed = format!("(`{set}/mapping_acme_b`)");
    assert!(page.contains(&fixed), "{page}");
    Ok(())
}

#[test]
fn what_cannot_be_used_is_said() -> Outcome {
    let checkout = Checkout::new()?;
    let file = checkout.write("last.json", "{\"version\": 2, \"findings\": []}")?;
    let file = file.to_string_lossy().into_owned();
    for (arguments, said) in [
        (["--link-base", "javascript:alert(1)"], "is no address"),
        (["--link-base", "https://x/) [y](z"], "is no address"),
        (["--previous", "/nowhere/at/all"], "as the last report"),
        (["--previous", &file], "a report of version 2"),
    ] {
        let run = checkout.check(&[&arguments[..], &["--output", "markdown"]].concat())?;
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains(said), "{run:?}");
    }
    Ok(())
}

#[test]
fn the_comment_of_the_demo() -> Outcome {
    let run = run(["demo", "--output", "markdown", "--link-base", BASE])?;
    if let Some((_, folder)) = run.stderr.split_once("mirrorlint check ") {
        fs::remove_dir_all(folder.trim())?;
    }
    // Where the project lies on the web is none of the snapshot's business.
    let page = Regex::new(r"\[(`[a-z-]+`)\]\([^)]*/rules/[a-z-]+\.md\)")?;
    let comment = page.replace_all(&run.stdout, "$1");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("demo-markdown", comment));
    Ok(())
}

#[test]
fn nothing_found_is_a_line() -> Outcome {
    let page = written(&[], "", Comment::default())?;
    assert_eq!(
        page,
        "<!-- mirrorlint -->\n\n**mirrorlint: this change brings nothing wrong**.\n\n\
         No findings in 3 files (1 fixed by this change).\n\n"
    );
    assert!(Affected::default().teams().is_empty());
    Ok(())
}
