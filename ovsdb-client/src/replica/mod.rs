//! A local copy of tables, kept equal to the server's.
//!
//! The [`Client`](crate::Client)'s task applies each update as one commit and publishes it as one immutable
//! [`Snapshot`]. Readers never wait for it nor it for them: taking a snapshot copies one pointer, and a [`Watch`]
//! that falls behind gets one [`Event::Resync`] with the difference instead of the commits that it missed.

mod filter;
mod handle;
mod index;
mod selection;
mod store;
mod view;
mod watch;
mod writer;

pub use handle::Replica;
pub use selection::{Selection, TableSelection};
pub use store::{Rows, Snapshot};
pub use view::TableView;
pub use watch::{Change, Commit, Event, Resync, ResyncReason, TypedChange, Watch};

pub(crate) use handle::{Lease, Shared};
pub(crate) use selection::Conditions;
pub(crate) use writer::{Filling, Inconsistent, Version, Writer};
