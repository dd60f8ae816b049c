//! Criterion benchmarks of each layer and each group of rules, and of a whole check.
//!
//! On generated checkouts of today's size and 4 times that; `MIRRORLINT_BENCH_TIMES=1,16` asks for
//! others, `MIRRORLINT_BENCH_CHECKOUT=path/to/release` for a real one instead. Names start with the
//! checkout, so that `cargo bench --bench layers -- x1/parse` picks a part.

mod generator;

use std::env;
use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::checks::GROUPS;
use mirrorlint::engine::{self, Plan};
use mirrorlint::finding::Finding;
use mirrorlint::findings::{Comments, Policy};
use mirrorlint::model::{self, Conventions, FileKind, ParsedFiles};
use mirrorlint::report::{Comment, Format, Report, RuleText, Style, Summary, Texts};
use mirrorlint::rules::Catalogue;
use mirrorlint::syntax::yaml::{self, Arena, Limits};
use mirrorlint::tree::{Entry, RepoPath, Tree, WorkTree};
use rayon::prelude::*;
use tempfile::TempDir;

const SEED: u64 = 0;

type Outcome = Result<(), Box<dyn Error>>;

/// A checkout on disk, and what its benchmarks are called after.
struct Subject {
    name: String,
    root: PathBuf,
    /// Where a generated one lies.
    _folder: Option<TempDir>,
}

fn generated(times: usize) -> Result<Subject, Box<dyn Error>> {
    let folder = TempDir::new()?;
    generator::generate_into(folder.path(), times, SEED)?;
    Ok(Subject {
        name: format!("x{times}"),
        root: folder.path().to_owned(),
        _folder: Some(folder),
    })
}

fn main() -> Outcome {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    if let Some(root) = env::var_os("MIRRORLINT_BENCH_CHECKOUT") {
        let subject = Subject {
            name: "given".to_owned(),
            root: root.into(),
            _folder: None,
        };
        bench(&mut criterion, &subject)?;
    } else {
        let times = env::var("MIRRORLINT_BENCH_TIMES");
        for times in times.as_deref().unwrap_or("1,4").split(',') {
            bench(&mut criterion, &generated(times.trim().parse()?)?)?;
        }
    }
    criterion.final_summary();
    Ok(())
}

fn bench(criterion: &mut Criterion, subject: &Subject) -> Outcome {
    let conventions = Conventions::builtin()?;
    let catalogue = Catalogue::builtin()?;
    let whole = Plan::new(&catalogue, |_| true)?;
    files(criterion, subject, &conventions)?;
    parsing(criterion, subject, &conventions)?;
    let tree = WorkTree::open(&subject.root)?;
    let checkout = Checkout::load(&tree, &conventions, &Inputs::default())?;
    joining(criterion, subject, &conventions, &checkout);
    groups(criterion, subject, &catalogue, &checkout)?;
    rendering(criterion, subject, &whole, &checkout);
    drop(checkout);
    criterion.bench_function(&format!("{}/check", subject.name), |bencher| {
        bencher.iter(|| check(&subject.root, &conventions, &whole));
    });
    Ok(())
}

/// All that `mirrorlint check` does, but for writing the report.
fn check(root: &Path, conventions: &Conventions, plan: &Plan) -> Result<usize, Box<dyn Error>> {
    let tree = WorkTree::open(root)?;
    let checkout = Checkout::load(&tree, conventions, &Inputs::default())?;
    let found = engine::lint(&checkout, plan);
    let judged = Policy::default().apply(&mut Comments::of(&checkout), plan, found);
    Ok(judged.found.findings.len())
}

/// The walk, and reading what it finds, on all cores.
fn files(criterion: &mut Criterion, subject: &Subject, conventions: &Conventions) -> Outcome {
    let tree = WorkTree::open(&subject.root)?;
    let mut entries = tree.list(conventions.wanted())?.entries;
    entries.retain(|entry| is_read(conventions, entry));
    let read = || -> u64 {
        let texts = entries.par_iter().filter_map(|entry| tree.read(entry).ok());
        texts.map(|text| text.len() as u64).sum()
    };
    let mut group = criterion.benchmark_group(&subject.name);
    group.bench_function("walk", |bencher| {
        bencher.iter(|| tree.list(conventions.wanted()));
    });
    group.throughput(Throughput::Bytes(read()));
    group.bench_function("read", |bencher| bencher.iter(read));
    Ok(())
}

fn is_read(conventions: &Conventions, entry: &Entry) -> bool {
    let kind = conventions.kind(entry.path.as_str());
    kind.is_some_and(FileKind::is_read)
}

/// Texts to YAML with each of the two parsers, and files to statements; on one core.
fn parsing(criterion: &mut Criterion, subject: &Subject, conventions: &Conventions) -> Outcome {
    let tree = WorkTree::open(&subject.root)?;
    let files = model::load(&tree, conventions, &ParsedFiles::default())?;
    let of_kinds = |is_it: fn(FileKind) -> bool| {
        let files = files.iter().filter(move |file| is_it(file.kind));
        files.map(|file| (&file.path, file.kind, &*file.text))
    };
    let configs: Vec<&str> = of_kinds(|kind| kind == FileKind::CiConfig)
        .map(|(_, _, text)| text)
        .collect();
    let all: Vec<(&RepoPath, FileKind, &str)> = of_kinds(FileKind::is_read).collect();
    let bytes = |texts: &mut dyn Iterator<Item = &str>| {
        Throughput::Bytes(texts.map(|text| text.len() as u64).sum())
    };
    let limits = Limits::default();
    let mut group = criterion.benchmark_group(format!("{}/parse", subject.name));
    group.throughput(bytes(&mut configs.iter().copied()));
    group.bench_function("yaml-block", |bencher| {
        let mut arena = Arena::new();
        bencher.iter(|| {
            for text in &configs {
                arena.reset();
                black_box(yaml::parse_block(text, &limits, &arena));
            }
        });
    });
    group.bench_function("yaml-general", |bencher| {
        let mut arena = Arena::new();
        bencher.iter(|| {
            for text in &configs {
                arena.reset();
                black_box(yaml::parse_general(text, &limits, &arena));
            }
        });
    });
    group.throughput(bytes(&mut all.iter().map(|(_, _, text)| *text)));
    group.bench_function("statements", |bencher| {
        bencher.iter(|| {
            for (path, kind, text) in &all {
                black_box(model::parse(
                    (*path).clone(),
                    *kind,
                    text.as_bytes().to_vec(),
                ));
            }
        });
    });
    Ok(())
}

fn joining(
    criterion: &mut Criterion,
    subject: &Subject,
    conventions: &Conventions,
    checkout: &Checkout,
) {
    let inputs = Inputs::default();
    criterion.bench_function(&format!("{}/join", subject.name), |bencher| {
        bencher.iter(|| Checkout::new(checkout.files().to_vec(), conventions, &inputs));
    });
}

/// The rules of every group.
fn groups(
    criterion: &mut Criterion,
    subject: &Subject,
    catalogue: &Catalogue,
    checkout: &Checkout,
) -> Outcome {
    let mut group = criterion.benchmark_group(format!("{}/checks", subject.name));
    for (name, rules) in GROUPS {
        let plan = Plan::new(catalogue, |rule| {
            rules.iter().any(|(id, _)| *id == rule.id())
        })?;
        group.bench_function(*name, |bencher| {
            bencher.iter(|| engine::lint(checkout, &plan));
        });
    }
    Ok(())
}

/// Every format with all findings, also those that are held back.
fn rendering(criterion: &mut Criterion, subject: &Subject, plan: &Plan, checkout: &Checkout) {
    let found = engine::lint(checkout, plan);
    let findings: Vec<Finding> = found.all().cloned().collect();
    let texts = plan.catalogue().rules().map(|rule| RuleText {
        id: rule.id().to_owned(),
        title: rule.page.title.clone(),
        severity: rule.front_matter.severity,
        help_markdown: rule.page.explanation().to_owned(),
        page: rule.address(),
    });
    let report = Report {
        findings: &findings,
        rules: &texts.collect::<Vec<_>>(),
        summary: Summary::default(),
        subject: mirrorlint::report::Subject::default(),
        fails_from: None,
        statistics: None,
        online: None,
        offers: mirrorlint::report::Offers::default(),
        comment: Comment::default(),
        texts: &TextsOf(checkout),
    };
    let style = Style {
        color: true,
        width: 100,
    };
    let mut group = criterion.benchmark_group(format!("{}/render", subject.name));
    group.throughput(Throughput::Elements(findings.len() as u64));
    for (name, format) in Format::ALL {
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                let mut out = Vec::new();
                report.write(*format, style, &mut out).map(|()| out)
            });
        });
    }
}

struct TextsOf<'c>(&'c Checkout);

impl Texts for TextsOf<'_> {
    fn text(&self, path: &RepoPath) -> Option<&str> {
        self.0.text(path)
    }
}
