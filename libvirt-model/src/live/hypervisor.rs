//! The one interface to every backend.

use async_trait::async_trait;
use uuid::Uuid;

use super::error::code;
use super::{
    AddressSource, Affect, Definition, DhcpLease, DomainRecord, Error, EventStream, HostInfo, HostInterface,
    InterfaceAddresses, InterfaceStatistics, LibvirtError, Metadata, NetworkPort, NetworkRecord,
    NetworkUpdate, NwFilter, NwFilterBinding, Parameter,
};

/// A host that libvirt manages, live or recorded.
///
/// Every backend keeps the same contract, which one suite of tests checks: an identity that does not exist is an error for
/// which [`Error::is_not_found`] holds; a backend that cannot do something says so with [`Error::is_unsupported`], and one that
/// may not with [`Error::ReadOnly`]. The methods that change something do so by default.
///
/// # Cancel safety
/// Dropping the future of a call that reads has no effect. Dropping that of a call that changes something leaves open
/// whether it is done; the connection goes on in either case.
#[async_trait]
pub trait Hypervisor: Send + Sync + std::fmt::Debug {
    /// Who answers: host, URI and versions.
    ///
    /// # Errors
    /// When the connection fails.
    async fn host(&self) -> Result<HostInfo, Error>;

    /// Every domain, running or defined.
    ///
    /// # Errors
    /// When the connection fails.
    async fn domains(&self) -> Result<Vec<DomainRecord>, Error>;

    /// What the list shows of one domain.
    ///
    /// # Errors
    /// When there is no such domain, or the connection fails.
    async fn domain(&self, domain: Uuid) -> Result<DomainRecord, Error> {
        let known = self
            .domains()
            .await?
            .into_iter()
            .find(|known| known.uuid == domain);
        known.ok_or_else(|| no_domain(&format!("uuid '{domain}'")))
    }

    /// The identity of the running domain of this id.
    ///
    /// # Errors
    /// When no domain runs with that id, or the connection fails.
    async fn domain_by_id(&self, id: i32) -> Result<Uuid, Error> {
        let known = self
            .domains()
            .await?
            .into_iter()
            .find(|known| known.id == Some(id));
        known
            .map(|known| known.uuid)
            .ok_or_else(|| no_domain(&format!("id {id}")))
    }

    /// The XML of a domain. It is returned as libvirt gives it; parse it with [`Document`](crate::xml::Document).
    ///
    /// # Errors
    /// When there is no such domain, or the connection fails.
    async fn domain_xml(&self, domain: Uuid, definition: Definition) -> Result<String, Error>;

    /// The XML of a domain with what [`domain_xml`](Self::domain_xml) leaves out, such as the password of a screen
    /// (`VIR_DOMAIN_XML_SECURE`): a definition that is written again from it loses nothing. Keep it no longer than that takes.
    ///
    /// # Errors
    /// When there is no such domain, the connection may only read or fails, or this backend cannot do it.
    async fn domain_xml_with_secrets(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        let _ = (domain, definition);
        Err(self.refuse("domain_xml_with_secrets"))
    }

    /// Every network, running or defined.
    ///
    /// # Errors
    /// When the connection fails.
    async fn networks(&self) -> Result<Vec<NetworkRecord>, Error>;

    /// What the list shows of one network.
    ///
    /// # Errors
    /// When there is no such network, or the connection fails.
    async fn network(&self, network: Uuid) -> Result<NetworkRecord, Error> {
        let known = self
            .networks()
            .await?
            .into_iter()
            .find(|known| known.uuid == network);
        known.ok_or_else(|| no_network(&format!("uuid '{network}'")))
    }

    /// The XML of a network.
    ///
    /// # Errors
    /// When there is no such network, or the connection fails.
    async fn network_xml(&self, network: Uuid, definition: Definition) -> Result<String, Error>;

    /// Follows what happens on the host from now on.
    ///
    /// # Errors
    /// When the connection fails, or the backend has no events.
    async fn events(&self) -> Result<EventStream, Error>;

    /// The error of a call that this backend does not make.
    fn refuse(&self, call: &str) -> Error {
        Error::Unsupported {
            what: call.to_owned(),
            backend: format!("{self:?}"),
        }
    }

    /// Plugs a device in. `xml` is one device, such as [`InterfaceBuilder`](crate::domain::InterfaceBuilder) makes.
    ///
    /// Give a NIC its MAC address: with [`Affect::LiveAndConfig`] libvirt would make up one for both, but you would not know it.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn attach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        let _ = (domain, xml, affect);
        Err(self.refuse("attach_device"))
    }

    /// Unplugs the device that `xml` describes, and returns when it is gone.
    ///
    /// libvirt reports success while the guest still holds the device; this waits for the device's own event. [`Error::DeviceHeld`] says
    /// that the guest refused, [`Error::TimedOut`] that it said nothing: the device may still leave later.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn detach_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        let _ = (domain, xml, affect);
        Err(self.refuse("detach_device"))
    }

    /// Replaces the device that `xml` matches by what `xml` says: what it omits is removed. See
    /// [`DeviceFragments`](crate::domain::DeviceFragments).
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn update_device(&self, domain: Uuid, xml: &str, affect: Affect) -> Result<(), Error> {
        let _ = (domain, xml, affect);
        Err(self.refuse("update_device"))
    }

    /// Defines a domain, or changes its definition. The XML is validated, so that a typo is an error and not ignored.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn define_domain(&self, xml: &str) -> Result<Uuid, Error> {
        let _ = (xml,);
        Err(self.refuse("define_domain"))
    }

    /// Removes the definition of a domain.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn undefine_domain(&self, domain: Uuid) -> Result<(), Error> {
        let _ = (domain,);
        Err(self.refuse("undefine_domain"))
    }

    /// Starts a defined domain.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn start_domain(&self, domain: Uuid) -> Result<(), Error> {
        let _ = (domain,);
        Err(self.refuse("start_domain"))
    }

    /// Ends a running domain at once.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn destroy_domain(&self, domain: Uuid) -> Result<(), Error> {
        let _ = (domain,);
        Err(self.refuse("destroy_domain"))
    }

    /// Stops the CPUs of a running domain.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn suspend_domain(&self, domain: Uuid) -> Result<(), Error> {
        let _ = (domain,);
        Err(self.refuse("suspend_domain"))
    }

    /// Lets the CPUs of a suspended domain go on.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn resume_domain(&self, domain: Uuid) -> Result<(), Error> {
        let _ = (domain,);
        Err(self.refuse("resume_domain"))
    }

    /// Says whether a domain starts with the host.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn set_domain_autostart(&self, domain: Uuid, autostart: bool) -> Result<(), Error> {
        let _ = (domain, autostart);
        Err(self.refuse("set_domain_autostart"))
    }

    /// Defines a network, or changes its definition. The XML is validated where libvirt can (7.8 and later).
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn define_network(&self, xml: &str) -> Result<Uuid, Error> {
        let _ = (xml,);
        Err(self.refuse("define_network"))
    }

    /// Starts a network that is not defined, and vanishes when it stops.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn create_network(&self, xml: &str) -> Result<Uuid, Error> {
        let _ = (xml,);
        Err(self.refuse("create_network"))
    }

    /// Starts a defined network.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn start_network(&self, network: Uuid) -> Result<(), Error> {
        let _ = (network,);
        Err(self.refuse("start_network"))
    }

    /// Stops a network.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn destroy_network(&self, network: Uuid) -> Result<(), Error> {
        let _ = (network,);
        Err(self.refuse("destroy_network"))
    }

    /// Removes the definition of a network.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn undefine_network(&self, network: Uuid) -> Result<(), Error> {
        let _ = (network,);
        Err(self.refuse("undefine_network"))
    }

    /// Changes a part of a network.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn update_network(
        &self,
        network: Uuid,
        update: &NetworkUpdate,
        affect: Affect,
    ) -> Result<(), Error> {
        let _ = (network, update, affect);
        Err(self.refuse("update_network"))
    }

    /// Says whether a network starts with the host.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn set_network_autostart(&self, network: Uuid, autostart: bool) -> Result<(), Error> {
        let _ = (network, autostart);
        Err(self.refuse("set_network_autostart"))
    }

    /// The ports of a running network.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn network_ports(&self, network: Uuid) -> Result<Vec<NetworkPort>, Error> {
        let _ = (network,);
        Err(self.refuse("network_ports"))
    }

    /// The leases of a network's DHCP server.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn dhcp_leases(&self, network: Uuid) -> Result<Vec<DhcpLease>, Error> {
        let _ = (network,);
        Err(self.refuse("dhcp_leases"))
    }

    /// The addresses of a running guest.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn interface_addresses(
        &self,
        domain: Uuid,
        source: AddressSource,
    ) -> Result<Vec<InterfaceAddresses>, Error> {
        let _ = (domain, source);
        Err(self.refuse("interface_addresses"))
    }

    /// The counters of a NIC, named by its tap or its MAC address.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn interface_statistics(&self, domain: Uuid, target: &str) -> Result<InterfaceStatistics, Error> {
        let _ = (domain, target);
        Err(self.refuse("interface_statistics"))
    }

    /// A piece of a domain's metadata. One that is not there is an error for which [`Error::is_not_found`] holds.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        let _ = (domain, metadata, definition);
        Err(self.refuse("metadata"))
    }

    /// Sets a piece of a domain's metadata, or removes it. `key` is the prefix for an element's namespace, and unused otherwise.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn set_metadata(
        &self,
        domain: Uuid,
        metadata: &Metadata,
        key: &str,
        value: Option<&str>,
        affect: Affect,
    ) -> Result<(), Error> {
        let _ = (domain, metadata, key, value, affect);
        Err(self.refuse("set_metadata"))
    }

    /// Whether a domain that is off was saved, and will start from that image: with the XML in the image, not its definition.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn has_managed_save(&self, domain: Uuid) -> Result<bool, Error> {
        let _ = (domain,);
        Err(self.refuse("has_managed_save"))
    }

    /// The XML in the image of a saved domain.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn managed_save_xml(&self, domain: Uuid) -> Result<String, Error> {
        let _ = (domain,);
        Err(self.refuse("managed_save_xml"))
    }

    /// Changes the XML in the image of a saved domain.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn define_managed_save(&self, domain: Uuid, xml: &str) -> Result<(), Error> {
        let _ = (domain, xml);
        Err(self.refuse("define_managed_save"))
    }

    /// The identity of a domain of this name.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn domain_by_name(&self, name: &str) -> Result<Uuid, Error> {
        let known = self.domains().await?.into_iter().find(|known| known.name == name);
        known
            .map(|known| known.uuid)
            .ok_or_else(|| no_domain(&format!("name '{name}'")))
    }

    /// The identity of a network of this name.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn network_by_name(&self, name: &str) -> Result<Uuid, Error> {
        let known = self
            .networks()
            .await?
            .into_iter()
            .find(|known| known.name == name);
        known
            .map(|known| known.uuid)
            .ok_or_else(|| no_network(&format!("name '{name}'")))
    }

    /// The document of what host and hypervisor can do, `<capabilities>`.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn capabilities(&self) -> Result<String, Error> {
        Err(self.refuse("capabilities"))
    }

    /// Whether the definition of a running domain has changed since it started.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn is_updated(&self, domain: Uuid) -> Result<bool, Error> {
        let _ = domain;
        Err(self.refuse("is_updated"))
    }

    /// Unplugs the device of this alias, and returns when it is gone; see [`Hypervisor::detach_device`].
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn detach_device_alias(&self, domain: Uuid, alias: &str, affect: Affect) -> Result<(), Error> {
        let _ = (domain, alias, affect);
        Err(self.refuse("detach_device_alias"))
    }

    /// The rate limits of a NIC, named by its tap or its MAC address: `inbound.average`, `outbound.peak`, … in KiB/s.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn interface_parameters(
        &self,
        domain: Uuid,
        target: &str,
        definition: Definition,
    ) -> Result<Vec<Parameter>, Error> {
        let _ = (domain, target, definition);
        Err(self.refuse("interface_parameters"))
    }

    /// Sets rate limits of a NIC.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn set_interface_parameters(
        &self,
        domain: Uuid,
        target: &str,
        parameters: &[Parameter],
        affect: Affect,
    ) -> Result<(), Error> {
        let _ = (domain, target, parameters, affect);
        Err(self.refuse("set_interface_parameters"))
    }

    /// Statistics of every domain. `groups` are bits of `virDomainStatsTypes` (16 is interfaces); 0 means all.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn domain_statistics(&self, groups: u32) -> Result<Vec<(Uuid, Vec<Parameter>)>, Error> {
        let _ = groups;
        Err(self.refuse("domain_statistics"))
    }

    /// The bridge of a network that has its own.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn network_bridge(&self, network: Uuid) -> Result<String, Error> {
        let _ = network;
        Err(self.refuse("network_bridge"))
    }

    /// A piece of a network's metadata; libvirt 9.7 and later.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn network_metadata(
        &self,
        network: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        let _ = (network, metadata, definition);
        Err(self.refuse("network_metadata"))
    }

    /// Sets a piece of a network's metadata, or removes it; libvirt 9.7 and later.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn set_network_metadata(
        &self,
        network: Uuid,
        metadata: &Metadata,
        key: &str,
        value: Option<&str>,
        affect: Affect,
    ) -> Result<(), Error> {
        let _ = (network, metadata, key, value, affect);
        Err(self.refuse("set_network_metadata"))
    }

    /// The interfaces of the host that libvirt's interface driver knows.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn host_interfaces(&self) -> Result<Vec<HostInterface>, Error> {
        Err(self.refuse("host_interfaces"))
    }

    /// The packet filters.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn nwfilters(&self) -> Result<Vec<NwFilter>, Error> {
        Err(self.refuse("nwfilters"))
    }

    /// The filters that are in force, by port.
    ///
    /// # Errors
    /// When what is named does not exist, libvirt refuses, this backend cannot do it, or the connection fails.
    async fn nwfilter_bindings(&self) -> Result<Vec<NwFilterBinding>, Error> {
        Err(self.refuse("nwfilter_bindings"))
    }
}

/// As libvirt says it.
fn no_domain(sought: &str) -> Error {
    not_found("domain", 10, code::NO_DOMAIN, sought)
}

fn no_network(sought: &str) -> Error {
    not_found("network", 19, code::NO_NETWORK, sought)
}

fn not_found(what: &str, domain: i32, code: i32, sought: &str) -> Error {
    Error::Rejected {
        call: format!("looking a {what} up"),
        error: LibvirtError {
            domain,
            code,
            message: format!("{what} not found: no {what} with matching {sought}"),
        },
    }
}
