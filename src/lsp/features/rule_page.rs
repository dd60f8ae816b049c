//! `mirrorlint/rulePage`, a request of our own: the page of a rule.

use std::fmt::Write as _;

use gen_lsp_types::{LspRequestMethod, MessageDirection, Request};
use serde::{Deserialize, Serialize};

use super::Answer;
use crate::lsp::config_file;
use crate::lsp::snapshot::Snapshots;
use crate::rules::{Block, Catalogue, Rule, State};

/// The request's name.
pub const METHOD: &str = "mirrorlint/rulePage";

/// Asks for a page.
pub enum RulePageRequest {}

impl Request for RulePageRequest {
    type Params = RulePageParams;
    type Result = Option<RulePage>;
    const METHOD: LspRequestMethod<'static> = LspRequestMethod::Custom(METHOD);
    const MESSAGE_DIRECTION: MessageDirection = MessageDirection::ClientToServer;
}

/// Which page.
#[derive(Deserialize, Serialize)]
pub struct RulePageParams {
    rule: String,
}

/// A page.
#[derive(Deserialize, Serialize)]
pub struct RulePage {
    title: String,
    /// Markdown.
    text: String,
}

/// The page of the rule of that id in the first checkout that has one; nothing where none has.
pub fn page(session: &Snapshots, params: RulePageParams) -> Answer<Option<RulePage>> {
    let own = session.workspaces.iter();
    let mut own = own.filter_map(|workspace| workspace.setup().catalogue().get(&params.rule));
    if let Some(rule) = own.next() {
        return Ok(Some(written(rule)));
    }
    let builtin = Catalogue::builtin().unwrap_or_default();
    Ok(builtin.get(&params.rule).map(written))
}

fn written(rule: &Rule) -> RulePage {
    let mut text = config_file::page(rule);
    // What a hover has as a part is a page here.
    if text.starts_with("### ") {
        text.drain(..2);
    }
    for example in &rule.page.examples {
        let _ = writeln!(text, "\n\n## {}", example.heading);
        example
            .blocks
            .iter()
            .for_each(|block| file(&mut text, block));
    }
    RulePage {
        title: rule.page.title.clone(),
        text,
    }
}

/// Lines shown above and below one that is wrong.
const CONTEXT: usize = 3;

/// A file of an example; lines that are wrong stand behind a `>`.
fn file(text: &mut String, block: &Block) {
    let state = match block.state {
        State::Linted => "",
        State::Fixed => ", after `--fix`",
        State::Absent => ", deleted",
    };
    let lines = block.excerpt(CONTEXT);
    let ticks = lines
        .iter()
        .flat_map(|(_, line, _)| line.split(|c| c != '`'));
    let longest = ticks.map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(text, "\n`{}`{state}\n\n{fence}text", block.path);
    let mut last = 0;
    for (number, line, is_wrong) in &lines {
        if last > 0 && *number > last + 1 {
            text.push_str("  ...\n");
        }
        last = *number;
        let line = format!("{} {line}", if *is_wrong { '>' } else { ' ' });
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(text, "{fence}");
}
