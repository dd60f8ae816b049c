//! Lists in messages.

/// How many names a message lists; the others are counted.
const MAX_LISTED: usize = 10;

/// The names, each as code: `a, b`, of many the first ones and how many there are beyond.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>, between: &str) -> String {
    let mut names = names.into_iter();
    let first = names.by_ref().take(MAX_LISTED);
    let listed: Vec<String> = first.map(|name| format!("`{name}`")).collect();
    let listed = listed.join(between);
    match names.count() {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}
