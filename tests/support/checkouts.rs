//! Checkouts to hold properties on: changes to the sound example, then damage.

use mirrorlint::rules;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::changes::{Files, changes};

/// The sound checkout of the rule pages.
pub fn example() -> Files {
    let page = rules::companion("_example.md");
    let page = page.expect("the standing example is built in");
    let blocks = page.examples.iter().flat_map(|example| &example.blocks);
    blocks
        .map(|block| (block.path.clone(), block.marks().0.into_bytes()))
        .collect()
}

/// Checkouts with faults, most of them damaged as well.
pub fn checkouts() -> impl Strategy<Value = Files> {
    (changes(), prop::collection::vec(damage(), 0..4)).prop_map(|(changes, damage)| {
        let mut files = example();
        files.extend(changes);
        for damage in damage {
            damage.befall(&mut files);
        }
        files
    })
}

/// What befalls a file.
#[derive(Clone, Debug)]
struct Damage {
    file: Index,
    from: Index,
    to: Index,
    instead: &'static [u8],
}

fn damage() -> impl Strategy<Value = Damage> {
    let instead: &[&'static [u8]] = &[
        b"",
        b"\n",
        b"\r\n",
        b"\t",
        b"\0",
        b"[",
        b"}",
        b": ",
        b"'",
        b"\"",
        b"|\n",
        b"&a *a",
        b"# mirrorlint: ignore[invalid-yaml] x\n",
        "\u{feff}".as_bytes(),
        "é\u{2028}😀".as_bytes(),
        b"\xff",
    ];
    let place = (any::<Index>(), any::<Index>(), any::<Index>());
    (place, select(instead.to_vec())).prop_map(|((file, from, to), instead)| Damage {
        file,
        from,
        to,
        instead,
    })
}

impl Damage {
    /// Puts something else in the place of up to a dozen bytes.
    fn befall(&self, files: &mut Files) {
        let at = self.file.index(files.len());
        if let Some(content) = files.values_mut().nth(at) {
            let from = self.from.index(content.len() + 1);
            let to = (from + self.to.index(13)).min(content.len());
            content.splice(from..to, self.instead.iter().copied());
        }
    }
}
