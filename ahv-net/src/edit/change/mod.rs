//! What a plan does, as plain values: each knows what undoes it, and can be written to disk.

mod kind;
mod network;
mod nic;
mod row;

pub use kind::Change;
pub use network::{NetworkChange, NetworkState};
pub use nic::{FragmentChange, NicChange};
pub use row::{ColumnEdit, Columns, RowChange, RowEdit, RowId};

pub(crate) use row::{is_planned, rows_in};
