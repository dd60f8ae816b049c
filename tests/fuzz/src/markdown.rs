//! The target of reports in Markdown: the comment for a pull request, read back by a reader of
//! Markdown. Whatever names a checkout has, they are text in it.

use std::sync::Arc;

use mirrorlint::finding::{
    Applicability, Class, Draft, Edit, Finding, Fix, Owners, Place, Severity,
};
use mirrorlint::report::{
    Comment, Format, LinkBase, Previous, Report, RuleText, Style, Subject, Summary, Texts,
};
use mirrorlint::syntax::span::Span;
use mirrorlint::tree::RepoPath;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Where the files of the comment lie on the web.
pub const BASE: &str = "https://example.org/o/r/blob/0a1b";

/// Where the page of its rule does.
pub const PAGE: &str = "https://example.org/first-rule.md";

/// Bytes that a comment may have.
pub const MOST: usize = 60_000;

/// Lines of a fix that a comment shows, old and new ones.
const FIX_LINES: usize = 40;

/// What parts `names` in an input of the target.
pub const BETWEEN: &str = "\u{0}";

/// What things are called in a finding.
#[derive(Clone, Copy, Debug)]
pub struct Names<'n> {
    /// What the finding is about.
    pub entity: &'n str,
    /// What its file is called.
    pub path: &'n str,
    /// What the message speaks of.
    pub message: &'n str,
    /// What the help does.
    pub help: &'n str,
    /// The team that looks after the file.
    pub team: &'n str,
    /// Somebody in it.
    pub person: &'n str,
    /// What a fix writes.
    pub fix: &'n str,
    /// What the file says.
    pub text: &'n str,
}

impl<'n> Names<'n> {
    /// Everything is called `name`.
    pub fn all(name: &'n str) -> Self {
        Self {
            entity: name,
            path: name,
            message: name,
            help: name,
            team: name,
            person: name,
            fix: name,
            text: name,
        }
    }
}

struct Files(String);

impl Texts for Files {
    fn text(&self, _: &RepoPath) -> Option<&str> {
        Some(&self.0)
    }
}

/// A finding in which things have these names.
pub fn finding(names: &Names<'_>, severity: Severity) -> Finding {
    let Names {
        message, help, fix, ..
    } = names;
    let path = RepoPath::new(&format!("core-services/{}", names.path));
    let place = Place::new(&path, Span::new(8, 14));
    let edit = Edit {
        place: place.clone(),
        text: (*fix).to_owned(),
    };
    let fix = Fix {
        applicability: Applicability::Unsafe,
        title: format!("write `{fix}` {fix}"),
        edits: vec![edit],
        renames: Vec::new(),
    };
    let draft = Draft::new(
        place,
        names.entity,
        format!("`{message}` is wrong: {message}"),
    )
    .help(format!("{help}, or `{help}`\nmore"))
    .affects([&path, &RepoPath::new("x"), &RepoPath::new("y")])
    .fix(fix);
    let mut finding = draft.into_finding("first-rule", severity);
    finding.class = Some(Class::Introduced);
    for file in finding.affected.files.iter_mut().take(2) {
        file.owners = Some(Arc::new(Owners {
            team: names.team.to_owned(),
            file: path.clone(),
            people: vec![names.person.to_owned(), "bob".to_owned()],
        }));
    }
    finding
}

/// The comment on `findings` in files that say `text`.
pub fn written(findings: &[Finding], text: &str, comment: Comment) -> String {
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
    let done = report.write(Format::Markdown, style, &mut out);
    done.expect("memory can be written to");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// What a comment takes beside the findings: addresses, and an earlier report with one finding that
/// is called `name`.
pub fn comment(name: &str) -> Comment {
    let report = serde_json::json!({
        "version": 1,
        "findings": [{
            "fingerprint": "0123456789abcdef", "rule": name, "severity": "error", "path": name,
            "message": format!("`{name}` {name}"),
        }],
    });
    let previous = Previous::read(&report.to_string());
    Comment {
        link_base: Some(LinkBase::new(BASE).expect("it is an address")),
        previous: Some(previous.expect("it is a report")),
    }
}

/// Names that anybody may give: they stay text.
pub fn markdown(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let names: Vec<&str> = text.split(BETWEEN).collect();
    let name = |at: usize| names[at % names.len()];
    assert_are_text(
        &Names {
            entity: name(0),
            path: name(1),
            message: name(2),
            help: name(3),
            team: name(4),
            person: name(5),
            fix: name(6),
            text: name(7),
        },
        name(8),
    );
}

/// Holds all that is to hold of a comment in which things have these names, and in the last one had
/// the name `earlier`.
pub fn assert_are_text(names: &Names<'_>, earlier: &str) {
    let findings = [
        finding(names, Severity::Error),
        finding(&Names::all("other"), Severity::Warning),
    ];
    let text = format!("# first\nwidget {}\n", names.text);
    let page = written(&findings, &text, comment(earlier));
    let read = assert_plain(&page);
    // Two findings, and a row for each team and for nobody.
    let teams = if names.person == "other" { 1 } else { 2 };
    assert_eq!(read.rows, 2 + teams + 1, "{page}");
    // The same with their heads.
    assert_eq!(read.cells, 2 * 3 + 3 * (teams + 2), "{page}");
    // A fix that takes more lines than anybody reads has none. It replaces a word: one line, by those of
    // the fix.
    let lines = 1 + names.fix.split('\n').count();
    let is_short = names.text.len() + names.fix.len() < 300 && lines <= FIX_LINES;
    assert!(
        read.blocks <= 2 && (read.blocks == 2 || !is_short),
        "{page}"
    );
    assert!(
        read.words.contains("1 new") || read.words.contains("2 new"),
        "{page}"
    );
}

/// What a reader of Markdown takes `page` for.
#[derive(Debug, Default)]
pub struct Read {
    /// Text that is no code.
    pub words: String,
    /// Text that is code, an item for each piece.
    pub code: Vec<String>,
    /// Rows of tables but for their heads.
    pub rows: usize,
    /// The cells in them.
    pub cells: usize,
    /// Blocks of code.
    pub blocks: usize,
    /// Where links lead.
    pub links: Vec<String>,
    /// Whatever else there is that a name could have made.
    pub odd: Vec<String>,
}

/// The HTML that the comment has of itself.
const OWN_HTML: &[&str] = &["<!-- mirrorlint -->", "<br>", "</details>"];

/// Reads `page` as GitHub does.
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
pub fn assert_plain(page: &str) -> Read {
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
