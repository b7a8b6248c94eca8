use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use ahv_net::Facade;
use ahv_net::apply::ApplyOptions;
use ahv_net::apply::journal::{Entry, Phase};
use clap::Args;

use crate::Outcome;
use crate::command::{print, tell};
use crate::sources::Sources;
use crate::waiting::Waiting;

/// What `confirm`, `revert` and `recover` take.
#[derive(Debug, Clone, Args)]
pub struct Journal {
    #[command(flatten)]
    sources: Sources,
    /// Print the entry of the journal as JSON.
    #[arg(long, help_heading = "Editing")]
    json: bool,
    /// Where the journal of edits is kept, as it was given to the edit.
    #[arg(long, value_name = "DIR", help_heading = "Editing")]
    state: Option<PathBuf>,
}

impl Journal {
    /// Connects to the host.
    ///
    /// # Errors
    /// The first source that cannot be reached.
    pub async fn host(&self) -> Result<Box<dyn Facade>, Box<dyn Error>> {
        self.sources.facade().await
    }

    /// Connects to the host for what an agent is not asked to do.
    ///
    /// # Errors
    /// The first source that cannot be reached, or an agent that was named.
    pub async fn here(&self) -> Result<ahv_net::Host, Box<dyn Error>> {
        self.sources.host().await
    }

    /// Where the journal is.
    pub fn options(&self) -> ApplyOptions {
        let mut options = ApplyOptions::new().progress(Arc::new(Waiting::default()));
        options.state.clone_from(&self.state);
        options
    }

    /// Prints what became of an edit. It fails where that could not be undone.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub fn report(&self, entry: Option<&Entry>) -> Outcome {
        if self.json {
            print(&(serde_json::to_string_pretty(&entry)? + "\n"))?;
        } else {
            let line = entry.map_or_else(|| "nothing to do".to_owned(), Entry::to_string);
            print(&(line + "\n"))?;
        }
        if let Some(left) = entry.and_then(|entry| entry.left.as_ref()) {
            for differs in &left.differs {
                tell(&format!("not as before: {differs}"));
            }
        } else if let Some(undo) = entry.and_then(|entry| entry.undo.as_ref()) {
            tell(&undo.to_string());
        }
        let unsettled = entry.is_some_and(|entry| entry.phase == Phase::Unsettled);
        Ok(match unsettled {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }
}
