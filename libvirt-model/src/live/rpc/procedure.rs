//! The numbers of the protocol's procedures that are used, with the names that errors call them by.

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
    DomainGetXmlDesc = 14,
    DomainGetState = 212,
    ConnectListAllNetworks = 283,
    NetworkGetXmlDesc = 43,
    ConnectDomainEventCallbackRegisterAny = 316,
    ConnectDomainEventCallbackDeregisterAny = 317,
    ConnectNetworkEventRegisterAny = 313,
    ConnectNetworkEventDeregisterAny = 314,
    NetworkEventLifecycle = 315,
    DomainEventCallbackLifecycle = 318,
    DomainEventCallbackDeviceRemoved = 333,
    DomainEventCallbackAgentLifecycle = 348,
    DomainEventCallbackDeviceAdded = 354,
    DomainEventCallbackDeviceRemovalFailed = 367,
    DomainEventCallbackMetadataChange = 379,
    ConnectEventConnectionClosed = 362,
    ConnectRegisterCloseCallback = 360,
}
