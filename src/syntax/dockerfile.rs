//! Dockerfiles, as far as their stages go (moby/buildkit `frontend/dockerfile/parser`).

/// The images that the stages of a Dockerfile start from, as they are written, in order: not
/// `scratch`, no earlier stage, and none whose name is a variable.
#[must_use]
pub fn bases(text: &str) -> Vec<&str> {
    let mut stages: Vec<&str> = Vec::new();
    let mut bases = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if !words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("FROM"))
        {
            continue;
        }
        let mut words = words.skip_while(|word| word.starts_with("--"));
        let Some(base) = words.next() else { continue };
        let is_stage = stages.iter().any(|stage| stage.eq_ignore_ascii_case(base));
        if !is_stage && base != "scratch" && !base.contains('$') {
            bases.push(base);
        }
        if words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("AS"))
        {
            stages.extend(words.next());
        }
    }
    bases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_start_from_images() {
        let text = "ARG V=1\nFROM --platform=linux/amd64 quay.io/a/b:1 AS build\n  from Build\nRUN FROM x\n\
                    FROM quay.io/a/b:${V}\nFROM scratch\nFROM\nFROM quay.io/c/d@sha256:0 as x y\nFROM x\n";
        assert_eq!(bases(text), ["quay.io/a/b:1", "quay.io/c/d@sha256:0"]);
        assert!(bases("").is_empty());
    }
}
