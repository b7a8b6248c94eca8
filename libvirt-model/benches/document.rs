//! What reading a domain and editing it cost.
//!
//! `cargo bench -p libvirt-model --bench document`; `tests/compare/run --only xml` sets it beside libxml2.

#![expect(clippy::unwrap_used, reason = "a benchmark that fails has nothing to measure")]

use divan::{Bencher, black_box};
use libvirt_model::domain::{Domain, Vlan};
use libvirt_model::vocab::VlanId;
use libvirt_model::xml::Document;

fn main() {
    divan::main();
}

/// A controller VM, as libvirt prints it.
const CVM: &str = include_str!("../tests/golden/cvm-access-vlan/before.xml");

/// The controller VM with its first NIC so many times.
fn with_nics(count: usize) -> String {
    let start = CVM.find("<interface").unwrap();
    let end = CVM.find("</interface>").unwrap() + "</interface>".len();
    let nic = &CVM[start..end];
    CVM.replacen(nic, &vec![nic; count].join("\n    "), 1)
}

#[divan::bench(args = [1, 10, 100])]
fn parse(bencher: Bencher<'_, '_>, nics: usize) {
    let text = with_nics(nics);
    bencher.bench(|| Document::parse(black_box(text.as_str())).unwrap());
}

/// Everything from the text on: the target is half of what libxml2's parse alone takes.
#[divan::bench(args = [1, 10, 100])]
fn parse_and_typed_nics(bencher: Bencher<'_, '_>, nics: usize) {
    let text = with_nics(nics);
    bencher.bench(|| read_nics(&Document::parse(black_box(text.as_str())).unwrap()));
}

#[divan::bench(args = [1, 10, 100])]
fn typed_nics(bencher: Bencher<'_, '_>, nics: usize) {
    let document = Document::parse(with_nics(nics)).unwrap();
    bencher.bench(|| read_nics(&document));
}

fn read_nics(document: &Document) {
    for nic in Domain::of(document).unwrap().interfaces() {
        black_box(nic.mac_address().unwrap());
        black_box(nic.type_().unwrap());
        black_box(nic.source().unwrap());
        black_box(nic.virtualport().unwrap());
        black_box(nic.target().unwrap());
        black_box(nic.vlan().unwrap());
        black_box(nic.link().unwrap());
    }
}

#[divan::bench(args = [1, 10, 100])]
fn edit_and_verify(bencher: Bencher<'_, '_>, nics: usize) {
    let document = Document::parse(with_nics(nics)).unwrap();
    bencher.bench(|| {
        let nic = Domain::of(&document).unwrap().interfaces().next().unwrap();
        let mut edit = document.edit();
        nic.edit(&mut edit).vlan(Vlan::access(VlanId::new(77).unwrap()));
        edit.finish().unwrap()
    });
}
