//! The verdicts of the real parser.

use std::collections::HashSet;

use serde_json::Value;

use super::*;

/// Verdicts of oc's own `parseFile`, each with the tags that every wildcard was made to match.
const CASES: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/data/mapping_grammar.json"
));

/// Whether `oc` would read `files` in one run and find nothing wrong.
fn accepted(files: &[MappingFile]) -> bool {
    let mut keys = HashSet::new();
    let unique = files
        .iter()
        .flat_map(MappingFile::mappings)
        .all(|mapping| keys.insert(mapping.key()));
    let rejected = |fault: &Fault| fault.rejected;
    unique && !files.iter().any(|file| file.faults.iter().any(rejected))
}

fn text_of(file: &Value) -> String {
    let text = file.as_str().expect("a file is a string");
    if text.starts_with("<generated: one source + 5000 destinations") {
        let destinations = (0..5000).map(|tag| format!(" quay.io/org/img:{tag}"));
        return format!("{SOURCE}:1{}\n", destinations.collect::<String>());
    }
    text.to_owned()
}

#[test]
fn the_verdicts_are_those_of_oc() {
    let cases: Value = serde_json::from_str(CASES).expect("valid JSON");
    let cases = cases["cases"].as_array().expect("a list of cases");
    assert!(!cases.is_empty());
    for case in cases {
        let id = case["id"].as_str().expect("every case has an id");
        let texts: Vec<_> = case["files"]
            .as_array()
            .expect("a list of files")
            .iter()
            .map(text_of)
            .collect();
        let files: Vec<_> = texts.iter().map(|text| parse(text)).collect();
        let verdict = case["accepted"].as_bool().expect("a verdict");
        let depends_on_registry = files.iter().flat_map(|file| &file.faults).any(|fault| {
            matches!(
                fault.kind,
                FaultKind::UntaggedSource | FaultKind::WildcardIntoTag
            )
        });
        if !depends_on_registry {
            assert_eq!(accepted(&files), verdict, "{id}: {files:#?}");
        }
        if verdict {
            assert!(accepted(&files), "{id}: {files:#?}");
            let read: Vec<_> = files.iter().flat_map(MappingFile::mappings).collect();
            compare_mappings(id, &read, &case["mappings"]);
        }
    }
}

/// Compares with oc's list of `[source, destination]`, in which wildcards are expanded.
fn compare_mappings(id: &str, read: &[&Mapping], expected: &Value) {
    if read.iter().any(|mapping| mapping.source.expands()) {
        return;
    }
    let read: Vec<_> = read
        .iter()
        .map(|mapping| serde_json::json!([mapping.source.key(), mapping.key()]))
        .collect();
    assert_eq!(&Value::Array(read), expected, "{id}");
}
