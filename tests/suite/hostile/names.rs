//! Names of files.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::*;

fn named(name: impl Into<String>, file: &'static str) -> Row {
    mapping_at(name, format!("{SET}/{file}"), "mapping-key-invalid")
}

pub fn rows() -> Vec<Row> {
    vec![
        named(
            "a name with an escape sequence",
            "mapping_acme_\u{1b}[31m\u{7}",
        ),
        named(
            "a name of several lines",
            "mapping_acme_\n::error::forged\r\nx",
        ),
        named(
            "a name from right to left",
            "mapping_acme_\u{202e}lmay.\u{2066}",
        ),
        named("a name with C1 controls", "mapping_acme_\u{9b}31m\u{85}"),
        named("a name for annotations", "mapping_acme_a:b,c%0Ad::x"),
        named("a name with markup", "mapping_acme_<script>]]>&amp;\"'`|"),
        named("a name with blanks", "mapping_acme_ \t "),
        named(
            "a name that is no character",
            "mapping_acme_\u{fffe}\u{feff}\u{200b}",
        ),
        row(
            "a name that is not UTF-8",
            Finds("unreadable-file", format!("{SET}/mapping_acme_\u{fffd}")),
            |checkout| {
                let name = OsStr::from_bytes(b"mapping_acme_\xff");
                checkout.write(PathBuf::from(SET).join(name), CANARY)?;
                Ok(())
            },
        ),
        mapping_at(
            "a set with a name of control characters",
            format!(
                "core-services/image-mirroring/{}/mapping_x",
                EVIL.replace('/', "")
            ),
            "mapping-file-name",
        ),
        row(
            "names that differ in case only",
            finds("folder-case-conflict", OWNERS),
            |checkout| {
                checkout.write(
                    "core-services/image-mirroring/Acme/OWNERS",
                    "approvers:\n- a\n",
                )?;
                checkout.write(format!("{SET}/MAPPING_acme_latest"), CANARY)?;
                Ok(())
            },
        ),
        row(
            "names that differ in normalisation only",
            Finds(
                "mapping-key-invalid",
                format!("{SET}/mapping_acme_e\u{301}"),
            ),
            |checkout| {
                checkout.write(format!("{SET}/mapping_acme_\u{e9}"), CANARY)?;
                checkout.write(format!("{SET}/mapping_acme_e\u{301}"), CANARY)?;
                Ok(())
            },
        ),
        mapping_at(
            "folders called like options",
            "core-services/image-mirroring/--fix/mapping_--fix_x".to_owned(),
            "mirror-set-owners",
        ),
    ]
}
