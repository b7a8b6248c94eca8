//! `<bandwidth>`: rate limits.

use crate::record::record;

record! {
    /// `<bandwidth>`: the limits of each direction, seen from the guest.
    #[derive(Default)]
    Bandwidth {
        children {
            /// Towards the guest (or, for a network, towards its guests).
            inbound: Option<Rate> = "inbound",
            /// From the guest.
            outbound: Option<Rate> = "outbound",
        }
    }
}

record! {
    /// `<inbound>` or `<outbound>`.
    #[derive(Default)]
    Rate {
        attributes {
            /// Average rate in KiB/s.
            average: Option<u32> = "average",
            /// Peak rate in KiB/s.
            peak: Option<u32> = "peak",
            /// What may be sent at the peak rate at once, in KiB.
            burst: Option<u32> = "burst",
            /// What is guaranteed, in KiB/s; inbound only.
            floor: Option<u32> = "floor",
        }
    }
}
