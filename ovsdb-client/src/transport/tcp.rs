//! `tcp:`

use tokio::net::TcpStream;

use super::{dial::io_error, remote::Remote};
use crate::error::Error;

/// Opens a TCP connection that sends small messages at once.
pub(super) async fn dial(remote: &Remote, host: &str, port: u16) -> Result<TcpStream, Error> {
    let stream = TcpStream::connect((host, port))
        .await
        .map_err(|error| io_error(remote, error))?;
    stream
        .set_nodelay(true)
        .map_err(|error| io_error(remote, error))?;
    Ok(stream)
}
