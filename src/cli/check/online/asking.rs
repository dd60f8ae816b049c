//! From the checkout to questions, and from answers to the linter.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::files;
use crate::checks;
use crate::cli::check::LintTarget;
use crate::cli::progress::Progress;
use crate::cli::{Failure, counted, say};
use crate::linter::{self, Linter, Review};
use crate::model::conventions::OnlineRegistries;
use crate::registry::{Answers, Client, Question, ask_all};
use crate::report::Online;

/// Seconds for all questions, and how many anybody may give them.
const BUDGET: u64 = 60;
const LONGEST: u64 = 3600;

#[derive(Args)]
pub(super) struct HowArguments {
    /// Ask this registry too, for example docker.io; may be repeated
    #[arg(long, value_name = "HOST", requires = "online")]
    online_host: Vec<String>,
    /// Trust the certificate authorities in this file (PEM) instead of Mozilla's
    #[arg(long, value_name = "FILE", requires = "online")]
    online_ca: Option<PathBuf>,
    /// Time for all questions together
    #[arg(
        long,
        value_name = "SECONDS",
        requires = "online",
        default_value_t = BUDGET,
        value_parser = clap::value_parser!(u64).range(1..=LONGEST)
    )]
    online_budget: u64,
    /// Neither use nor keep answers of the last hour
    #[arg(long, requires = "online")]
    no_cache: bool,
}

/// What is asked, the answers, and what of them is new.
pub(super) fn ask(
    arguments: &HowArguments,
    linter: &mut Linter,
    lint_target: &LintTarget,
    has_own_config: bool,
) -> Result<Online, Failure> {
    let online = registries(arguments, linter, lint_target, has_own_config)?;
    let authorities = arguments.online_ca.as_deref().map(files::authorities);
    let authorities = authorities.transpose()?;
    let client = Client::new(online, files::credentials()?, authorities.as_deref())
        .map_err(|error| files::unusable(arguments.online_ca.as_deref(), &error))?;
    let questions = questions(linter, lint_target, &client)?;
    let mut cache = match arguments.no_cache {
        true => files::CacheFile::none(),
        false => files::CacheFile::read(),
    };
    let mut summary = Online {
        images: questions.len(),
        ..Online::default()
    };
    let mut answers = Answers::new();
    let mut asked: Vec<Question> = Vec::new();
    for question in questions {
        let authenticated = client.has_credentials(&question);
        if linter.inputs.known.listed(&question).is_some() {
            summary.listed += 1;
        } else if !client.allows(&question) {
            *summary
                .not_asked
                .entry(question.registry.into())
                .or_default() += 1;
        } else if let Some(answer) = cache.answers.get(&question, authenticated) {
            summary.cached += 1;
            answers.insert(question, answer.clone());
        } else {
            asked.push(question);
        }
    }
    let budget = Duration::from_secs(arguments.online_budget);
    let progress = Progress::of_images(asked.len());
    let outcomes = ask_all(&client, &asked, budget, &|| progress.step());
    drop(progress);
    for (question, outcome) in asked.into_iter().zip(outcomes) {
        match outcome {
            Ok(answer) => {
                let authenticated = client.has_credentials(&question);
                cache
                    .answers
                    .insert(&question, authenticated, answer.clone());
                answers.insert(question, answer);
                summary.asked += 1;
            }
            Err(why) => *summary.undecided.entry(why.as_str()).or_default() += 1,
        }
    }
    summary.requests = client.requests();
    if let Err(error) = cache.write() {
        say(&format!("cannot keep the registries' answers: {error}"));
    }
    say(&in_words(&summary));
    Arc::make_mut(&mut linter.inputs.known).answers = Some(answers);
    Ok(summary)
}

/// The registries that may be asked: as the checkout, or the base of the change, has it, and what the
/// command line adds.
fn registries(
    arguments: &HowArguments,
    linter: &Linter,
    lint_target: &LintTarget,
    has_own_config: bool,
) -> Result<OnlineRegistries, Failure> {
    let review = lint_target.review.as_ref();
    // A config that the command line names is the user's own, whatever is linted.
    let mut online = match review {
        Some(review) if !has_own_config => {
            let base = linter::config_in(review.base(), linter.plan.catalogue())?;
            base.conventions()?.registries.online.clone()
        }
        _ => linter.conventions.registries.online.clone(),
    };
    online.hosts.extend(arguments.online_host.iter().cloned());
    Ok(online)
}

/// What there is to ask, if a rule is to run that needs it.
fn questions(
    linter: &Linter,
    lint_target: &LintTarget,
    client: &Client,
) -> Result<Vec<Question>, Failure> {
    let mut rules = linter.plan.catalogue().rules().map(|rule| rule.id());
    if !rules.any(|id| checks::needs_answers(id) && linter.plan.runs(id)) {
        return Ok(Vec::new());
    }
    let checkout = linter.load(&*lint_target.tree)?;
    let review = lint_target.review.as_ref();
    let base = review.map(|review| linter.load(Review::base(review)));
    let base = base.transpose()?;
    let may_ask = |question: &Question| client.has_credentials(question);
    let questions = checkout.questions(base.as_ref(), may_ask);
    Ok(questions.into_iter().collect())
}

/// One line about what was asked.
fn in_words(summary: &Online) -> String {
    let mut words = format!(
        "online: {}, {} asked, {} from the cache",
        counted(summary.images, "image", "images"),
        summary.asked,
        summary.cached
    );
    if summary.listed > 0 {
        words.push_str(&format!(", {} in a list", summary.listed));
    }
    let listed = |counts: &mut dyn Iterator<Item = (&str, usize)>| {
        let counts: Vec<String> = counts
            .map(|(what, count)| format!("{what} {count}"))
            .collect();
        counts.join(", ")
    };
    let undecided = summary.undecided();
    if undecided > 0 {
        let why = listed(&mut summary.undecided.iter().map(|(why, count)| (*why, *count)));
        words.push_str(&format!(", {undecided} undecided ({why})"));
    }
    let not_asked: usize = summary.not_asked.values().sum();
    if not_asked > 0 {
        let hosts = listed(&mut most(&summary.not_asked).into_iter());
        words.push_str(&format!(
            ", {not_asked} of registries that are not to be asked ({hosts})"
        ));
    }
    words
}

/// The hosts of which most is not asked, five of them.
fn most(hosts: &BTreeMap<String, usize>) -> Vec<(&str, usize)> {
    const SHOWN: usize = 5;
    let mut hosts: Vec<(&str, usize)> = hosts.iter().map(|(host, n)| (host.as_str(), *n)).collect();
    hosts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    hosts.truncate(SHOWN);
    hosts
}
