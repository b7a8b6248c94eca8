//! Peers that are not there, or not what they should be: one clear sentence each.

use std::time::Duration;

use ovsdb_client::{Client, Error, UnreachableReason};
use test_support::Suite;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
};

use crate::support::{Failed, case, real};

/// Connects to a peer that sends `answer` once it has been asked something, then stays silent or closes.
async fn connect_to(answer: &'static [u8], closes: bool) -> Result<Error, Failed> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("db.sock");
    let listener = UnixListener::bind(&path)?;
    let peer = async {
        let (mut stream, _) = listener.accept().await?;
        let mut request = [0; 1024];
        let _asked = stream.read(&mut request).await?;
        stream.write_all(answer).await?;
        if !closes {
            std::future::pending::<()>().await;
        }
        Ok::<(), std::io::Error>(())
    };
    let connect = Client::builder()
        .remotes(format!("unix:{}", path.display()))
        .handshake_limit(Duration::from_millis(300))
        .max_message_bytes(10_000)
        .connect();
    tokio::pin!(connect);
    tokio::select! {
        connected = &mut connect => match connected {
            Ok(_) => Err("it connected".into()),
            Err(error) => Ok(error),
        },
        peer = peer => {
            peer?;
            Ok(connect.await.err().ok_or("it connected")?)
        }
    }
}

pub(crate) fn add_to(suite: &mut Suite) {
    case(suite, "nothing_listens", || async {
        let error = Client::connect("unix:/nowhere/db.sock")
            .await
            .err()
            .ok_or("it connected")?;
        assert_eq!(
            error.to_string(),
            "cannot reach unix:/nowhere/db.sock: there is no such socket: is ovsdb-server running?"
        );
        assert!(error.is_unreachable());
        let error = Client::connect("/nowhere/db.sock")
            .await
            .err()
            .ok_or("it connected")?;
        assert!(matches!(error, Error::Config(_)), "{error}");
        Ok(())
    });

    case(suite, "a_peer_that_speaks_something_else", || async {
        let error = connect_to(b"HTTP/1.1 400 Bad Request\r\n", false).await?;
        assert!(
            error
                .to_string()
                .contains("a message begins with 'H', not with an object"),
            "{error}"
        );
        Ok(())
    });

    case(suite, "half_a_message_then_silence", || async {
        let error = connect_to(b"{\"id\":-1,\"resu", false).await?;
        assert!(error.is_timeout(), "{error}");
        assert!(
            error.to_string().contains("sent no complete answer within 0.3 s"),
            "{error}"
        );
        Ok(())
    });

    case(suite, "half_a_message_then_the_end", || async {
        let error = connect_to(b"{\"id\":-1,\"resu", true).await?;
        let Error::Unreachable { reason, .. } = &error else {
            panic!("{error}")
        };
        assert!(
            matches!(reason, UnreachableReason::ClosedByPeer | UnreachableReason::Io(_)),
            "{error}"
        );
        Ok(())
    });

    case(suite, "a_message_over_its_bound", || async {
        static LONG: [u8; 20_000] = {
            let mut long = [b' '; 20_000];
            long[0] = b'{';
            long
        };
        let error = connect_to(&LONG, false).await?;
        assert!(
            error.to_string().contains("longer than the bound of 10000 bytes"),
            "{error}"
        );
        Ok(())
    });

    case(suite, "an_answer_that_is_no_answer", || async {
        let error = connect_to(b"{\"id\":-1,\"result\":{\"a\":1},\"error\":null}", false).await?;
        assert!(matches!(error, Error::PeerMisbehaved { .. }), "{error}");
        assert!(error.to_string().contains("list_dbs"), "{error}");
        Ok(())
    });

    real(suite, "a_database_that_is_not_there", |server| async move {
        let server = server.vswitch().start()?;
        let error = Client::builder()
            .remotes(server.remote())
            .database("OVN_Northbound")
            .connect()
            .await
            .err()
            .ok_or("it connected")?;
        assert!(
            error
                .to_string()
                .ends_with("has no database OVN_Northbound; it has Open_vSwitch, _Server"),
            "{error}"
        );
        Ok(())
    });
}
