//! YAML that parsers choke on.

use super::*;

pub fn rows() -> Vec<Row> {
    let mut rows = vec![
        yaml(
            "an alias of a mapping inside of itself",
            "a: &a\n  b: *a\n",
            "invalid-yaml",
        ),
        yaml(
            "a big list, named five thousand times",
            format!(
                "a: &a [{}]\nb: [{}]\n",
                "x,".repeat(5000),
                "*a,".repeat(5000)
            ),
            "invalid-yaml",
        ),
        yaml("an alias of nothing", "a: *b\n", "invalid-yaml"),
        yaml(
            "question marks in a row",
            "? ".repeat(100_000),
            "invalid-yaml",
        ),
        yaml(
            "block lists in block lists",
            repeated(1500, |n| format!("{}-\n", " ".repeat(n))),
            "invalid-yaml",
        ),
        yaml(
            "many tags and anchors",
            "a: !!str &a !x &b c\n".repeat(1000),
            "invalid-yaml",
        ),
        yaml(
            "a quote that never ends",
            format!("a: \"{}", "x".repeat(1_000_000)),
            "invalid-yaml",
        ),
        yaml(
            "a tab as indentation",
            "periodics:\n\t- a\n",
            "invalid-yaml",
        ),
        yaml(
            "a merge conflict",
            "<<<<<<< a\nperiodics: []\n=======\n>>>>>>> b\n",
            "invalid-yaml",
        ),
        file(
            "comments by the hundred thousand",
            JOBS,
            "# c\n".repeat(150_000),
            SilentAt(JOBS.into()),
        ),
        file("many documents", MANIFEST, "---\n".repeat(100_000), Nothing),
        file(
            "many empty flow documents",
            MANIFEST,
            "--- {}\n".repeat(50_000),
            Nothing,
        ),
        file(
            "a merge key of itself",
            JOBS,
            "a: &a\n  <<: *a\n",
            finds("invalid-yaml", JOBS),
        ),
    ];
    rows.extend(
        [
            each_yaml("a billion laughs", bomb(), "invalid-yaml"),
            each_yaml(
                "an alias inside of its own anchor",
                "a: &a [*a]\n",
                "invalid-yaml",
            ),
            each_yaml("brackets in brackets", "[".repeat(100_000), "invalid-yaml"),
            each_yaml("braces in braces", "{a: ".repeat(100_000), "invalid-yaml"),
            each_yaml("dashes in a row", "- ".repeat(100_000), "invalid-yaml"),
            each_yaml(
                "block mappings in block mappings",
                repeated(1500, |n| format!("{}a:\n", " ".repeat(n))),
                "invalid-yaml",
            ),
            each_yaml(
                "a key fifty thousand times",
                "periodics: []\n".repeat(50_000),
                "duplicate-key",
            ),
        ]
        .into_iter()
        .flatten(),
    );
    rows
}
