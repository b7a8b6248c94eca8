//! Makes typed tables from a schema: `modelgen (--schema FILE | --facts FILE | --remote REMOTE --database NAME) DIR`.

use std::{error::Error, path::PathBuf, process::ExitCode};

use ovsdb_client::{
    Client,
    modelgen::{Facts, Source, generate},
    wire::DatabaseSchema,
};

const USAGE: &str =
    "usage: modelgen (--schema FILE | --facts FILE | --remote REMOTE --database NAME) DIRECTORY";

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stderr, reason = "a program tells its user what went wrong")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let made = match words.as_slice() {
        ["--schema", file, directory] => from_schema(file, directory),
        ["--facts", file, directory] => from_facts(file, directory),
        ["--remote", remote, "--database", database, directory] => {
            from_server(remote, database, directory).await
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("modelgen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn from_schema(file: &str, directory: &str) -> Result<(), Box<dyn Error>> {
    let schema = DatabaseSchema::parse(&read(file)?)?;
    write(
        Source {
            schema: &schema,
            facts: None,
        },
        directory,
    )
}

fn from_facts(file: &str, directory: &str) -> Result<(), Box<dyn Error>> {
    let facts = Facts::parse(&read(file)?)?;
    let schema = facts.schema(facts.newest())?;
    write(
        Source {
            schema: &schema,
            facts: Some(&facts),
        },
        directory,
    )
}

async fn from_server(remote: &str, database: &str, directory: &str) -> Result<(), Box<dyn Error>> {
    let client = Client::builder()
        .remotes(remote)
        .database(database)
        .connect()
        .await?;
    write(
        Source {
            schema: &client.schema(),
            facts: None,
        },
        directory,
    )
}

fn read(file: &str) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("cannot read {file}: {error}"))
}

fn write(source: Source<'_>, directory: &str) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(directory)?;
    for (name, text) in generate(source) {
        let path = PathBuf::from(directory).join(name);
        std::fs::write(&path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}
