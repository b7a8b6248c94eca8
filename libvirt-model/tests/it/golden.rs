//! Edits by example: `before.xml`, the `edit`, and the `after.xml` that it has to give, byte for byte.
//!
//! `AHV_BLESS=1` writes `after.xml` anew; look at the difference before you commit it.

use std::path::{Path, PathBuf};

use libvirt_model::domain::{
    Domain, Interface, InterfaceBuilder, Link, LinkState, Mac, Model, Source, VirtualPort, Vlan,
};
use libvirt_model::network::{Mtu, NativeMode, Network, PortGroup};
use libvirt_model::vocab::{MacAddr, VlanId};
use libvirt_model::xml::{Document, Edit};
use test_support::Suite;

type Failure = Box<dyn std::error::Error + Send + Sync>;

pub(crate) fn add_to(suite: &mut Suite) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&directory)
        .expect("the golden cases are there")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(cases.len() > 5, "the golden cases are there");
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        suite.case(format!("golden: {name}"), move || {
            Ok(check(&case).map_err(|error| error.to_string())?)
        });
    }
}

fn check(case: &Path) -> Result<(), Failure> {
    let before = Document::parse_bytes(&std::fs::read(case.join("before.xml"))?)?;
    let after = case.join("after.xml");
    let script = std::fs::read_to_string(case.join("edit"))?;
    let mut edit = before.edit();
    for line in script.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        step(&before, &mut edit, &words)?;
    }
    let edited = edit.finish()?;
    if std::env::var_os("AHV_BLESS").is_some() {
        std::fs::write(&after, edited.as_bytes())?;
    }
    let wanted = std::fs::read_to_string(&after)?;
    if edited.as_str() != wanted {
        return Err(format!("wanted:\n{wanted}\nfound:\n{edited}").into());
    }
    Ok(())
}

fn step<'d>(document: &'d Document, edit: &mut Edit<'d>, words: &[&str]) -> Result<(), Failure> {
    match words {
        ["nic", mac, "vlan", rest @ ..] => {
            nic(document, mac)?.edit(edit).vlan(vlan(rest)?);
        }
        ["nic", mac, "source", "bridge", bridge] => {
            nic(document, mac)?.edit(edit).source(Source::bridge(*bridge));
        }
        ["nic", mac, "source", "network", network] => {
            nic(document, mac)?
                .edit(edit)
                .source(Source::network(*network, None));
        }
        ["nic", mac, "mtu", size] => {
            nic(document, mac)?.edit(edit).mtu(Mtu::new(size.parse()?));
        }
        ["nic", mac, "link", state] => {
            nic(document, mac)?
                .edit(edit)
                .link(Link::new(LinkState::from(*state)));
        }
        ["remove", "nic", mac] => {
            edit.remove(nic(document, mac)?.element());
        }
        ["add", "nic", mac, "bridge", bridge, "vlan", id] => {
            let nic = InterfaceBuilder::bridge(*bridge)
                .mac(Mac::new(mac.parse()?))
                .virtualport(VirtualPort::openvswitch(None))
                .vlan(Vlan::access(id.parse()?))
                .model(Model::virtio());
            Domain::of(document)?.add_interface(edit, nic.build())?;
        }
        ["portgroup", name, "vlan", id] => {
            let network = Network::of(document)?;
            let known = network
                .portgroup(Some(name))?
                .unwrap_or_else(|| PortGroup::new(*name));
            network.edit(edit).portgroup(&PortGroup {
                vlan: Some(Vlan::access(id.parse()?)),
                ..known
            });
        }
        ["remove", "portgroup", name] => {
            Network::of(document)?.edit(edit).remove_portgroup(name);
        }
        other => return Err(format!("no such edit: {other:?}").into()),
    }
    Ok(())
}

fn nic<'d>(document: &'d Document, mac: &str) -> Result<Interface<'d>, Failure> {
    let mac: MacAddr = mac.parse()?;
    Ok(Domain::of(document)?
        .interfaces_by_mac(mac)
        .next()
        .ok_or("no such NIC")?)
}

fn vlan(words: &[&str]) -> Result<Option<Vlan>, Failure> {
    let ids = |list: &str| {
        list.split(',')
            .map(str::parse)
            .collect::<Result<Vec<VlanId>, _>>()
    };
    Ok(match words {
        ["none"] => None,
        ["access", id] => Some(Vlan::access(id.parse()?)),
        ["trunk", list] => Some(Vlan::trunk(ids(list)?)),
        ["trunk", list, "native", native] => {
            Some(Vlan::trunk(ids(list)?).with_native(native.parse()?, NativeMode::Untagged))
        }
        other => return Err(format!("no such VLAN: {other:?}").into()),
    })
}
