//! `check`: nothing to find on the embedded host, and the misconfigurations that people make, made for real.

use std::time::Duration;

use ahv_net::check::{Finding, NotRun, Severity};
use serde::Deserialize;
use test_support::{ExclusiveTurn, Failure, Lab, Suite, wait_until};

use crate::command::{Example, Ran};

const EMBEDDED: &str = include_str!("../golden/check-embedded.txt");
const RULES: &str = include_str!("../golden/check-rules.txt");

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "check: the embedded host is in order",
        Example::available("check"),
        |check| {
            let ran = check.run(&[])?;
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            assert!(ran.stderr.contains("embedded host"), "{:?}", ran.stderr);
            pretty_assertions::assert_str_eq!(ran.stdout, EMBEDDED);
            Ok(())
        },
    );
    suite.case_with(
        "check: --list names every rule",
        Example::available("check"),
        |check| {
            let ran = check.run(&["--list"])?;
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
            pretty_assertions::assert_str_eq!(ran.stdout, RULES);
            Ok(())
        },
    );
    let lab = Lab::from_env().and_then(|lab| Ok((lab, Example::available("check")?)));
    suite.case_with(
        "check: what is misconfigured in the lab is found, and no more once it is undone",
        lab.clone(),
        |(lab, check)| {
            let turn = lab.exclusive()?;
            let before = Report::of(&check, &lab)?;
            let mess = Mess::make(&lab, &turn)?;
            let during = Report::of(&check, &lab)?;
            drop(mess);
            let after = Report::of(&check, &lab)?;
            let new: Vec<String> = during
                .findings
                .iter()
                .filter(|finding| !before.findings.contains(finding))
                .map(line)
                .collect();
            let expected = [
                "error interface-not-open: interface checkgone",
                "warning contradiction: port checktap1",
                "warning cvm-vlan-mismatch: port vnet0",
                "warning duplicate-mac: NIC guest-vlan32/50:6b:8d:00:00:20",
                "warning tag-with-trunks: port checktap0",
                "warning vlan-drift: port vnet0",
                "note port-without-guest: port checktap0",
                "note port-without-guest: port checktap1",
            ];
            assert_eq!(new, expected);
            let worst = during.findings.first().map(|finding| finding.severity);
            assert_eq!((worst, during.code), (Some(Severity::Error), Some(1)));
            assert_eq!(after.findings, before.findings);
            Ok(())
        },
    );
    suite.case_with(
        "check: a source that was not read is not missed, and its rules are listed",
        lab,
        |(lab, check)| {
            let _turn = lab.shared()?;
            let ran = check.run(&["--json", "--ovsdb", lab.ovsdb()])?;
            let report = Report::from(&ran)?;
            assert_eq!(report.findings, []);
            assert_eq!(ran.code, Some(0));
            assert!(
                report
                    .not_run
                    .iter()
                    .any(|rule| rule.rule == "port-without-guest")
            );
            assert!(!report.not_run.iter().any(|rule| rule.rule == "tag-with-trunks"));
            Ok(())
        },
    );
}

/// What `check --json` prints.
#[derive(Deserialize)]
struct Report {
    findings: Vec<Finding>,
    not_run: Vec<NotRun>,
    #[serde(skip)]
    code: Option<i32>,
}

impl Report {
    fn from(ran: &Ran) -> Result<Self, Failure> {
        let report: Self = serde_json::from_str(&ran.stdout)
            .map_err(|error| Failure::new(format!("{error} in {:?}, {:?}", ran.stdout, ran.stderr)))?;
        Ok(Self {
            code: ran.code,
            ..report
        })
    }

    /// Checks everything that the lab has.
    fn of(check: &Example, lab: &Lab) -> Result<Self, Failure> {
        Self::from(&check.run(&[&["--json"], &lab.flags()[..]].concat())?)
    }
}

fn line(finding: &Finding) -> String {
    let object = finding.object().map(ToString::to_string).unwrap_or_default();
    format!("{} {}: {object}", finding.severity, finding.rule)
}

/// What people do to a host with `ovs-vsctl`; undone when it is dropped.
struct Mess<'l>(&'l Lab);

impl<'l> Mess<'l> {
    fn make(lab: &'l Lab, _turn: &ExclusiveTurn) -> Result<Self, Failure> {
        let mess = Self(lab);
        for tap in ["checktap0", "checktap1"] {
            lab.run(&["ip", "tuntap", "add", "dev", tap, "mode", "tap"])?;
        }
        let steps = "add-port br0 checktap0 -- set port checktap0 tag=5 trunks=5,6 \
            -- add-port br0 checktap1 -- set port checktap1 tag=5 \
            -- set interface checktap1 external_ids:attached-mac=\"50:6b:8d:00:00:20\" \
            -- add-port br0 checkgone -- set port checkgone tag=5 \
            -- set port vnet0 tag=10";
        let words: Vec<&str> = steps.split_whitespace().collect();
        lab.run(&[&["ovs-vsctl", "--no-wait"], &words[..]].concat())?;
        wait_until(
            "ovs-vswitchd has tried every port",
            Duration::from_secs(10),
            || {
                let settled = |port| lab.run(&["ovs-vsctl", "get", "interface", port, "ofport"]);
                let numbers = [
                    settled("checktap0")?,
                    settled("checktap1")?,
                    settled("checkgone")?,
                ];
                Ok(numbers.iter().all(|number| number.trim() != "[]").then_some(()))
            },
        )?;
        Ok(mess)
    }
}

impl Drop for Mess<'_> {
    fn drop(&mut self) {
        let steps = "--if-exists del-port checktap0 -- --if-exists del-port checktap1 \
            -- --if-exists del-port checkgone -- clear port vnet0 tag";
        let words: Vec<&str> = steps.split_whitespace().collect();
        // What is left behind shows in the comparison with the state before.
        let _ = self.0.run(&[&["ovs-vsctl"], &words[..]].concat());
        for tap in ["checktap0", "checktap1"] {
            let _ = self.0.run(&["ip", "link", "del", tap]);
        }
    }
}
