//! What a user gets who names a source that is not there, not allowed, or not what it should be: exit
//! code 1 and one sentence that says what to do, in bounded time.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use test_support::{OvsdbServer, Suite, Unavailable};

use crate::command::{Example, Ran};

/// Longer than any deadline of a connection attempt, shorter than a hang.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a hostile peer may send before it is given up on as unbounded.
const FLOOD: usize = 2 << 30;

pub(crate) fn cases(suite: &mut Suite) {
    nobody_there(suite);
    not_allowed(suite);
    not_what_it_should_be(suite);
    typing_errors(suite);
    misused(suite);
    out_of_place(suite);
}

fn nobody_there(suite: &mut Suite) {
    refused(
        suite,
        "a unix socket that is not there",
        &["--ovsdb", "unix:/nonexistent/db.sock"],
        &["/nonexistent/db.sock", "ovsdb-server"],
    );
    refused(
        suite,
        "a libvirt socket that is not there",
        &[
            "--libvirt",
            "qemu+unix:///system?socket=/nonexistent/libvirt-sock",
        ],
        &["/nonexistent/libvirt-sock", "libvirtd"],
    );
    refused(
        suite,
        "a namespace that is not there",
        &["--kernel", "netns:/nonexistent/ns"],
        &["/nonexistent/ns"],
    );
    suite.case_with(
        "bad input: a FIFO in place of a namespace",
        Example::available("show"),
        |show| {
            let directory = tempfile::tempdir()?;
            let fifo = directory.path().join("fifo");
            let made = Command::new("mkfifo").arg(&fifo).status()?;
            assert!(made.success());
            let fifo = fifo.display().to_string();
            show.run(&["--kernel", &format!("netns:{fifo}")])?
                .refused_with(&[&fifo, "namespace"]);
            Ok(())
        },
    );
    suite.case_with(
        "bad input: a file in place of a socket",
        Example::available("show"),
        |show| {
            let directory = tempfile::tempdir()?;
            let file = directory.path().join("conf.db");
            fs::write(&file, "OVSDB JSON 5 00\n")?;
            let file = file.display().to_string();
            show.run(&["--ovsdb", &format!("unix:{file}")])?.refused_with(&[
                &file,
                "a regular file and no socket",
                "db.sock",
            ]);
            show.run(&["--libvirt", &format!("qemu+unix:///system?socket={file}")])?
                .refused_with(&[&file, "no socket", "libvirt-sock"]);
            Ok(())
        },
    );
    suite.case_with(
        "bad input: captures that are none",
        Example::available("show"),
        |show| {
            let directory = tempfile::tempdir()?;
            let place = directory.path().display().to_string();
            show.run(&["--offline", &place])?
                .refused_with(&[&place, "there is no file", "ovs-vsctl show"]);
            fs::write(directory.path().join("README.md"), "# A host\n\n    Bridge br0\n")?;
            show.run(&["--offline", &place])?.refused_with(&[
                &place,
                "README.md: a page of Markdown",
                "ovs-vsctl show",
            ]);
            Ok(())
        },
    );
    suite.case_with(
        "bad input: a TCP port where nobody listens",
        Example::available("show"),
        |show| {
            // Bound and dropped: nobody else has been given that port in the meantime.
            let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
            show.run(&["--ovsdb", &format!("tcp:{address}")])?
                .refused_with(&[&address.to_string()]);
            Ok(())
        },
    );
}

fn refused(suite: &mut Suite, name: &str, arguments: &'static [&str], words: &'static [&str]) {
    suite.case_with(
        format!("bad input: {name}"),
        Example::available("show"),
        move |show| {
            show.run(arguments)?.refused_with(words);
            Ok(())
        },
    );
}

/// How a flag names the socket at a path.
type Address = fn(&str) -> String;

/// Root may open every socket, so these run the example as another user, from a place that user can read.
fn not_allowed(suite: &mut Suite) {
    let cases: [(&str, &str, Address, &[&str]); 2] = [
        (
            "an OVSDB socket without permission",
            "--ovsdb",
            |path| format!("unix:{path}"),
            &["ermission", "root"],
        ),
        (
            "a libvirt socket without permission",
            "--libvirt",
            |path| format!("qemu+unix:///system?socket={path}"),
            &["ermission", "group `libvirt`"],
        ),
    ];
    for (name, flag, address, words) in cases {
        let show = Example::available("show").and_then(|show| match fs::metadata("/proc/self") {
            Ok(own) if std::os::unix::fs::MetadataExt::uid(&own) == 0 => Ok(show),
            _ => Err(Unavailable::Missing("root, to become another user".to_owned())),
        });
        suite.case_with(format!("bad input: {name}"), show, move |show| {
            let directory = tempfile::tempdir()?;
            fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755))?;
            let binary = directory.path().join("show");
            // By a process of its own: were the copy open here for writing while another case starts a program,
            // that program would inherit it, and a file that is open for writing cannot be run.
            let copied = Command::new("cp").arg(show.path()).arg(&binary).status()?;
            assert!(copied.success());
            fs::set_permissions(&binary, fs::Permissions::from_mode(0o755))?;
            let socket = directory.path().join("socket");
            let _listener = UnixListener::bind(&socket)?;
            fs::set_permissions(&socket, fs::Permissions::from_mode(0o600))?;
            let path = socket.display().to_string();
            let output = Command::new(&binary)
                .args([flag, &address(&path)])
                .uid(65534)
                .gid(65534)
                .output()?;
            let ran = Ran::from(output);
            ran.refused_with(words);
            ran.refused_with(&[&path]);
            Ok(())
        });
    }
}

fn not_what_it_should_be(suite: &mut Suite) {
    let both = Example::available("show").and_then(|show| Ok((show, OvsdbServer::available()?)));
    suite.case_with(
        "bad input: a server without the Open_vSwitch database",
        both,
        |(show, server)| {
            let schema =
                r#"{"name":"Other","version":"1.0.0","tables":{"T":{"columns":{"c":{"type":"integer"}}}}}"#;
            let server = server.schema_text(schema).start()?;
            show.run(&["--ovsdb", &server.remote()])?
                .refused_with(&["Open_vSwitch", "Other"]);
            Ok(())
        },
    );
    let peers: [(&str, Play); 8] = [
        ("updates without an end", |peer| {
            flood(peer, b"{\"method\":\"update\",\"params\":[null,{}],\"id\":null}")
        }),
        ("probes without an end", |peer| {
            flood(
                peer,
                b"{\"method\":\"echo\",\"params\":[\"0123456789abcdef\"],\"id\":\"x\"}",
            )
        }),
        ("a byte a second", |peer| {
            for byte in b"{\"id\":0,\"error\":null,\"result\":[\"Open_vSwitch\",\"_Server\"]}"
                .iter()
                .cycle()
            {
                if peer.write_all(&[*byte]).is_err() {
                    return Ok(());
                }
                wait_a_second(peer);
            }
            Ok(())
        }),
        ("a peer that speaks HTTP", |peer| {
            answer(peer, b"HTTP/1.1 400 Bad Request\r\n\r\n")
        }),
        ("a peer that sends zeros", |peer| answer(peer, &[0; 64])),
        ("a peer that closes at once", |_| Ok(())),
        ("half a message and then silence", |peer| {
            answer(peer, b"{\"id\":0,\"error\":nu")?;
            wait_for_close(peer)
        }),
        ("a message without an end", |peer| {
            answer(peer, b"{\"id\":0,\"error\":null,\"result\":\"")?;
            let block = [b'a'; 1 << 16];
            for _ in 0..FLOOD / block.len() {
                if peer.write_all(&block).is_err() {
                    return Ok(());
                }
            }
            Err(io::Error::other("the client read everything there was"))
        }),
    ];
    for (name, play) in peers {
        suite.case_with(
            format!("bad input: OVSDB: {name}"),
            Example::available("show"),
            move |show| {
                let (address, peer) = hostile(play)?;
                let ran = show.run(&["--ovsdb", &format!("tcp:{address}")])?;
                ran.refused_with(&[&address]);
                assert!(ran.took < PATIENCE, "{ran:?}");
                peer.join().map_err(|_| "the peer panicked")??;
                Ok(())
            },
        );
    }
    let daemons: [(&str, Play); 4] = [
        ("a daemon that speaks HTTP", |peer| {
            answer(peer, b"HTTP/1.1 400 Bad Request\r\n\r\n")
        }),
        ("a daemon that closes at once", |_| Ok(())),
        ("a length over the protocol's bound", |peer| {
            answer(peer, &[0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])
        }),
        ("a daemon that says nothing", wait_for_close),
    ];
    for (name, play) in daemons {
        suite.case_with(
            format!("bad input: libvirt: {name}"),
            Example::available("show"),
            move |show| {
                let directory = tempfile::tempdir()?;
                let socket = directory.path().join("libvirt-sock");
                let peer = play_once(UnixListener::bind(&socket)?, play);
                let path = socket.display().to_string();
                let ran = show.run(&["--libvirt", &format!("qemu+unix:///system?socket={path}")])?;
                ran.refused_with(&[&path]);
                assert!(ran.took < PATIENCE, "{ran:?}");
                peer.join().map_err(|_| "the peer panicked")??;
                Ok(())
            },
        );
    }
}

fn typing_errors(suite: &mut Suite) {
    let cases: [(&str, &[&str], &str); 6] = [
        ("an unknown flag", &["--ovsdbb", "unix:/x"], "--ovsdb"),
        ("a flag without its value", &["--ovsdb"], "--ovsdb"),
        (
            "an unknown place for the kernel",
            &["--kernel", "remote"],
            "netns:",
        ),
        ("an unknown format", &["--format", "yaml"], "json"),
        (
            "a remote of no known kind",
            &["--ovsdb", "/var/run/openvswitch/db.sock"],
            "unix:",
        ),
        (
            "a URI of no known kind",
            &["--libvirt", "nonsense"],
            "qemu:///system",
        ),
    ];
    for (name, arguments, word) in cases {
        suite.case_with(
            format!("bad usage: {name}"),
            Example::available("show"),
            move |show| {
                let ran = show.run(arguments)?;
                assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
                assert!(ran.stderr.contains(word), "{word:?} is not in {:?}", ran.stderr);
                Ok(())
            },
        );
    }
}

/// Commands that name what makes no sense, or leave out what is needed: exit code 2, and nothing is looked at.
fn misused(suite: &mut Suite) {
    let cases: [(&str, &[&str], &[&str]); 10] = [
        ("set_bond", &["bond0", "--uplinks", "eth2,"], &["--uplinks"]),
        (
            "mirror",
            &["br0", "m0", "--ports", "", "--output-vlan", "5"],
            &["--ports"],
        ),
        ("set_sflow", &["br0", "--targets", ""], &["--targets"]),
        (
            "apply",
            &["../README.md"],
            &["no desired state", "docs/desired-state.json"],
        ),
        ("set_bond", &["bond0"], &["--uplinks", "--mode"]),
        (
            "set_bond",
            &["bond0", "--bridge", "br0"],
            &["--uplinks", "--mode"],
        ),
        ("set_bridge", &["br0"], &["--fail-mode", "--stp"]),
        (
            "set_vlan",
            &["tap345", "--trunk", ""],
            &["names no VLAN", "1,5-9", "--clear"],
        ),
        (
            "set_vlan",
            &["tap345", "--access", ""],
            &["\"\" is no VLAN", "0 to 4095"],
        ),
        (
            "define_network",
            &[
                "guests",
                "--bridge",
                "br0",
                "--portgroup",
                "a=5",
                "--default",
                "b",
            ],
            &["--default b", "--portgroup b=VLAN", "set_portgroup"],
        ),
    ];
    for (example, arguments, words) in cases {
        suite.case_with(
            format!("bad usage: {example} {}", arguments.join(" ")),
            Example::available(example),
            move |example| {
                let ran = example.run(arguments)?;
                assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
                for word in words {
                    assert!(ran.stderr.contains(word), "{word:?} is not in {:?}", ran.stderr);
                }
                Ok(())
            },
        );
    }
}

/// Commands that make no sense where they are run: exit code 1, one sentence that says what to do.
fn out_of_place(suite: &mut Suite) {
    const CAPTURES: &str = "../tests/golden/reference-host";
    let cases: [(&str, &[&str], &[&str]); 8] = [
        (
            "watch",
            &["--offline", CAPTURES, "--for", "5s"],
            &[CAPTURES, "do not change", "diff"],
        ),
        (
            "confirm",
            &["--offline", CAPTURES],
            &["no host that is edited", "--local"],
        ),
        ("confirm", &[], &["embedded host", "the same sources and --state"]),
        ("revert", &[], &["embedded host", "the same sources and --state"]),
        ("recover", &[], &["embedded host", "the same sources and --state"]),
        (
            "mtu",
            &["eth2", "9000"],
            &[
                "Open vSwitch 2.1.3",
                "schema 7.4.0",
                "schema 7.14.0",
                "ip link set dev",
            ],
        ),
        (
            "set_bridge",
            &["br0", "--rstp", "true"],
            &["Bridge.rstp_enable", "2.1.3", "leave out"],
        ),
        (
            "set_vlan",
            &["tap345", "--access", "5", "--offline", CAPTURES],
            &["the host itself", "--local", "captures"],
        ),
    ];
    for (example, arguments, words) in cases {
        suite.case_with(
            format!("out of place: {example} {}", arguments.join(" ")),
            Example::available(example),
            move |example| {
                let ran = example.run(arguments)?;
                assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
                let said = ran
                    .stderr
                    .lines()
                    .filter(|line| !line.starts_with("No source is named"));
                let said: Vec<&str> = said.collect();
                assert_eq!(said.len(), 1, "{ran:?}");
                for word in words {
                    assert!(ran.stderr.contains(word), "{word:?} is not in {:?}", ran.stderr);
                }
                Ok(())
            },
        );
    }
}

/// A stream of either kind, towards the client.
trait Peer: Read + Write + Send {}
impl<T: Read + Write + Send> Peer for T {}

/// What a hostile peer does with one connection.
type Play = fn(&mut dyn Peer) -> io::Result<()>;

fn hostile(play: Play) -> io::Result<(String, JoinHandle<io::Result<()>>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let thread = thread::spawn(move || {
        let mut stream = listener.accept()?.0;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        play(&mut stream)
    });
    Ok((address, thread))
}

fn play_once(listener: UnixListener, play: Play) -> JoinHandle<io::Result<()>> {
    thread::spawn(move || play(&mut listener.accept()?.0))
}

/// Sends `bytes` after the client's first ones, and closes.
fn answer(peer: &mut dyn Peer, bytes: &[u8]) -> io::Result<()> {
    let mut request = [0; 4096];
    let _ = peer.read(&mut request)?;
    peer.write_all(bytes)
}

/// Sends `message` again and again, whatever the client does, until it closes.
fn flood(peer: &mut dyn Peer, message: &[u8]) -> io::Result<()> {
    let block = message.repeat((1 << 16) / message.len());
    // The client's answers fill the buffers and then nobody reads them, which must not stop us either.
    loop {
        if peer.write_all(&block).is_err() {
            return Ok(());
        }
    }
}

/// Waits for what does not come: the client has nothing to say.
fn wait_a_second(peer: &mut dyn Peer) {
    let _ = peer.read(&mut [0; 4096]);
}

fn wait_for_close(peer: &mut dyn Peer) -> io::Result<()> {
    let mut sink = [0; 4096];
    loop {
        match peer.read(&mut sink) {
            Ok(0) => return Ok(()),
            Err(error) if !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                // A reset is a close as well.
                return Ok(());
            }
            _ => {}
        }
    }
}
