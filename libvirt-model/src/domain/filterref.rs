//! `<filterref>`: the packet filter of a NIC.

use crate::record::record;

record! {
    /// `<filterref>`.
    FilterRef {
        attributes {
            /// The nwfilter.
            filter: String = "filter",
        }
        children {
            /// Its variables.
            parameters: Vec<FilterParameter> = "parameter",
        }
    }
}

record! {
    /// `<parameter>` of a [`FilterRef`]; a name may come several times, for several values.
    FilterParameter {
        attributes {
            /// The variable.
            name: String = "name",
            /// A value of it.
            value: String = "value",
        }
    }
}
