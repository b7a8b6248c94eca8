use std::collections::BTreeMap;

use ovsdb_client::replica::Snapshot;
use ovsdb_client::table::Table;
use ovsdb_client::vswitch::OpenVSwitch;
use uuid::Uuid;

use crate::apply::transaction;
use crate::edit::base::Base;
use crate::edit::draft::Draft;
use crate::edit::guard::{self, Context, Objection};
use crate::edit::intent::{Edit, Intent};
use crate::edit::options::PlanOptions;
use crate::edit::plan::{HostIdentity, Plan, Step};
use crate::edit::{PlanError, step};

/// Makes the plan of an intent on a host as it was read. Pure: the same host and intent give the same plan.
///
/// # Errors
/// When the intent makes no sense on that host.
pub(crate) fn plan(base: &Base, intent: &Intent, options: &PlanOptions) -> Result<Plan, PlanError> {
    let mut draft = Draft::new(base);
    let planned = intent
        .edit(&mut draft)
        .and_then(|()| finish(draft, intent.title(), options));
    planned.map_err(|error| match &base.ovsdb {
        Some((_, snapshot)) => error.on(snapshot),
        None => error,
    })
}

/// The plan of what a draft changes.
///
/// # Errors
/// When the server would refuse it.
pub(crate) fn finish(mut draft: Draft<'_>, intent: String, options: &PlanOptions) -> Result<Plan, PlanError> {
    guard::check_names(&options.allow)?;
    let base = draft.base;
    let mut steps = step::steps(&draft);
    if let Some(step) = steps.first_mut() {
        step.commands.append(&mut draft.equivalents);
    }
    // What the server would refuse is refused now.
    if let Some(rows) = draft.rows_if_connected() {
        let changes = rows.changes();
        if let Ok(transaction) = transaction::of(&changes, &BTreeMap::new(), rows.snapshot()) {
            transaction.check(rows.snapshot().schema())?;
        }
    }
    step::tell_effects(&mut steps, base);
    let objections = judge(base, &steps, options);
    Ok(Plan {
        intent,
        host: base.identity(),
        steps,
        objections,
        notes: draft.notes,
    })
}

/// What the guards have against these steps on this host.
pub(crate) fn judge(base: &Base, steps: &[Step], options: &PlanOptions) -> Vec<Objection> {
    guard::judge(&Context::new(base, steps, &options.caller), options)
}

impl Base {
    /// What tells this host from another.
    pub(crate) fn identity(&self) -> HostIdentity {
        let root = self.ovsdb.as_ref().and_then(|(_, snapshot)| root(snapshot));
        HostIdentity {
            ovs_uuid: root,
            libvirt_hostname: self.hostname(),
        }
    }
}

/// The UUID of the one row of table `Open_vSwitch`.
pub(crate) fn root(snapshot: &Snapshot) -> Option<Uuid> {
    let root = snapshot.only::<OpenVSwitch>().ok().flatten()?;
    Some(root.uuid().get())
}
