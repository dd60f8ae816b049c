//! What a reply means that has not what was asked for.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use super::super::Undecided;
use super::super::http::Reply;

/// By what codes a registry says that there is no such image, and no such repository
/// (`spec.md`, "Error Codes"; the last of the first are Harbor's and Quay's).
pub(super) const NO_VERSION: [&str; 4] = [
    "MANIFEST_UNKNOWN",
    "TAG_UNKNOWN",
    "NOT_FOUND",
    "TAG_EXPIRED",
];
pub(super) const NO_REPOSITORY: [&str; 2] = ["NAME_UNKNOWN", "NAME_INVALID"];

#[derive(Deserialize)]
struct Errors {
    errors: Vec<ErrorCode>,
}

#[derive(Deserialize)]
struct ErrorCode {
    code: String,
}

/// Whether a registry's refusal gives one of these reasons.
pub(super) fn says(reply: &Reply, codes: &[&str]) -> bool {
    let errors: Option<Errors> = serde_json::from_slice(&reply.body).ok();
    let mut errors = errors.into_iter().flat_map(|errors| errors.errors);
    errors.any(|error| codes.contains(&&*error.code))
}

/// What a reply means that answers nothing.
pub(in crate::registry) fn failure(reply: &Reply) -> Undecided {
    match reply.status {
        429 => Undecided::RateLimited(retry_after(reply)),
        500..=599 => Undecided::Failed(retry_after(reply)),
        _ => Undecided::Unexpected,
    }
}

/// How long to wait, which a reply says in seconds or by a date.
fn retry_after(reply: &Reply) -> Option<Duration> {
    let text = reply.header("Retry-After")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(text).ok()?.timestamp();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(u64::try_from(at).ok()?).saturating_sub(now))
}
