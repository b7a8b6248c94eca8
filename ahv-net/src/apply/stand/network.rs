use libvirt_model::live::{Affect, Definition, NetworkUpdate, NetworkUpdateCommand, NetworkUpdateSection};
use libvirt_model::xml::{self, Document, Element};

use super::Stand;
use super::fits::{FilledIn, is_alike};
use super::part::{Part, merged, stand, touched};
use crate::edit::{Documents, NetworkChange, NetworkDocument, NetworkState, names};

/// A call by which a part of a network's change is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// Of this document.
    Define(String),
    /// Of one portgroup.
    Update(Box<NetworkUpdate>, Affect),
    Start,
    Stop,
    Undefine,
    Autostart(bool),
}

/// How the parts of a network's change stand: its definition, the running network, whether it runs and whether it
/// starts by itself. Each is judged apart, as each is a call of its own.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// What is not done, the first first. What can only be told once that is done is not there yet.
    pub(crate) calls: Vec<Call>,
    /// Whether a part is done.
    pub(crate) is_done: bool,
    /// What is neither as before nor as after, or must stay as others use it: a sentence each.
    pub(crate) neither: Vec<String>,
    /// What is not there.
    gone: Option<String>,
}

/// How the change of a network stands as a whole.
pub(crate) fn network(change: &NetworkChange, documents: &Documents) -> Stand {
    let judged = judge(change, documents);
    if let Some(gone) = judged.gone {
        return Stand::Gone(gone);
    }
    match (judged.neither.is_empty(), judged.is_done, judged.calls.is_empty()) {
        (false, ..) => Stand::Neither(judged.neither.join("; ")),
        (true, true, true) => Stand::After,
        (true, true, false) => {
            Stand::Neither(format!("the change of network {} is done in part", change.name))
        }
        (true, false, _) => Stand::Before,
    }
}

/// How the parts of a network's change stand.
pub(crate) fn judge(change: &NetworkChange, documents: &Documents) -> Judged {
    let mut judged = Judged::default();
    let found = documents.network(&change.name);
    let done = match (&change.before, &change.after, found) {
        (None, None, _) => Ok(()),
        (None, Some(after), found) => comes(&change.name, after, found, &mut judged),
        (Some(_), None, None) => {
            judged.is_done = true;
            Ok(())
        }
        (Some(before), None, Some(found)) => goes(before, found, documents, &mut judged),
        (Some(_), Some(_), None) => {
            judged.gone = Some(format!("network {} is not there any more", change.name));
            Ok(())
        }
        (Some(before), Some(after), Some(found)) => changes(before, after, found, documents, &mut judged),
    };
    if let Err(error) = done {
        judged.calls.clear();
        judged
            .neither
            .push(format!("the XML of network {}: {error}", change.name));
    }
    judged
}

fn comes(
    name: &str,
    after: &NetworkState,
    found: Option<&NetworkDocument>,
    judged: &mut Judged,
) -> Result<(), xml::Error> {
    let Some(found) = found else {
        judged.calls.push(Call::Define(after.xml.clone()));
        return Ok(());
    };
    let wanted = Document::parse(after.xml.as_str())?;
    if !found.record.persistent || !is_alike(wanted.root(), found.xml.root(), FilledIn::Network) {
        judged
            .neither
            .push(format!("there is a network {name} already, and another"));
        return Ok(());
    }
    judged.is_done = true;
    switches(
        (false, after.active),
        (false, after.autostart),
        found,
        None,
        judged,
    );
    Ok(())
}

fn goes(
    before: &NetworkState,
    found: &NetworkDocument,
    documents: &Documents,
    judged: &mut Judged,
) -> Result<(), xml::Error> {
    let name = &found.record.name;
    let was = Document::parse(before.xml.as_str())?;
    if !is_alike(was.root(), found.xml.root(), FilledIn::Network) {
        judged
            .neither
            .push(format!("network {name} is another than before"));
        return Ok(());
    }
    if let Some(users) = users(documents, name, None, BOTH) {
        judged.neither.push(format!("network {name} is used by {users}"));
        return Ok(());
    }
    if found.record.active && !before.active {
        judged.neither.push(format!("network {name} runs now"));
        return Ok(());
    }
    // Once it is not defined it vanishes when it is stopped, and then nothing is left to undefine.
    match found.record.active {
        true => judged.calls.push(Call::Stop),
        false => judged.is_done |= before.active,
    }
    if found.record.persistent {
        judged.calls.push(Call::Undefine);
    }
    Ok(())
}

fn changes(
    before: &NetworkState,
    after: &NetworkState,
    found: &NetworkDocument,
    documents: &Documents,
    judged: &mut Judged,
) -> Result<(), xml::Error> {
    let name = &found.record.name;
    if !found.record.persistent {
        judged
            .neither
            .push(format!("network {name} runs and is no longer defined"));
        return Ok(());
    }
    let mut judge = |before: &str, after: &str, found: &Document, definition| -> Result<(), xml::Error> {
        let (before, after) = (Document::parse(before)?, Document::parse(after)?);
        for part in touched(before.root(), after.root()) {
            let is_portgroup = matches!(part, Part::Portgroup(_));
            // Of a running network nothing else can change.
            if definition == Definition::Live && !is_portgroup {
                continue;
            }
            let parts = std::slice::from_ref(&part);
            match stand(
                parts,
                before.root(),
                after.root(),
                found.root(),
                FilledIn::Network,
            ) {
                Ok(Stand::Before) => {
                    let leaves = part.of(after.root()).is_empty();
                    match left_alone(documents, name, &part).filter(|_| leaves) {
                        Some(users) => judged.neither.push(users),
                        None => judged.calls.push(call(&part, after.root(), found, definition)?),
                    }
                }
                Ok(_) => judged.is_done = true,
                Err(_) => judged.neither.push(format!(
                    "{part} of network {name} is another than before and after"
                )),
            }
        }
        Ok(())
    };
    judge(&before.xml, &after.xml, &found.xml, Definition::Config)?;
    if let (Some(before), Some(after), Some(found)) = (&before.live, &after.live, &found.live) {
        judge(before, after, found, Definition::Live)?;
    }
    switches(
        (before.active, after.active),
        (before.autostart, after.autostart),
        found,
        Some(documents),
        judged,
    );
    Ok(())
}

/// Whether it runs, and whether it starts by itself.
fn switches(
    active: (bool, bool),
    autostart: (bool, bool),
    found: &NetworkDocument,
    documents: Option<&Documents>,
    judged: &mut Judged,
) {
    let name = &found.record.name;
    if active.0 != active.1 {
        match (found.record.active == active.1, active.1) {
            (true, _) => judged.is_done = true,
            (false, true) => judged.calls.push(Call::Start),
            (false, false) => {
                let users = documents.and_then(|all| users(all, name, None, &[Definition::Live]));
                match users {
                    Some(users) => judged.neither.push(format!(
                        "network {name} goes on running, as it is used by {users}"
                    )),
                    None => judged.calls.push(Call::Stop),
                }
            }
        }
    }
    if autostart.0 != autostart.1 {
        match found.record.autostart == autostart.1 {
            true => judged.is_done = true,
            false => judged.calls.push(Call::Autostart(autostart.1)),
        }
    }
}

/// The call that makes a part as it shall be, in the definition or as the network runs.
fn call(
    part: &Part,
    after: Element<'_>,
    found: &Document,
    definition: Definition,
) -> Result<Call, xml::Error> {
    let Part::Portgroup(name) = part else {
        let whole = merged(found, std::slice::from_ref(part), after)?;
        return Ok(Call::Define(whole.as_str().to_owned()));
    };
    let affect = match definition {
        Definition::Live => Affect::Live,
        Definition::Config => Affect::Config,
    };
    let (command, xml) = match (part.of(found.root()).first(), part.of(after).first()) {
        (Some(_), Some(after)) => (NetworkUpdateCommand::Modify, *after),
        (Some(found), None) => (NetworkUpdateCommand::Delete, *found),
        (None, after_group) => {
            let Some(group) = after_group else {
                // It is nowhere, so it cannot differ.
                return Ok(Call::Define(found.as_str().to_owned()));
            };
            let mut others = found.root().children_named("portgroup");
            let first = others.next();
            match (next_of(name, after, found.root()), definition) {
                (Some(next), _) if first.is_some_and(|first| first.id() == next.id()) => {
                    (NetworkUpdateCommand::AddFirst, *group)
                }
                // libvirt adds at either end, and a definition that comes back is to be the one that was.
                (Some(next), Definition::Config) => {
                    let (head, tail) = found.as_str().split_at(next.span().start);
                    return Ok(Call::Define(format!("{head}{}\n  {tail}", group.as_str())));
                }
                _ => (NetworkUpdateCommand::AddLast, *group),
            }
        }
    };
    let update = NetworkUpdate {
        command,
        section: NetworkUpdateSection::Portgroup,
        parent_index: -1,
        xml: xml.as_str().to_owned(),
    };
    Ok(Call::Update(Box::new(update), affect))
}

/// The portgroup of `found` before which this one stands in `after`.
fn next_of<'d>(name: &str, after: Element<'_>, found: Element<'d>) -> Option<Element<'d>> {
    let mut behind = after
        .children_named("portgroup")
        .skip_while(|group| group.value("name") != Some(name))
        .skip(1);
    behind.find_map(|next| {
        let mut groups = found.children_named("portgroup");
        groups.find(|group| group.value("name") == next.value("name"))
    })
}

/// A sentence where NICs ask for a portgroup that is to go: without it libvirt would give them every VLAN.
fn left_alone(documents: &Documents, network: &str, part: &Part) -> Option<String> {
    let Part::Portgroup(name) = part else { return None };
    let users = users(documents, network, Some(name), BOTH)?;
    Some(format!(
        "portgroup {name} of network {network} is used by {users}"
    ))
}

const BOTH: &[Definition] = &[Definition::Live, Definition::Config];

/// Who uses a network, or asks for one of its portgroups.
fn users(
    documents: &Documents,
    network: &str,
    portgroup: Option<&str>,
    definitions: &[Definition],
) -> Option<String> {
    let Ok(mut users) = documents.users(network, definitions) else {
        return Some("a guest whose XML makes no sense".to_owned());
    };
    users.retain(|user| portgroup.is_none() || user.asks_for.as_deref() == portgroup);
    (!users.is_empty()).then(|| names(&users))
}
