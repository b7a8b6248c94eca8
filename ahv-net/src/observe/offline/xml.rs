//! libvirt's documents: domains, networks, and `<interface>`s on their own.

use libvirt_model::domain::{self, Interface};
use libvirt_model::network;
use libvirt_model::xml::{Document, Element, Error};
use uuid::Uuid;

use super::capture::{Notes, is_remark};
use super::documents::{self, Piece};
use crate::observe::libvirt::{network_parts, nic};
use crate::observe::{ObservedNetwork, ObservedNic};

/// What a file of XML says.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) domains: Vec<XmlDomain>,
    pub(super) networks: Vec<ObservedNetwork>,
    /// NICs whose domain the file does not tell.
    pub(super) nics: Vec<ObservedNic>,
}

/// A `<domain>`.
#[derive(Debug)]
pub(super) struct XmlDomain {
    pub(super) name: String,
    pub(super) uuid: Option<Uuid>,
    /// Whether it is of a running domain: only then it has an `id`, or libvirt's wrapper with the status.
    pub(super) live: bool,
    pub(super) nics: Vec<ObservedNic>,
}

/// Reads every document of a file.
pub(super) fn read(text: &str, notes: &mut Notes) -> Documents {
    let mut read = Documents::default();
    // A prompt may hold a `<`, and is no part of any document.
    let text: String = text
        .split_inclusive('\n')
        .map(|line| if is_remark(line) { "\n" } else { line })
        .collect();
    let pieces = documents::split(&text);
    if text.contains("<!DOCTYPE") {
        notes.whole("it has a DTD, which is not read");
    }
    if pieces.is_empty() {
        notes.whole("no element in it is complete");
    }
    if pieces.len() == documents::MOST {
        notes.whole(format!(
            "it has {} documents or more, of which the first are read",
            documents::MOST
        ));
    }
    for piece in pieces {
        if let Some(element) = &piece.cut_off_in {
            let what = format!(
                "the document that begins here is cut off in <{element}>; what is there of it is shown"
            );
            notes.line(piece.line, what);
        }
        let mut place = Place {
            line: piece.line,
            notes,
        };
        if let Err(error) = document(piece, &mut read, &mut place) {
            place.note(&error);
        }
    }
    read
}

/// Where in the file a document stands.
struct Place<'n> {
    line: usize,
    notes: &'n mut Notes,
}

impl Place<'_> {
    fn note(&mut self, error: &Error) {
        let below = error.position().and_then(|at| usize::try_from(at.line).ok());
        self.notes.line(
            self.line + below.unwrap_or(1).saturating_sub(1),
            error.kind().to_string(),
        );
    }
}

fn document(piece: Piece, read: &mut Documents, place: &mut Place<'_>) -> Result<(), Error> {
    let document = Document::parse(piece.text)?;
    let root = document.root();
    match root.name() {
        "domain" | "domstatus" => {
            let domain = domain::Domain::of(&document)?;
            read.domains.push(XmlDomain {
                name: domain.name()?.into_owned(),
                uuid: domain.uuid()?,
                live: root.name() == "domstatus" || domain.id()?.is_some(),
                nics: nics(domain.interfaces(), place),
            });
        }
        "network" | "networkstatus" => {
            let network = network::Network::of(&document)?;
            let observed = ObservedNetwork {
                name: network.name()?.into_owned(),
                uuid: network.uuid()?,
                // Only the XML of a network that is started counts its connections.
                active: (root.name() == "networkstatus" || network.connections()?.is_some()).then_some(true),
                ..ObservedNetwork::default()
            };
            match network_parts(document.as_str().to_owned(), observed.clone()) {
                Ok(network) => read.networks.push(network),
                Err(error) => {
                    place.note(&error);
                    read.networks.push(observed);
                }
            }
        }
        "interface" => read
            .nics
            .extend(nics(std::iter::once(Interface::of(&document)?), place)),
        // A piece of a domain, as `xmllint --xpath` cuts it out.
        "devices" => {
            for interface in root.children_named("interface") {
                fragment(interface, read, place)?;
            }
        }
        other => place.notes.line(
            place.line,
            format!("<{other}> is neither a domain, a network nor an interface"),
        ),
    }
    Ok(())
}

fn fragment(element: Element<'_>, read: &mut Documents, place: &mut Place<'_>) -> Result<(), Error> {
    let document = Document::parse(element.as_str())?;
    read.nics
        .extend(nics(std::iter::once(Interface::of(&document)?), place));
    Ok(())
}

/// One NIC that makes no sense does not hide the others.
fn nics<'d>(interfaces: impl Iterator<Item = Interface<'d>>, place: &mut Place<'_>) -> Vec<ObservedNic> {
    let mut nics = Vec::new();
    for interface in interfaces {
        match nic(&interface) {
            Ok(nic) => nics.push(nic),
            Err(error) => place.note(&error),
        }
    }
    nics
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_networks_and_interfaces_of_one_file() {
        let text = "$ virsh dumpxml 1 | grep '<x'\n<domain type='kvm' id='1'><name>web</name>\n<devices>\n<interface type='bridge'>\
                    <mac address='nonsense'/></interface>\n<interface type='bridge'><mac address='52:54:00:00:00:01'/></interface>\
                    </devices></domain>\n<network connections='1'><name>net</name></network>\n<network><name>off</name></network>\n\
                    <interface type='bridge'><mac address='52:54:00:00:00:02'/>\n<target dev='vnet0'/>\n";
        let mut notes = Notes::of("all.xml");
        let read = read(text, &mut notes);
        assert_eq!((read.domains[0].live, read.domains[0].nics.len()), (true, 1));
        let active: Vec<_> = read.networks.iter().map(|network| network.active).collect();
        assert_eq!(active, [Some(true), None]);
        assert_eq!(read.nics[0].target.as_deref(), Some("vnet0"));
        let said = notes.sentences();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].starts_with("all.xml, line 4: `nonsense`"), "{said:?}");
        assert!(
            said[1].starts_with("all.xml, line 8: the document that begins here is cut off in <interface>")
        );
    }

    #[test]
    fn what_is_no_document_of_libvirts_is_noted() {
        for text in [
            "<html></html>",
            "<domain>",
            "<a></b>",
            "<!DOCTYPE x>",
            "<domain/>",
        ] {
            let mut notes = Notes::of("x.xml");
            let read = read(text, &mut notes);
            assert_eq!(
                read.domains.len() + read.networks.len() + read.nics.len(),
                0,
                "{text}"
            );
            assert!(!notes.is_empty(), "{text}");
        }
    }
}
