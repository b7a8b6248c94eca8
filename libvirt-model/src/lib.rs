//! Typed libvirt XML that loses nothing when edited, and live access to libvirtd.
//!
//! # The model in the head
//! A [`Document`](xml::Document) is the text as it was read, with an index of where each element stands in it. A typed view, such
//! as [`domain::Interface`], reads from it and owns nothing. An edit is a splice of that text: every byte outside it stays, and the
//! result is parsed again and compared before anyone sees it. So what this crate does not know is never lost.
//!
//! ```text
//! bytes ──> Document ──> view: Domain, Interface, Network …      (reads)
//!              │
//!              └──> edit ──> one splice ──> bytes                 (every other byte unchanged)
//!
//! Hypervisor ──> domain_xml, network_xml, events …  <── update_device, attach_device, define …
//! ```
//!
//! A guest that runs has **two** documents: the live one, and the definition from which it starts next. They differ, and each is
//! changed from its own text: [`DeviceFragments`](domain::DeviceFragments) does that.
//!
//! | module | holds |
//! |---|---|
//! | [`xml`] | a document that is printed as it was read, byte for byte, and edits that touch nothing else |
//! | [`vocab`] | the checked words: addresses, VLAN ids, open enumerations |
//! | [`domain`] | views of a domain and its interfaces, builders, validation, what a change needs |
//! | [`network`] | views of a network and its portgroups; VLANs and their Open vSwitch columns |
//! | [`live`] | the [`Hypervisor`](live::Hypervisor): native RPC, a directory of XML, a host in memory, the C library |
//!
//! What is *not* preserved: nothing, in what is not edited. An edit keeps whatever it does not know within an element, except where
//! it replaces an element that it could not read at all.
//!
//! # Reading and editing a document
//! ```
//! use libvirt_model::domain::{Domain, Vlan};
//! use libvirt_model::vocab::VlanId;
//! use libvirt_model::xml::Document;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let text = "<domain type='kvm'><name>web</name><devices><interface type='bridge'>\
//!             <mac address='52:54:00:00:00:01'/><source bridge='br0'/><x:y xmlns:x='urn:z'/></interface></devices></domain>";
//! let document = Document::parse(text)?;
//! let domain = Domain::of(&document)?;
//! let nic = domain.interfaces().next().ok_or("it has no NIC")?;
//! assert_eq!(nic.mac_address()?, Some("52:54:00:00:00:01".parse()?));
//! assert_eq!(document.to_string(), text);
//! # Ok(()) }
//! ```
//!
//! # A guest that runs
//! ```
//! use libvirt_model::domain::{DeviceFragments, Domain, Vlan};
//! use libvirt_model::live::fake::{Fake, FakeDomain};
//! use libvirt_model::live::{Affect, Definition, Hypervisor};
//! use libvirt_model::vocab::VlanId;
//! use libvirt_model::xml::Document;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Fake::new("host1"); // or live::connect("qemu:///system").await?
//! host.add_domain(FakeDomain::defined(
//!     "<domain type='kvm'><name>web</name><devices><interface type='bridge'><mac address='52:54:00:00:00:01'/>
//!      <source bridge='br0'/><virtualport type='openvswitch'/></interface></devices></domain>",
//! )?);
//! let web = host.domain_by_name("web").await?;
//! host.start_domain(web).await?;
//!
//! // Put its NIC on VLAN 32, in the running guest and in its definition.
//! let live = Document::parse(host.domain_xml(web, Definition::Live).await?)?;
//! let config = Document::parse(host.domain_xml(web, Definition::Config).await?)?;
//! let mac = "52:54:00:00:00:01".parse()?;
//! let change = DeviceFragments::change(Some(&Domain::of(&live)?), Some(&Domain::of(&config)?), mac, |nic| {
//!     nic.vlan(Vlan::access(VlanId::new(32).expect("32 is a VLAN id")));
//! })?;
//! host.update_device(web, change.live.expect("it runs").as_str(), Affect::Live).await?;
//! host.update_device(web, change.config.expect("it is defined").as_str(), Affect::Config).await?;
//! assert!(host.domain_xml(web, Definition::Live).await?.contains("<tag id='32'/>"));
//! # Ok(()) }
//! ```

pub mod domain;
pub mod live;
pub mod network;
pub mod vocab;
pub mod xml;

mod identity;
mod record;
