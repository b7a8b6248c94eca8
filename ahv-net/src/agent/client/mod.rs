//! An agent as its users see it: a [`Facade`](crate::Facade).

mod call;
mod connection;
mod facade;
mod options;
mod url;
mod watch;

pub use connection::Client;
pub use options::ClientOptions;
