//! Parameters of OpenShift's Templates.

/// Whether a text holds a parameter, `${NAME}`, which stands for whatever the Template is given.
#[must_use]
pub fn has_parameter(text: &str) -> bool {
    text.contains("${")
}
