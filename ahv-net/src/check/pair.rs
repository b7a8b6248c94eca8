use super::{Finding, Severity, check};
use crate::topology::Topology;

/// Rules whose findings a start, a stop or a migration under way explains as well.
const PASSING: [&str; 1] = ["port-without-guest"];

/// Checks the newer of two pictures of one host, and believes what both show.
///
/// A guest that is just starting has a port before it has a domain, so one picture of such a port is a
/// note. Where the older picture has it too, it is a warning.
pub fn check_pair(older: &Topology, newer: &Topology) -> Vec<Finding> {
    let before = check(older);
    let mut findings = check(newer);
    for finding in &mut findings {
        let passing = PASSING.contains(&finding.rule.as_str()) && finding.severity < Severity::Warning;
        if passing && before.iter().any(|earlier| earlier.is_same_as(finding)) {
            finding.severity = Severity::Warning;
            finding.what.push_str(" It was so in the earlier picture too.");
        }
    }
    findings.sort_by(Finding::order);
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sample::{Sample, tap};

    #[test]
    fn an_orphan_that_stays_is_a_warning_and_one_that_comes_is_a_note() {
        let with = |name: &str| Sample::new().port(tap(name)).libvirt().topology();
        let severity = |older: &str, newer: &str| {
            check_pair(&with(older), &with(newer))
                .into_iter()
                .find(|finding| finding.rule == "port-without-guest")
                .unwrap()
                .severity
        };
        assert_eq!(severity("tap1", "tap1"), Severity::Warning);
        assert_eq!(severity("tap1", "tap2"), Severity::Note);
    }
}
