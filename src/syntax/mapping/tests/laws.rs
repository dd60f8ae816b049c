//! What holds for every text.

use proptest::prelude::*;

use super::*;

/// Texts in which much is nearly right.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "(\\PC|[ \n\r\t#=\u{feff}\u{a0}]){0,60}",
        "([a-zA.:/@*=# \t\n]{0,9}(q\\.io/a/b|https://quay\\.io/repository/|file://|<<<<<<<|@sha256:)){0,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn all_places_lie_in_the_text_and_in_order(text in any_text()) {
        let file = parse(&text);
        let starts: Vec<_> = file.faults.iter().map(|fault| fault.span.start).collect();
        prop_assert!(starts.is_sorted());
        for fault in &file.faults {
            prop_assert!(text.get(fault.span.range()).is_some());
            if let Some((span, _)) = &fault.fix {
                prop_assert!(text.get(span.range()).is_some());
            }
        }
        let mut end = 0;
        for line in &file.lines {
            prop_assert!(line.span.start >= end && !line.span.is_empty());
            end = line.span.end;
            prop_assert!(text.get(line.span.range()).is_some());
            let sides = line.mappings.iter().flat_map(|m| [m.source.span, m.destination.span]);
            for span in sides.chain(line.dropped.iter().copied()) {
                prop_assert!(line.span.join(span) == line.span);
                prop_assert!(text.get(span.range()).is_some());
            }
        }
        // Every line is good for something, or the reason is told.
        for line in &file.lines {
            prop_assert!(line.faulty || !line.mappings.is_empty());
        }
    }

    #[test]
    fn a_printed_mapping_reads_as_itself(
        source in "([a-z]{1,3}\\.io(:[0-9]{2})?/)?[a-z]{1,3}(/[a-z0-9]{1,3}){0,2}(:[a-z0-9*]{1,4})?",
        destination in "(file://|s3://)?([a-z]{1,3}\\.io/)?[a-z]{1,3}(/[a-z]{1,3}){0,2}(:[a-z0-9]{1,4})?",
    ) {
        let first = parse(&format!("{source} {destination}"));
        prop_assume!(first.faults.iter().all(|fault| !fault.rejected));
        let printed = first.mappings().next().expect("accepted").to_string();
        prop_assert_eq!(&printed, &format!("{source} {destination}"));
        prop_assert_eq!(parse(&printed), first);
    }
}
