//! The device XML that a change sends to libvirt: one fragment for the running guest, one for its definition.

use crate::vocab::MacAddr;
use crate::xml::{Document, Error, ErrorKind};

use super::{Domain, Interface, InterfaceEdit, InterfaceType};

/// A device for `update-device`, `attach-device` and `detach-device`, live and persistent.
///
/// The two are made from two documents, as they can differ: a running NIC on a network of the host's bridge is of type `bridge`,
/// and knows its tap, its alias and its interfaceid. libvirt replaces the whole element on an update, so each fragment is the whole
/// element with nothing left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFragments {
    /// For the running guest; absent when it has no such NIC, or does not run.
    pub live: Option<Document>,
    /// For the definition; absent when it has no such NIC, or there is no definition.
    pub config: Option<Document>,
}

impl DeviceFragments {
    /// The NIC of this MAC address in the live and in the persistent document, each changed by `change`.
    ///
    /// # Errors
    /// [`ErrorKind::Edit`] when no document has such a NIC, or one has two of them; and what the change itself cannot do.
    pub fn change(
        live: Option<&Domain<'_>>,
        config: Option<&Domain<'_>>,
        mac: MacAddr,
        change: impl Fn(&mut InterfaceEdit<'_, '_>),
    ) -> Result<Self, Error> {
        let fragment = |domain: Option<&Domain<'_>>, running: bool| -> Result<Option<Document>, Error> {
            let Some(interface) = domain.map(|domain| only(domain, mac)).transpose()?.flatten() else {
                return Ok(None);
            };
            let mut document = interface.device()?;
            if running {
                document = updatable(document)?;
            }
            let mut edit = document.edit();
            change(&mut Interface::of(&document)?.edit(&mut edit));
            edit.finish().map(Some)
        };
        let fragments = Self {
            live: fragment(live, true)?,
            config: fragment(config, false)?,
        };
        if fragments.live.is_none() && fragments.config.is_none() {
            return Err(Error::new(ErrorKind::Edit(format!(
                "no NIC has the MAC address {mac}"
            ))));
        }
        Ok(fragments)
    }

    /// The NIC of this MAC address as it is, for a detach.
    ///
    /// # Errors
    /// As [`DeviceFragments::change`].
    pub fn of(live: Option<&Domain<'_>>, config: Option<&Domain<'_>>, mac: MacAddr) -> Result<Self, Error> {
        let fragment = |domain: Option<&Domain<'_>>| -> Result<Option<Document>, Error> {
            domain
                .map(|domain| only(domain, mac))
                .transpose()?
                .flatten()
                .map(|interface| interface.device())
                .transpose()
        };
        let fragments = Self {
            live: fragment(live)?,
            config: fragment(config)?,
        };
        if fragments.live.is_none() && fragments.config.is_none() {
            return Err(Error::new(ErrorKind::Edit(format!(
                "no NIC has the MAC address {mac}"
            ))));
        }
        Ok(fragments)
    }
}

impl Interface<'_> {
    /// The element as a document of its own, byte for byte.
    ///
    /// # Errors
    /// When it uses a namespace that an element around it declares.
    pub fn device(&self) -> Result<Document, Error> {
        Document::parse(self.element().as_str())
    }
}

fn only<'d>(domain: &Domain<'d>, mac: MacAddr) -> Result<Option<Interface<'d>>, Error> {
    let mut found = domain.interfaces_by_mac(mac);
    let (first, second) = (found.next(), found.next());
    match (first, second) {
        (first, None) => Ok(first),
        (_, Some(second)) => {
            let kind = ErrorKind::Edit(format!(
                "two NICs have the MAC address {mac}; give one of them another first"
            ));
            Err(Error::in_document(
                kind,
                second.element().document(),
                second.element().span().start,
            ))
        }
    }
}

/// A running NIC of a network as libvirt accepts it for an update: of type `network` again, without the bridge and the port that
/// libvirt filled in. Every other form is refused by libvirt 9.0 for an Open vSwitch bridge.
fn updatable(document: Document) -> Result<Document, Error> {
    let interface = Interface::of(&document)?;
    let Some(mut source) = interface.source()? else {
        return Ok(document);
    };
    if interface.type_()? != InterfaceType::Bridge || source.network.is_none() {
        return Ok(document);
    }
    source.bridge = None;
    source.portid = None;
    let mut edit = document.edit();
    interface
        .edit(&mut edit)
        .type_(&InterfaceType::Network)
        .source(source);
    edit.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Vlan;
    use crate::vocab::VlanId;

    #[test]
    fn each_fragment_comes_from_its_own_document() {
        let live = Document::parse(
            "<domain><devices><interface type='bridge'>\n  <mac address='52:54:00:00:00:01'/>\n  \
             <source network='n' portgroup='g' portid='0a7d6d4e-0f35-4b3b-9a0c-3d3f6e0d6a11' bridge='br0'/>\n  \
             <virtualport type='openvswitch'>\n    <parameters interfaceid='7a0a4887-b8cd-4f02-960d-cca5c1ca73cc'/>\n  </virtualport>\n  \
             <target dev='vnet3'/>\n  <alias name='net0'/>\n</interface></devices></domain>",
        )
        .unwrap();
        let config = Document::parse(
            "<domain><devices><interface type='network'><mac address='52:54:00:00:00:01'/>\
             <source network='n' portgroup='g'/></interface></devices></domain>",
        )
        .unwrap();
        let (live, config) = (Domain::of(&live).unwrap(), Domain::of(&config).unwrap());
        let mac = "52:54:00:00:00:01".parse().unwrap();
        let fragments = DeviceFragments::change(Some(&live), Some(&config), mac, |nic| {
            nic.vlan(Vlan::access(VlanId::new(55).unwrap()));
        })
        .unwrap();
        assert_eq!(
            fragments.live.unwrap().as_str(),
            "<interface type='network'>\n  <mac address='52:54:00:00:00:01'/>\n  <source network='n' portgroup='g'/>\n  \
             <vlan>\n    <tag id='55'/>\n  </vlan>\n  <virtualport type='openvswitch'>\n    \
             <parameters interfaceid='7a0a4887-b8cd-4f02-960d-cca5c1ca73cc'/>\n  </virtualport>\n  \
             <target dev='vnet3'/>\n  <alias name='net0'/>\n</interface>"
        );
        assert_eq!(
            fragments.config.unwrap().as_str(),
            "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='n' portgroup='g'/>\
             <vlan><tag id='55'/></vlan></interface>"
        );
        let other = "52:54:00:00:00:02".parse().unwrap();
        assert!(DeviceFragments::of(Some(&live), None, other).is_err());
    }
}
