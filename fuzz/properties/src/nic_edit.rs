//! Typed edits of a NIC: the first bytes say which part of which NIC of the domain that follows.
//!
//! Whatever the part looked like before, it reads as what was set, nothing outside the NIC changes, and to set it again
//! changes nothing at all.

use libvirt_model::domain::{Domain, Interface, Link, LinkState, Mac, Model, Mtu, Target, Vlan};
use libvirt_model::vocab::{MacAddr, VlanId};
use libvirt_model::xml::{Document, Error, ErrorKind};

pub(crate) fn nic_edit(input: &[u8]) {
    let Some((&[what, which, how], text)) = input.split_first_chunk::<3>() else {
        return;
    };
    let Ok(document) = Document::parse_bytes(text) else {
        return;
    };
    let Some(edited) = edit(&document, what, which, how) else {
        return;
    };
    let nic = nic(&document, which).expect("it was edited");
    let span = nic.element().span();
    let (before, after) = (document.as_bytes(), edited.as_bytes());
    assert!(
        after.starts_with(&before[..span.start]) && after.ends_with(&before[span.end..]),
        "{edited}"
    );
    check(nic_of(&edited, which), what, how);
    let twice = edit(&edited, what, which, how).expect("what was edited can be edited");
    assert_eq!(twice, edited, "edited twice");
}

fn nic(document: &Document, which: u8) -> Option<Interface<'_>> {
    let nics: Vec<Interface<'_>> = Domain::of(document).ok()?.interfaces().collect();
    (!nics.is_empty()).then(|| nics[usize::from(which) % nics.len()])
}

fn nic_of(document: &Document, which: u8) -> Interface<'_> {
    nic(document, which).expect("the NIC is still there")
}

fn edit(document: &Document, what: u8, which: u8, how: u8) -> Option<Document> {
    let nic = nic(document, which)?;
    let mut edit = document.edit();
    let mut nic = nic.edit(&mut edit);
    match what % 6 {
        0 => nic.vlan(vlan(how)),
        1 => nic.mac(mac(how)),
        2 => nic.link(link(how)),
        3 => nic.mtu(mtu(how)),
        4 => nic.model(model(how)),
        _ => nic.target(target(how)),
    };
    match edit.finish() {
        Ok(edited) => Some(edited),
        Err(error) => {
            assert!(is_bound(&error), "{error:#}\n{document}");
            None
        }
    }
}

fn is_bound(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::OverBound { .. })
}

fn check(nic: Interface<'_>, what: u8, how: u8) {
    match what % 6 {
        0 => assert_eq!(nic.vlan(), Ok(vlan(how))),
        1 => assert_eq!(nic.mac(), Ok(mac(how))),
        2 => assert_eq!(nic.link(), Ok(link(how))),
        3 => assert_eq!(nic.mtu(), Ok(mtu(how))),
        4 => assert_eq!(nic.model(), Ok(model(how))),
        _ => assert_eq!(nic.target(), Ok(target(how))),
    }
}

fn vlan(how: u8) -> Option<Vlan> {
    let id = |id: u8| VlanId::new(u16::from(id)).expect("each byte is a VLAN id");
    match how % 4 {
        0 => None,
        1 => Some(Vlan::access(id(how))),
        2 => Some(Vlan::trunk([id(how), id(how / 2)])),
        _ => Some(Vlan::trunk((0..how).map(id))),
    }
    .filter(|vlan| !vlan.tags.is_empty())
}

fn mac(how: u8) -> Option<Mac> {
    let address: MacAddr = format!("52:54:00:00:00:{how:02x}")
        .parse()
        .expect("it is an address");
    (how != 0).then(|| Mac::new(address))
}

fn link(how: u8) -> Option<Link> {
    match how % 3 {
        0 => None,
        1 => Some(Link::new(LinkState::Up)),
        _ => Some(Link::new(LinkState::Down)),
    }
}

fn mtu(how: u8) -> Option<Mtu> {
    (how != 0).then(|| Mtu::new(1400 + u32::from(how)))
}

fn model(how: u8) -> Option<Model> {
    how.is_multiple_of(2).then(Model::virtio)
}

fn target(how: u8) -> Option<Target> {
    (how != 0).then(|| Target::dev(format!("tap<{how}>")))
}
