use std::fmt::Write;

use super::{Finding, Severity};

/// Findings for a terminal: severity, rule and object, what was seen, why it matters, and how to mend it.
///
/// No finding is an empty text. Control characters that a name may hold are left out.
pub fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let objects: Vec<String> = finding.objects.iter().map(ToString::to_string).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{}: {}: {}",
            finding.severity,
            finding.rule,
            clean(&objects.join(", "))
        );
        let _ = writeln!(text, "    {}", clean(&finding.what));
        let _ = writeln!(text, "    why: {}", finding.why);
        let width = finding
            .fixes
            .iter()
            .map(|fix| fix.tool.to_string().len())
            .max()
            .unwrap_or(0);
        for fix in &finding.fixes {
            let _ = writeln!(
                text,
                "    fix: {:<width$}  {}",
                fix.tool.to_string(),
                clean(&fix.command)
            );
        }
        text.push('\n');
    }
    text
}

impl Finding {
    /// Whether something should be done about it: it is no mere note.
    pub fn calls_for_action(&self) -> bool {
        self.severity >= Severity::Warning
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
