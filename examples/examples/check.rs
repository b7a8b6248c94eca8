//! Checks the host: what is wrong with its network, why that matters, and the commands that mend it.
//!
//! `cargo run --example check -- --local`

use std::process::ExitCode;

use ahv_net::check::{self, Finding, NotRun};
use clap::Parser;
use examples::{Outcome, Sources, print, run};

/// Look for what is wrong with the network of a KVM + Open vSwitch host.
///
/// Exit code 0 says that nothing needs to be done, 1 that there is a finding worse than a note.
#[derive(Parser)]
#[command(name = "check")]
struct Arguments {
    #[command(flatten)]
    sources: Sources,
    /// Print the findings, and the rules that could not run, as JSON.
    #[arg(long)]
    json: bool,
    /// Print every rule, and look at no host.
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(check(arguments))
}

async fn check(arguments: Arguments) -> Outcome {
    if arguments.list {
        print(&list(arguments.json)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let topology = arguments.sources.facade().await?.show().await?;
    let findings = check::check(&topology);
    let not_run = check::not_run(&topology);
    print(&match arguments.json {
        true => {
            let report = serde_json::json!({ "findings": findings, "not_run": not_run });
            serde_json::to_string_pretty(&report)? + "\n"
        }
        false => check::text(&findings) + &summary(&findings, &not_run),
    })?;
    Ok(match findings.iter().any(Finding::calls_for_action) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn list(json: bool) -> Result<String, serde_json::Error> {
    if json {
        return Ok(serde_json::to_string_pretty(check::rules())? + "\n");
    }
    let mut text = String::new();
    for rule in check::rules() {
        let needs: Vec<String> = rule.needs.iter().map(ToString::to_string).collect();
        text += &format!(
            "{}: {}\n    {}\n    why: {}\n",
            rule.id, rule.severity, rule.title, rule.why
        );
        if !needs.is_empty() {
            text += &format!("    needs: {}\n", needs.join(", "));
        }
    }
    Ok(text)
}

/// The last lines: how many there are of each kind, and what was not looked for.
fn summary(findings: &[Finding], not_run: &[NotRun]) -> String {
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let mut text = format!(
        "{} error(s), {} warning(s), {} note(s); {} rules were run\n",
        count(check::Severity::Error),
        count(check::Severity::Warning),
        count(check::Severity::Note),
        check::rules().len() - not_run.len()
    );
    for rule in not_run {
        let lacks: Vec<String> = rule.lacks.iter().map(ToString::to_string).collect();
        text += &format!("not run: {}: {} not read\n", rule.rule, lacks.join(", "));
    }
    text
}
