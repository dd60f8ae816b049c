//! Asks many questions: several at once, few of one registry, in bounded time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::{Answer, Question, Registry, Undecided};
use crate::limits::{
    MAX_ASKED_AT_ONCE, MAX_ASKED_OF_REGISTRY, MAX_QUESTION_TIME, MAX_QUESTION_TRIES,
    MAX_REGISTRY_FAILURES,
};

/// How long to wait before a question is asked again, where the registry does not say.
const PAUSE: Duration = Duration::from_secs(1);

type Outcome = Result<Answer, Undecided>;

/// The answer to each of `questions`, in their order, none of them twice: those that have none after
/// `budget` stay open. `on_answer` is called for each.
pub fn ask_all(
    registry: &dyn Registry,
    questions: &[Question],
    budget: Duration,
    on_answer: &(dyn Fn() + Sync),
) -> Vec<Outcome> {
    let mut hosts: BTreeMap<&str, Host> = BTreeMap::new();
    for (at, question) in questions.iter().enumerate() {
        let host = hosts.entry(&question.registry).or_default();
        host.waiting.push_back(Waiting { at, tries: 0 });
    }
    let pool = Pool {
        registry,
        questions,
        end: Instant::now() + budget,
        on_answer,
        state: Mutex::new(State {
            hosts,
            outcomes: vec![Err(Undecided::OutOfTime); questions.len()],
        }),
        changed: Condvar::new(),
    };
    thread::scope(|scope| {
        for _ in 0..questions.len().min(MAX_ASKED_AT_ONCE) {
            scope.spawn(|| pool.work());
        }
    });
    let state = pool.state.into_inner();
    state.unwrap_or_else(PoisonError::into_inner).outcomes
}

/// What the threads share.
struct Pool<'q> {
    registry: &'q dyn Registry,
    questions: &'q [Question],
    end: Instant,
    on_answer: &'q (dyn Fn() + Sync),
    state: Mutex<State<'q>>,
    changed: Condvar,
}

struct State<'q> {
    hosts: BTreeMap<&'q str, Host>,
    outcomes: Vec<Outcome>,
}

/// The questions to one registry.
#[derive(Default)]
struct Host {
    waiting: VecDeque<Waiting>,
    /// How many are being asked.
    asked: usize,
    /// When the next may be asked.
    not_before: Option<Instant>,
    /// How many in a row had no answer at all.
    failures: usize,
}

/// A question, and how often it was asked already.
#[derive(Clone, Copy)]
struct Waiting {
    at: usize,
    tries: usize,
}

impl<'q> Pool<'q> {
    /// Asks one question after the other until none waits.
    fn work(&self) {
        while let Some((host, waiting)) = self.next() {
            let question = &self.questions[waiting.at];
            let deadline = self.end.min(Instant::now() + MAX_QUESTION_TIME);
            let outcome = self.registry.ask(question, deadline);
            self.settle(host, waiting, outcome);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<'q>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next question, as soon as one may be asked; none once all have an outcome or are being
    /// asked for the last time.
    fn next(&self) -> Option<(&'q str, Waiting)> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            if now >= self.end || state.is_done() {
                return None;
            }
            if let Some(next) = state.take(now) {
                return Some(next);
            }
            let pauses = state.hosts.values().filter_map(|host| host.not_before);
            let until = pauses.filter(|at| *at > now).fold(self.end, Instant::min);
            let waited = self.changed.wait_timeout(state, until - now);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Notes the outcome of a question, or asks it again later.
    fn settle(&self, host: &'q str, waiting: Waiting, outcome: Outcome) {
        let mut state = self.lock();
        let State { hosts, outcomes } = &mut *state;
        let host = hosts.entry(host).or_default();
        host.asked -= 1;
        host.failures = match outcome {
            Err(Undecided::TimedOut | Undecided::Unreachable) => host.failures + 1,
            _ => 0,
        };
        let mut settled = 1;
        let tries = waiting.tries + 1;
        let pause = match outcome {
            Err(Undecided::RateLimited(pause) | Undecided::Failed(pause)) => {
                Some(pause.unwrap_or(PAUSE * u32::try_from(tries).unwrap_or(u32::MAX)))
            }
            _ => None,
        };
        let again = pause.and_then(|pause| Instant::now().checked_add(pause));
        let is_lost = match (pause, again) {
            (Some(_), Some(again)) if again < self.end => {
                host.not_before = host.not_before.max(Some(again));
                if tries < MAX_QUESTION_TRIES {
                    host.waiting.push_back(Waiting { tries, ..waiting });
                    settled = 0;
                }
                false
            }
            (Some(_), _) => true,
            _ => host.failures >= MAX_REGISTRY_FAILURES,
        };
        if settled == 1 {
            outcomes[waiting.at] = outcome.clone();
        }
        if is_lost {
            // Whoever asks on only waits for nothing, or makes it worse.
            for left in host.waiting.drain(..) {
                outcomes[left.at] = outcome.clone();
                settled += 1;
            }
        }
        drop(state);
        self.changed.notify_all();
        (0..settled).for_each(|_| (self.on_answer)());
    }
}

impl<'q> State<'q> {
    /// Whether nothing waits, nor could come to wait again.
    fn is_done(&self) -> bool {
        let mut hosts = self.hosts.values();
        hosts.all(|host| host.waiting.is_empty() && host.asked == 0)
    }

    /// Takes a question of the registry that is asked least.
    fn take(&mut self, now: Instant) -> Option<(&'q str, Waiting)> {
        let free = self.hosts.iter_mut().filter(|(_, host)| {
            host.asked < MAX_ASKED_OF_REGISTRY
                && !host.waiting.is_empty()
                && host.not_before.is_none_or(|at| at <= now)
        });
        let (name, host) = free.min_by_key(|(_, host)| host.asked)?;
        host.asked += 1;
        Some((name, host.waiting.pop_front()?))
    }
}
