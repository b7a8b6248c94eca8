//! Database files, made by the real `ovsdb-tool`: standalone ones and members of a Raft cluster.

use std::path::Path;

use crate::tool::output_of;
use crate::{Failure, Tool};

/// Creates an empty standalone database. Same as `ovsdb-tool create DATABASE SCHEMA`.
///
/// # Errors
/// When the tool is missing or refuses the schema.
pub fn create(database: &Path, schema: &Path) -> Result<(), Failure> {
    let mut command = Tool::OVSDB_TOOL.command()?;
    command.args(["-vsyslog:off", "create"]).arg(database).arg(schema);
    output_of(command).map(drop)
}

/// Creates the first member of a cluster, which the others reach at `local`, such as `tcp:127.0.0.1:6644` or
/// `unix:/…/raft.sock`. Same as `ovsdb-tool create-cluster DATABASE SCHEMA LOCAL`.
///
/// # Errors
/// When the tool is missing or refuses an argument.
pub fn create_cluster(database: &Path, schema: &Path, local: &str) -> Result<(), Failure> {
    let mut command = Tool::OVSDB_TOOL.command()?;
    command
        .args(["-vsyslog:off", "create-cluster"])
        .arg(database)
        .arg(schema)
        .arg(local);
    output_of(command).map(drop)
}

/// Creates a further member of the cluster that serves the database `name` and has a member at one of `remotes`.
/// Same as `ovsdb-tool join-cluster DATABASE NAME LOCAL REMOTE…`; it joins once a server serves it.
///
/// # Errors
/// When the tool is missing or refuses an argument.
pub fn join_cluster(database: &Path, name: &str, local: &str, remotes: &[&str]) -> Result<(), Failure> {
    let mut command = Tool::OVSDB_TOOL.command()?;
    command
        .args(["-vsyslog:off", "join-cluster"])
        .arg(database)
        .arg(name)
        .arg(local)
        .args(remotes);
    output_of(command).map(drop)
}
