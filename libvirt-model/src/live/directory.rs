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
/// definitions, libvirt's `<domstatus>` and `<networkstatus>` (of `/run/libvirt`) are what ran when the directory was copied. A file
/// (or link) in a directory `autostart` marks autostart.
///
/// Files with one UUID are one domain or network; so are files of one name, if not both have a UUID. What can be read is kept; what
/// cannot, or contradicts another file, is in [`Directory::unreadable`].
#[derive(Clone)]
pub struct Directory {
    path: PathBuf,
    domains: Vec<Entry>,
    networks: Vec<Entry>,
    unreadable: Vec<(PathBuf, String)>,
}

/// A domain or a network, from the files about it.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    uuid: Option<Uuid>,
    autostart: bool,
    live: Option<Document>,
    config: Option<Document>,
    /// Of a domain that runs.
    id: Option<i32>,
    state: DomainState,
}

impl Directory {
    /// Reads the directory. This blocks for as long as it takes: [`connect`](super::connect) does it beside the runtime.
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

    /// The files that are no domain or network, or contradict another file, with the reason in one sentence each.
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
            "domain" | "domstatus" => {
                let entry = domain(document, autostart).map_err(|error| error.to_string())?;
                entry.file_under(&mut self.domains, "domain")
            }
            "network" | "networkstatus" => {
                let entry = network(document, autostart).map_err(|error| error.to_string())?;
                entry.file_under(&mut self.networks, "network")
            }
            other => Err(format!("it is a <{other}>, neither a domain nor a network")),
        }
    }
}

fn domain(document: Document, autostart: bool) -> Result<Entry, crate::xml::Error> {
    let view = Domain::of(&document)?;
    let (name, uuid) = (view.name()?.into_owned(), view.uuid()?);
    let id = view.id()?.and_then(|id| i32::try_from(id).ok());
    let status = document.root().name() == "domstatus";
    let state = document.root().value("state").filter(|_| status);
    // `virsh dumpxml` of a running domain has its id, and does not say whether it is paused.
    let runs = status || id.is_some();
    Ok(Entry {
        name,
        uuid,
        autostart,
        id: if runs { id.or(Some(0)) } else { None },
        state: match state {
            Some(word) => DomainState::of_status(word),
            None if runs => DomainState::Running,
            None => DomainState::Shutoff,
        },
        live: runs.then(|| document.clone()),
        config: (!runs).then_some(document),
    })
}

fn network(document: Document, autostart: bool) -> Result<Entry, crate::xml::Error> {
    let view = Network::of(&document)?;
    let (name, uuid) = (view.name()?.into_owned(), view.uuid()?);
    // `virsh net-dumpxml` of an active network counts its connections.
    let runs = document.root().name() == "networkstatus" || view.connections()?.is_some();
    Ok(Entry {
        name,
        uuid,
        autostart,
        id: None,
        state: DomainState::NoState,
        live: runs.then(|| document.clone()),
        config: (!runs).then_some(document),
    })
}

impl Entry {
    /// The identity; one that follows from the name when the files give none.
    fn uuid(&self) -> Uuid {
        self.uuid.unwrap_or_else(|| named(&self.name))
    }

    /// Puts what one file says beside what others have said about the same domain or network; an error when they contradict.
    fn file_under(self, entries: &mut Vec<Self>, what: &str) -> Result<(), String> {
        let mut same = entries.iter_mut().filter(|known| match (known.uuid, self.uuid) {
            (Some(known), Some(uuid)) => known == uuid,
            _ => known.name == self.name,
        });
        let (Some(known), second) = (same.next(), same.next()) else {
            entries.push(self);
            return Ok(());
        };
        if second.is_some() {
            return Err(format!(
                "two {what}s are called `{}`, and it has no UUID that would say of which it is",
                self.name
            ));
        }
        if known.name != self.name {
            return Err(format!(
                "it has the UUID of the {what} `{}`, and calls it `{}`",
                known.name, self.name
            ));
        }
        for (known, new) in [(&known.live, &self.live), (&known.config, &self.config)] {
            if let (Some(known), Some(new)) = (known, new)
                && known.as_str() != new.as_str()
            {
                return Err(format!(
                    "another file describes the {what} `{}` otherwise, and that one is used",
                    self.name
                ));
            }
        }
        if self.live.is_some() {
            (known.id, known.state) = (self.id, self.state);
        }
        known.uuid = known.uuid.or(self.uuid);
        known.autostart |= self.autostart;
        known.live = known.live.take().or(self.live);
        known.config = known.config.take().or(self.config);
        Ok(())
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the directory {}", self.path.display())
    }
}

impl Entry {
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
        let records = self.domains.iter().map(|entry| DomainRecord {
            name: entry.name.clone(),
            uuid: entry.uuid(),
            id: entry.id,
            state: entry.state,
            persistent: entry.config.is_some(),
            autostart: entry.autostart,
        });
        Ok(records.collect())
    }

    async fn domain_xml(&self, domain: Uuid, definition: Definition) -> Result<String, Error> {
        let entry = self.domains.iter().find(|entry| entry.uuid() == domain);
        entry
            .and_then(|entry| entry.xml(definition, "domain"))
            .ok_or_else(|| no("domain", code::NO_DOMAIN, 10, domain))
    }

    async fn networks(&self) -> Result<Vec<NetworkRecord>, Error> {
        let records = self.networks.iter().map(|entry| NetworkRecord {
            name: entry.name.clone(),
            uuid: entry.uuid(),
            active: entry.live.is_some(),
            persistent: entry.config.is_some(),
            autostart: entry.autostart,
        });
        Ok(records.collect())
    }

    async fn network_xml(&self, network: Uuid, definition: Definition) -> Result<String, Error> {
        let entry = self.networks.iter().find(|entry| entry.uuid() == network);
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

    fn of(files: &[(&str, &str)]) -> Directory {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(directory.path().join(name), text).unwrap();
        }
        Directory::open(directory.path()).unwrap()
    }

    const A: &str = "1323cbbc-a20d-d66a-563e-ca7a8609cb73";
    const B: &str = "2323cbbc-a20d-d66a-563e-ca7a8609cb73";

    fn named_web(uuid: &str, more: &str) -> String {
        format!("<domain><name>web</name><uuid>{uuid}</uuid>{more}</domain>")
    }

    #[tokio::test]
    async fn one_name_with_two_uuids_is_two_domains() {
        let read = of(&[
            ("a.xml", &named_web(A, "<title>a</title>")),
            ("b.xml", &named_web(B, "<title>b</title>")),
            ("c.xml", "<domain><name>web</name></domain>"),
            (
                "d.xml",
                &format!("<domain><name>db</name><uuid>{A}</uuid></domain>"),
            ),
            ("e.xml", &named_web(B, "<title>other</title>")),
        ]);
        let domains = read.domains().await.unwrap();
        assert_eq!(domains.len(), 2, "{domains:?}");
        for (uuid, title) in [(A, "a"), (B, "b")] {
            let xml = read.domain_xml(uuid.parse().unwrap(), Definition::Config).await;
            assert!(xml.unwrap().contains(&format!("<title>{title}</title>")));
        }
        let reasons: Vec<&str> = read
            .unreadable()
            .iter()
            .map(|(_, reason)| reason.as_str())
            .collect();
        assert!(
            matches!(reasons.as_slice(), [one, two, three]
                if one.contains("of which it is") && two.contains("UUID of the domain `web`") && three.contains("otherwise")),
            "{reasons:?}"
        );
        // A network likewise.
        let network = |uuid: &str| format!("<network><name>n</name><uuid>{uuid}</uuid></network>");
        let read = of(&[("a.xml", &network(A)), ("b.xml", &network(B))]);
        assert_eq!(read.networks().await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_status_tells_the_state() {
        for (word, state) in [
            ("running", DomainState::Running),
            ("paused", DomainState::Paused),
            ("pmsuspended", DomainState::Suspended),
            ("crashed", DomainState::Crashed),
            ("shutdown", DomainState::Shutdown),
            ("unheard-of", DomainState::NoState),
        ] {
            let read = of(&[
                (
                    "run.xml",
                    &format!(
                        "<domstatus state='{word}'><domain id='4'><name>web</name></domain></domstatus>"
                    ),
                ),
                ("web.xml", &named_web(A, "")),
            ]);
            let domains = read.domains().await.unwrap();
            assert_eq!(domains.len(), 1);
            assert_eq!((domains[0].state, domains[0].id), (state, Some(4)), "{word}");
            assert_eq!(domains[0].uuid.to_string(), A);
        }
    }

    #[tokio::test]
    async fn connecting_reads_it_beside_the_runtime() {
        let directory = tempfile::tempdir().unwrap();
        for at in 0..500 {
            let text = format!("<domain><name>d{at}</name></domain>");
            std::fs::write(directory.path().join(format!("{at}.xml")), text).unwrap();
        }
        let path = directory.path().display().to_string();
        let mut connecting = std::pin::pin!(crate::live::connect(&path));
        tokio::select! {
            biased;
            _ = &mut connecting => panic!("the files were read on the runtime's thread"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(connecting.await.unwrap().domains().await.unwrap().len(), 500);
    }
}
