//! The summary by rule, with what each rule's page says.

use std::io::{self, Write};

use super::super::escape::one_line;
use super::super::{Report, closing, markup};

/// A row for each rule that found something: how often, its title, and its text to unfold.
pub(super) fn summary(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rows = closing::by_rule(report.findings);
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<details id=\"summary\" open><summary>By rule</summary>"
    )?;
    for (severity, id, count) in rows {
        let severity = severity.as_str();
        let rule = report.rules.iter().find(|rule| rule.id == id);
        let title = rule.map_or("", |rule| &rule.title);
        let (id, title) = (markup::escape(id), markup::with_code(&one_line(title)));
        writeln!(
            out,
            "<details class=\"{severity}\"><summary><b>{count}</b> <strong>{severity}</strong> \
             <a href=\"#rule={id}&amp;severity={severity}\">{id}</a> {title}</summary>"
        )?;
        let text = rule.map_or("", |rule| &rule.help_markdown);
        for paragraph in text.split("\n\n").filter(|text| !text.trim().is_empty()) {
            writeln!(out, "<p>{}</p>", paragraph_html(paragraph))?;
        }
        if let Some(page) = rule.and_then(|rule| rule.page.as_ref()) {
            writeln!(out, "<p>{}</p>", link(page))?;
        }
        writeln!(out, "</details>")?;
    }
    writeln!(out, "</details>")
}

/// A paragraph of a rule's page, with its code, its addresses and its first words in bold.
fn paragraph_html(markdown: &str) -> String {
    let lines: Vec<_> = markdown.trim().lines().map(one_line).collect();
    let text = lines.join("\n");
    let mut html = String::new();
    let mut rest = text.as_str();
    if let Some((bold, after)) = rest.strip_prefix("**").and_then(|r| r.split_once("**")) {
        html.push_str(&format!("<strong>{}</strong>", markup::escape(bold)));
        rest = after;
    }
    while let Some((before, after)) = rest.split_once("<https://") {
        let Some((address, after)) = after.split_once('>') else {
            break;
        };
        html.push_str(&markup::with_code(before));
        html.push_str(&link(&format!("https://{address}")));
        rest = after;
    }
    html.push_str(&markup::with_code(rest));
    html
}

/// A link that the reader may follow; nothing is loaded by it.
fn link(address: &str) -> String {
    let address = markup::escape(&one_line(address));
    format!("<a href=\"{address}\" rel=\"noreferrer\">{address}</a>")
}
