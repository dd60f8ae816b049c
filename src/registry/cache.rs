//! Answers of the last hour, as they are kept between runs. No credentials are in it: only whether there
//! were any.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{Answer, Question};
use crate::limits::{MAX_ANSWER_AGE, MAX_CACHED_ANSWERS};

/// Answers, and when they were given.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Cache {
    answers: BTreeMap<String, Dated>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Dated {
    /// Seconds since 1970.
    at: u64,
    answer: Answer,
}

impl Cache {
    /// What a run has left. A file that cannot be read is one of another version, and as good as none.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let mut cache: Self = serde_json::from_slice(bytes).unwrap_or_default();
        let now = now();
        let oldest = now.saturating_sub(MAX_ANSWER_AGE.as_secs());
        let is_fresh = |dated: &mut Dated| (oldest..=now).contains(&dated.at);
        cache.answers.retain(|_, dated| is_fresh(dated));
        cache
    }

    /// What is left to the next run.
    ///
    /// # Errors
    /// Never, as it is plain data.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The answer to a question that was asked with or without credentials.
    #[must_use]
    pub fn get(&self, question: &Question, authenticated: bool) -> Option<&Answer> {
        let dated = self.answers.get(&key(question, authenticated))?;
        Some(&dated.answer)
    }

    /// Keeps an answer.
    pub fn insert(&mut self, question: &Question, authenticated: bool, answer: Answer) {
        if self.answers.len() < MAX_CACHED_ANSWERS {
            let dated = Dated { at: now(), answer };
            self.answers.insert(key(question, authenticated), dated);
        }
    }
}

fn key(question: &Question, authenticated: bool) -> String {
    let with = if authenticated { " authenticated" } else { "" };
    format!("{question}{with}")
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or(Duration::ZERO).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::reference::Reference;

    #[test]
    fn answers_last_an_hour_and_belong_to_who_asked() {
        let Some(question) = Reference::parse("quay.io/a/b:1")
            .ok()
            .as_ref()
            .and_then(Question::of)
        else {
            panic!("a valid pull spec");
        };
        let at = now();
        let kept = |at: u64| {
            let text = format!(
                r#"{{"answers": {{"quay.io/a/b:1": {{"at": {at}, "answer": "no_repository"}}}}}}"#
            );
            Cache::read(text.as_bytes()).get(&question, false).cloned()
        };
        assert_eq!(kept(at - 3500), Some(Answer::NoRepository));
        assert_eq!(kept(at - 3700), None);
        assert_eq!(kept(at + 100), None);
        let mut cache = Cache::default();
        cache.insert(&question, true, Answer::NoRepository);
        assert_eq!(cache.get(&question, false), None);
        let again = Cache::read(cache.to_json().unwrap_or_default().as_bytes());
        assert_eq!(again.get(&question, true), Some(&Answer::NoRepository));
        assert_eq!(Cache::read(b"{\"answers\": 1}").get(&question, true), None);
    }
}
