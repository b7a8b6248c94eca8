use std::collections::BTreeSet;

use libvirt_model::vocab::VlanId;
use schemars::{Schema, SchemaGenerator};

use super::notice::Notice;
use super::report::CheckReport;
use super::scope::Scope;
use crate::apply::Report;
use crate::apply::journal::Entry;
use crate::edit::{Intent, Plan};
use crate::topology::diff::Difference;
use crate::topology::{Topology, Trace};

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A method, as it is described to those who call it; by this table it is also known who may.
pub(super) struct Method {
    pub(super) name: &'static str,
    pub(super) scope: Scope,
    pub(super) summary: &'static str,
    pub(super) params: &'static [Param],
    pub(super) result: SchemaOf,
    /// What it refuses or fails with, besides what every method may: kinds of [`Fault`](super::Fault).
    pub(super) faults: &'static [&'static str],
    /// Whether it is there over WebSocket alone.
    pub(super) is_subscription: bool,
}

/// A parameter, which goes by its name.
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) is_required: bool,
    pub(super) summary: &'static str,
    pub(super) schema: SchemaOf,
}

/// What every method may fail with.
pub(super) const EVERYWHERE: &[&str] = &["unauthorized", "too-many", "invalid", "host", "internal"];

const EDIT: &[&str] = &[
    "forbidden",
    "stopping",
    "busy",
    "unfinished",
    "nothing",
    "journal",
];

const ID: Param = Param {
    name: "id",
    is_required: false,
    summary: "Which edit, as `apply` named it.",
    schema: |g| g.subschema_for::<String>(),
};

/// Every method.
pub(super) const METHODS: &[Method] = &[
    Method {
        name: "show",
        scope: Scope::Read,
        summary: "The joined picture of the host, as it is now.",
        params: &[],
        result: |g| g.subschema_for::<Topology>(),
        faults: &[],
        is_subscription: false,
    },
    Method {
        name: "trace",
        scope: Scope::Read,
        summary: "Follows a frame from a NIC to every way out of the host.",
        params: &[
            Param {
                name: "start",
                is_required: true,
                summary: "A NIC's MAC, DOMAIN/MAC, or the name of a port.",
                schema: |g| g.subschema_for::<String>(),
            },
            Param {
                name: "vlan",
                is_required: false,
                summary: "The VLAN that the guest itself puts on the frame.",
                schema: |g| g.subschema_for::<VlanId>(),
            },
        ],
        result: |g| g.subschema_for::<Trace>(),
        faults: &[],
        is_subscription: false,
    },
    Method {
        name: "check",
        scope: Scope::Read,
        summary: "What is wrong with the network of the host, why that matters, and the commands that mend it.",
        params: &[],
        result: |g| g.subschema_for::<CheckReport>(),
        faults: &[],
        is_subscription: false,
    },
    Method {
        name: "diff",
        scope: Scope::Read,
        summary: "How two pictures differ.",
        params: &[
            Param {
                name: "before",
                is_required: true,
                summary: "A picture, as `show` gave it.",
                schema: |g| g.subschema_for::<Topology>(),
            },
            Param {
                name: "after",
                is_required: false,
                summary: "A later one; the host as it is now unless given.",
                schema: |g| g.subschema_for::<Topology>(),
            },
            Param {
                name: "all",
                is_required: false,
                summary: "Also what changes by itself: uuids of rows made anew, port and link numbers.",
                schema: |g| g.subschema_for::<bool>(),
            },
        ],
        result: |g| g.subschema_for::<Difference>(),
        faults: &[],
        is_subscription: false,
    },
    Method {
        name: "plan",
        scope: Scope::Read,
        summary: "What an edit would do, step by step. Nothing is done. The agent remembers the last 32 plans of a \
                  token, so that `apply` takes them.",
        params: &[
            Param {
                name: "intent",
                is_required: true,
                summary: "What is wanted.",
                schema: |g| g.subschema_for::<Intent>(),
            },
            Param {
                name: "allow",
                is_required: false,
                summary: "The guards that are overridden, by name.",
                schema: |g| g.subschema_for::<BTreeSet<String>>(),
            },
        ],
        result: |g| g.subschema_for::<Plan>(),
        faults: &["plan-refused"],
        is_subscription: false,
    },
    Method {
        name: "apply",
        scope: Scope::Edit,
        summary: "Does a plan that this agent made, verifies it, and undoes it all when a step fails. It goes on when \
                  the caller hangs up.",
        params: &[
            Param {
                name: "plan",
                is_required: true,
                summary: "The plan, as `plan` gave it, unchanged.",
                schema: |g| g.subschema_for::<Plan>(),
            },
            Param {
                name: "confirm_within_ms",
                is_required: false,
                summary: "Undo it unless `confirm` comes within so many milliseconds after it.",
                schema: |g| g.subschema_for::<u64>(),
            },
            Param {
                name: "wait",
                is_required: false,
                summary: "Whether to wait until ovs-vswitchd has taken it in, and verify that; it does unless this is \
                          false.",
                schema: |g| g.subschema_for::<bool>(),
            },
        ],
        result: |g| g.subschema_for::<Report>(),
        faults: &[
            "forbidden",
            "stopping",
            "unknown-plan",
            "stopped",
            "other-host",
            "stale",
            "busy",
            "unfinished",
            "failed",
            "not-recorded",
            "journal",
            "watchdog",
        ],
        is_subscription: false,
    },
    Method {
        name: "confirm",
        scope: Scope::Edit,
        summary: "Keeps the edit that waits for its confirmation.",
        params: &[ID],
        result: |g| g.subschema_for::<Entry>(),
        faults: &[
            "forbidden",
            "stopping",
            "busy",
            "unfinished",
            "too-late",
            "nothing",
            "journal",
        ],
        is_subscription: false,
    },
    Method {
        name: "revert",
        scope: Scope::Edit,
        summary: "Undoes an edit: the one of this id, or the last that is not undone.",
        params: &[ID],
        result: |g| g.subschema_for::<Entry>(),
        faults: EDIT,
        is_subscription: false,
    },
    Method {
        name: "recover",
        scope: Scope::Edit,
        summary: "Undoes what was left half done, and what was not confirmed in time. The agent does so by itself; null \
                  where nothing is unfinished.",
        params: &[],
        result: |g| g.subschema_for::<Option<Entry>>(),
        faults: EDIT,
        is_subscription: false,
    },
    Method {
        name: "pending",
        scope: Scope::Read,
        summary: "The edit that is not finished: it is being done, waits for its confirmation, or could not be undone \
                  yet; null where there is none.",
        params: &[],
        result: |g| g.subschema_for::<Option<Entry>>(),
        faults: &["journal"],
        is_subscription: false,
    },
    Method {
        name: "history",
        scope: Scope::Read,
        summary: "What became of the last 100 edits, the latest first.",
        params: &[],
        result: |g| g.subschema_for::<Vec<Entry>>(),
        faults: &["journal"],
        is_subscription: false,
    },
    Method {
        name: "rpc.discover",
        scope: Scope::Read,
        summary: "This description.",
        params: &[],
        result: |g| g.subschema_for::<serde_json::Value>(),
        faults: &[],
        is_subscription: false,
    },
    Method {
        name: "watch",
        scope: Scope::Read,
        summary: "Subscribes to what changes: gives an id, and then calls `notice` with `subscription`, that id, and \
                  `result`, a Notice. The first is the whole picture.",
        params: &[Param {
            name: "pictures",
            is_required: false,
            summary: "Whether a change brings the whole picture along; it does not unless this is true.",
            schema: |g| g.subschema_for::<bool>(),
        }],
        result: |g| g.subschema_for::<Notice>(),
        faults: &[],
        is_subscription: true,
    },
    Method {
        name: "unwatch",
        scope: Scope::Read,
        summary: "Ends a subscription. Its one parameter goes by position: the id.",
        params: &[],
        result: |g| g.subschema_for::<bool>(),
        faults: &[],
        is_subscription: true,
    },
];
