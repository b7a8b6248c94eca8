use std::error::Error;
use std::future::Future;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;

/// What a command ends with: an exit code, or an error of which one sentence is printed.
pub type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Parses the command line of a command that edits.
///
/// Such a program is started once more as the watchdog of its edit (`--confirm-within`): that one does not return
/// from here.
pub fn parse<A: clap::Parser>() -> A {
    ahv_net::apply::watchdog();
    A::parse()
}

/// Ends a command whose arguments do not go together, which the parser cannot tell by itself: exit code 2, as of any other
/// bad usage.
pub fn misused<A: clap::CommandFactory>(sentence: &str) -> ! {
    A::command().error(ErrorKind::ArgumentConflict, sentence).exit()
}

/// Runs a command to its end.
///
/// Exit code 0 is done, 1 refused, failed or with findings, and 2, which the command line's parser
/// gives by itself, bad usage. An error is printed to stderr as one sentence; errors of this
/// workspace say what to do in it, so their sources are not printed again.
pub fn run(command: impl Future<Output = Outcome>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(command);
            // A blocked system call in some library must not keep a finished command from ending.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(error.into()),
    };
    outcome.unwrap_or_else(|error| {
        tell(&error.to_string());
        // A remote or URI that cannot be meant is a slip of the command line, as a wrong flag is.
        match error.downcast_ref::<ahv_net::Error>() {
            Some(error) if error.is_usage() => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    })
}

/// Prints to stdout. A reader that has gone (`show | head -1`) is no failure.
///
/// # Errors
/// Whatever else keeps stdout from being written, such as a full disk.
pub fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Prints one line to stderr. Where even that fails there is nobody left to tell.
pub fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
