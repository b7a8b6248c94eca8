//! From changes to steps that a person can read.

mod describe;
mod effect;
mod elements;
mod group;
mod libvirt;
mod vsctl;
mod vsctl_words;

pub(crate) use effect::tell_effects;

use crate::edit::draft::Draft;
use crate::edit::plan::Step;

/// The steps of a draft, in the order in which they are done: what libvirt must do before, the rows, and
/// what follows from them.
pub(crate) fn steps(draft: &Draft<'_>) -> Vec<Step> {
    let (before, after) = libvirt::steps(draft);
    let rows = draft.rows_if_connected().map_or_else(Vec::new, |rows| {
        group::groups(rows.changes())
            .into_iter()
            .map(|group| describe::step(group, rows))
            .collect()
    });
    before.into_iter().chain(rows).chain(after).collect()
}
