use std::path::PathBuf;
use std::sync::Arc;

use libvirt_model::live::{self, Hypervisor};
use ovsdb_client::replica::Replica;
use tokio::sync::OnceCell;

use crate::Error;
use crate::apply::journal::Reach;
use crate::observe::kernel::{Kernel, Namespace, Netlink};
use crate::observe::offline::{Directory, OfflineError};
use crate::observe::ovsdb::Ovsdb;
use crate::observe::{Observed, Sourced, libvirt};
use crate::topology::{self, Topology};
use crate::watch::{Settle, Watch};

/// One KVM + Open vSwitch host, by those of its three records that were named.
///
/// A handle: cheap to clone, and every clone uses the same connections.
#[derive(Clone)]
pub struct Host {
    pub(crate) ovsdb: Option<Ovsdb>,
    pub(crate) libvirt: Option<Libvirt>,
    pub(crate) kernel: Option<Arc<dyn Kernel>>,
    /// The embedded host's own OVSDB server, which ends with the last handle.
    #[cfg(feature = "embedded")]
    server: Option<Arc<ovsdb_client::server::Server>>,
    offline: Option<Directory>,
    /// What edits need of the database.
    pub(crate) editor: Arc<OnceCell<Replica>>,
}

#[derive(Clone)]
pub(crate) struct Libvirt {
    pub(crate) uri: String,
    /// Whether another process finds it by its URI.
    is_reachable: bool,
    pub(crate) hypervisor: Arc<dyn Hypervisor>,
}

impl Host {
    /// Names the sources of a host one by one.
    pub fn builder() -> HostBuilder {
        HostBuilder::default()
    }

    /// The reference host in memory: an AHV host with its controller VM and one guest.
    ///
    /// For trying things and for tests. Every call makes a host of its own, which ends with its last
    /// handle.
    ///
    /// # Errors
    /// When no loopback socket can be opened.
    ///
    /// # Cancel safety
    /// What was started ends.
    #[cfg(feature = "embedded")]
    pub async fn embedded() -> Result<Self, Error> {
        let server = crate::embedded::ovsdb().await?;
        let ovsdb = Ovsdb::connect(&server.remote()).await?;
        Ok(Self {
            ovsdb: Some(ovsdb),
            libvirt: Some(Libvirt {
                uri: "embedded".to_owned(),
                is_reachable: false,
                hypervisor: Arc::new(crate::embedded::libvirt()),
            }),
            kernel: Some(Arc::new(crate::embedded::kernel())),
            offline: None,
            editor: Arc::default(),
            server: Some(Arc::new(server)),
        })
    }

    /// Reads every source and joins what they say.
    ///
    /// The sources are read side by side, each within its own deadline. OVSDB is read as of one commit.
    ///
    /// # Errors
    /// The first source that cannot be read: half a picture would look like a whole one.
    ///
    /// # Cancel safety
    /// Nothing is changed; the connections stay usable.
    pub async fn show(&self) -> Result<Topology, Error> {
        Ok(topology::join(&self.observe().await?))
    }

    /// Follows the sources from now on: joined changes, as they happen. See [`watch`](crate::watch).
    ///
    /// # Errors
    /// As [`show`](Self::show): the watch begins with a whole picture.
    ///
    /// # Cancel safety
    /// Nothing is changed; the connections stay usable.
    pub async fn watch(&self) -> Result<Watch, Error> {
        self.watch_settling(Settle::default()).await
    }

    /// As [`watch`](Self::watch), with another idea of when a change is complete.
    ///
    /// # Errors
    /// As [`watch`](Self::watch).
    ///
    /// # Cancel safety
    /// As [`watch`](Self::watch).
    pub async fn watch_settling(&self, settle: Settle) -> Result<Watch, Error> {
        if let Some(directory) = self.offline.as_ref().filter(|_| self.is_of_captures()) {
            let path = directory.path().to_owned();
            return Err(OfflineError::Still { path }.into());
        }
        Watch::start(self.clone(), settle).await
    }

    /// Reads every source, and joins nothing.
    ///
    /// # Errors
    /// As [`show`](Self::show).
    ///
    /// # Cancel safety
    /// As [`show`](Self::show).
    pub async fn observe(&self) -> Result<Observed, Error> {
        let ovsdb = async {
            match &self.ovsdb {
                Some(ovsdb) => Ok(Some(Sourced {
                    from: ovsdb.remote().to_owned(),
                    said: ovsdb.observe().await?,
                })),
                None => Ok::<_, Error>(None),
            }
        };
        let (ovsdb, others) = tokio::try_join!(ovsdb, self.observe_all_but_ovsdb())?;
        Ok(Observed {
            ovsdb: ovsdb.or(others.ovsdb),
            ..others
        })
    }

    pub(crate) async fn observe_all_but_ovsdb(&self) -> Result<Observed, Error> {
        let libvirt = async {
            match &self.libvirt {
                Some(libvirt) => Ok(Some(Sourced {
                    from: libvirt.uri.clone(),
                    said: libvirt::observe(libvirt.hypervisor.as_ref()).await?,
                })),
                None => Ok::<_, Error>(None),
            }
        };
        let kernel = async {
            match &self.kernel {
                Some(kernel) => Ok(Some(Sourced {
                    from: kernel.describe(),
                    said: kernel.observe().await?,
                })),
                None => Ok::<_, Error>(None),
            }
        };
        let (libvirt, kernel, captured) = tokio::try_join!(libvirt, kernel, self.captured())?;
        Ok(Observed {
            libvirt: libvirt.or(captured.libvirt),
            kernel: kernel.or(captured.kernel),
            ..captured
        })
    }
}

impl Host {
    /// Whether it is the embedded host, which ends with its last handle.
    pub(crate) fn is_embedded(&self) -> bool {
        #[cfg(feature = "embedded")]
        {
            self.server.is_some()
        }
        #[cfg(not(feature = "embedded"))]
        {
            false
        }
    }

    /// Whether all that is known of it stands in files.
    pub(crate) fn is_of_captures(&self) -> bool {
        self.offline.is_some() && self.ovsdb.is_none() && self.libvirt.is_none()
    }

    /// Where another process finds it.
    pub(crate) fn reach(&self) -> Reach {
        let ovsdb = self.ovsdb.as_ref().filter(|_| !self.is_embedded());
        let libvirt = self.libvirt.as_ref().filter(|libvirt| libvirt.is_reachable);
        Reach {
            ovsdb: ovsdb.map(|ovsdb| ovsdb.remote().to_owned()),
            libvirt: libvirt.map(|libvirt| libvirt.uri.clone()),
        }
    }

    /// What the files say, read on a thread that may block.
    async fn captured(&self) -> Result<Observed, Error> {
        let Some(directory) = self.offline.clone() else {
            return Ok(Observed::default());
        };
        let read = tokio::task::spawn_blocking(move || directory.read());
        match read.await {
            Ok(observed) => Ok(observed?),
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only a runtime that ends cancels such a thread, and then nobody waits for this.
                Err(_) => Ok(Observed::default()),
            },
        }
    }
}

/// Which sources a [`Host`] is read from. A source that is not named is not read.
///
/// # Examples
/// ```no_run
/// # async fn example() -> Result<(), ahv_net::Error> {
/// use ahv_net::Host;
/// use ahv_net::observe::kernel::Namespace;
///
/// let host = Host::builder()
///     .ovsdb("unix:/var/run/openvswitch/db.sock")
///     .libvirt("qemu:///system")
///     .kernel(Namespace::Own)
///     .connect()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is connected before `connect`"]
pub struct HostBuilder {
    ovsdb: Option<String>,
    libvirt: Option<String>,
    hypervisor: Option<(String, Arc<dyn Hypervisor>)>,
    kernel: Option<Namespace>,
    offline: Option<PathBuf>,
}

impl HostBuilder {
    /// Reads the `Open_vSwitch` database at this remote: `unix:PATH` or `tcp:IP:PORT`.
    pub fn ovsdb(mut self, remote: impl Into<String>) -> Self {
        self.ovsdb = Some(remote.into());
        self
    }

    /// Reads libvirtd at this URI: `qemu:///system` or `qemu+unix:///system?socket=PATH`.
    pub fn libvirt(mut self, uri: impl Into<String>) -> Self {
        self.libvirt = Some(uri.into());
        self
    }

    /// Reads this hypervisor, called `name`, in place of a libvirtd that is connected to: a connection that is open already,
    /// or one in memory.
    ///
    /// No other process finds it, so what changes it cannot wait for a confirmation by a
    /// [watchdog](crate::apply::Watchdog) of its own.
    pub fn hypervisor(mut self, name: impl Into<String>, hypervisor: Arc<dyn Hypervisor>) -> Self {
        self.hypervisor = Some((name.into(), hypervisor));
        self
    }

    /// Reads the kernel's links and routes of this network namespace.
    pub fn kernel(mut self, namespace: Namespace) -> Self {
        self.kernel = Some(namespace);
        self
    }

    /// Reads captures of the host in this directory; see [`observe::offline`](crate::observe::offline).
    ///
    /// A source that is also named live is read live.
    pub fn offline(mut self, directory: impl Into<PathBuf>) -> Self {
        self.offline = Some(directory.into());
        self
    }

    /// Connects to OVSDB and libvirtd. The kernel is connected to at each read.
    ///
    /// # Errors
    /// [`Error::Ovsdb`] and [`Error::Libvirt`] name the remote or URI and say what to do,
    /// [`Error::Offline`] the directory.
    ///
    /// # Cancel safety
    /// Nothing is changed; what was connected is closed.
    pub async fn connect(self) -> Result<Host, Error> {
        let ovsdb = async {
            match &self.ovsdb {
                Some(remote) => Ok(Some(Ovsdb::connect(remote).await?)),
                None => Ok::<_, Error>(None),
            }
        };
        let libvirt = async {
            if let Some((name, hypervisor)) = self.hypervisor {
                return Ok(Some(Libvirt {
                    uri: name,
                    is_reachable: false,
                    hypervisor,
                }));
            }
            match &self.libvirt {
                Some(uri) => {
                    let hypervisor = Arc::from(live::connect(uri).await?);
                    Ok(Some(Libvirt {
                        uri: uri.clone(),
                        is_reachable: true,
                        hypervisor,
                    }))
                }
                None => Ok::<_, Error>(None),
            }
        };
        let offline = self.offline.map(Directory::open).transpose()?;
        let (ovsdb, libvirt) = tokio::try_join!(ovsdb, libvirt)?;
        let kernel = self
            .kernel
            .map(|namespace| Arc::new(Netlink::new(namespace)) as Arc<dyn Kernel>);
        Ok(Host {
            ovsdb,
            libvirt,
            kernel,
            offline,
            editor: Arc::default(),
            #[cfg(feature = "embedded")]
            server: None,
        })
    }
}
