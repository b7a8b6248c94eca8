use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ahv_net::Facade;
use ahv_net::apply::{ApplyOptions, Report, Stop};
use ahv_net::edit::{Intent, Plan, PlanOptions};
use clap::Args;

use crate::Outcome;
use crate::command::{print, tell};
use crate::duration::duration;
use crate::interrupt::Interrupt;
use crate::sources::Sources;
use crate::waiting::Waiting;

/// What every edit takes besides its own arguments.
#[derive(Debug, Clone, Args)]
pub struct Editing {
    #[command(flatten)]
    sources: Sources,
    /// Print the plan, and do nothing.
    #[arg(long, help_heading = "Editing")]
    dry_run: bool,
    /// Print the plan, and what became of it, as JSON.
    #[arg(long, help_heading = "Editing")]
    json: bool,
    /// Override this guard; can be given several times.
    #[arg(long, value_name = "GUARD", help_heading = "Editing")]
    allow: Vec<String>,
    /// Undo it unless `confirm` comes within this time: 60s, 5m.
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Editing")]
    confirm_within: Option<Duration>,
    /// Where the journal of edits is kept: /var/lib/ahv-net for root, else ahv-net in $XDG_STATE_HOME.
    #[arg(long, value_name = "DIR", help_heading = "Editing")]
    state: Option<PathBuf>,
}

impl Editing {
    /// Plans an edit, prints the plan, and applies it.
    ///
    /// # Errors
    /// When it cannot be planned or applied.
    pub async fn run(&self, intent: impl Into<Intent>) -> Outcome {
        let host = self.sources.facade().await?;
        let plan = host.plan(intent.into(), &self.options()).await?;
        if self.dry_run {
            return self.report(&plan, &Report::default());
        }
        if !self.json {
            print(&plan.to_string())?;
        }
        self.apply(host.as_ref(), &plan).await
    }

    fn options(&self) -> PlanOptions {
        let mut options = PlanOptions::new();
        options.allow = self.allow.iter().cloned().collect::<BTreeSet<_>>();
        options.reached_by(logged_in_by())
    }

    async fn apply(&self, host: &dyn Facade, plan: &Plan) -> Outcome {
        let mut options = ApplyOptions::new();
        options.state.clone_from(&self.state);
        options.confirm_within = self.confirm_within;
        let options = options.progress(Arc::new(Waiting::default()));
        let report = match unless_interrupted(host, plan, &options, self.sources.names_agent()).await {
            Ok(report) => report,
            Err(error) => {
                // Those who read JSON learn what was planned, and that it is not done.
                if self.json {
                    self.report(plan, &Report::default())?;
                }
                return Err(error);
            }
        };
        if self.json {
            return self.report(plan, &report);
        }
        match (&report.id, report.confirm_by) {
            (Some(id), Some(confirm_by)) => {
                print("done\n")?;
                tell(&format!(
                    "This is undone at {confirm_by} unless it is confirmed: run confirm {id} with the same sources and --state."
                ));
            }
            _ if report.applied => print("done\n")?,
            _ => {}
        }
        Ok(ExitCode::SUCCESS)
    }

    fn report(&self, plan: &Plan, report: &Report) -> Outcome {
        if self.json {
            let mut json = serde_json::to_value(plan)?;
            if let (Some(members), serde_json::Value::Object(report)) =
                (json.as_object_mut(), serde_json::to_value(report)?)
            {
                members.extend(report);
            }
            print(&(serde_json::to_string_pretty(&json)? + "\n"))?;
        } else {
            print(&plan.to_string())?;
        }
        let stopped = plan.stopped_by().next().is_some();
        Ok(match stopped {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }
}

/// The address of this host by which the caller is logged in: the third word of `SSH_CONNECTION`, sshd(8).
fn logged_in_by() -> Option<IpAddr> {
    let connection = std::env::var("SSH_CONNECTION").ok()?;
    connection.split_whitespace().nth(2)?.parse().ok()
}

/// Applies a plan; the first SIGINT or SIGTERM has it undone, the second leaves it to `recover`.
async fn unless_interrupted(
    host: &dyn Facade,
    plan: &Plan,
    options: &ApplyOptions,
    is_agent: bool,
) -> Result<Report, Box<dyn std::error::Error>> {
    let stop = Stop::new();
    let options = options.clone().stop(&stop);
    let mut applying = Box::pin(host.apply(plan, &options));
    let mut interrupt = Interrupt::new()?;
    tokio::select! {
        applied = &mut applying => return Ok(applied?),
        () = interrupt.heard() => {}
    }
    if is_agent {
        let said = "the agent goes on with the edit without this command: look at what is pending, and revert it if need be";
        return Err(said.into());
    }
    stop.request();
    tell("Stopping: what was done is undone. Once more ends at once, and leaves it to recover.");
    tokio::select! {
        applied = &mut applying => Ok(applied?),
        () = interrupt.heard() => Err("ended half-way: the host is neither as before nor as after; run recover".into()),
    }
}
