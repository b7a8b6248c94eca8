//! `<driver>` of an interface.

use crate::record::record;
use crate::vocab::OnOff;

record! {
    /// `<driver>`.
    #[derive(Default)]
    Driver {
        attributes {
            /// `vhost` or `qemu`; for `hostdev`, `vfio`, `kvm` or `xen`.
            name: Option<String> = "name",
            /// For `hostdev`: a kernel module of the vendor's.
            model: Option<String> = "model",
            /// How transmit buffers are flushed: `iothread` or `timer`.
            txmode: Option<String> = "txmode",
            /// Whether I/O is handled outside the guest's CPU thread.
            ioeventfd: Option<OnOff> = "ioeventfd",
            /// Whether fewer interrupts are raised.
            event_idx: Option<OnOff> = "event_idx",
            /// How many queues there are.
            queues: Option<u32> = "queues",
            /// The slots of each receive ring.
            rx_queue_size: Option<u32> = "rx_queue_size",
            /// The slots of each transmit ring.
            tx_queue_size: Option<u32> = "tx_queue_size",
            /// Whether receive-side scaling is on.
            rss: Option<OnOff> = "rss",
            /// Whether its hash is reported to the guest.
            rss_hash_report: Option<OnOff> = "rss_hash_report",
            /// Whether the device is behind a virtual IOMMU.
            iommu: Option<OnOff> = "iommu",
            /// Whether address translation services are on.
            ats: Option<OnOff> = "ats",
            /// Whether virtqueues are packed.
            packed: Option<OnOff> = "packed",
            /// Whether each queue has its own page.
            page_per_vq: Option<OnOff> = "page_per_vq",
        }
        children {
            /// What the host offloads.
            host: Option<Offloads> = "host",
            /// What the guest offloads.
            guest: Option<Offloads> = "guest",
        }
    }
}

record! {
    /// `<host>` or `<guest>` of a [`Driver`].
    #[derive(Default)]
    Offloads {
        attributes {
            /// Checksums.
            csum: Option<OnOff> = "csum",
            /// Generic segmentation; host only.
            gso: Option<OnOff> = "gso",
            /// TCP segmentation over IPv4.
            tso4: Option<OnOff> = "tso4",
            /// TCP segmentation over IPv6.
            tso6: Option<OnOff> = "tso6",
            /// Congestion notification.
            ecn: Option<OnOff> = "ecn",
            /// UDP fragmentation.
            ufo: Option<OnOff> = "ufo",
            /// Mergeable receive buffers; host only.
            mrg_rxbuf: Option<OnOff> = "mrg_rxbuf",
        }
    }
}
