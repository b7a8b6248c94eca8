//! Parsing a domain with its typed NICs, and one verified edit, beside libxml2's parse alone.

use std::hint::black_box;
use std::path::Path;

use libvirt_model::domain::{Domain, Vlan};
use libvirt_model::vocab::VlanId;
use libvirt_model::xml::{self, Document};

use super::sync::{path, script};
use crate::child::usage;
use crate::measure::{Pairs, cpu_each};
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size};

/// A controller VM's document, as libvirt prints it.
const CVM: &str = include_str!("../../../../ahv-net/src/embedded/reference/cvm-live.xml");
/// How many NICs the large document has.
const NICS: usize = 100;

pub(super) fn measure(size: Size, _: &Stage, table: &mut Table) -> Result<(), Failure> {
    let large = with_nics(CVM, NICS)?;
    let directory = tempfile::tempdir()?;
    for (name, text) in [
        ("a controller VM", CVM),
        ("a domain of a hundred NICs", large.as_str()),
    ] {
        let file = directory.path().join("domain.xml");
        std::fs::write(&file, text)?;
        let count = (size.repeats * 2000 / text.len().max(2000)).max(3);
        let repeats = (count * 10).to_string();
        let (mut lxml, mut xmllint, mut edit) = (Pairs::default(), Pairs::default(), Pairs::default());
        let mut lxml_failure = None;
        for _ in 0..size.pairs {
            let parse = cpu_each(count, || Document::parse(text));
            let ours = cpu_each(count, || typed(text));
            let edited = {
                let document = Document::parse(text)?;
                let mut tag = 0;
                cpu_each(count, || {
                    tag = tag % 4000 + 1;
                    edited(&document, tag)
                })
            };
            typed(text)?;
            edited_once(text)?;
            match usage(
                Path::new("/usr/bin/python3"),
                &[path(&script("parse.py")?)?, path(&file)?, &repeats],
            ) {
                // How many times faster: theirs comes first.
                Ok(theirs) => lxml.0.push((theirs.printed.trim().parse()?, ours.as_secs_f64())),
                Err(failure) => lxml_failure = Some(failure),
            }
            if let Ok(theirs) = xmllint_parse(&file) {
                xmllint.0.push((theirs, ours.as_secs_f64()));
            }
            edit.push(edited, parse);
        }
        for (peer, pairs) in [("libxml2 by lxml", &lxml), ("xmllint --repeat", &xmllint)] {
            if pairs.0.is_empty() {
                let why = lxml_failure
                    .as_ref()
                    .map_or_else(|| "xmllint cannot be run".to_owned(), ToString::to_string);
                table.not_run(peer, &why);
                continue;
            }
            table.add(
                format!(
                    "XML: parse and typed NICs of {name} ({} bytes), speed against {peer}, its parse alone",
                    text.len()
                ),
                "×",
                Target::AtLeast(2.0),
                pairs.ratio(),
                format!(
                    "{:.2} × ({} against {})",
                    pairs.ratio(),
                    crate::measure::time(pairs.theirs()),
                    crate::measure::time(pairs.ours())
                ),
            );
        }
        table.add(
            format!("XML: one edit + verify of {name}, against one parse"),
            "×",
            Target::AtMost(3.0),
            edit.ratio(),
            edit.show(),
        );
    }
    Ok(())
}

/// Reads everything that the facade reads of a domain's NICs.
fn typed(text: &str) -> Result<usize, xml::Error> {
    let document = Document::parse(text)?;
    let domain = Domain::of(&document)?;
    let mut count = 0;
    for nic in domain.interfaces() {
        black_box(nic.mac_address()?);
        black_box(nic.type_()?);
        black_box(nic.source()?);
        black_box(nic.virtualport()?);
        black_box(nic.target()?);
        black_box(nic.vlan()?);
        black_box(nic.link()?);
        count += 1;
    }
    Ok(count)
}

fn edited(document: &Document, tag: u16) -> Result<Document, Failure> {
    let domain = Domain::of(document)?;
    let nic = domain.interfaces().next().ok_or("the domain has no NIC")?;
    let mut edit = document.edit();
    nic.edit(&mut edit).vlan(Vlan::access(VlanId::new(tag)?));
    Ok(edit.finish()?)
}

fn edited_once(text: &str) -> Result<(), Failure> {
    let document = Document::parse(text)?;
    if edited(&document, 77)?.as_str() == document.as_str() {
        return Err("an edit changed nothing".into());
    }
    Ok(())
}

/// The document with its first NIC so many times.
fn with_nics(text: &str, count: usize) -> Result<String, Failure> {
    let end = "</interface>";
    let start = text.find("<interface").ok_or("the document has no NIC")?;
    let length = text
        .get(start..)
        .and_then(|rest| rest.find(end))
        .ok_or("the NIC has no end")?
        + end.len();
    let nic = text.get(start..start + length).ok_or("the NIC has no text")?;
    Ok(text.replacen(nic, &vec![nic; count].join("\n    "), 1))
}

/// CPU seconds of one parse: xmllint's of a hundred, with its start taken off.
fn xmllint_parse(file: &Path) -> Result<f64, Failure> {
    let program = Path::new("/usr/bin/xmllint");
    let file = path(file)?;
    // --repeat parses a hundred times.
    let many = usage(program, &["--noout", "--repeat", file])?;
    let one = usage(program, &["--noout", file])?;
    let seconds = many.cpu.as_secs_f64() - one.cpu.as_secs_f64();
    if seconds <= 0.0 {
        return Err("the clock is too coarse".into());
    }
    Ok(seconds / 99.0)
}
