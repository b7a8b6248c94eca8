//! The captures of one directory, sorted by what they tell of, and then put together.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::capture::{Contradictions, Notes};
use super::domains::Domains;
use super::guests::{self, Guest, Macs, RouteCapture};
use super::kind::{self, Kind};
use super::links::{self, BridgeCapture, LinkCapture};
use super::rows::Rows;
use super::virsh::ListedDomain;
use super::xml::XmlDomain;
use super::{
    bond_show, brctl, datapath, ifcfg, ifconfig, ip, netstat, ovs_vsctl_show, ovsdb_dump, ovsdb_log, ps,
    virsh, xml,
};
use crate::observe::{
    Damage, LibvirtObservation, Observed, ObservedNetwork, ObservedNic, OvsObservation, Sourced,
};
use crate::topology::{Ifcfg, QemuProcess, Reading, SourceReport};

/// What has been read so far. Files are added in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    ovs: Vec<(Kind, String, OvsObservation)>,
    bonds: Vec<(String, Vec<bond_show::ShownBond>)>,
    domains: Vec<(String, XmlDomain)>,
    listed: Vec<(String, ListedDomain)>,
    networks: Vec<(String, ObservedNetwork)>,
    net_lists: Vec<(String, ObservedNetwork)>,
    nics: Vec<(String, Vec<ObservedNic>)>,
    links: Vec<LinkCapture>,
    bridges: Vec<BridgeCapture>,
    routes: Vec<RouteCapture>,
    ifcfg: Vec<Ifcfg>,
    processes: Vec<(String, QemuProcess)>,
    process_files: Vec<String>,
    libvirt_files: Vec<String>,
    reports: Vec<SourceReport>,
    damage: Vec<Damage>,
}

impl Gathered {
    /// Reads a file, as far as it can be.
    pub(super) fn file(&mut self, name: &str, bytes: &[u8]) {
        let mut notes = Notes::of(name);
        let text = String::from_utf8_lossy(bytes);
        if let Cow::Owned(_) = text {
            let line = first_bad_line(bytes);
            notes.line(line, "not UTF-8 from here on; what is not is shown as \u{fffd}");
        }
        let text = text.trim_start_matches('\u{feff}');
        let is_page = kind::is_page(name, text);
        let recognised = match is_page {
            true => None,
            false => kind::recognise(name, text),
        };
        let Some(recognised) = recognised else {
            let why = if text.trim().is_empty() {
                "empty"
            } else if is_page {
                "a page of Markdown, in which captures are not looked for: put each into a file of its own"
            } else {
                "of no known kind"
            };
            self.report(name, Reading::NotRead, why);
            self.damage.extend(notes.into_damage());
            return;
        };
        if let Some((line, another)) = recognised.another {
            let what = format!(
                "what looks like {} begins here; only {} is read of this file, so split it",
                another.words(),
                recognised.kind.words()
            );
            notes.line(line, what);
        }
        self.take(name, recognised.kind, text, bytes, &mut notes);
        self.damage.extend(notes.into_damage());
    }

    /// Says of a file that it was not read, and why; something is missing that was meant to be there.
    pub(super) fn not_read(&mut self, name: &str, why: &str) {
        self.report(name, Reading::NotRead, why);
        self.damage.push(Damage {
            file: name.to_owned(),
            line: None,
            what: format!("it is not read: {why}"),
            contradiction: false,
        });
    }

    fn report(&mut self, name: &str, reading: Reading, from: impl Into<String>) {
        self.reports.push(SourceReport {
            name: name.to_owned(),
            reading,
            from: Some(from.into()),
        });
    }

    fn take(&mut self, name: &str, kind: Kind, text: &str, bytes: &[u8], notes: &mut Notes) {
        if kind == Kind::OvsdbCluster {
            let what = "of a clustered database; use ovsdb-tool cluster-to-standalone, or a dump";
            return self.not_read(name, what);
        }
        let words = match kind.leaves_out() {
            Some(what) => format!("{}, which leaves out {what}", kind.words()),
            None => kind.words().to_owned(),
        };
        self.report(name, Reading::Read, words);
        let file = name.to_owned();
        match kind {
            Kind::OvsdbCluster => {}
            Kind::OvsdbLog => self.rows(kind, file, &ovsdb_log::read(bytes, notes), notes),
            Kind::OvsdbDump => self.rows(kind, file, &ovsdb_dump::tables(text, notes), notes),
            Kind::OvsdbDumpJson => self.rows(kind, file, &ovsdb_dump::json(text, notes), notes),
            Kind::OvsVsctlShow => self.ovs.push((kind, file, ovs_vsctl_show::parse(text, notes))),
            Kind::BondShow => self.bonds.push((file, bond_show::parse(text, notes))),
            Kind::Datapath => self.links.push(LinkCapture {
                links: datapath::parse(text),
                kinds: false,
                complete: false,
                file,
            }),
            Kind::Xml => {
                let read = xml::read(text, notes);
                let of_file = |file: &String| file.clone();
                self.domains
                    .extend(read.domains.into_iter().map(|domain| (of_file(&file), domain)));
                self.networks
                    .extend(read.networks.into_iter().map(|network| (of_file(&file), network)));
                self.nics.push((file.clone(), read.nics));
                self.libvirt_files.push(file);
            }
            Kind::DomainList => {
                let listed = virsh::list(text, notes);
                self.listed
                    .extend(listed.into_iter().map(|domain| (file.clone(), domain)));
                self.libvirt_files.push(file);
            }
            Kind::NetList => {
                let networks = virsh::net_list(text, notes);
                self.net_lists
                    .extend(networks.into_iter().map(|network| (file.clone(), network)));
                self.libvirt_files.push(file);
            }
            Kind::Domiflist => {
                self.nics.push((file.clone(), virsh::domiflist(text, notes)));
                self.libvirt_files.push(file);
            }
            Kind::IpLink => {
                let links = ip::links(text, notes);
                self.links.push(LinkCapture {
                    // `ip link show dev X` lists one; a list of all has the loopback device.
                    complete: links.iter().any(|link| link.loopback),
                    kinds: ip::is_detailed(text),
                    links,
                    file,
                });
            }
            Kind::Ifconfig => self.links.push(LinkCapture {
                links: ifconfig::parse(text, notes),
                kinds: false,
                complete: false,
                file,
            }),
            Kind::Brctl => self.bridges.push(BridgeCapture {
                bridges: brctl::parse(text, notes),
                file,
            }),
            Kind::IpRoute => self.routes.push(RouteCapture {
                routes: ip::routes(text, notes),
                file,
            }),
            Kind::Netstat => self.routes.push(RouteCapture {
                routes: netstat::parse(text, notes),
                file,
            }),
            Kind::Ifcfg => self.ifcfg.push(ifcfg::parse(text, notes)),
            Kind::Ps => {
                let processes = ps::parse(text);
                self.processes
                    .extend(processes.into_iter().map(|process| (file.clone(), process)));
                self.process_files.push(file);
            }
        }
    }

    fn rows(&mut self, kind: Kind, file: String, rows: &Rows, notes: &mut Notes) {
        let said = rows.observation(notes);
        self.ovs.push((kind, file, said));
    }

    /// Puts everything together.
    pub(super) fn finish(self) -> Observed {
        let mut told = Contradictions::default();
        let (mut ovsdb, ovs_from) = ovs(self.ovs, &mut told).unzip();
        if let Some(ovsdb) = &mut ovsdb {
            bond_show::add(ovsdb, self.bonds, &mut told);
        }
        let mut domains = Domains::default();
        for (file, domain) in self.domains {
            domains.document(&file, domain, &mut told);
        }
        for (file, domain) in self.listed {
            domains.listed(&file, domain, &mut told);
        }
        for (file, process) in &self.processes {
            domains.process(file, process, &mut told);
        }
        for (file, nics) in self.nics {
            domains.nics(&file, nics);
        }
        let sorted = guests::sort(self.links, self.routes, &Macs::of(domains.all_nics()));

        let kernel_files: Vec<String> = sorted
            .host_links
            .iter()
            .map(|capture| capture.file.clone())
            .chain(self.bridges.iter().map(|capture| capture.file.clone()))
            .chain(sorted.host_routes.iter().map(|capture| capture.file.clone()))
            .collect();
        let routes = sorted.host_routes.into_iter().flat_map(|capture| capture.routes);
        let kernel = links::kernel(sorted.host_links, self.bridges, routes, &mut told);

        let mut reports = self.reports;
        for guest in &sorted.guests {
            say_whose(&mut reports, guest);
        }
        let domains = domains.finish(ovsdb.as_ref(), Some(&kernel));
        let libvirt = LibvirtObservation {
            domains,
            networks: networks(self.networks, self.net_lists, &mut told),
            ..LibvirtObservation::default()
        };
        let guest_files: Vec<String> = sorted
            .guests
            .iter()
            .flat_map(|guest| guest.files.clone())
            .collect();
        let ifcfg_files: Vec<String> = self.ifcfg.iter().map(|ifcfg| ifcfg.file.clone()).collect();
        let mut damage = self.damage;
        damage.extend(told.into_damage());
        // A list of processes tells which domains run, and nothing else of libvirt.
        let libvirt_files = if self.libvirt_files.is_empty() && !libvirt.domains.is_empty() {
            self.process_files.clone()
        } else {
            self.libvirt_files
        };
        Observed {
            ovsdb: ovsdb.zip(ovs_from).map(|(said, from)| Sourced { from, said }),
            libvirt: sourced(&libvirt_files, libvirt),
            kernel: sourced(&kernel_files, kernel),
            processes: sourced(
                &self.process_files,
                self.processes.into_iter().map(|(_, process)| process).collect(),
            ),
            guests: sourced(
                &guest_files,
                sorted.guests.into_iter().map(|guest| guest.said).collect(),
            ),
            ifcfg: sourced(&ifcfg_files, self.ifcfg),
            files: reports,
            damage,
        }
    }
}

fn sourced<T>(files: &[String], said: T) -> Option<Sourced<T>> {
    (!files.is_empty()).then(|| Sourced {
        from: files.join(", "),
        said,
    })
}

/// Adds to the reports of a guest's captures that they are not the host's.
fn say_whose(reports: &mut [SourceReport], guest: &Guest) {
    for report in reports
        .iter_mut()
        .filter(|report| guest.files.contains(&report.name))
    {
        if let Some(from) = &mut report.from {
            *from = format!("{from}; taken inside {}", guest.domain);
        }
    }
}

/// The capture of the switch that tells most. One of another time or host is not mixed with it, but what
/// it says otherwise is told.
fn ovs(
    mut captures: Vec<(Kind, String, OvsObservation)>,
    told: &mut Contradictions,
) -> Option<(OvsObservation, String)> {
    captures.sort_by_key(|(kind, ..)| *kind);
    let mut captures = captures.into_iter();
    let (_, from, said) = captures.next()?;
    for (_, file, other) in captures {
        if let (Some(ours), Some(theirs)) = (said.uuid, other.uuid)
            && ours != theirs
        {
            told.note(
                &file,
                format!("its root row is {theirs}, and {ours} in {from}, which is shown"),
            );
        }
        let (ours, theirs) = (ports(&said), ports(&other));
        for (port, bridge) in &theirs {
            match ours.get(port) {
                None => told.note(
                    &file,
                    format!("port {port} is on {bridge} here, and not in {from}, which is shown"),
                ),
                Some(known) if known != bridge => {
                    let what =
                        format!("port {port} is on {bridge} here, and on {known} in {from}, which is shown");
                    told.note(&file, what);
                }
                Some(_) => {}
            }
        }
        for (port, bridge) in ours.iter().filter(|(port, _)| !theirs.contains_key(*port)) {
            told.note(
                &file,
                format!("port {port} is on {bridge} in {from}, which is shown, and not here"),
            );
        }
    }
    Some((said, from))
}

fn ports(ovs: &OvsObservation) -> BTreeMap<&str, &str> {
    ovs.bridges
        .iter()
        .flat_map(|bridge| {
            bridge
                .ports
                .iter()
                .map(|port| (port.name.as_str(), bridge.name.as_str()))
        })
        .collect()
}

/// The networks of XML, with the states that `virsh net-list` tells.
fn networks(
    documents: Vec<(String, ObservedNetwork)>,
    lists: Vec<(String, ObservedNetwork)>,
    told: &mut Contradictions,
) -> Vec<ObservedNetwork> {
    let mut all: Vec<ObservedNetwork> = Vec::new();
    let mut by_name = HashMap::new();
    for (file, network) in documents {
        let index = *by_name.entry(network.name.clone()).or_insert(all.len());
        match all.get_mut(index) {
            Some(known) => {
                known.active = known.active.or(network.active);
                let same = ObservedNetwork {
                    active: known.active,
                    ..network.clone()
                };
                if *known != same {
                    told.note(
                        &file,
                        format!("network {} is another one elsewhere", network.name),
                    );
                }
            }
            None => all.push(network),
        }
    }
    for (file, listed) in lists {
        let index = *by_name.entry(listed.name.clone()).or_insert(all.len());
        match all.get_mut(index) {
            Some(known) => {
                if known.active == Some(true) && listed.active == Some(false) {
                    told.note(
                        &file,
                        format!("network {} is inactive here, and active elsewhere", listed.name),
                    );
                }
                known.active = listed.active;
                known.autostart = known.autostart.or(listed.autostart);
                known.persistent = known.persistent.or(listed.persistent);
            }
            None => all.push(listed),
        }
    }
    all
}

/// The line of the first byte that is not UTF-8.
fn first_bad_line(bytes: &[u8]) -> usize {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text.len(),
        Err(error) => error.valid_up_to(),
    };
    let before = bytes.get(..valid).unwrap_or(bytes);
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Reads captures that are no files. A door for the fuzz targets, and no part of the API.
#[cfg(feature = "fuzz")]
pub fn read_captures(files: &[(&str, &[u8])]) -> Observed {
    let mut gathered = Gathered::default();
    for (name, bytes) in files {
        gathered.file(name, bytes);
    }
    gathered.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::{Role, Topology, UnmatchedKind, join};

    fn read(files: &[(&str, &str)]) -> Topology {
        let mut gathered = Gathered::default();
        for (name, text) in files {
            gathered.file(name, text.as_bytes());
        }
        join(&gathered.finish())
    }

    fn unmatched(topology: &Topology, kind: UnmatchedKind) -> Vec<String> {
        let of_kind = topology
            .unmatched
            .iter()
            .filter(|unmatched| unmatched.kind == kind);
        of_kind
            .map(|unmatched| format!("{}: {}", unmatched.name, unmatched.reason))
            .collect()
    }

    const NETWORK: &str = "<network>\n  <name>lab</name>\n  <forward mode='bridge'/>\n  <bridge name='ovs0'/>\n  \
                           <vlan>\n    <tag id='77'/>\n  </vlan>\n  <virtualport type='openvswitch'/>\n</network>\n";
    const SHOW: &str = "0c3a1b2c-0000-4000-8000-000000000001\n    Bridge \"ovs0\"\n        Port \"vnet0\"\n            \
                        tag: 77\n            Interface \"vnet0\"\n        Port \"enp4s0\"\n            Interface \
                        \"enp4s0\"\n    ovs_version: \"2.5.4\"\n";
    const INTERFACE: &str = "    <interface type='bridge'>\n      <mac address='52:54:00:00:00:01'/>\n      <source \
                             network='lab' bridge='ovs0'/>\n      <vlan>\n        <tag id='77'/>\n      </vlan>\n      \
                             <target dev='vnet0'/>\n";

    #[test]
    fn a_network_a_port_and_a_nic_on_its_own_that_is_cut_off_come_together() {
        let topology = read(&[("a", NETWORK), ("b", SHOW), ("c", INTERFACE)]);
        let port = topology.port("vnet0").unwrap();
        assert_eq!(
            (port.role, port.tag.map(|tag| tag.get())),
            (Role::Guest, Some(77))
        );
        let attachment = port.attachment.as_ref().unwrap();
        assert_eq!(
            (attachment.domain.as_str(), attachment.network.as_deref()),
            ("(domain of c)", Some("lab"))
        );
        assert_eq!(topology.networks[0].active, None);
        let cut = unmatched(&topology, UnmatchedKind::Damage);
        assert_eq!(cut.len(), 1);
        assert!(cut[0].starts_with("c, line 1: "), "{cut:?}");
        assert_eq!(
            topology.port("enp4s0").unwrap().role,
            Role::Unknown,
            "no capture tells what it is"
        );
    }

    #[test]
    fn two_captures_of_the_switch_are_not_mixed_and_their_differences_told() {
        let later = SHOW
            .replace("Port \"vnet0\"", "Port \"vnet9\"")
            .replace("\"ovs0\"", "\"ovs1\"");
        let other = SHOW.replace("000000000001", "000000000002");
        let topology = read(&[("a", SHOW), ("b", &later), ("c", &other)]);
        assert_eq!(topology.bridges.len(), 1);
        let told = unmatched(&topology, UnmatchedKind::Contradiction);
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(
            told.contains(&"b: port enp4s0 is on ovs1 here, and on ovs0 in a, which is shown".to_owned())
        );
        assert!(told.iter().any(|told| told.starts_with("c: its root row is")));
    }

    #[test]
    fn a_dump_is_preferred_to_a_shorter_capture_of_the_same_switch() {
        let dump = "Bridge table\n_uuid                                name\n------------------------------------ ----\n\
                    7f99f336-8baa-48e1-aefb-146bd3be49ea ovs0\n";
        let topology = read(&[("a-show", SHOW), ("b-dump", dump)]);
        assert_eq!(topology.sources[0].from.as_deref(), Some("b-dump"));
        assert_eq!(unmatched(&topology, UnmatchedKind::Contradiction).len(), 2);
    }

    #[test]
    fn an_access_port_with_trunks_and_routes_without_links() {
        let show = "$ sudo ovs-vsctl show\nXXXX-XXXX\n    Bridge \"vmbr0\"\n        Port \"eth0\"\n            tag: 31\n            \
                    trunks: [31, 32]\n            Interface \"eth0\"\n        Port \"vlan31\"\n            tag: 31\n            \
                    Interface \"vlan31\"\n                type: internal\n";
        let route = "$ route\nKernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use \
                     Iface\ndefault         192.168.1.1     0.0.0.0         UG    0      0        0 vlan31\n";
        let topology = read(&[("s", show), ("r", route)]);
        let eth0 = topology.port("eth0").unwrap();
        assert_eq!(
            (eth0.tag.map(|tag| tag.get()), eth0.trunks.len(), &eth0.vlan_mode),
            (Some(31), 2, &None)
        );
        assert_eq!(
            eth0.role,
            Role::Unknown,
            "routes do not tell that there is no such link"
        );
        assert_eq!(topology.port("vlan31").unwrap().role, Role::Host);
        assert_eq!(topology.routes[0].interface.as_deref(), Some("vlan31"));
    }

    #[test]
    fn what_is_not_utf_8_is_read_and_noted_by_line() {
        let mut gathered = Gathered::default();
        gathered.file("list", b" Id Name State\n---\n 1 w\xe9b running\n");
        let observed = gathered.finish();
        assert_eq!(observed.damage.len(), 1);
        assert_eq!(observed.damage[0].place(), "list, line 3");
        let domain = &observed.libvirt.as_ref().unwrap().said.domains[0];
        assert_eq!((domain.name.as_str(), domain.active), ("w\u{fffd}b", true));
    }

    #[test]
    fn a_clustered_database_is_named_and_not_read() {
        let topology = read(&[("x.db", "OVSDB CLUSTER 5 00\n")]);
        assert_eq!(unmatched(&topology, UnmatchedKind::Damage).len(), 1);
        assert!(topology.bridges.is_empty());
    }
}
