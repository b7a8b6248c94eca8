//! Makes the host what a document says. What the document does not name is left alone.
//!
//! `cargo run --example apply -- docs/desired-state.json --dry-run --local`

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ahv_net::edit::Desired;
use ahv_net::libvirt_model::xml::read_file;
use clap::Parser;
use examples::{Editing, run, tell};

/// The longest document that is read from stdin, in bytes.
const LIMIT: u64 = 16 << 20;

/// Make the host what a document says. What it does not name is left alone.
#[derive(Parser)]
#[command(name = "apply")]
struct Arguments {
    /// The document, in JSON; - is stdin.
    file: PathBuf,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = examples::parse();
    let desired = match read(&arguments.file) {
        Ok(desired) => desired,
        Err(error) => {
            tell(&format!("{}: {error}", arguments.file.display()));
            return ExitCode::from(2);
        }
    };
    run(async move { arguments.editing.run(desired).await })
}

fn read(file: &Path) -> io::Result<Desired> {
    let bytes = match file == Path::new("-") {
        true => {
            let mut bytes = Vec::new();
            io::stdin().lock().take(LIMIT).read_to_end(&mut bytes)?;
            bytes
        }
        // Not of a FIFO, which may never end: what another command writes comes by stdin.
        false => read_file(file)?,
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        let said = format!("it is no desired state in JSON, as docs/desired-state.json is one: {error}");
        io::Error::new(io::ErrorKind::InvalidData, said)
    })
}
