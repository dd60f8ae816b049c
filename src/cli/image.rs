//! `mirrorlint image`: an image, from where it comes to who uses it.

mod text;

use std::path::PathBuf;

use clap::Args;

use super::check::lint_target::{self, LintTarget};
use super::{Failure, Status, print, say};
use crate::checkout::images::ResolutionKind;
use crate::ide::image::{Answer, NoAnswer, answer};
use crate::linter::checkout_root;
use crate::linter::conventions_in;
use text::Text;

#[derive(Args)]
pub(super) struct ImageArguments {
    /// NAMESPACE/NAME:TAG, or NAMESPACE/NAME for all tags of the stream, also as a pull spec; or a
    /// pull spec of another registry that images are mirrored to
    #[arg(value_name = "IMAGE")]
    image: String,
    /// The checkout
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Ask this commit instead of the files on disk
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// List everything instead of the first ten
    #[arg(long)]
    all: bool,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    output: ImageFormat,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ImageFormat {
    Text,
    Json,
}

pub(super) fn run(arguments: &ImageArguments) -> Result<Status, Failure> {
    let lint_target = match &arguments.rev {
        Some(rev) => lint_target::commit(&arguments.path, rev)?,
        None => {
            let (root, reported) = checkout_root(&arguments.path)?;
            LintTarget::on_disk(&root, reported)?
        }
    };
    let answer = match answer(
        &*lint_target.tree,
        &conventions_in(&*lint_target.tree)?,
        &arguments.image,
    ) {
        Err(unknown @ (NoAnswer::NoTags(..) | NoAnswer::NotWritten(..))) => {
            say(&unknown.to_string());
            if matches!(arguments.output, ImageFormat::Json) {
                print("[]\n")?;
            }
            return Ok(Status::Findings);
        }
        answer => answer?,
    };
    let text = match arguments.output {
        ImageFormat::Json => serde_json::to_string_pretty(&answer)? + "\n",
        ImageFormat::Text => Text::of(&answer, arguments.all),
    };
    print(&text)?;
    let is_missing = match &answer {
        Answer::Images(images) => {
            let mut images = images.iter();
            images.all(|image| image.resolution == ResolutionKind::Missing)
        }
        Answer::Destinations(_) => false,
    };
    Ok(if is_missing {
        Status::Findings
    } else {
        Status::Clean
    })
}
