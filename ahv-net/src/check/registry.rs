use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::findings::Findings;
use super::rules::ALL;
use super::{Finding, Rule, Source};
use crate::topology::Topology;

/// Every rule, by id.
pub fn rules() -> &'static [Rule] {
    ALL
}

/// Everything that is wrong with a host, the worst first; then by rule, and by name.
///
/// Pure and deterministic: equal topologies give equal findings. A rule whose sources were not read does
/// not run; [`not_run`] lists those.
pub fn check(topology: &Topology) -> Vec<Finding> {
    check_by(topology, rules().iter())
}

/// What one rule finds.
pub(crate) fn check_rule(topology: &Topology, id: &str) -> Vec<Finding> {
    check_by(topology, rules().iter().filter(|rule| rule.id == id))
}

fn check_by<'r>(topology: &Topology, rules: impl Iterator<Item = &'r Rule>) -> Vec<Finding> {
    let context = Context::of(topology);
    let mut all = Vec::new();
    for rule in rules.filter(|rule| missing(rule, &context).is_empty()) {
        let mut findings = Findings::of(rule);
        (rule.run)(&context, &mut findings);
        all.extend(findings.into_list());
    }
    all.sort_by(Finding::order);
    all
}

/// A rule that did not run, and the sources that it lacked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct NotRun {
    /// The rule's id.
    pub rule: String,
    /// The sources that it needs and that were not read.
    pub lacks: Vec<Source>,
}

/// The rules that [`check()`] does not run on this topology, by id.
pub fn not_run(topology: &Topology) -> Vec<NotRun> {
    let context = Context::of(topology);
    rules()
        .iter()
        .map(|rule| NotRun {
            rule: rule.id.to_owned(),
            lacks: missing(rule, &context),
        })
        .filter(|not_run| !not_run.lacks.is_empty())
        .collect()
}

fn missing(rule: &Rule, context: &Context<'_>) -> Vec<Source> {
    rule.needs
        .iter()
        .copied()
        .filter(|source| !context.was_read(*source))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::check::sample::{Sample, bond, tagged, tap, trunking};
    use crate::topology::join;

    #[test]
    fn ids_are_unique_sorted_and_in_kebab_case() {
        let ids: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
        let unique: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len());
        assert!(ids.is_sorted());
        for rule in rules() {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(rule.id.chars().all(kebab), "{}", rule.id);
            assert!(rule.why.ends_with('.'), "{} does not end its sentence", rule.id);
            assert!(
                !rule.title.ends_with('.'),
                "{} has a sentence for a title",
                rule.id
            );
        }
    }

    #[test]
    fn every_rule_has_a_file_of_its_name() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/check/rules");
        let mut files: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| Some(name.strip_suffix(".rs")?.replace('_', "-")))
            .filter(|name| name != "mod")
            .collect();
        files.sort();
        let ids: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
        assert_eq!(files, ids);
    }

    #[test]
    fn nothing_is_wrong_with_a_picture_of_nothing() {
        let nothing = join(&crate::observe::Observed::default());
        assert!(check(&nothing).is_empty());
        let not_run = not_run(&nothing);
        assert!(
            not_run
                .iter()
                .any(|rule| rule.rule == "vlan-drift" && rule.lacks.len() == 2)
        );
        assert!(!not_run.iter().any(|rule| rule.rule == "damage"));
    }

    #[test]
    fn the_worst_comes_first_and_findings_read_back() {
        let mut uplink = bond("bond0", &["eth0", "eth1"]);
        for interface in &mut uplink.interfaces {
            interface.link_up = Some(false);
        }
        let host = Sample::new()
            .port(trunking(tagged(tap("tap10"), 5), &[5]))
            .port(trunking(tagged(tap("tap2"), 5), &[5]))
            .port(uplink)
            .libvirt();
        let findings = check(&host.topology());
        assert!(findings.is_sorted_by(|a, b| a.severity >= b.severity));
        let named: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.rule == "tag-with-trunks")
            .map(|finding| finding.objects[0].name.as_str())
            .collect();
        assert_eq!(named, ["tap2", "tap10"]);
        let json = serde_json::to_string(&findings).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Finding>>(&json).unwrap(), findings);
    }
}
