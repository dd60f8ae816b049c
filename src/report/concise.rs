//! One line a finding: `path:line:column: severity[rule] message`.

use std::io::{self, Write};

use super::Report;
use super::escape::one_line;
use crate::finding::LineIndexes;
use crate::syntax::span::ColumnUnit;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = LineIndexes::default();
    for finding in report.findings {
        let (start, _) = report.positions(&mut lines, &finding.place, ColumnUnit::Scalars);
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}{}",
            one_line(finding.place.path.as_str()),
            start.line,
            start.column,
            finding.severity.as_str(),
            finding.rule,
            one_line(&finding.message),
            finding
                .class
                .map_or_else(String::new, |class| format!(" ({})", class.as_str())),
        )?;
    }
    Ok(())
}
