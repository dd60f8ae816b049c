//! Bytes that are no text, or another one.

use super::*;

pub fn rows() -> Vec<Row> {
    let utf16 = |text: &str| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let mut rows = vec![
        mapping("a mapping file in UTF-16", utf16(CANARY), "unreadable-file"),
        mapping(
            "a mapping file with a byte order mark",
            format!("\u{feff}{CANARY}"),
            "mapping-syntax",
        ),
        file(
            "YAML with a byte order mark",
            JOBS,
            "\u{feff}periodics: []\n",
            Nothing,
        ),
        mapping("a mapping file with NUL", "a\0b c\n", "mapping-syntax"),
        yaml("YAML with NUL", "a: \0\n", "invalid-yaml"),
        mapping(
            "a mapping file that is not UTF-8",
            b"\xff\xfe\xc0\x80".to_vec(),
            "unreadable-file",
        ),
        mapping(
            "a mapping file of carriage returns",
            "quay.io/a/b:1\rquay.io/a/c:1\r",
            "mapping-syntax",
        ),
        file("YAML of carriage returns", JOBS, "a: 1\rb: 2\r", Nothing),
        mapping(
            "a mapping file of DOS",
            "quay.io/a/b:1\r\nquay.io/a/c:1\r\n",
            "mapping-syntax",
        ),
        mapping(
            "other line ends of Unicode",
            "quay.io/a/b:1\u{2028}quay.io/a/c:1\u{85}\n",
            "mapping-syntax",
        ),
    ];
    rows.extend(
        [
            each_yaml(
                "YAML in UTF-16",
                utf16("periodics: []\n"),
                "unreadable-file",
            ),
            each_yaml(
                "YAML that is not UTF-8",
                b"a: \xed\xa0\x80\n".to_vec(),
                "unreadable-file",
            ),
        ]
        .into_iter()
        .flatten(),
    );
    rows
}
