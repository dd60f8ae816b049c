//! Mirror jobs that fetch the mirror script: whether they run it, and whose it is.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Severity};
use crate::model::Text;
use crate::model::conventions::MirrorScript;
use crate::model::prow_jobs::Container;
use crate::syntax::likeness::{Effort, distance_within};
use crate::syntax::span::Span;

/// Parameters of the rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    /// Programs that run a line of shell behind an option `-c`.
    shells: Vec<String>,
    /// Programs that fetch what lies at an address, and do not run it.
    fetchers: Vec<String>,
    /// What an address holds that is a web page about the file.
    web_page: String,
    /// So many letters may be wrong in the name of a script.
    slips: usize,
}

/// What ends an address in a line of shell.
const BEHIND_ADDRESS: &[char] = &['"', '\'', '|', ';', '&', '(', ')', '<', '>', '`'];

/// What a line of shell holds that does more than run one program.
const MORE: &[char] = &['|', ';', '&', '(', '<', '>', '$', '`', '\n'];

impl Script {
    /// `mirror-job-script`
    pub(super) fn run(&self, checkout: &Checkout, job: &MirrorJob, drafts: &mut Drafts) {
        for container in job.job().containers() {
            drafts.extend(self.without_option(job, container));
            for script in &checkout.conventions.mirror_jobs.scripts {
                let lines = container.arguments.iter();
                let scripts = &checkout.conventions.mirror_jobs.scripts;
                let is_named = lines.clone().any(|line| {
                    let mut names = scripts.iter().map(|script| &script.name);
                    names.any(|name| line.value.contains(name))
                });
                for line in lines {
                    drafts.extend(self.address(checkout, job, (script, is_named), line));
                    if line.value.contains(&script.name) {
                        drafts.extend(self.not_run(job, script, line));
                    }
                }
            }
        }
    }

    /// The script is fetched, and nothing takes it.
    fn not_run(&self, job: &MirrorJob, script: &MirrorScript, line: &Text) -> Option<Draft> {
        let text = line.value.trim();
        let program = base_name(text.split_whitespace().next()?);
        let is_fetched = self.fetchers.iter().any(|own| own == program);
        if !is_fetched || text.contains(MORE) {
            return None;
        }
        let (name, script) = (job.name(), &script.name);
        let shell = self.shells.first()?;
        let message = format!("job `{name}` fetches `{script}` and does not run it");
        let draft = Draft::new(job.place(line.span), format!("{name} {script}"), message);
        Some(draft.help(format!(
            "the job succeeds and mirrors nothing; let a shell read the script: `{text} | {shell}`"
        )))
    }

    /// A shell takes the line for the name of a file.
    fn without_option(&self, job: &MirrorJob, container: &Container) -> Option<Draft> {
        let program = base_name(&container.program.as_ref()?.value);
        if !self.shells.iter().any(|own| own == program) {
            return None;
        }
        let mut words = container.arguments.iter().skip(1);
        let line = loop {
            let word = words.next()?;
            let text = &*word.value;
            match text.strip_prefix(['-', '+']) {
                // What the shell is to run, or what is no option any more.
                None => break word,
                Some("" | "-") => break words.next()?,
                Some("o" | "O") => {
                    words.next()?;
                }
                Some(long) if long.starts_with('-') => {}
                Some(letters) if text.starts_with('-') && letters.contains('c') => return None,
                Some(_) => {}
            }
        };
        if !line.value.contains(char::is_whitespace) {
            return None;
        }
        let name = job.name();
        let message = format!("job `{name}` gives `{program}` a line to run without `-c`");
        let draft = Draft::new(job.place(line.span), format!("{name} {program}"), message);
        Some(draft.help(format!(
            "`{program}` looks for a file of that name and the job fails; write `-c` in front of the \
             line, as an item of its own"
        )))
    }

    /// The script's address: a web page, another place, or another name.
    fn address(
        &self,
        checkout: &Checkout,
        job: &MirrorJob,
        (script, is_named): (&MirrorScript, bool),
        line: &Text,
    ) -> Option<Draft> {
        let text = job.file.slice(line.span);
        let at = text.find("://")?;
        let start = text[..at].rfind(|c: char| !c.is_ascii_alphabetic());
        let start = start.map_or(0, |before| {
            before + text[before..].chars().next().map_or(0, char::len_utf8)
        });
        let address = &text[start..];
        let is_behind = |c: char| c.is_whitespace() || BEHIND_ADDRESS.contains(&c);
        let address = &address[..address.find(is_behind).unwrap_or(address.len())];
        let (_, file) = address.rsplit_once('/')?;
        let is_here = address.starts_with(&script.repository);
        // Where the container fetches nothing else from there, it is the script that is meant.
        let slips = distance_within(file, &script.name, self.slips, &Effort::default());
        let extension = |name: &str| name.rsplit_once('.').map(|(_, end)| end.to_owned());
        let is_meant = is_here && !is_named && extension(file) == extension(&script.name);
        if slips.is_none() && !is_meant {
            return None;
        }
        let is_script = slips == Some(0);
        let span = Span::new(start, start + address.len()).shifted(line.span.start as usize);
        let place = job.place(span);
        let right = usual(checkout, script);
        let entity = format!("{} {address}", job.name());
        let draft = |message| {
            let meant = right.and_then(|right| Fix::alternative(place.clone(), right));
            Draft::new(place.clone(), entity, message).alternatives(meant)
        };
        let advice = right.map_or_else(String::new, |right| format!("; write `{right}`"));
        if is_script && address.contains(&self.web_page) {
            let message = format!("`{address}` is a web page about the script");
            let help = format!("the page is no script, and the job fails{advice}");
            return Some(draft(message).help(help));
        }
        let is_usual = right.is_none_or(|right| {
            let effort = Effort::default();
            address == right || distance_within(address, right, self.slips, &effort).is_none()
        });
        if is_script && is_here && is_usual {
            return None;
        }
        let message = match is_here {
            true if is_script => format!("`{address}` is nearly where the script is"),
            true => format!(
                "`{file}` is not what mirror jobs run, which is `{}`",
                script.name
            ),
            false => format!(
                "`{}` comes from elsewhere than `{}`",
                script.name, script.repository
            ),
        };
        let help = match is_here {
            true => format!("where there is no such script the job fails{advice}"),
            false => format!(
                "the job runs, with the credentials for the push, what nobody reviews here, or fails \
                 where nothing is there{advice}"
            ),
        };
        Some(draft(message).severity(Severity::Warning).help(help))
    }
}

/// Where a new job has the script from.
fn usual<'c>(checkout: &'c Checkout, script: &MirrorScript) -> Option<&'c str> {
    let new = &checkout.conventions.mirror_jobs.new.script;
    let mut words = new.split_whitespace();
    words.find(|word| word.ends_with(&script.name))
}

/// A program without the folder that it lies in.
fn base_name(program: &str) -> &str {
    program.rsplit_once('/').map_or(program, |(_, name)| name)
}
