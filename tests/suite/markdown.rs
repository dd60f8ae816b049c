//! The comment for a pull request, read back by a reader of Markdown: whatever names a checkout has,
//! they are text in it.

use std::error::Error;
use std::fs;

use mirrorlint::finding::{Affected, Applicability, Edit, Finding, Fix, Place, Severity};
use mirrorlint::report::Comment;
use mirrorlint::syntax::span::Span;
use mirrorlint::tree::RepoPath;
use proptest::prelude::*;
use regex::Regex;

use crate::fuzzing::fuzz::markdown::{
    BASE, MOST, Names, PAGE, assert_are_text, assert_plain, comment, finding, written,
};
use crate::support::{Checkout, Outcome, property, run};

/// Names that mean something somewhere.
pub const HOSTILE: &[&str] = &[
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

#[test]
fn hostile_names_are_text() {
    for name in HOSTILE {
        assert_are_text(&Names::all(name), name);
    }
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
        assert_are_text(&Names::all(&name), &name);
    }
}

#[test]
fn names_are_there_to_be_read() -> Outcome {
    let page = written(
        &[finding(&Names::all("a_b"), Severity::Error)],
        "# first\nwidget\n",
        comment("z"),
    );
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
        .map(|n| finding(&Names::all(&format!("{n} {long}")), Severity::Error))
        .collect();
    let page = written(&many, "# first\nwidget\n", comment(&long));
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
        let mut finding = finding(&Names::all("x"), Severity::Error);
        finding.fix = Some(Fix {
            applicability: Applicability::Safe,
            title: "do it".to_owned(),
            edits,
            renames: Vec::new(),
        });
        let page = written(&[finding], text, Comment::default());
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
    let page = written(&[], "", Comment::default());
    assert_eq!(
        page,
        "<!-- mirrorlint -->\n\n**mirrorlint: this change brings nothing wrong**.\n\n\
         No findings in 3 files (1 fixed by this change).\n\n"
    );
    assert!(Affected::default().teams().is_empty());
    Ok(())
}
