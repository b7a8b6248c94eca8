//! The domains, put together from XML, lists and processes.

use std::collections::{HashMap, HashSet};

use libvirt_model::vocab::MacAddr;
use uuid::Uuid;

use super::capture::Contradictions;
use super::virsh::ListedDomain;
use super::xml::XmlDomain;
use crate::observe::{KernelObservation, ObservedDomain, ObservedNic, OvsObservation};
use crate::topology::QemuProcess;

/// Domains of which each capture has told a part.
#[derive(Debug, Default)]
pub(super) struct Domains {
    all: Vec<Draft>,
    by_uuid: HashMap<Uuid, usize>,
    by_name: HashMap<String, usize>,
}

#[derive(Debug, Default)]
struct Draft {
    name: String,
    uuid: Option<Uuid>,
    /// The file of the XML.
    file: String,
    live: bool,
    listed: Option<(String, bool)>,
    process: bool,
    nics: Vec<ObservedNic>,
    /// The NICs of the inactive XML, where that of the running domain is there as well.
    config: Option<Vec<ObservedNic>>,
}

impl Domains {
    /// The domain of this identity, else of this name where one of the two has no identity.
    fn find(&self, name: Option<&str>, uuid: Option<Uuid>) -> Option<usize> {
        if let Some(index) = uuid.and_then(|uuid| self.by_uuid.get(&uuid)) {
            return Some(*index);
        }
        let index = *self.by_name.get(name?)?;
        let known = self.all.get(index)?;
        (known.uuid.is_none() || uuid.is_none()).then_some(index)
    }

    fn draft(&mut self, name: Option<&str>, uuid: Option<Uuid>) -> Option<&mut Draft> {
        let index = self.find(name, uuid).unwrap_or_else(|| {
            self.all.push(Draft {
                name: name.unwrap_or("without a name").to_owned(),
                ..Draft::default()
            });
            self.all.len() - 1
        });
        if let Some(name) = name {
            self.by_name.entry(name.to_owned()).or_insert(index);
        }
        if let Some(uuid) = uuid {
            self.by_uuid.entry(uuid).or_insert(index);
        }
        let draft = self.all.get_mut(index)?;
        draft.uuid = draft.uuid.or(uuid);
        Some(draft)
    }

    /// A domain's document. That of the running domain says more than the defined one.
    pub(super) fn document(&mut self, file: &str, domain: XmlDomain, contradictions: &mut Contradictions) {
        let Some(draft) = self.draft(Some(&domain.name), domain.uuid) else {
            return;
        };
        if draft.name != domain.name {
            let what = format!(
                "the domain {} is named {} in {}",
                domain.name, draft.name, draft.file
            );
            contradictions.note(file, what);
        }
        let first = draft.file.is_empty();
        if !first && draft.live == domain.live && draft.nics != domain.nics {
            let what = format!(
                "the NICs of domain {} are not those in {}",
                domain.name, draft.file
            );
            contradictions.note(file, what);
        }
        match (draft.live, domain.live) {
            _ if first => {
                draft.file = file.to_owned();
                draft.nics = domain.nics;
            }
            (false, true) => {
                draft.file = file.to_owned();
                draft.config = Some(std::mem::replace(&mut draft.nics, domain.nics));
            }
            (true, false) => {
                draft.config.get_or_insert(domain.nics);
            }
            _ => {}
        }
        draft.live |= domain.live;
    }

    /// A line of `virsh list`.
    pub(super) fn listed(&mut self, file: &str, listed: ListedDomain, contradictions: &mut Contradictions) {
        let Some(draft) = self.draft(Some(&listed.name), None) else {
            return;
        };
        match &draft.listed {
            Some((state, _)) if *state != listed.state => {
                let what = format!("{} is {} here, and {state} elsewhere", listed.name, listed.state);
                contradictions.note(file, what);
            }
            Some(_) => {}
            None => draft.listed = Some((listed.state, listed.active)),
        }
    }

    /// A running qemu.
    pub(super) fn process(&mut self, file: &str, process: &QemuProcess, contradictions: &mut Contradictions) {
        if process.name.is_none() && process.uuid.is_none() {
            return;
        }
        let Some(draft) = self.draft(process.name.as_deref(), process.uuid) else {
            return;
        };
        draft.process = true;
        if let Some((state, false)) = &draft.listed {
            let what = format!("{} has a running qemu here, and is {state} in a list", draft.name);
            contradictions.note(file, what);
        }
        let known: HashMap<MacAddr, usize> = numbers(&draft.nics);
        for nic in &process.nics {
            match known.get(&nic.mac).and_then(|index| draft.nics.get_mut(*index)) {
                Some(known) => known.target = known.target.take().or_else(|| nic.ifname.clone()),
                // Of a domain with XML, a NIC that only qemu has was plugged in since.
                None => draft.nics.push(ObservedNic {
                    mac: Some(nic.mac),
                    type_: nic.netdev.clone().unwrap_or_default(),
                    target: nic.ifname.clone(),
                    ..ObservedNic::default()
                }),
            }
        }
    }

    /// NICs without their domain: that of a NIC with the same address, else one whose name stands in the
    /// file's, else one of its own.
    pub(super) fn nics(&mut self, file: &str, nics: Vec<ObservedNic>) {
        if nics.is_empty() {
            return;
        }
        let index = self.owner(file, &nics);
        let index = index.unwrap_or_else(|| {
            self.all.push(Draft {
                name: format!("(domain of {file})"),
                file: file.to_owned(),
                ..Draft::default()
            });
            self.all.len() - 1
        });
        let Some(draft) = self.all.get_mut(index) else {
            return;
        };
        let known = numbers(&draft.nics);
        for nic in nics {
            match nic
                .mac
                .and_then(|mac| known.get(&mac))
                .and_then(|index| draft.nics.get_mut(*index))
            {
                Some(known) => complete(known, nic),
                None => draft.nics.push(nic),
            }
        }
    }

    fn owner(&self, file: &str, nics: &[ObservedNic]) -> Option<usize> {
        let has = |draft: &Draft| {
            let known = numbers(&draft.nics);
            nics.iter()
                .any(|nic| nic.mac.is_some_and(|mac| known.contains_key(&mac)))
        };
        let base = file.rsplit('/').next().unwrap_or(file);
        self.all.iter().position(has).or_else(|| {
            let named = self
                .all
                .iter()
                .enumerate()
                .filter(|(_, draft)| base.contains(&draft.name));
            named
                .max_by_key(|(_, draft)| draft.name.len())
                .map(|(index, _)| index)
        })
    }

    /// The domain's name and each of its NICs, of every domain.
    pub(super) fn all_nics(&self) -> impl Iterator<Item = (&str, &ObservedNic)> {
        self.all
            .iter()
            .flat_map(|draft| draft.nics.iter().map(|nic| (draft.name.as_str(), nic)))
    }

    /// The domains, each with its state; one of which no capture tells runs where its ports are there.
    pub(super) fn finish(
        self,
        ovs: Option<&OvsObservation>,
        kernel: Option<&KernelObservation>,
    ) -> Vec<ObservedDomain> {
        let ports = Ports::of(ovs, kernel);
        self.all
            .into_iter()
            .map(|draft| {
                let (state, active) = match draft.listed {
                    Some((state, active)) => (state, active || draft.process),
                    None if draft.process => ("running".to_owned(), true),
                    None if draft.live => ("active".to_owned(), true),
                    None => ("unknown".to_owned(), draft.nics.iter().any(|nic| ports.has(nic))),
                };
                ObservedDomain {
                    name: draft.name,
                    uuid: draft.uuid.unwrap_or_default(),
                    state,
                    active,
                    autostart: None,
                    persistent: None,
                    nics: draft.nics,
                    config_nics: draft.config,
                }
            })
            .collect()
    }
}

fn numbers(nics: &[ObservedNic]) -> HashMap<MacAddr, usize> {
    let macs = nics.iter().enumerate();
    macs.filter_map(|(index, nic)| Some((nic.mac?, index))).collect()
}

/// Fills in what is not known of a NIC yet.
fn complete(known: &mut ObservedNic, nic: ObservedNic) {
    known.target = known.target.take().or(nic.target);
    known.bridge = known.bridge.take().or(nic.bridge);
    known.device = known.device.take().or(nic.device);
    known.network = known.network.take().or(nic.network);
    known.portgroup = known.portgroup.take().or(nic.portgroup);
    known.virtualport = known.virtualport.take().or(nic.virtualport);
    known.interfaceid = known.interfaceid.take().or(nic.interfaceid);
    known.vlan = known.vlan.take().or(nic.vlan);
}

/// What there is behind which a NIC may stand.
struct Ports<'a> {
    names: HashSet<&'a str>,
    taps: HashSet<MacAddr>,
    attached: HashSet<String>,
}

impl<'a> Ports<'a> {
    fn of(ovs: Option<&'a OvsObservation>, kernel: Option<&'a KernelObservation>) -> Self {
        let bridges = ovs.into_iter().flat_map(|ovs| &ovs.bridges);
        let ports = bridges.flat_map(|bridge| &bridge.ports);
        let interfaces: Vec<_> = ports.flat_map(|port| &port.interfaces).collect();
        let links = || kernel.into_iter().flat_map(|kernel| &kernel.links);
        let ids = |key: &'static str| {
            interfaces
                .iter()
                .filter_map(move |interface| interface.external_ids.get(key))
        };
        Self {
            names: interfaces
                .iter()
                .map(|interface| interface.name.as_str())
                .chain(links().map(|link| link.name.as_str()))
                .collect(),
            taps: links()
                .filter_map(|link| link.mac)
                .chain(interfaces.iter().filter_map(|interface| interface.mac_in_use))
                .filter(|mac| matches!(mac.bytes(), [0xfe, ..]))
                .collect(),
            attached: ids("attached-mac")
                .chain(ids("iface-id"))
                .map(|id| id.to_ascii_lowercase())
                .collect(),
        }
    }

    fn has(&self, nic: &ObservedNic) -> bool {
        let attached = |id: String| self.attached.contains(&id);
        nic.target
            .as_deref()
            .is_some_and(|target| self.names.contains(target))
            || nic
                .mac
                .is_some_and(|mac| self.taps.contains(&mac.tap()) || attached(mac.to_string()))
            || nic
                .interfaceid
                .as_ref()
                .is_some_and(|id| attached(id.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{ObservedBridge, ObservedInterface, ObservedPort};
    use crate::topology::QemuNic;

    const MAC: &str = "52:54:00:00:00:01";

    fn nic(mac: &str, target: Option<&str>) -> ObservedNic {
        ObservedNic {
            mac: mac.parse().ok(),
            type_: "bridge".to_owned(),
            target: target.map(str::to_owned),
            ..ObservedNic::default()
        }
    }

    fn xml(name: &str, uuid: Option<u128>, live: bool, nics: Vec<ObservedNic>) -> XmlDomain {
        XmlDomain {
            name: name.to_owned(),
            uuid: uuid.map(Uuid::from_u128),
            live,
            nics,
        }
    }

    fn state(domain: &ObservedDomain) -> (&str, &str, bool) {
        (&domain.name, &domain.state, domain.active)
    }

    #[test]
    fn xml_list_and_process_of_one_domain_come_together() {
        let mut told = Contradictions::default();
        let mut domains = Domains::default();
        domains.document(
            "web.xml",
            xml("web", Some(1), false, vec![nic(MAC, None)]),
            &mut told,
        );
        domains.document(
            "live.xml",
            xml("web", Some(1), true, vec![nic(MAC, None)]),
            &mut told,
        );
        let process = QemuProcess {
            name: Some("web".to_owned()),
            uuid: Some(Uuid::from_u128(1)),
            nics: vec![QemuNic::new(
                MAC.parse().unwrap(),
                Some("tap".to_owned()),
                Some("vnet3".to_owned()),
            )],
            ..QemuProcess::default()
        };
        domains.process("ps.txt", &process, &mut told);
        domains.nics(
            "domiflist-web.txt",
            vec![nic(MAC, Some("vnet9")), nic("52:54:00:00:00:02", None)],
        );
        let domains = domains.finish(None, None);
        assert_eq!(domains.len(), 1);
        assert_eq!(state(&domains[0]), ("web", "running", true));
        assert_eq!(domains[0].nics[0].target.as_deref(), Some("vnet3"));
        assert_eq!(domains[0].nics.len(), 2);
        assert_eq!(told.into_damage(), []);
    }

    #[test]
    fn a_domain_of_which_nothing_tells_runs_where_its_port_is() {
        let interface = ObservedInterface {
            name: "vnet0".to_owned(),
            ..ObservedInterface::default()
        };
        let port = ObservedPort {
            interfaces: vec![interface],
            ..ObservedPort::default()
        };
        let bridge = ObservedBridge {
            ports: vec![port],
            ..ObservedBridge::default()
        };
        let ovs = OvsObservation {
            bridges: vec![bridge],
            ..OvsObservation::default()
        };
        let mut domains = Domains::default();
        domains.nics("3.xml", vec![nic(MAC, Some("vnet0"))]);
        domains.nics("4.xml", vec![nic("52:54:00:00:00:02", Some("vnet1"))]);
        let domains = domains.finish(Some(&ovs), None);
        assert_eq!(state(&domains[0]), ("(domain of 3.xml)", "unknown", true));
        assert_eq!(state(&domains[1]), ("(domain of 4.xml)", "unknown", false));
    }

    #[test]
    fn contradictions_are_told() {
        let mut told = Contradictions::default();
        let mut domains = Domains::default();
        domains.document(
            "a.xml",
            xml("web", Some(1), false, vec![nic(MAC, None)]),
            &mut told,
        );
        domains.document("b.xml", xml("web", Some(1), false, Vec::new()), &mut told);
        domains.document(
            "c.xml",
            xml("other", Some(1), false, vec![nic(MAC, None)]),
            &mut told,
        );
        let off = ListedDomain {
            name: "web".to_owned(),
            state: "shut off".to_owned(),
            active: false,
        };
        domains.listed("list.txt", off, &mut told);
        let process = QemuProcess {
            name: Some("web".to_owned()),
            ..QemuProcess::default()
        };
        domains.process("ps.txt", &process, &mut told);
        let told: Vec<_> = told.into_damage().into_iter().map(|damage| damage.file).collect();
        assert_eq!(told, ["b.xml", "c.xml", "ps.txt"]);
    }

    #[test]
    fn domains_of_one_name_and_two_identities_are_two() {
        let mut told = Contradictions::default();
        let mut domains = Domains::default();
        domains.document("a.xml", xml("web", Some(1), false, Vec::new()), &mut told);
        domains.document("b.xml", xml("web", Some(2), false, Vec::new()), &mut told);
        assert_eq!(domains.finish(None, None).len(), 2);
    }
}
