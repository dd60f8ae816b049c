//! What fingers do.

use fastrand::Rng;

/// `word` with one slip: two letters exchanged, one left out, doubled or replaced. Where it can, it
/// stays a word of the same kind: only letters change.
pub fn misspelt(word: &str, rng: &mut Rng) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut places: Vec<usize> = (0..letters.len())
        .filter(|&at| letters[at].is_ascii_alphabetic())
        .collect();
    if places.len() < 2 {
        return format!("{word}x");
    }
    // Not the first letter, which people rarely miss.
    places.remove(0);
    for _ in 0..20 {
        let at = places[rng.usize(..places.len())];
        let mut slip = letters.clone();
        match rng.u8(..4) {
            0 if at + 1 < slip.len() && slip[at + 1].is_ascii_alphabetic() => slip.swap(at, at + 1),
            1 if places.len() > 3 => _ = slip.remove(at),
            2 => slip.insert(at, letters[at]),
            3 => slip[at] = neighbour(letters[at]),
            _ => continue,
        }
        if slip != letters {
            return slip.into_iter().collect();
        }
    }
    format!("{word}x")
}

/// The key beside this one.
fn neighbour(letter: char) -> char {
    const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let row = ROWS
        .iter()
        .find(|row| row.contains(letter.to_ascii_lowercase()));
    let Some(row) = row else { return 'x' };
    let at = row.find(letter.to_ascii_lowercase()).unwrap_or_default();
    let beside = if at == 0 { 1 } else { at - 1 };
    row.as_bytes()[beside].into()
}

/// `4.17` as `4.71`, `1.21` as `1.12`; none where the digits are alike or there is only one.
pub fn digits_exchanged(version: &str) -> Option<String> {
    let (major, minor) = version.split_once('.')?;
    let exchanged: String = minor.chars().rev().collect();
    let is_number = minor.len() == 2 && minor.chars().all(|digit| digit.is_ascii_digit());
    let is_other = exchanged != minor && !exchanged.starts_with('0');
    (is_number && is_other).then(|| format!("{major}.{exchanged}"))
}

/// The version so many minors away.
pub fn bumped(version: &str, by: i64) -> Option<String> {
    let (major, minor) = version.split_once('.')?;
    let minor = minor.parse::<i64>().ok()? + by;
    (minor >= 0).then(|| format!("{major}.{minor}"))
}
