//! Lists in messages.

/// How many names a message lists; the others are counted.
const MAX_LISTED: usize = 10;

/// The names, each as code: `a, b`, of many the first ones and how many there are beyond.
/// Takes no longer for many: each of a thousand findings may list the same ones.
pub(super) fn listed<'n, I>(names: I, between: &str) -> String
where
    I: IntoIterator<Item = &'n str, IntoIter: ExactSizeIterator>,
{
    let mut names = names.into_iter();
    let first = names.by_ref().take(MAX_LISTED);
    let listed: Vec<String> = first.map(|name| format!("`{name}`")).collect();
    let listed = listed.join(between);
    match names.len() {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}
