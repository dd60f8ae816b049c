//! Words that stand for the same thing, and words that lead somewhere.

use super::*;
use crate::ide::highlight::highlights;

impl Question {
    /// The words that are highlighted, each with its line, from 1, and `=` where it defines the thing.
    fn highlights(&self) -> Vec<String> {
        let found = highlights(&self.cursor()).into_iter();
        let shown = found.map(|highlight| {
            let start = highlight.span.start as usize;
            let line = self.text[..start].matches('\n').count() + 1;
            let sign = if highlight.defines { "=" } else { "" };
            format!("{line}{sign} {}", &self.text[highlight.span.range()])
        });
        shown.collect()
    }
}

#[test]
fn words_for_the_same_thing_are_highlighted() -> Outcome {
    for word in ["  bosk", "- from: bos"] {
        let question = Question::behind(CONFIG, word)?;
        assert_eq!(question.highlights(), ["2= boskos", "13 boskos"], "{word}");
    }
    let twice = "base_images:\n  a: {name: bos«»kos, namespace: ci, tag: latest}\n  \
                 b: {name: boskos, namespace: ci, tag: latest}\n";
    let question = Question::with(CONFIG, twice)?;
    assert_eq!(question.highlights(), ["2 boskos", "3 boskos"]);
    let question = Question::with(
        OWNERS,
        "approvers:\n- dptp-own«»ers\nreviewers:\n- DPTP-owners\n",
    )?;
    assert_eq!(question.highlights(), ["2 dptp-owners", "4 DPTP-owners"]);
    let question = Question::with(
        CONFIG,
        "tests:\n- as: a\n  steps:\n    test:\n    - ref: so«»me\n    - ref: some\n",
    )?;
    assert_eq!(question.highlights(), ["5 some", "6 some"]);
    let question = Question::with(CONFIG, "resources:\n  x«»: {}\n")?;
    assert_eq!(question.highlights(), [""; 0]);
    Ok(())
}

#[test]
fn what_is_said_leads_to_its_places() -> Outcome {
    let said = Question::behind(CONFIG, "name: bos")?.hover();
    assert!(
        said.contains(&format!("[`{SUPPLEMENTAL}:1`](<at:{SUPPLEMENTAL}@")),
        "{said}"
    );
    assert!(
        said.contains(&format!("base_images in [`{CONFIG}:3`](<at:{CONFIG}@")),
        "{said}"
    );
    let said = Question::behind(JOBS, "value: mapping_ac")?.hover();
    assert!(
        said.contains(&format!("- [`{MAPPING}`](<at:{MAPPING}@0>)")),
        "{said}"
    );
    // A path is no markup, whatever it is called.
    let odd = "core-services/image-mirroring/acme/mapping_acme_`](x)``";
    let line = "quay.io/openshift/ci:acme_widget_latest quay.io/acme/odd:latest\n";
    let said = Question::behind_among(&[(odd, line)], CONFIG, "to: wid")?.hover();
    assert!(said.contains(&format!("[``` {odd}:1 ```](<at:")), "{said}");
    Ok(())
}
