//! What the NIC is connected to, and as which port: its type, source, virtualport and VLAN.

use crate::domain::{Effective, Interface, InterfaceType, Source, VirtualPort, Vlan};
use crate::network::{ForwardMode, Network};
use crate::xml::Error;

use super::verdict::{Judge, Verdict};

/// The host's end of a NIC, as far as a move depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// A tap on a Linux bridge.
    Bridge,
    /// A tap on a bridge, as a port of a virtual switch such as Open vSwitch.
    Port,
    /// Something else than a tap on a bridge.
    Other,
    /// What is behind the network of this name, which is not known.
    Behind(String),
}

impl<'j> Judge<'j> {
    pub(super) fn connection(&mut self) -> Result<(), Error> {
        if self.before.virtualport()? != self.after.virtualport()? {
            let reason = "a port keeps its identity while it exists";
            self.add("virtualport", Verdict::NeedsReplug, reason);
        }
        self.source()?;
        self.vlan()
    }

    fn source(&mut self) -> Result<(), Error> {
        let old = self.before.source()?.unwrap_or_default();
        let new = self.after.source()?.unwrap_or_default();
        let (old_type, new_type) = (self.before.type_()?, self.after.type_()?);
        let kind = "the host's end would be of another kind";
        if self.stays_on_network()? {
            // A running NIC shows the type that its network gives it, and what libvirt has filled in.
            if old_type != new_type
                && new_type != InterfaceType::Network
                && old_type != InterfaceType::Network
            {
                self.add("type", Verdict::NeedsReplug, kind);
            }
            if old.portgroup != new.portgroup {
                let reason =
                    "libvirt does not move a running NIC to another portgroup (10.6 and later refuse it)";
                self.add("source", Verdict::NeedsReplug, reason);
            } else if asked_for(&old) != asked_for(&new) {
                self.add(
                    "source",
                    Verdict::NeedsReplug,
                    "libvirt refuses it, or does nothing",
                );
            }
            return Ok(());
        }
        if old_type == new_type && old == new {
            return Ok(());
        }
        let taps = |type_: &InterfaceType| matches!(type_, InterfaceType::Bridge | InterfaceType::Network);
        if !taps(&old_type) || !taps(&new_type) {
            let reason = if old_type == new_type {
                "libvirt does not change what a running NIC of this type is connected to"
            } else {
                kind
            };
            self.add("source", Verdict::NeedsReplug, reason);
            return Ok(());
        }
        let (from, to) = (self.end(&self.before)?, self.end(&self.after)?);
        match (from, to) {
            (End::Port, _) | (_, End::Port) => self.add(
                "source",
                Verdict::NeedsReplug,
                "libvirt refuses to move a running NIC that has a virtualport",
            ),
            (End::Other, _) | (_, End::Other) => self.add("source", Verdict::NeedsReplug, kind),
            (End::Bridge, End::Bridge) => self.add(
                "source",
                Verdict::Live,
                "libvirt moves the tap to the other Linux bridge",
            ),
            (End::Behind(network), _) | (_, End::Behind(network)) => self.add(
                "source",
                Verdict::NeedsReplug,
                format!(
                    "libvirt moves a running NIC between Linux bridges only, and what is behind the network `{network}` is not \
                     known: if it is a Linux bridge, it can be moved live"
                ),
            ),
        }
        Ok(())
    }

    fn vlan(&mut self) -> Result<(), Error> {
        let own = self.after.vlan()?.filter(|vlan| !vlan.tags.is_empty());
        let (old, new) = (self.tags(&self.before)?, self.tags(&self.after)?);
        if old == new {
            return Ok(());
        }
        let type_ = self.before.type_()?;
        let passthrough = self
            .before
            .source()?
            .is_some_and(|source| source.mode.as_deref() == Some("passthrough"));
        if self.on_openvswitch()? {
            let reason = "libvirt rewrites the VLAN columns of the Open vSwitch port";
            self.add("vlan", Verdict::Live, reason);
        } else if own.is_none() || type_ == InterfaceType::Hostdev || passthrough {
            let reason = "libvirt changes the VLAN of a running Open vSwitch port only";
            self.add("vlan", Verdict::NeedsReplug, reason);
        } else if self.after.type_()? == InterfaceType::Network
            && !self.stays_on_network()?
            && self.network_of(&self.after)?.is_none()
        {
            let reason = "whether its network takes a VLAN is not known; one on Open vSwitch does";
            self.add("vlan", Verdict::NeedsReplug, reason);
        } else {
            let reason =
                "libvirt before 11.0 takes a VLAN on Open vSwitch only; add <virtualport type='openvswitch'>";
            self.add("vlan", Verdict::Impossible, reason);
        }
        Ok(())
    }

    /// The VLANs that the NIC gets; its own alone when its network is not known.
    fn tags(&self, nic: &Interface<'_>) -> Result<Option<Vlan>, Error> {
        let network = self.network_of(nic)?;
        let effective = Effective::of(nic, network.as_ref())?;
        Ok(effective.vlan.map(|vlan| vlan.value))
    }

    /// Whether the NIC will be a port of Open vSwitch, by what is known of it, its network, and where it is now.
    pub(super) fn on_openvswitch(&self) -> Result<bool, Error> {
        let network = self.network_of(&self.after)?;
        if Effective::of(&self.after, network.as_ref())?.is_openvswitch() {
            return Ok(true);
        }
        let port = self.before.virtualport()?;
        Ok(network.is_none()
            && self.stays_on_network()?
            && port.as_ref().is_some_and(VirtualPort::is_openvswitch))
    }

    fn stays_on_network(&self) -> Result<bool, Error> {
        let network = |nic: &Interface<'_>| -> Result<Option<String>, Error> {
            Ok(nic.source()?.and_then(|source| source.network))
        };
        let before = network(&self.before)?;
        Ok(before.is_some() && before == network(&self.after)?)
    }

    fn end(&self, nic: &Interface<'_>) -> Result<End, Error> {
        let source = nic.source()?.unwrap_or_default();
        let network = self.network_of(nic)?;
        if Effective::of(nic, network.as_ref())?.virtualport.is_some() {
            return Ok(End::Port);
        }
        // A running NIC of type network names the bridge too, when it is on one.
        if nic.type_()? == InterfaceType::Bridge || source.bridge.is_some() {
            return Ok(End::Bridge);
        }
        let Some(network) = network else {
            return Ok(End::Behind(source.network.unwrap_or_default()));
        };
        let mode = network
            .forward()?
            .map(|forward| forward.mode.unwrap_or(ForwardMode::Nat));
        Ok(match mode {
            None | Some(ForwardMode::Nat | ForwardMode::Route | ForwardMode::Open) => End::Bridge,
            Some(ForwardMode::Bridge) if network.bridge()?.is_some_and(|bridge| bridge.name.is_some()) => {
                End::Bridge
            }
            Some(_) => End::Other,
        })
    }

    fn network_of(&self, nic: &Interface<'_>) -> Result<Option<Network<'j>>, Error> {
        let Some(name) = nic.source()?.and_then(|source| source.network) else {
            return Ok(None);
        };
        for network in self.networks {
            if network.name()? == name {
                return Ok(Some(*network));
            }
        }
        Ok(None)
    }
}

/// The source of a NIC on a network, without what libvirt fills in while it runs.
fn asked_for(source: &Source) -> Source {
    Source {
        bridge: None,
        portid: None,
        dev: None,
        mode: None,
        device: None,
        ..source.clone()
    }
}
