//! Requests that are answered while the main loop goes on.

use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lsp_server::{ErrorCode, RequestId, ResponseError};
use serde_json::Value;

use super::client::{Voice, error};

/// So many requests are worked on at a time: one that takes long does not hold up the next.
const THREADS: usize = 2;

/// The requests that are not answered yet.
#[derive(Default)]
pub(super) struct Answering {
    waiting: Arc<Waiting>,
    /// None where the system has no more threads to give: everything is answered at once then.
    pool: Option<rayon::ThreadPool>,
}

/// How many there are of each id: nothing keeps a client from giving two the same.
#[derive(Default)]
struct Waiting(Mutex<HashMap<RequestId, usize>>);

impl Waiting {
    fn counts(&self) -> MutexGuard<'_, HashMap<RequestId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, id: RequestId) {
        *self.counts().entry(id).or_default() += 1;
    }

    fn has(&self, id: &RequestId) -> bool {
        self.counts().contains_key(id)
    }

    /// Whether there was one, of which there is one less now.
    fn take(&self, id: &RequestId) -> bool {
        let mut counts = self.counts();
        let Some(count) = counts.get_mut(id) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            counts.remove(id);
        }
        true
    }
}

impl Answering {
    pub(super) fn new() -> Self {
        let named = |at| format!("answers-{at}");
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(THREADS)
            .thread_name(named);
        Self {
            waiting: Arc::default(),
            pool: pool.build().ok(),
        }
    }

    /// Answers the request `id` with what `work` gives.
    pub(super) fn start(
        &self,
        voice: Voice,
        id: RequestId,
        work: impl FnOnce() -> Result<Value, ResponseError> + Send + 'static,
    ) {
        let waiting = Arc::clone(&self.waiting);
        waiting.add(id.clone());
        let answer = move || {
            if !waiting.has(&id) {
                return; // cancelled before its turn came
            }
            let answer = guarded(work);
            if waiting.take(&id) {
                voice.respond(id, answer);
            }
        };
        match &self.pool {
            Some(pool) => pool.spawn_fifo(answer),
            None => answer(),
        }
    }

    /// Whether `id` was waiting for an answer. It does not get one any more.
    pub(super) fn cancel(&self, id: &RequestId) -> bool {
        self.waiting.take(id)
    }
}

/// What `work` gives; where it panics, an error that says so, and the server lives.
pub(super) fn guarded<T>(
    work: impl FnOnce() -> Result<T, ResponseError>,
) -> Result<T, ResponseError> {
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    result.unwrap_or_else(|cause| {
        let reason = cause
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| cause.downcast_ref::<&str>().copied());
        let reason = reason.unwrap_or("no reason given");
        Err(error(
            ErrorCode::InternalError,
            format!("this is a fault of mirrorlint, please report it: {reason}"),
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver};
    use std::time::Duration;

    use lsp_server::Message;
    use serde_json::json;

    use super::super::transport::Outgoing;
    use super::*;

    fn answers() -> (Voice, Receiver<Outgoing>) {
        let (sender, receiver) = mpsc::channel();
        (Voice::new(sender), receiver)
    }

    fn next(receiver: &Receiver<Outgoing>) -> Option<(RequestId, Result<Value, i32>)> {
        match receiver.recv_timeout(Duration::from_secs(10)).ok()? {
            Outgoing::Message(Message::Response(response)) => {
                let result = response.response_result.map_err(|error| error.code);
                Some((response.id, result))
            }
            _ => None,
        }
    }

    #[test]
    fn a_panic_is_an_answer_and_the_next_request_gets_its_own() {
        let (voice, receiver) = answers();
        let answering = Answering::new();
        answering.start(voice.clone(), RequestId::from(1), || panic!("on purpose"));
        let internal = ErrorCode::InternalError as i32;
        assert_eq!(next(&receiver), Some((RequestId::from(1), Err(internal))));
        answering.start(voice, RequestId::from(2), || Ok(json!(3)));
        assert_eq!(next(&receiver), Some((RequestId::from(2), Ok(json!(3)))));
    }

    #[test]
    fn each_of_two_with_one_id_is_answered() {
        let (voice, receiver) = answers();
        let answering = Answering::new();
        let (release, held) = mpsc::channel::<()>();
        let id = RequestId::from(7);
        answering.start(voice.clone(), id.clone(), move || {
            let _ = held.recv();
            Ok(json!("slow"))
        });
        answering.start(voice, id.clone(), || Ok(json!("quick")));
        assert_eq!(next(&receiver), Some((id.clone(), Ok(json!("quick")))));
        drop(release);
        assert_eq!(next(&receiver), Some((id, Ok(json!("slow")))));
    }

    #[test]
    fn what_is_cancelled_is_not_answered_and_holds_nobody_up() {
        let (voice, receiver) = answers();
        let answering = Answering::new();
        let (release, held) = mpsc::channel::<()>();
        let (slow, quick) = (RequestId::from(1), RequestId::from(2));
        answering.start(voice.clone(), slow.clone(), move || {
            let _ = held.recv();
            Ok(Value::Null)
        });
        answering.start(voice, quick.clone(), || Ok(json!("quick")));
        assert_eq!(next(&receiver), Some((quick, Ok(json!("quick")))));
        assert!(answering.cancel(&slow));
        assert!(!answering.cancel(&slow));
        drop(release);
        let nothing = receiver.recv_timeout(Duration::from_millis(100));
        assert!(nothing.is_err());
    }
}
