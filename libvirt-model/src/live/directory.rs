//! A directory of XML as a hypervisor that can only be read.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use uuid::Uuid;

use super::error::code;
use super::{
    Definition, DomainRecord, DomainState, Error, EventStream, HostInfo, Hypervisor, LibvirtError,
    NetworkRecord,
};
use crate::domain::Domain;
use crate::network::Network;
use crate::xml::Document;

/// The most files that are read.
const MOST_FILES: usize = 10_000;
/// The depth to which directories are searched: `/etc/libvirt/qemu/networks/autostart` lies two below.
const DEPTH: usize = 3;

/// The domains and networks of a directory, as `/etc/libvirt/qemu` keeps them.
///
/// Every file that ends in `.xml` is read, in directories below too. Its root says what it is: `<domain>` and `<network>` are
/// definitions, libvirt's `<domstatus>` and `<networkstatus>` are what ran when the directory was copied. A file (or link) in a
/// directory `autostart` marks autostart. What can be read is kept; what cannot is in [`Directory::unreadable`].
#[derive(Clone)]
pub struct Directory {
    path: PathBuf,
    domains: Vec<Entry<DomainRecord>>,
    networks: Vec<Entry<NetworkRecord>>,
    unreadable: Vec<(PathBuf, String)>,
}

#[derive(Debug, Clone)]
struct Entry<R> {
    record: R,
    live: Option<Document>,
    config: Option<Document>,
}

impl Directory {
    /// Reads the directory.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when it cannot be listed, [`Error::Config`] when it holds too many files.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let mut directory = Self {
            path: path.into(),
            domains: Vec::new(),
            networks: Vec::new(),
            unreadable: Vec::new(),
        };
        let root = directory.path.clone();
        let mut files = Vec::new();
        list(&root, DEPTH, &mut files)?;
        files.sort();
        for file in files {
            if let Err(reason) = directory.read(&file) {
                directory.unreadable.push((file, reason));
            }
        }
        Ok(directory)
    }

    /// The files that are no domain or network, with the reason in one sentence each.
    #[must_use]
    pub fn unreadable(&self) -> &[(PathBuf, String)] {
        &self.unreadable
    }

    fn read(&mut self, file: &Path) -> Result<(), String> {
        let bytes = crate::xml::read_file(file).map_err(|error| error.to_string())?;
        let document = Document::parse_bytes(&bytes).map_err(|error| error.to_string())?;
        let autostart = file
            .parent()
            .and_then(Path::file_name)
            .is_some_and(|name| name == "autostart");
        match document.root().name() {
            "domain" | "domstatus" => self
                .domain(document, autostart)
                .map_err(|error| error.to_string()),
            "network" | "networkstatus" => self
                .network(document, autostart)
                .map_err(|error| error.to_string()),
            other => Err(format!("it is a <{other}>, neither a domain nor a network")),
        }
    }

    fn domain(&mut self, document: Document, autostart: bool) -> Result<(), crate::xml::Error> {
        let view = Domain::of(&document)?;
        let (name, uuid) = (view.name()?.into_owned(), view.uuid()?);
        let status = document.root().name() == "domstatus";
        let id = view.id()?.and_then(|id| i32::try_from(id).ok());
        let known = self.domains.iter().position(|known| known.record.name == name);
        let entry = match known.and_then(|at| self.domains.get_mut(at)) {
            Some(entry) => entry,
            None => {
                let record = DomainRecord {
                    uuid: uuid.unwrap_or_else(|| named(&name)),
                    name,
                    id: None,
                    state: DomainState::Shutoff,
                    persistent: false,
                    autostart: false,
                };
                self.domains.push(Entry {
                    record,
                    live: None,
                    config: None,
                });
                let Some(entry) = self.domains.last_mut() else {
                    return Ok(());
                };
                entry
            }
        };
        entry.record.autostart |= autostart;
        // `virsh dumpxml` of a running domain has its id.
        if status || id.is_some() {
            entry.record.id = id.or(Some(0));
            entry.record.state = DomainState::Running;
            entry.live = Some(document);
        } else {
            entry.record.persistent = true;
            entry.config = Some(document);
        }
        Ok(())
    }

    fn network(&mut self, document: Document, autostart: bool) -> Result<(), crate::xml::Error> {
        let view = Network::of(&document)?;
        let (name, uuid) = (view.name()?.into_owned(), view.uuid()?);
        let status = document.root().name() == "networkstatus";
        // `virsh net-dumpxml` of an active network counts its connections.
        let active = status || view.connections()?.is_some();
        let known = self.networks.iter().position(|known| known.record.name == name);
        let entry = match known.and_then(|at| self.networks.get_mut(at)) {
            Some(entry) => entry,
            None => {
                let uuid = uuid.unwrap_or_else(|| named(&name));
                let record = NetworkRecord {
                    uuid,
                    name,
                    active: false,
                    persistent: false,
                    autostart: false,
                };
                self.networks.push(Entry {
                    record,
                    live: None,
                    config: None,
                });
                let Some(entry) = self.networks.last_mut() else {
                    return Ok(());
                };
                entry
            }
        };
        entry.record.autostart |= autostart;
        if active {
            entry.record.active = true;
            entry.live = Some(document);
        } else {
            entry.record.persistent = true;
            entry.config = Some(document);
        }
        Ok(())
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the directory {}", self.path.display())
    }
}

impl<R> Entry<R> {
    /// The document itself, without libvirt's status around it.
    fn xml(&self, definition: Definition, root: &str) -> Option<String> {
        let document = match definition {
            Definition::Live => self.live.as_ref().or(self.config.as_ref()),
            Definition::Config => self.config.as_ref().or(self.live.as_ref()),
        }?;
        let inner = document.root().child(root);
        Some(inner.map_or_else(|| document.to_string(), |inner| inner.as_str().to_owned()))
    }
}

/// A stable identity for a document that has none.
fn named(name: &str) -> Uuid {
    let mut bytes = [0_u8; 16];
    for (at, byte) in name.bytes().enumerate() {
        if let Some(slot) = bytes.get_mut(at % 16) {
            *slot = slot.rotate_left(3) ^ byte;
        }
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn list(directory: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let unreachable = |error: std::io::Error| Error::Unreachable {
        endpoint: directory.display().to_string(),
        reason: error.to_string(),
    };
    for entry in std::fs::read_dir(directory).map_err(unreachable)? {
        let path = entry.map_err(unreachable)?.path();
        if path.is_dir() {
            if depth > 0 {
                list(&path, depth - 1, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            if files.len() >= MOST_FILES {
                return Err(Error::Config(format!(
                    "{} holds more than {MOST_FILES} XML files",
                    directory.display()
                )));
            }
            files.push(path);
        }
    }
    Ok(())
}

fn no(what: &str, code: i32, domain: i32, uuid: Uuid) -> Error {
    let message = format!("{what} not found: the directory has no {what} with uuid '{uuid}'");
    Error::Rejected {
        call: format!("reading a {what}"),
        error: LibvirtError {
            domain,
            code,
            message,
        },
    }
}

#[async_trait]
impl Hypervisor for Directory {
    async fn host(&self) -> Result<HostInfo, Error> {
        Ok(HostInfo {
            hostname: String::new(),
            uri: self.path.display().to_string(),
            hypervisor: "offline".to_owned(),
            hypervisor_version: None,
            libvirt_version: None,
        })
    }

    async fn domains(&self) -> Result<Vec<DomainRecord>, Error> {
        Ok(self.domains.iter().map(|entry| entry.record.clone()).collect())
    }

    async fn domain_xml(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        let entry = self.domains.iter().find(|entry| entry.record.uuid == domain);
        entry
            .and_then(|entry| entry.xml(definition, "domain"))
            .ok_or_else(|| no("domain", code::NO_DOMAIN, 10, domain))
    }

    async fn networks(&self) -> Result<Vec<NetworkRecord>, Error> {
        Ok(self.networks.iter().map(|entry| entry.record.clone()).collect())
    }

    async fn network_xml(&self, network: Uuid, definition: Definition) -> Result<String, Error> {
        let entry = self.networks.iter().find(|entry| entry.record.uuid == network);
        entry
            .and_then(|entry| entry.xml(definition, "network"))
            .ok_or_else(|| no("network", code::NO_NETWORK, 19, network))
    }

    async fn events(&self) -> Result<EventStream, Error> {
        Err(Error::Unsupported {
            what: "following events".to_owned(),
            backend: format!("{self:?}"),
        })
    }

    fn refuse(&self, call: &str) -> Error {
        Error::ReadOnly {
            call: call.to_owned(),
            endpoint: self.path.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reads_what_libvirt_keeps() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        std::fs::create_dir_all(path.join("networks/autostart")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(path.join(name), text).unwrap();
        write(
            "web.xml",
            "<!-- do not edit -->\n<domain type='kvm'><name>web</name><uuid>1323cbbc-a20d-d66a-563e-ca7a8609cb73</uuid></domain>",
        );
        write(
            "run.xml",
            "<domstatus state='running'><domain id='4'><name>web</name></domain></domstatus>",
        );
        write("networks/n.xml", "<network><name>n</name></network>");
        write("networks/autostart/n.xml", "<network><name>n</name></network>");
        write("broken.xml", "<domain>");
        write("pool.xml", "<pool/>");
        let read = Directory::open(path).unwrap();
        let domains = read.domains().await.unwrap();
        assert_eq!(domains.len(), 1);
        assert!(domains[0].persistent && domains[0].id == Some(4), "{domains:?}");
        let live = read.domain_xml(domains[0].uuid, Definition::Live).await.unwrap();
        assert_eq!(live, "<domain id='4'><name>web</name></domain>");
        assert!(
            read.domain_xml(domains[0].uuid, Definition::Config)
                .await
                .unwrap()
                .starts_with("<!-- do not")
        );
        let networks = read.networks().await.unwrap();
        assert!(networks[0].autostart && !networks[0].active, "{networks:?}");
        assert_eq!(read.unreadable().len(), 2);
        assert!(
            read.start_domain(domains[0].uuid)
                .await
                .unwrap_err()
                .is_read_only()
        );
        assert!(
            read.domain_xml(Uuid::nil(), Definition::Live)
                .await
                .unwrap_err()
                .is_not_found()
        );
        assert!(Directory::open(path.join("none")).is_err());
    }
}
