//! A server that knows only what Open vSwitch 2.1.3 knows.

use std::path::PathBuf;

use bytes::Bytes;
use ovsdb_client::{
    Client,
    replica::{Selection, TableSelection},
    transport::Codec,
    vswitch::{self, Bridge, Port, Queue},
    wire::{ErrorKind, Message, OvsdbError, print_error},
};
use test_support::Suite;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

use crate::support::{Checked, SOON, add_bridge, commit, operation, real};

const KNOWN: [&str; 10] = [
    "list_dbs",
    "get_schema",
    "transact",
    "cancel",
    "monitor",
    "monitor_cancel",
    "lock",
    "steal",
    "unlock",
    "echo",
];

/// Stands before a real server and answers "unknown method" to all that 2.1.3 lacks.
async fn serve_as_2_1_3(listener: UnixListener, server: PathBuf) -> Checked {
    loop {
        let (client, _) = listener.accept().await?;
        let (mut from_server, mut to_server) = UnixStream::connect(&server).await?.into_split();
        let (mut from_client, mut to_client) = client.into_split();
        let mut codec = Codec::new(1 << 20);
        let (sender, mut replies) = tokio::sync::mpsc::unbounded_channel::<Vec<u8>>();
        let requests = async {
            while from_client.read_buf(codec.buffer()).await? > 0 {
                while let Some(message) = codec.next_message()? {
                    match refuse(&message) {
                        Some(refusal) => sender.send(refusal)?,
                        None => to_server.write_all(&message).await?,
                    }
                }
            }
            Checked::Ok(())
        };
        let answers = async {
            let mut buffer = vec![0; 65536];
            loop {
                tokio::select! {
                    count = from_server.read(&mut buffer) => match count? {
                        0 => return Checked::Ok(()),
                        count => to_client.write_all(buffer.get(..count).unwrap_or_default()).await?,
                    },
                    // Replies of the server are small here and arrive whole, so nothing is cut in two.
                    Some(refusal) = replies.recv() => to_client.write_all(&refusal).await?,
                }
            }
        };
        tokio::select! { ended = requests => ended?, ended = answers => ended? }
    }
}

fn refuse(message: &Bytes) -> Option<Vec<u8>> {
    match Message::parse(message) {
        Ok(Message::Request { id, method, .. }) if !KNOWN.contains(&method.as_ref()) => {
            let mut refusal = Vec::new();
            print_error(&mut refusal, &id, &OvsdbError::bare(&ErrorKind::UnknownMethod)).ok()?;
            Some(refusal)
        }
        _ => None,
    }
}

pub(crate) fn add_to(suite: &mut Suite) {
    real(
        suite,
        "trap_17_a_server_of_2_1_3_has_only_monitor",
        |server| async move {
            let old = vswitch::schema(vswitch::FIRST_VERSION)?;
            let server = server.schema_text(serde_json::to_string(&old)?).start()?;
            let directory = tempfile::tempdir()?;
            let path = directory.path().join("old.sock");
            let listener = UnixListener::bind(&path)?;
            let socket = server.socket();
            // The case sees its connection end when the proxy does.
            let proxy = tokio::task::spawn(async move { serve_as_2_1_3(listener, socket).await.is_ok() });
            let client = Client::connect(&format!("unix:{}", path.display())).await?;
            commit(&client, &add_bridge("br0", &[("a", Some(1)), ("b", Some(2))])).await?;
            let replica = client
                .monitor(Selection::new().table::<Port>().table::<Bridge>())
                .await?;
            assert_eq!(replica.snapshot().count::<Port>()?, 3);
            // Conditions are evaluated here.
            let some =
                Selection::new().with(TableSelection::<Port>::new().rows_where(Port::TAG.equals(Some(1))));
            let ones = client.monitor(some).await?;
            assert_eq!(ones.snapshot().count::<Port>()?, 1);
            let retag = r#"{"op":"update","table":"Port","where":[["name","==","b"]],"row":{"tag":1}}"#;
            commit(&client, &[operation(retag)]).await?;
            assert_eq!(ones.snapshot().count::<Port>()?, 2);
            let retag =
                r#"{"op":"update","table":"Port","where":[["name","==","a"]],"row":{"tag":["set",[]]}}"#;
            commit(&client, &[operation(retag)]).await?;
            assert_eq!(ones.snapshot().count::<Port>()?, 1);
            assert_eq!(
                replica.snapshot().find(Port::NAME, "a")?.ok_or("no a")?.tag()?,
                None
            );
            let others =
                Selection::new().with(TableSelection::<Port>::new().rows_where(Port::NAME.equals("a")));
            ones.set_conditions(&others).await?;
            let names: Vec<_> = ones
                .snapshot()
                .rows::<Port>()?
                .map(|port| port.name())
                .collect::<Result<_, _>>()?;
            assert_eq!(names, ["a".into()]);
            server.vsctl(&["del-port", "br0", "b"])?;
            replica
                .wait_for(SOON, |snapshot| {
                    (snapshot.count::<Port>().ok()? == 2).then_some(())
                })
                .await?;
            proxy.abort();
            Ok(())
        },
    );

    real(
        suite,
        "what_is_written_while_conditions_change_on_a_server_without_them_is_read",
        |server| async move {
            let server = server.vswitch().start()?;
            let directory = tempfile::tempdir()?;
            let path = directory.path().join("old.sock");
            let listener = UnixListener::bind(&path)?;
            let socket = server.socket();
            // The case sees its connection end when the proxy does.
            let proxy = tokio::task::spawn(async move { serve_as_2_1_3(listener, socket).await.is_ok() });
            let client = Client::connect(&format!("unix:{}", path.display())).await?;
            let every = Selection::new().table::<Queue>();
            let replica = client.monitor(every.clone()).await?;
            for count in 1..=50 {
                let write = async {
                    commit(
                        &client,
                        &[operation(r#"{"op":"insert","table":"Queue","row":{}}"#)],
                    )
                    .await?;
                    assert_eq!(replica.snapshot().count::<Queue>()?, count);
                    Checked::Ok(())
                };
                let (written, changed) = tokio::join!(write, replica.set_conditions(&every));
                written?;
                changed?;
            }
            proxy.abort();
            Ok(())
        },
    );
}
