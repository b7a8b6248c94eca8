use libvirt_model::xml::{Document, Element};

use super::Stand;
use super::fits::{between, fits};
use crate::edit::{NetworkChange, NetworkDocument, NetworkState};

/// How the change of a network stands.
///
/// It is two changes, of the definition and of what runs, and doing it looks at both: once either is done the whole
/// counts as done, so that undoing it undoes what there is.
pub(crate) fn network(change: &NetworkChange, found: Option<&NetworkDocument>) -> Stand {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let definition = |state: Option<&NetworkState>| match (state, found) {
        (None, None) => Some(0),
        (Some(state), Some(found)) => {
            let alike = state.active == found.record.active && state.autostart == found.record.autostart;
            let wanted = Document::parse(state.xml.clone()).ok()?;
            fits(wanted.root(), found.xml.root()).filter(|_| alike)
        }
        _ => None,
    };
    let running = |state: Option<&NetworkState>| {
        let wanted = Document::parse(state?.live.clone()?).ok()?;
        portgroups_fit(wanted.root(), found?.live.as_ref()?.root())
    };
    let lives = |state: Option<&NetworkState>| state.is_some_and(|state| state.live.is_some());
    let differs_live = lives(before)
        && lives(after)
        && before.and_then(|state| state.live.as_ref()) != after.and_then(|state| state.live.as_ref());
    let definition = between(definition(before), definition(after));
    let live = match differs_live {
        true => Some(between(running(before), running(after))),
        false => None,
    };
    match (definition, live) {
        (Ok(Stand::After), _) | (_, Some(Ok(Stand::After))) => Stand::After,
        (Ok(Stand::Before), None | Some(Ok(_))) => Stand::Before,
        _ => Stand::Neither(format!(
            "network {} is another than before and after",
            change.name
        )),
    }
}

/// Of a network that runs only the portgroups can change, and libvirt counts its connections in the same document.
fn portgroups_fit(wanted: Element<'_>, found: Element<'_>) -> Option<usize> {
    let mut weight = 1;
    for group in wanted.children_named("portgroup") {
        let mut same = found
            .children_named("portgroup")
            .filter(|other| other.value("name") == group.value("name"));
        weight += fits(group, same.next()?)?;
    }
    Some(weight)
}
