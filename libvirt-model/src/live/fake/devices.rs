//! Plugging NICs in and out of a domain in memory.

use uuid::Uuid;

use super::host::Host;
use super::refusal::{bad_xml, invalid, no_device, no_domain, unsupported};
use crate::domain::{
    Alias, Domain, Effective, Interface, InterfaceType, Mac, Preflight, Severity, Source, Target, Verdict,
    VirtualPort,
};
use crate::live::{Affect, Error, Event};
use crate::network::Network;
use crate::vocab::MacAddr;
use crate::xml::{Document, Fragment};

const ATTACH: &str = "DomainAttachDeviceFlags";
const DETACH: &str = "DomainDetachDeviceFlags";
const UPDATE: &str = "DomainUpdateDeviceFlags";

impl Host {
    pub(super) fn attach(&mut self, uuid: Uuid, xml: &str, affect: Affect) -> Result<Vec<Event>, Error> {
        let device = with_mac(device(ATTACH, xml)?)?;
        self.check(ATTACH, uuid, affect)?;
        let mac = interface(ATTACH, &device)?
            .mac_address()
            .map_err(|error| bad_xml(ATTACH, error))?;
        let mut events = Vec::new();
        let live = if affect.is_live() {
            let alias = self.free_alias(uuid);
            let running = self.plugged(&device, alias.clone())?;
            events.push(Event::DeviceAdded { uuid, alias });
            Some(running)
        } else {
            None
        };
        let domain = self.domain_mut(ATTACH, uuid)?;
        if affect.is_config()
            && let (Some(config), Some(mac)) = (&domain.config, mac)
            && view(config)?.interfaces_by_mac(mac).next().is_some()
        {
            return Err(invalid(
                ATTACH,
                &format!("network device with mac {mac} already exists"),
            ));
        }
        if let (Some(running), Some(document)) = (live, &mut domain.live) {
            *document = added(document, &running)?;
        }
        if let (true, Some(document)) = (affect.is_config(), &mut domain.config) {
            *document = added(document, &device)?;
        }
        Ok(events)
    }

    pub(super) fn detach(&mut self, uuid: Uuid, xml: &str, affect: Affect) -> Result<Vec<Event>, Error> {
        let device = device(DETACH, xml)?;
        self.check(DETACH, uuid, affect)?;
        let domain = self.domain_mut(DETACH, uuid)?;
        let mut events = Vec::new();
        let mut live = None;
        if let (true, Some(document)) = (affect.is_live(), &domain.live) {
            let (without, alias) = removed(document, &device)?;
            if domain.holds_devices {
                return Err(Error::DeviceHeld { domain: uuid, alias });
            }
            events.push(Event::DeviceRemoved { uuid, alias });
            live = Some(without);
        }
        if let (true, Some(document)) = (affect.is_config(), &mut domain.config) {
            *document = removed(document, &device)?.0;
        }
        if live.is_some() {
            domain.live = live;
        }
        Ok(events)
    }

    pub(super) fn update(&mut self, uuid: Uuid, xml: &str, affect: Affect) -> Result<Vec<Event>, Error> {
        let device = device(UPDATE, xml)?;
        self.check(UPDATE, uuid, affect)?;
        let mut live = None;
        if affect.is_live() {
            let document = self.domain_mut(UPDATE, uuid)?.live.clone();
            let Some(document) = document else {
                return Err(invalid(UPDATE, "domain is not running"));
            };
            let running = view(&document)?;
            let before = matching(&running, &device)?.ok_or_else(|| no_device(UPDATE))?;
            let alias = before
                .alias()
                .ok()
                .flatten()
                .map(|alias| alias.name)
                .unwrap_or_default();
            let kept = keep(&before, &device)?;
            let after = self.plugged(&kept, alias)?;
            // Plugged in, it shows what is behind its network; so the networks themselves are not needed. A change that a real libvirt
            // accepts and does not carry out is refused here.
            let judged = Preflight::of(&before, &interface(UPDATE, &after)?, &[])
                .map_err(|error| bad_xml(UPDATE, error))?;
            if judged.verdict > Verdict::Live {
                let part = judged.parts.iter().max_by_key(|part| part.verdict);
                let message = part.map_or("the change", |part| part.part.as_str());
                return Err(unsupported(
                    UPDATE,
                    &format!("cannot modify {message} of a running network device"),
                ));
            }
            live = Some(replaced(&document, &device, &after)?);
        }
        let domain = self.domain_mut(UPDATE, uuid)?;
        if let (true, Some(document)) = (affect.is_config(), &mut domain.config) {
            *document = replaced(document, &device, &device)?;
        }
        if live.is_some() {
            domain.live = live;
        }
        Ok(Vec::new())
    }

    /// The definition of a domain as it runs: every NIC plugged in.
    pub(super) fn started(&mut self, config: &Document) -> Result<Document, Error> {
        let call = "DomainCreate";
        let mut edit = config.edit();
        for (at, nic) in view(config)?.interfaces().enumerate() {
            let device = nic.device().map_err(|error| bad_xml(call, error))?;
            let plugged = self.plugged(&device, format!("net{at}"))?;
            edit.replace(nic.element(), Fragment::of(plugged.root()));
        }
        edit.finish().map_err(|error| bad_xml(call, error))
    }

    /// A NIC as it runs: connected to the bridge of its network, with tap, alias and interfaceid.
    fn plugged(&mut self, device: &Document, alias: String) -> Result<Document, Error> {
        let nic = interface(ATTACH, device)?;
        let bad = |error| bad_xml(ATTACH, error);
        let source = nic.source().map_err(bad)?.unwrap_or_default();
        let network = match &source.network {
            Some(name) => {
                let known = self
                    .networks
                    .iter()
                    .find(|network| network.record.name == *name && network.record.active);
                Some(
                    known
                        .ok_or_else(|| invalid(ATTACH, &format!("network '{name}' is not active")))?
                        .current()
                        .clone(),
                )
            }
            None => None,
        };
        let network = network.as_ref().map(Network::of).transpose().map_err(bad)?;
        let effective = Effective::of(&nic, network.as_ref()).map_err(bad)?;
        let mut edit = device.edit();
        let mut changed = nic.edit(&mut edit);
        if let Some(bridge) = network
            .as_ref()
            .and_then(|network| network.bridge().ok().flatten())
        {
            let source = Source {
                bridge: bridge.name,
                portid: source.portid.clone().or_else(|| Some(Uuid::new_v4().to_string())),
                ..source
            };
            changed.type_(&InterfaceType::Bridge).source(source);
        }
        if let Some(vlan) = effective.vlan {
            changed.vlan(vlan.value);
        }
        if let Some(port) = effective.virtualport {
            let mut port = port.value;
            if port.is_openvswitch() && port.interfaceid().is_none() {
                port.parameters = VirtualPort::openvswitch(Some(Uuid::new_v4())).parameters;
            }
            changed.virtualport(port);
        }
        if nic.target().map_err(bad)?.and_then(|target| target.dev).is_none() {
            changed.target(Target::dev(format!("vnet{}", self.next_tap)));
            self.next_tap += 1;
        }
        changed.alias(Alias { name: alias });
        edit.finish().map_err(bad)
    }

    /// What libvirt checks before it looks at the device.
    fn check(&mut self, call: &str, uuid: Uuid, affect: Affect) -> Result<(), Error> {
        let domain = self.domain_mut(call, uuid)?;
        if affect.is_live() && domain.live.is_none() {
            return Err(invalid(call, "domain is not running"));
        }
        if affect.is_config() && !domain.record.persistent {
            return Err(invalid(call, "cannot modify device on transient domain"));
        }
        Ok(())
    }

    fn free_alias(&self, uuid: Uuid) -> String {
        let live = self
            .domains
            .iter()
            .find(|domain| domain.record.uuid == uuid)
            .and_then(|domain| domain.live.as_ref());
        let taken = |alias: &str| {
            live.and_then(|live| Domain::of(live).ok())
                .is_some_and(|live| live.interface_by_alias(alias).is_some())
        };
        (0_u32..)
            .map(|at| format!("net{at}"))
            .find(|alias| !taken(alias))
            .unwrap_or_default()
    }

    pub(super) fn domain_mut(&mut self, call: &str, uuid: Uuid) -> Result<&mut super::FakeDomain, Error> {
        self.domains
            .iter_mut()
            .find(|known| known.record.uuid == uuid)
            .ok_or_else(|| no_domain(call, uuid))
    }
}

fn device(call: &str, xml: &str) -> Result<Document, Error> {
    let device = Document::parse(xml).map_err(|error| bad_xml(call, error))?;
    let refused = interface(call, &device)?
        .problems()
        .into_iter()
        .find(|problem| problem.severity == Severity::Refused);
    match refused {
        Some(problem) => Err(bad_xml(call, problem.message)),
        None => Ok(device),
    }
}

fn interface<'d>(call: &str, device: &'d Document) -> Result<Interface<'d>, Error> {
    Interface::of(device).map_err(|_| unsupported(call, "the fake plugs network devices only"))
}

fn view(document: &Document) -> Result<Domain<'_>, Error> {
    Domain::of(document).map_err(|error| bad_xml("DomainGetXmlDesc", error))
}

/// The NIC of a domain that `device` means: by alias, else by MAC address.
fn matching<'d>(domain: &Domain<'d>, device: &Document) -> Result<Option<Interface<'d>>, Error> {
    let wanted = interface(DETACH, device)?;
    let alias = wanted
        .alias()
        .ok()
        .flatten()
        .and_then(|alias| domain.interface_by_alias(&alias.name));
    let mac = wanted.mac_address().map_err(|error| bad_xml(DETACH, error))?;
    Ok(alias.or_else(|| mac.and_then(|mac| domain.interfaces_by_mac(mac).next())))
}

/// `device` with what libvirt keeps of the running NIC when it is left out.
fn keep(before: &Interface<'_>, device: &Document) -> Result<Document, Error> {
    let bad = |error| bad_xml(UPDATE, error);
    let nic = interface(UPDATE, device)?;
    let mut edit = device.edit();
    let mut changed = nic.edit(&mut edit);
    if nic.target().map_err(bad)?.is_none() {
        changed.target(before.target().map_err(bad)?);
    }
    if nic.address().map_err(bad)?.is_none() {
        changed.address(before.address().map_err(bad)?);
    }
    edit.finish().map_err(bad)
}

fn added(document: &Document, device: &Document) -> Result<Document, Error> {
    let mut edit = document.edit();
    let bad = |error| bad_xml(ATTACH, error);
    view(document)?
        .add_interface(&mut edit, Fragment::of(device.root()))
        .map_err(bad)?;
    edit.finish().map_err(bad)
}

fn replaced(document: &Document, device: &Document, by: &Document) -> Result<Document, Error> {
    let domain = view(document)?;
    let nic = matching(&domain, device)?.ok_or_else(|| no_device(UPDATE))?;
    let mut edit = document.edit();
    edit.replace(nic.element(), Fragment::of(by.root()));
    edit.finish().map_err(|error| bad_xml(UPDATE, error))
}

fn removed(document: &Document, device: &Document) -> Result<(Document, String), Error> {
    let domain = view(document)?;
    let nic = matching(&domain, device)?.ok_or_else(|| no_device(DETACH))?;
    let alias = nic
        .alias()
        .ok()
        .flatten()
        .map(|alias| alias.name)
        .unwrap_or_default();
    let mut edit = document.edit();
    edit.remove(nic.element());
    Ok((edit.finish().map_err(|error| bad_xml(DETACH, error))?, alias))
}

/// A NIC without a MAC address gets one of QEMU's prefix.
fn with_mac(device: Document) -> Result<Document, Error> {
    let nic = interface(ATTACH, &device)?;
    if nic
        .mac_address()
        .map_err(|error| bad_xml(ATTACH, error))?
        .is_some()
    {
        return Ok(device);
    }
    let [a, b, c, ..] = *Uuid::new_v4().as_bytes();
    let mut edit = device.edit();
    nic.edit(&mut edit)
        .mac(Mac::new(MacAddr::new([0x52, 0x54, 0, a, b, c])));
    edit.finish().map_err(|error| bad_xml(ATTACH, error))
}
