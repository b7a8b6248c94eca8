//! Reads libvirt documents and prints them again: not a byte may change.
//!
//! Lists every file whose bytes changed (exit code 1) and, apart, every file that was refused with a clear error: a DTD, an
//! encoding, malformed text, a bound. With `--edit`, each file gets one typed edit, of which only the span may differ.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use libvirt_model::domain::{Domain, Interface, Vlan};
use libvirt_model::network::{Mtu, Network};
use libvirt_model::vocab::VlanId;
use libvirt_model::xml::{Document, Error, Span, read_file};

/// Reads libvirt XML, prints it again, and compares.
#[derive(Debug, Parser)]
struct Arguments {
    /// Files, or directories to search for files that end in .xml.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Make one typed edit in each document, and check that only its span changed.
    #[arg(long)]
    edit: bool,
    /// With --edit: write each edited document into this directory, to compare it by other means.
    #[arg(long, requires = "edit")]
    out: Option<PathBuf>,
}

/// What came of all files.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    bytes: usize,
    changed: Vec<String>,
    refused: Vec<String>,
    unread: Vec<String>,
    domains: usize,
    networks: usize,
    others: usize,
    nics: usize,
    edited: usize,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let mut files = Vec::new();
    for path in &arguments.paths {
        if let Err(error) = std::fs::metadata(path).and_then(|_| collect(path, &mut files)) {
            eprintln!("cannot read {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    files.sort();
    let mut tally = Tally::default();
    for file in &files {
        if let Err(error) = visit(file, &arguments, &mut tally) {
            eprintln!("cannot use {}: {error}", file.display());
            return ExitCode::FAILURE;
        }
    }
    report(&tally, arguments.edit);
    if tally.changed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "xml") {
            collect(&entry, files)?;
        }
    }
    Ok(())
}

fn visit(file: &Path, arguments: &Arguments, tally: &mut Tally) -> std::io::Result<()> {
    let name = file.display();
    tally.files += 1;
    let bytes = match read_file(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            tally.refused.push(format!("{name}: {error}"));
            return Ok(());
        }
    };
    tally.bytes += bytes.len();
    let document = match Document::parse_bytes(&bytes) {
        Ok(document) => document,
        Err(error) => {
            tally.refused.push(format!("{name}: {error}"));
            return Ok(());
        }
    };
    if document.as_bytes() != bytes {
        tally.changed.push(format!("{name}: the printed text differs"));
    }
    if let Ok(domain) = Domain::of(&document) {
        tally.domains += 1;
        for nic in domain.interfaces() {
            match read(&nic) {
                Ok(()) => tally.nics += 1,
                Err(error) => tally.unread.push(format!("{name}: {error}")),
            }
        }
    } else if let Ok(network) = Network::of(&document) {
        tally.networks += 1;
        if let Err(error) = read_network(&network) {
            tally.unread.push(format!("{name}: {error}"));
        }
    } else {
        tally.others += 1;
    }
    if arguments.edit {
        match edit(&document) {
            Ok(None) => {}
            Ok(Some((edited, span))) => {
                tally.edited += 1;
                if let Err(reason) = only_span(document.as_str(), edited.as_str(), span) {
                    tally.changed.push(format!("{name}: {reason}"));
                }
                if let Some(out) = &arguments.out {
                    let flat = name.to_string().replace('/', "_");
                    std::fs::write(out.join(flat), edited.as_str())?;
                }
            }
            Err(error) => tally.changed.push(format!("{name}: {error}")),
        }
    }
    Ok(())
}

/// Reads everything that a typed view offers of a NIC.
fn read(nic: &Interface<'_>) -> Result<(), Error> {
    nic.type_()?;
    nic.mac()?;
    nic.source()?;
    nic.vlan()?;
    nic.virtualport()?;
    nic.bandwidth()?;
    nic.ips()?;
    nic.routes()?;
    nic.port_forwards()?;
    nic.script()?;
    nic.downscript()?;
    nic.backenddomain()?;
    nic.target()?;
    nic.guest()?;
    nic.model()?;
    nic.driver()?;
    nic.backend()?;
    nic.filterref()?;
    nic.boot()?;
    nic.tune()?;
    nic.link()?;
    nic.mtu()?;
    nic.coalesce()?;
    nic.port()?;
    nic.rom()?;
    nic.acpi()?;
    nic.teaming()?;
    nic.alias()?;
    nic.address()?;
    nic.managed()?;
    nic.trust_guest_rx_filters()?;
    Ok(())
}

fn read_network(network: &Network<'_>) -> Result<(), Error> {
    network.uuid()?;
    network.forward()?;
    network.bridge()?;
    network.mtu()?;
    network.mac()?;
    network.domain()?;
    network.dns()?;
    network.vlan()?;
    network.bandwidth()?;
    network.port()?;
    network.ips()?;
    network.routes()?;
    network.virtualport()?;
    network.portgroups()?;
    Ok(())
}

/// One typed edit, and the element in which it may show: the first NIC's VLAN, or the network's MTU.
fn edit(document: &Document) -> Result<Option<(Document, Span)>, Error> {
    let mut edit = document.edit();
    let element = if let Ok(domain) = Domain::of(document) {
        let Some(nic) = domain.interfaces().next() else {
            return Ok(None);
        };
        let id = |id| VlanId::new(id).map(Vlan::access).ok();
        let new = if nic.vlan().is_ok_and(|vlan| vlan == id(4001)) {
            id(4002)
        } else {
            id(4001)
        };
        nic.edit(&mut edit).vlan(new);
        nic.element()
    } else if let Ok(network) = Network::of(document) {
        let new = if network.mtu().is_ok_and(|mtu| mtu == Some(Mtu::new(9000))) {
            9001
        } else {
            9000
        };
        network.edit(&mut edit).mtu(Mtu::new(new));
        network.element()
    } else {
        return Ok(None);
    };
    let span = element.span();
    edit.finish().map(|edited| Some((edited, span)))
}

/// Checks that two texts are equal before `span` begins and after it ends, and that they differ.
fn only_span(before: &str, after: &str, Span { start, end }: Span) -> Result<(), String> {
    if before == after {
        return Err("the edit changed nothing".to_owned());
    }
    if before.get(..start) != after.get(..start) {
        return Err("the edit changed something before its element".to_owned());
    }
    let tail = before.get(end..).unwrap_or("");
    if !after.ends_with(tail) || after.len() < start + tail.len() {
        return Err("the edit changed something behind its element".to_owned());
    }
    Ok(())
}

fn report(tally: &Tally, edit: bool) {
    let section = |title: &str, lines: &[String]| {
        if !lines.is_empty() {
            println!("{title}:");
            for line in lines {
                println!("  {line}");
            }
        }
    };
    section("refused", &tally.refused);
    section(
        "parts that no typed view can read (kept as they are)",
        &tally.unread,
    );
    section("CHANGED", &tally.changed);
    println!(
        "{} files, {} bytes: {} changed, {} refused",
        tally.files,
        tally.bytes,
        tally.changed.len(),
        tally.refused.len()
    );
    println!(
        "{} domains with {} NICs read, {} networks, {} other documents, {} parts unreadable",
        tally.domains,
        tally.nics,
        tally.networks,
        tally.others,
        tally.unread.len()
    );
    if edit {
        println!(
            "{} edited, each within its element only",
            tally.edited - tally.changed.len().min(tally.edited)
        );
    }
}
