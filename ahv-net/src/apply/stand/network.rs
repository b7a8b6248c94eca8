use libvirt_model::xml::Document;

use super::{Stand, fits};
use crate::edit::{NetworkChange, NetworkDocument, NetworkState};

/// How the change of a network stands.
pub(crate) fn network(change: &NetworkChange, found: Option<&NetworkDocument>) -> Stand {
    let of = |state: &Option<NetworkState>| -> Option<usize> {
        match (state, found) {
            (None, None) => Some(0),
            (Some(state), Some(found)) => {
                let wanted = Document::parse(state.xml.clone()).ok()?;
                let alike = state.active == found.record.active && state.autostart == found.record.autostart;
                fits(wanted.root(), found.xml.root()).filter(|_| alike)
            }
            _ => None,
        }
    };
    match (of(&change.before), of(&change.after)) {
        (Some(before), Some(after)) if before > after => Stand::Before,
        (_, Some(_)) => Stand::After,
        (Some(_), None) => Stand::Before,
        (None, None) => Stand::Neither(format!(
            "network {} is another than before and after",
            change.name
        )),
    }
}
