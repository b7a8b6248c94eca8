//! The pages are true: every block of code in every page of the repository is tried, and prints what stands there.
//!
//! The pages are found, not listed, so a new one is tried too. What a block is, the word behind its fence says:
//!
//! - `console`: a session. A line after `$ ` is a command, and up to the next one stands what it prints, stdout before
//!   stderr, without the sentence that says it is the embedded host. `# exit code 1` ends the line of a command that does not
//!   end with 0, and `&` that of a server that runs until the block ends. A line `…` stands for lines that are left out, and a
//!   `\` at its end goes on with a command on the next line. `/tmp/ahv` is a directory of the session's own; ids and
//!   times of the journal may be others, and so may the ports of loopback, which later lines may name as the page does.
//!   A line of curl, mkdir, ovs-vsctl or the Python client, and one with a pipe, is run by a shell. What would need a real host
//!   or never ends has its flags tried; that, and the few other lines that cannot be run, are reported as not run.
//! - `rust`: a doc-test of the library of this package, which must have the page.
//! - `json`: it reads.
//! - `xml`: the document that the command above it has under `--json`.
//! - `sh`: what is typed on a host; it is typed in the lab, and what it makes is read as captures.
//! - `text`: what a file of tests/golden has, or a drawing.
//!
//! A block without a word fails. With UPDATE_GOLDEN=1 in the environment what commands print is written into the pages,
//! where nothing is left out.

mod cases;
mod compared;
mod line;
mod page;
mod session;

pub(crate) use cases::cases;
