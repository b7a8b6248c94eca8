//! A client that speaks to a script in this process.

use ovsdb_client::{
    Client,
    server::{ScriptedPeer, ScriptedServer},
    vswitch::{self, NEWEST_VERSION},
};

/// A client that has the newest schema, its peer, and what runs both.
pub(crate) fn connected() -> (tokio::runtime::Runtime, Client, ScriptedPeer) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let schema = serde_json::to_string(&vswitch::schema(NEWEST_VERSION).unwrap()).unwrap();
    let (client, peer) = runtime.block_on(async {
        let mut server = ScriptedServer::new();
        let remote = server.remote().to_string();
        let (client, peer) = tokio::join!(
            Client::connect(&remote),
            server.accept_session("Open_vSwitch", &schema)
        );
        (client.unwrap(), peer.unwrap())
    });
    (runtime, client, peer)
}
