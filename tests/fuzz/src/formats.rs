//! Every report format, held to what all of them promise.

use mirrorlint::checkout::Checkout;
use mirrorlint::finding::Finding;
use mirrorlint::report::{Comment, Format, Report, RuleText, Style, Subject, Summary, Texts};
use mirrorlint::tree::RepoPath;

use super::CATALOGUE;

struct Files<'c>(&'c Checkout);

impl Texts for Files<'_> {
    fn text(&self, path: &RepoPath) -> Option<&str> {
        self.0.text(path)
    }
}

/// Writes `findings` in every format: none fails, lets a control character through or forgets the
/// last line's end, and those that are JSON are.
pub fn written(checkout: &Checkout, findings: &[Finding]) {
    let rules: Vec<RuleText> = CATALOGUE
        .rules()
        .filter(|rule| findings.iter().any(|finding| finding.rule == rule.id()))
        .map(|rule| RuleText {
            id: rule.id().to_owned(),
            title: rule.page.title.clone(),
            severity: rule.front_matter.severity,
            help_markdown: String::new(),
            page: rule.address(),
        })
        .collect();
    let report = Report {
        findings,
        rules: &rules,
        summary: Summary {
            files: checkout.files().len(),
            ..Summary::of(findings)
        },
        subject: Subject::default(),
        fails_from: None,
        statistics: None,
        online: None,
        offers: mirrorlint::report::Offers::default(),
        comment: Comment::default(),
        texts: &Files(checkout),
    };
    for (name, format) in Format::ALL {
        let style = Style {
            color: false,
            width: 80,
        };
        let mut bytes = Vec::new();
        let done = report.write(*format, style, &mut bytes);
        assert!(done.is_ok(), "{name}: {done:?}");
        let text = String::from_utf8(bytes).expect("reports are UTF-8");
        let is_json = *format == Format::Json;
        let raw = text.chars().find(|c| {
            *c != '\n' && (c.is_ascii_control() && *c != '\u{7f}' || !is_json && c.is_control())
        });
        assert_eq!(raw, None, "{name}");
        if matches!(
            format,
            Format::Json | Format::Sarif | Format::Gitlab | Format::Rdjson
        ) {
            let parsed = serde_json::from_str::<serde_json::Value>(&text);
            assert!(parsed.is_ok(), "{name}: {parsed:?}");
        }
    }
}
