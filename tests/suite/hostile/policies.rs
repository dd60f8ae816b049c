//! The user's own files: config, baseline, comments.

use super::*;

pub fn rows() -> Vec<Row> {
    let config = |name, text: String, says| file(name, CONFIG, text, Fails(says));
    let baseline = |name, text: String, expect| file(name, BASELINE, text, expect);
    let entry = |path: &str, count: u64| {
        format!(
            "{{\"rule\":\"mapping-syntax\",\"path\":{},\"entity\":\"e\",\"count\":{count}}}",
            quoted(path)
        )
    };
    vec![
        config("a config with an unknown key", "rulez: 1\n".into(), "unknown key `rulez`"),
        config("a config key that harms", format!("{}: 1\n", quoted(EVIL)), "unknown key"),
        config("a config rule that harms", format!("rules: {{{}: off}}\n", quoted(EVIL)), "no rule"),
        config("a config key of eight megabytes", format!("? {}\n: a\n", "k".repeat(8_000_000)), "unknown key"),
        config("a config rule of eight megabytes", format!("rules:\n  ? {}\n  : off\n", "k".repeat(8_000_000)), "no rule"),
        config("a config of wrong types", "rules: [1, {a: b}]\n".into(), "is a mapping"),
        config("a config of a list", "- a\n".into(), "is a mapping"),
        config("a config that is a bomb", bomb(), "aliases"),
        config("a config too deep", "[".repeat(100_000), "nesting"),
        config("a config with a list in itself", "exclude: &a [*a]\n".into(), ".mirrorlint.yaml:1:"),
        file("a config that is not UTF-8", CONFIG, b"\xff".to_vec(), Fails("is not UTF-8")),
        config("a config above the cap", "#".repeat(17 << 20), "bytes, more than"),
        file("a baseline that is not UTF-8", BASELINE, b"\xff".to_vec(), Fails("is not UTF-8")),
        config("a config with NUL", "a: \0\n".into(), "U+0000"),
        config("a regular expression that is huge", "external-images: ['(((a{1000}){1000}){1000})']\n".into(), "size limit"),
        config("a regular expression that is deep", format!("external-images: ['{}']\n", "(".repeat(50_000)), ""),
        config("a regular expression that harms", format!("external-images: [{}]\n", quoted(&format!("({EVIL}"))), "unclosed group"),
        config("ten thousand globs that are none", format!("exclude: [{}]\n", "'[',".repeat(10_000)), ""),
        file(
            "a regular expression that backtracks elsewhere",
            CONFIG,
            "external-images: ['^(a+)+$', '(.*)*x']\n",
            Nothing,
        ),
        config("a config of twenty thousand entries of paths", format!("paths:\n{}", repeated(20_000, |n| format!("- paths: [x{n}]\n"))), "more than 1000 entries"),
        config("an index of secrets out of the checkout", "secretsync-indexes: [../../../etc/passwd]\n".into(), "etc/passwd"),
        config("an index of secrets that is absolute", "secretsync-indexes: [/etc/passwd]\n".into(), "etc/passwd"),
        baseline("a baseline that is no JSON", "[".repeat(1_000_000), Fails("baseline")),
        baseline("a baseline too deep", format!("{{\"version\":1,\"findings\":[{}", "[".repeat(1_000_000)), Fails("baseline")),
        baseline("a baseline with a key that harms", format!("{{{}: 1}}", quoted(EVIL)), Fails("unknown field")),
        baseline("a baseline of the future", "{\"version\":99,\"findings\":[]}".into(), Fails("version 99")),
        baseline("a baseline that counts below nothing", "{\"version\":1,\"findings\":[{\"rule\":\"a\",\"path\":\"b\",\"entity\":\"c\",\"count\":-1}]}".into(), Fails("baseline")),
        baseline(
            "a baseline that counts beyond all numbers",
            format!("{{\"version\":1,\"findings\":[{},{}]}}", entry("x", u64::MAX), entry("x", u64::MAX)),
            finds("stale-baseline", BASELINE),
        ),
        baseline(
            "a baseline of a hundred thousand entries",
            format!("{{\"version\":1,\"findings\":[{}{}]}}", repeated(100_000, |n| entry(&format!("x{n}"), 1) + ","), entry("y", 1)),
            finds("stale-baseline", BASELINE),
        ),
        baseline("a baseline that harms", format!("{{\"version\":1,\"findings\":[{}]}}", entry(EVIL, 1)), finds("stale-baseline", BASELINE)),
        baseline("a baseline above the cap", " ".repeat(17 << 20), Fails("baseline")),
        file("a suppression of a rule with five million letters", JOBS, format!("# mirrorlint: ignore[{}] x\nperiodics: []\n", "k".repeat(5_000_000)), finds("unused-suppression", JOBS)),
        mapping("a suppression of seven million rules, over a thousand findings", format!("# mirrorlint: ignore-file[{}] x\n{}", "a,".repeat(7_000_000), "x\n".repeat(1000)), "unused-suppression"),
        mapping("a thousand suppressions of many rules, over a thousand findings", format!("# mirrorlint: ignore[{}] x\n", "a,".repeat(5000)).repeat(1000) + &"x\n".repeat(1000), "unused-suppression"),
        file("ten thousand suppressions", JOBS, "# mirrorlint: ignore[invalid-yaml] x\n".repeat(10_000) + "periodics: []\n", finds("unused-suppression", JOBS)),
    ]
}
