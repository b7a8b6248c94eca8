//! Reads libvirt documents and prints them again: not a byte may change.
//!
//! Lists every file whose bytes changed (exit code 1) and, apart, every file that was refused with a clear error: a DTD, an
//! encoding, malformed text, a bound. With `--edit`, each domain and network gets one typed edit, and nothing but the element that it
//! changes may differ; with `--xmllint` not in the canonical form of another parser either.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::Parser;
use libvirt_model::domain::{Domain, Interface, InterfaceBuilder, Vlan};
use libvirt_model::network::{Mtu, Network};
use libvirt_model::vocab::VlanId;
use libvirt_model::xml::{Document, Element, Error, Span, read_file};

/// Reads libvirt XML, prints it again, and compares.
#[derive(Debug, Parser)]
struct Arguments {
    /// Files, or directories to search for files that end in .xml.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Make one typed edit in each domain and network, and check that only its span changed.
    #[arg(long)]
    edit: bool,
    /// With --edit: compare what is outside of the edit in xmllint's canonical form too.
    #[arg(long, requires = "edit")]
    xmllint: bool,
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
    /// Documents in whose canonical form the edit shows where it was made only.
    canonical: usize,
    /// Documents that xmllint gives no canonical form of.
    incomparable: Vec<String>,
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
    report(&tally, arguments.edit, arguments.xmllint);
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
            Ok(Some(made)) => {
                tally.edited += 1;
                if let Err(reason) = made.only_span(&document) {
                    tally.changed.push(format!("{name}: {reason}"));
                }
                if arguments.xmllint {
                    compare(&document, &made, &name.to_string(), tally)?;
                }
                if let Some(out) = &arguments.out {
                    let flat = name.to_string().replace('/', "_");
                    std::fs::write(out.join(flat), made.document.as_str())?;
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

/// A document after an edit, and where in the old one it may show.
struct Made {
    document: Document,
    /// The element whose child is changed or added.
    span: Span,
    /// The same, by its place among its siblings, from the root.
    path: Vec<usize>,
    /// The name of that child.
    child: &'static str,
}

/// One typed edit of a domain or a network: the first NIC's VLAN, or else a NIC, or else the title; the network's MTU. `None` for any
/// other document.
fn edit(document: &Document) -> Result<Option<Made>, Error> {
    let mut edit = document.edit();
    let (element, child) = if let Ok(domain) = Domain::of(document) {
        if let Some(nic) = domain.interfaces().next() {
            let id = |id| VlanId::new(id).map(Vlan::access).ok();
            let new = if nic.vlan().is_ok_and(|vlan| vlan == id(4001)) {
                id(4002)
            } else {
                id(4001)
            };
            nic.edit(&mut edit).vlan(new);
            (nic.element(), "vlan")
        } else if let Some(devices) = domain.devices() {
            domain.add_interface(&mut edit, InterfaceBuilder::bridge("xml_roundtrip").build())?;
            (devices, "interface")
        } else {
            let old = domain.title().unwrap_or_default();
            domain.set_title(&mut edit, Some(&format!("{old} (xml_roundtrip)")));
            (domain.element(), "title")
        }
    } else if let Ok(network) = Network::of(document) {
        let new = if network.mtu().is_ok_and(|mtu| mtu == Some(Mtu::new(9000))) {
            9001
        } else {
            9000
        };
        network.edit(&mut edit).mtu(Mtu::new(new));
        (network.element(), "mtu")
    } else {
        return Ok(None);
    };
    Ok(Some(Made {
        document: edit.finish()?,
        span: element.span(),
        path: path(element),
        child,
    }))
}

/// The places of an element and those around it among their siblings, from the root down.
fn path(element: Element<'_>) -> Vec<usize> {
    let mut path = Vec::new();
    let mut at = element;
    while let Some(parent) = at.parent() {
        path.extend(parent.children().position(|child| child.id() == at.id()));
        at = parent;
    }
    path.reverse();
    path
}

impl Made {
    /// Checks that the texts are equal before the span begins and after it ends, and that they differ.
    fn only_span(&self, before: &Document) -> Result<(), String> {
        let Span { start, end } = self.span;
        let (before, after) = (before.as_str(), self.document.as_str());
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

    /// A canonical form without the child that the edit changes or adds, and without white space between tags.
    fn outside(&self, canonical: &str) -> Result<String, String> {
        let document = Document::parse(canonical).map_err(|error| error.to_string())?;
        let mut element = document.root();
        for at in &self.path {
            let child = element.children().nth(*at);
            element = child.ok_or("the canonical form lacks the element that was edited")?;
        }
        let span = element.child(self.child).map(|child| child.span());
        let Span { start, end } = span.unwrap_or_default();
        let (before, after) = canonical.split_at(end);
        let before = before.get(..start).unwrap_or(before);
        Ok(squeeze(before) + &squeeze(after))
    }
}

/// Leaves out the white space between tags, of which an edit adds some. In a canonical form every `>` of a text is escaped.
fn squeeze(canonical: &str) -> String {
    let mut squeezed = String::with_capacity(canonical.len());
    for (at, piece) in canonical.split('<').enumerate() {
        if at > 0 {
            squeezed.push('<');
        }
        match piece.rsplit_once('>') {
            Some((tag, text)) if text.trim().is_empty() => {
                squeezed.push_str(tag);
                squeezed.push('>');
            }
            None if piece.trim().is_empty() => {}
            _ => squeezed.push_str(piece),
        }
    }
    squeezed
}

/// Compares the canonical forms of a document before and after its edit, outside of what was edited.
fn compare(before: &Document, made: &Made, name: &str, tally: &mut Tally) -> std::io::Result<()> {
    let old = match canonical(before.as_bytes())? {
        Ok(canonical) => canonical,
        Err(reason) => {
            tally.incomparable.push(format!("{name}: {reason}"));
            return Ok(());
        }
    };
    let agree = canonical(made.document.as_bytes())?.and_then(|new| {
        if old == new {
            return Err("in the canonical form the edit changed nothing".to_owned());
        }
        if made.outside(&old)? != made.outside(&new)? {
            return Err("the edit shows elsewhere in the canonical form".to_owned());
        }
        Ok(())
    });
    match agree {
        Ok(()) => tally.canonical += 1,
        Err(reason) => tally.changed.push(format!("{name}: {reason}")),
    }
    Ok(())
}

/// The canonical form of a document as xmllint sees it, or its complaint.
fn canonical(document: &[u8]) -> std::io::Result<Result<String, String>> {
    let mut xmllint = Command::new("xmllint")
        .args(["--c14n", "--nonet", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            let reason = format!("xmllint cannot be run (install libxml2-utils): {error}");
            std::io::Error::new(error.kind(), reason)
        })?;
    if let Some(mut stdin) = xmllint.stdin.take() {
        // It reads to the end before it writes. One that stops early has complained.
        let _ = stdin.write_all(document);
    }
    let output = xmllint.wait_with_output()?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    Ok(match String::from_utf8(output.stdout) {
        Ok(text) if output.status.success() && !text.is_empty() => Ok(text),
        _ => Err(complaint.lines().next().unwrap_or("it says nothing").to_owned()),
    })
}

fn report(tally: &Tally, edit: bool, xmllint: bool) {
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
    section("no canonical form", &tally.incomparable);
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
            "{} edited, each within its element but {}; {} other documents not editable",
            tally.edited,
            tally.changed.len(),
            tally.others
        );
    }
    if xmllint {
        println!(
            "{} agree in canonical form, {} have none",
            tally.canonical,
            tally.incomparable.len()
        );
    }
}
