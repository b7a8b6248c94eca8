//! The numbers of the protocol's procedures that are used, with the names that errors call them by.
//!
//! What is not here, and what stands for it:
//!
//! | procedure | instead |
//! |---|---|
//! | `ConnectClose` (2), `ConnectUnregisterCloseCallback` (361) | the socket is closed, upon which libvirtd forgets the client and its callbacks |
//! | `ConnectNetworkEventDeregisterAny` (314), `ConnectDomainEventCallbackDeregisterAny` (317) | the callbacks stay as long as the session, as followers come and go; events that nobody follows are dropped here |
//! | `DomainIsActive` (150) | the id in the reply of every lookup, which is -1 for a domain that is off |
//! | `InterfaceLookupByName` (128) | `ConnectListAllInterfaces`, whose name and MAC address are all that a handle holds |

/// Declares the procedures.
macro_rules! procedures {
    ($($name:ident = $number:literal,)+) => {
        /// A procedure of libvirt's remote program; its `Display` is its name in the protocol.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) enum Procedure {
            $($name = $number,)+
        }

        impl Procedure {
            pub(super) fn number(self) -> i32 {
                self as i32
            }

            pub(super) fn of(number: i32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for Procedure {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$name => stringify!($name),)+ })
            }
        }
    };
}

procedures! {
    ConnectOpen = 1,
    ConnectGetType = 3,
    ConnectGetVersion = 4,
    ConnectGetHostname = 59,
    ConnectSupportsFeature = 60,
    AuthList = 66,
    AuthPolkit = 70,
    ConnectGetUri = 110,
    ConnectGetLibVersion = 157,
    ConnectListAllDomains = 273,
    DomainLookupById = 22,
    DomainLookupByUuid = 24,
    DomainIsPersistent = 151,
    DomainGetAutostart = 15,
    NetworkLookupByUuid = 47,
    NetworkIsActive = 152,
    NetworkIsPersistent = 153,
    NetworkGetAutostart = 44,
    DomainGetXmlDesc = 14,
    DomainGetState = 212,
    ConnectListAllNetworks = 283,
    NetworkGetXmlDesc = 43,
    ConnectDomainEventCallbackRegisterAny = 316,
    ConnectNetworkEventRegisterAny = 313,
    NetworkEventLifecycle = 315,
    DomainEventCallbackLifecycle = 318,
    DomainEventCallbackDeviceRemoved = 333,
    DomainEventCallbackAgentLifecycle = 348,
    DomainEventCallbackDeviceAdded = 354,
    DomainEventCallbackDeviceRemovalFailed = 367,
    DomainEventCallbackMetadataChange = 379,
    ConnectEventConnectionClosed = 362,
    DomainCreate = 9,
    DomainDestroy = 12,
    DomainResume = 28,
    DomainSetAutostart = 29,
    DomainSuspend = 34,
    DomainUndefineFlags = 231,
    DomainAttachDeviceFlags = 160,
    DomainDetachDeviceFlags = 161,
    DomainUpdateDeviceFlags = 174,
    DomainDefineXmlFlags = 350,
    DomainInterfaceAddresses = 353,
    DomainInterfaceStats = 65,
    DomainGetMetadata = 265,
    DomainSetMetadata = 264,
    DomainHasManagedSaveImage = 183,
    DomainManagedSaveGetXmlDesc = 388,
    DomainManagedSaveDefineXml = 389,
    NetworkCreate = 39,
    NetworkCreateXml = 40,
    NetworkDefineXml = 41,
    NetworkDefineXmlFlags = 432,
    NetworkDestroy = 42,
    NetworkSetAutostart = 48,
    NetworkUndefine = 49,
    NetworkUpdate = 291,
    NetworkGetDhcpLeases = 341,
    NetworkListAllPorts = 404,
    NetworkPortGetXmlDesc = 409,
    ConnectGetCapabilities = 7,
    ConnectRegisterCloseCallback = 360,
    ConnectGetAllDomainStats = 344,
    ConnectListAllInterfaces = 284,
    InterfaceGetXmlDesc = 130,
    ConnectListAllNwfilters = 286,
    NwfilterGetXmlDesc = 177,
    ConnectListAllNwfilterBindings = 401,
    DomainLookupByName = 23,
    DomainIsUpdated = 202,
    DomainDetachDeviceAlias = 392,
    DomainGetInterfaceParameters = 257,
    DomainSetInterfaceParameters = 256,
    NetworkLookupByName = 46,
    NetworkGetBridgeName = 45,
    NetworkGetMetadata = 445,
    NetworkSetMetadata = 444,
}
