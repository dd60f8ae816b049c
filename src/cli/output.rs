//! Where reports go.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::{Failure, say, unless_closed};
use crate::fix;
use crate::limits::MAX_FILE_SIZE;
use crate::report::past::{PastFormat, PastReport};
use crate::report::{Comment, Format, LinkBase, Previous, Report, Style, Summary};

/// Columns assumed where the output is no terminal.
const DEFAULT_WIDTH: usize = 100;

/// What `check` and `demo` take.
#[derive(Args)]
pub(super) struct Output {
    /// Report format, perhaps with a file to write to; may be repeated. Formats: pretty (default
    /// on a terminal), concise, json, sarif, junit, github, gitlab, rdjson, html,
    /// markdown
    #[arg(long, value_name = "FORMAT[=FILE]")]
    output: Vec<Target<Format>>,
    #[command(flatten)]
    terminal: Terminal,
    /// Where the files can be read on the web, for the links of `markdown`, such as
    /// https://github.com/openshift/release/blob/main
    #[arg(long, value_name = "URL")]
    link_base: Option<String>,
    /// The JSON report of the last push: `markdown` says what became of it
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
    /// Also count the findings of each rule
    #[arg(long)]
    pub(super) statistics: bool,
}

/// What `replay` takes.
#[derive(Args)]
pub(super) struct PastOutput {
    /// Report format, perhaps with a file to write to; may be repeated. Formats: pretty (default),
    /// json, markdown, html
    #[arg(long, value_name = "FORMAT[=FILE]")]
    output: Vec<Target<PastFormat>>,
    #[command(flatten)]
    terminal: Terminal,
}

/// What becomes of standard output.
#[derive(Args)]
struct Terminal {
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// Print nothing to standard output; the exit status still tells
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// Formats, by the names that `--output` knows them by.
trait Named: Copy + 'static {
    const ALL: &'static [(&'static str, Self)];
}

impl Named for Format {
    const ALL: &'static [(&'static str, Self)] = Self::ALL;
}

impl Named for PastFormat {
    const ALL: &'static [(&'static str, Self)] = Self::ALL;
}

#[derive(Clone, Debug)]
struct Target<F> {
    format: F,
    file: Option<PathBuf>,
}

impl<F: Named> FromStr for Target<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err("there is no file behind the `=`".to_owned()),
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let known = F::ALL.iter().find(|(name, _)| *name == format);
        let Some(&(_, format)) = known else {
            let names: Vec<&str> = F::ALL.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "`{format}` is no format; there are {}",
                names.join(", ")
            ));
        };
        Ok(Self { format, file })
    }
}

impl Output {
    /// What a comment takes beside the findings.
    pub(super) fn comment(&self) -> Result<Comment, Failure> {
        let link_base = match &self.link_base {
            Some(address) => Some(LinkBase::new(address).ok_or_else(|| {
                format!("`--link-base {address}` is no address that starts with `https://`")
            })?),
            None => None,
        };
        let previous = match &self.previous {
            Some(path) => Some(previous(path)?),
            None => None,
        };
        Ok(Comment {
            link_base,
            previous,
        })
    }

    /// Whether a page for a browser is asked for.
    pub(super) fn has_page(&self) -> bool {
        self.output
            .iter()
            .any(|target| target.format == Format::Html)
    }

    /// Writes `report` to every target.
    pub(super) fn write(&self, report: &Report<'_>) -> Result<(), Failure> {
        let default = if io::stdout().is_terminal() {
            Format::Pretty
        } else {
            Format::Concise
        };
        let targets = with_default(&self.output, default)?;
        if self.output.iter().any(|t| t.format == Format::Github) {
            write_job_summary(report)?;
        }
        self.terminal.write(&targets, |format, style, out| {
            report.write(format, style, out)
        })?;
        if !self.terminal.quiet && io::stderr().is_terminal() {
            wrote(&targets, &report.summary)
                .iter()
                .for_each(|line| say(line));
        }
        Ok(())
    }
}

/// What a person at a terminal is told who sees no report there; a line for each file.
fn wrote<F>(targets: &[Target<F>], summary: &Summary) -> Vec<String> {
    let found = summary.counts();
    let found = found.unwrap_or_else(|| "no findings".to_owned());
    let files: Option<Vec<&PathBuf>> = targets.iter().map(|t| t.file.as_ref()).collect();
    let files = files.unwrap_or_default().into_iter();
    files
        .map(|file| format!("wrote {}: {found}", file.display()))
        .collect()
}

impl PastOutput {
    /// Writes `report` to every target.
    pub(super) fn write(&self, report: &PastReport<'_>) -> Result<(), Failure> {
        let targets = with_default(&self.output, PastFormat::Pretty)?;
        self.terminal.write(&targets, |format, style, out| {
            report.write(format, style, out)
        })
    }
}

/// The targets that were asked for, of which one may be standard output; that in the `default` format
/// where none was.
fn with_default<F: Named>(asked: &[Target<F>], default: F) -> Result<Vec<Target<F>>, Failure> {
    if asked.iter().filter(|target| target.file.is_none()).count() > 1 {
        return Err(
            "only one format can go to standard output; give the others a file, as in `json=FILE`"
                .into(),
        );
    }
    Ok(if asked.is_empty() {
        vec![Target {
            format: default,
            file: None,
        }]
    } else {
        asked.to_vec()
    })
}

impl Terminal {
    /// Calls `write` for each of the targets.
    fn write<F: Named>(
        &self,
        targets: &[Target<F>],
        write: impl Fn(F, Style, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        for target in targets {
            match &target.file {
                Some(path) => {
                    let said =
                        |error: io::Error| format!("cannot write `{}`: {error}", path.display());
                    write_file(path, |out| write(target.format, plain(), out)).map_err(said)?;
                }
                None if self.quiet => {}
                None => {
                    let mut stdout = BufWriter::new(io::stdout().lock());
                    let written = write(target.format, self.style(), &mut stdout)
                        .and_then(|()| stdout.flush());
                    unless_closed(written)
                        .map_err(|error| format!("cannot write to standard output: {error}"))?;
                }
            }
        }
        Ok(())
    }

    fn style(&self) -> Style {
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        let width =
            terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
        Style { color, width }
    }
}

/// The report of the last push.
fn previous(path: &Path) -> Result<Previous, Failure> {
    let shown = path.display();
    let failed = |reason: String| format!("cannot use `{shown}` as the last report: {reason}");
    let mut text = String::new();
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let mut file = file.take(MAX_FILE_SIZE + 1);
    let read = file.read_to_string(&mut text);
    read.map_err(|error| failed(error.to_string()))?;
    if text.len() as u64 > MAX_FILE_SIZE {
        return Err(failed(format!("it has more than {MAX_FILE_SIZE} bytes")).into());
    }
    Ok(Previous::read(&text).map_err(|error| failed(error.to_string()))?)
}

/// Writes a file that is at any moment the old one or the new one. What is no plain file, such as a
/// pipe, is written as it is.
fn write_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let there = fs::symlink_metadata(path).ok();
    let is_other = there.as_ref().is_some_and(|there| !there.is_file());
    // Who may write the file but not beside it writes the file. On a full disk that would lose it.
    let may_not = [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem];
    match fix::beside(path) {
        Ok(beside) if !is_other => {
            let mut file = BufWriter::new(beside);
            write(&mut file)?;
            fix::rename(file.into_inner()?, path)
        }
        Err(error) if there.is_none() || !is_other && !may_not.contains(&error.kind()) => {
            Err(error)
        }
        _ => {
            let mut file = BufWriter::new(File::create(path)?);
            write(&mut file)?;
            file.flush()
        }
    }
}

/// Adds to the job's summary where GitHub runs us: it names the file for each step, see
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary>.
fn write_job_summary(report: &Report<'_>) -> Result<(), Failure> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let path = PathBuf::from(path);
    let said = |error: io::Error| format!("cannot write `{}`: {error}", path.display());
    let file = File::options().create(true).append(true).open(&path);
    let mut file = BufWriter::new(file.map_err(said)?);
    report
        .write_job_summary(&mut file)
        .and_then(|()| file.flush())
        .map_err(said)?;
    Ok(())
}

fn plain() -> Style {
    Style {
        color: false,
        width: DEFAULT_WIDTH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sees_no_report_is_told_of_the_files() -> Result<(), String> {
        let summary = Summary {
            errors: 15,
            warnings: 1,
            ..Summary::default()
        };
        let page: Target<Format> = "html=today.html".parse()?;
        let lines = wrote(std::slice::from_ref(&page), &summary);
        assert_eq!(lines, ["wrote today.html: 15 errors, 1 warning"]);
        let nothing = wrote(std::slice::from_ref(&page), &Summary::default());
        assert_eq!(nothing, ["wrote today.html: no findings"]);
        let shown: Target<Format> = "concise".parse()?;
        assert!(wrote(&[page, shown], &summary).is_empty());
        Ok(())
    }
}
