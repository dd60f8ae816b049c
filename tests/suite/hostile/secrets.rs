//! Exports of secrets.

use super::*;

pub fn rows() -> Vec<Row> {
    let export = |name, text: String, expect: Expect| Row {
        arguments: vec!["--secretsync=ROOT/export".to_owned()],
        ..row(name, expect, move |checkout| {
            Ok(checkout.write("export", &text).map(|_| ())?)
        })
    };
    vec![
        export(
            "an export whose value looks like a key",
            format!(
                "secretsync/target-name: In_Vault\nsecretsync/target-namespace: ci\nconfig.json: \"{SENTINEL}\\nsecretsync/x\"\n"
            ),
            finds("secretsync-keys", "export"),
        ),
        export(
            "an export that is broken inside a secret",
            format!("a: \"{SENTINEL}\nb: [{SENTINEL}\n"),
            Fails("line"),
        ),
        export(
            "an export with a secret twice",
            format!("k: {SENTINEL}\nk: {SENTINEL}\nsecretsync/other: {SENTINEL}\n"),
            finds("secretsync-keys", "export"),
        ),
        export(
            "an export without a key of secretsync",
            format!("k: {SENTINEL}\n"),
            Fails("no key that starts"),
        ),
        export("an export that is a bomb", bomb() + SENTINEL, Fails("line")),
    ]
}
