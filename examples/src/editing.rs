use std::collections::BTreeSet;
use std::process::ExitCode;

use ahv_net::Host;
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{Intent, Plan, PlanOptions};
use clap::Args;

use crate::Outcome;
use crate::command::print;
use crate::sources::Sources;

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
}

impl Editing {
    /// Plans an edit, prints the plan, and applies it.
    ///
    /// # Errors
    /// When it cannot be planned or applied.
    pub async fn run(&self, intent: impl Into<Intent>) -> Outcome {
        let host = self.sources.host().await?;
        let plan = host.plan(intent, &self.options()).await?;
        if self.dry_run {
            return self.report(&plan, false);
        }
        if !self.json {
            print(&plan.to_string())?;
        }
        self.apply(&host, &plan).await
    }

    fn options(&self) -> PlanOptions {
        let mut options = PlanOptions::new();
        options.allow = self.allow.iter().cloned().collect::<BTreeSet<_>>();
        options
    }

    async fn apply(&self, host: &Host, plan: &Plan) -> Outcome {
        host.apply(plan, &ApplyOptions::new()).await?;
        if self.json {
            return self.report(plan, !plan.is_empty());
        }
        if !plan.is_empty() {
            print("done\n")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn report(&self, plan: &Plan, applied: bool) -> Outcome {
        if self.json {
            let mut report = serde_json::to_value(plan)?;
            if let Some(members) = report.as_object_mut() {
                members.insert("applied".to_owned(), applied.into());
            }
            print(&(serde_json::to_string_pretty(&report)? + "\n"))?;
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
