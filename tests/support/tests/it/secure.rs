//! TLS and WebSocket in front of a real server.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use test_support::{
    Certificates, Failure, Outcome, OvsdbServer, OvsdbServerBuilder, Suite, Tool, Websockify,
};

pub(crate) fn add_to(suite: &mut Suite) {
    let tls = || Tool::OPENSSL.find().and_then(|_| OvsdbServer::available());
    suite.case_with("serves TLS to a client with a certificate", tls(), serves_tls);
    suite.case_with("keeps tcp and ssl apart over a restart", tls(), both_listeners);
    let websocket = || Tool::WEBSOCKIFY.find().and_then(|_| OvsdbServer::available());
    suite.case_with("websockify upgrades a connection", websocket(), upgrades);
}

fn list_over_tls(server: &OvsdbServer, certificates: &Certificates) -> Result<String, Failure> {
    let key = format!("--private-key={}", certificates.client_key().display());
    let certificate = format!("--certificate={}", certificates.client_certificate().display());
    let authority = format!("--ca-cert={}", certificates.authority().display());
    let remote = server.ssl_remote().expect("ssl was asked for");
    server.client(&[&key, &certificate, &authority, "list-dbs", &remote])
}

fn serves_tls(ovsdb: OvsdbServerBuilder) -> Outcome {
    let certificates = Certificates::make()?;
    let server = ovsdb.vswitch().ssl(&certificates).start()?;
    assert!(list_over_tls(&server, &certificates)?.contains("Open_vSwitch"));
    // A client of another authority is refused.
    let stranger = Certificates::make()?;
    assert!(list_over_tls(&server, &stranger).is_err());
    Ok(())
}

fn both_listeners(ovsdb: OvsdbServerBuilder) -> Outcome {
    let certificates = Certificates::make()?;
    let mut server = ovsdb.vswitch().tcp().ssl(&certificates).start()?;
    let before = (server.tcp_address(), server.ssl_address());
    assert_ne!(before.0, before.1);
    server.start_again()?;
    assert_eq!((server.tcp_address(), server.ssl_address()), before);
    assert!(list_over_tls(&server, &certificates)?.contains("Open_vSwitch"));
    let tcp = server.tcp_remote().expect("tcp was asked for");
    assert!(server.client(&["list-dbs", &tcp])?.contains("Open_vSwitch"));
    Ok(())
}

fn upgrades(ovsdb: OvsdbServerBuilder) -> Outcome {
    let server = ovsdb.vswitch().start()?;
    let gate = Websockify::start(&server.socket(), None)?;
    assert!(gate.remote().starts_with("ws:127.0.0.1:"));
    let mut stream = TcpStream::connect(gate.address())?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
          Sec-WebSocket-Protocol: binary\r\n\r\n",
    )?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    assert_eq!(&answer, b"HTTP/1.1 101");
    Ok(())
}
