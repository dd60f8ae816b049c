//! Amounts of resources, as Kubernetes writes them (kubernetes/apimachinery pkg/api/resource,
//! `ParseQuantity`).

const SUFFIXES: [&str; 16] = [
    "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
];

/// Whether `text` is an amount such as `500m`, `1.5Gi` or `12e6`.
#[must_use]
pub fn is_quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let has_digit = number.contains(|c: char| c.is_ascii_digit());
    let is_number = has_digit && number.matches('.').count() <= 1;
    let exponent = suffix.strip_prefix(['e', 'E']).unwrap_or_default();
    let is_exponent = exponent.parse::<i32>().is_ok();
    is_number && (is_exponent || SUFFIXES.contains(&suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_those_of_kubernetes() {
        for good in [
            "500m", "1", "1.5Gi", ".5", "2.", "12e6", "1E-3", "5E", "-1k", "+3Mi",
        ] {
            assert!(is_quantity(good), "{good}");
        }
        for bad in [
            "", "m", "lots", "500mm", "1x", "0,5", "1.2.3", "5 Gi", "12e", "1gb", ".",
        ] {
            assert!(!is_quantity(bad), "{bad}");
        }
    }
}
