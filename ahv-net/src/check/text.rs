use std::fmt::Write;

use super::{Finding, Severity, Tool};

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
        for fix in &finding.fixes {
            let label = match fix.tool {
                Tool::Ours => "fix (ours):",
                _ => "fix:       ",
            };
            let _ = writeln!(text, "    {label} {}", clean(&fix.command));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::check::sample::{Sample, tagged, tap, trunking};

    #[test]
    fn a_finding_reads_from_what_to_how() {
        let host = Sample::new().port(trunking(tagged(tap("tap1"), 5), &[5, 6]));
        let expected = "\
warning: tag-with-trunks: port tap1
    Port tap1 of br0 has tag 5, trunks 5-6 and no vlan_mode: it is an access port of VLAN 5, and no other VLAN passes.
    why: Without a vlan_mode a tag makes an access port, so every VLAN of its trunks is dropped.
    fix (ours): set_vlan tap1 --trunk 5-6 --native-untagged 5
    fix (ours): set_vlan tap1 --access 5
    fix:        ovs-vsctl set port tap1 vlan_mode=native-untagged
    fix:        ovs-vsctl clear port tap1 trunks

";
        assert_eq!(text(&check(&host.topology())), expected);
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let host = Sample::new().port(trunking(tagged(tap("tap\u{1b}[2J1"), 5), &[5, 6]));
        let text = text(&check(&host.topology()));
        assert!(
            text.contains("port tap[2J1") && !text.contains('\u{1b}'),
            "{text}"
        );
    }
}
