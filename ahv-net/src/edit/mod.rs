//! Edits: what is wanted becomes a plan, which is printed, guarded, and only then applied.
//!
//! ```text
//! Intent ── planned on ──> Base (the host as read)
//!    │                       │
//!    └──> Draft (the host with the edit laid over it)
//!              │  what differs
//!              v
//!            Plan: steps, the commands that do the same, what guards say
//! ```
//! Everything here is pure. [`apply`](crate::apply) does what a plan says.

mod base;
pub(crate) mod change;
mod desired;
mod draft;
mod error;
mod guard;
mod intent;
mod options;
mod plan;
mod planner;
mod project;
mod step;

pub use change::{
    Change, ColumnEdit, Columns, FragmentChange, NetworkChange, NetworkState, NicChange, RowChange, RowEdit,
    RowId,
};
pub use desired::{
    Desired, DesiredBond, DesiredBridge, DesiredMirror, DesiredNic, DesiredPatch, DesiredPort, DesiredSFlow,
    DesiredVxlan,
};
pub use error::{PlanError, Unsupported};
pub use guard::{Guard, Objection, guards};
pub use intent::{
    AddBridge, AddMirror, AddPatch, AddPort, AddVxlan, AttachGuest, BondMode, ClearSFlow, Connection,
    DefineNetwork, DelBridge, DelGhostPorts, DelMirror, DelPort, DetachGuest, FailMode, FakeOf, Intent,
    InvalidTunnel, Lacp, LacpTime, MirrorOutput, MoveGuest, MoveUplink, NativeMode, PatchEnd, Portgroup,
    RemovePortgroup, SetBond, SetBridge, SetCvmVlan, SetLink, SetMtu, SetPortgroup, SetSFlow, SetVlan,
    SetVxlan, TunnelEnd, TunnelKey, UndefineNetwork, VlanSetting, Vni,
};
pub use options::{Caller, PlanOptions};
pub use plan::{Difference, HostIdentity, Plan, Step};

pub(crate) use base::{Base, Documents, DomainDocuments, NetworkDocument};
pub(crate) use change::rows_in;
pub(crate) use draft::{is_default, is_status, names};
pub(crate) use planner::{judge, plan, root};
