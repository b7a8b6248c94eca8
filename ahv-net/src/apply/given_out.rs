//! The names that libvirt gives a NIC anew whenever it plugs it in: that of its tap, where it is libvirt's own, and
//! its alias. A plan knows them as they were, and the guest may have been off since.

use libvirt_model::domain::{Alias, Domain, Interface, Target};
use libvirt_model::vocab::MacAddr;
use libvirt_model::xml::{Document, Error};

/// A NIC without the names that libvirt gives out.
pub(crate) fn lasting(nic: &Document) -> Result<Document, Error> {
    let interface = Interface::of(nic)?;
    let mut edit = nic.edit();
    let mut changed = interface.edit(&mut edit);
    if let Some(target) = interface.target()?
        && target.dev.as_deref().is_some_and(is_given_out)
    {
        changed.target(Target { dev: None, ..target });
    }
    if let Some(alias) = interface.alias()?
        && !alias.name.starts_with("ua-")
    {
        changed.alias(None::<Alias>);
    }
    edit.finish()
}

/// A NIC with the names that the running one of its address has now: libvirt looks for it by them, and changes none.
pub(crate) fn as_it_runs(nic: &Document, mac: MacAddr, running: &Document) -> Result<Document, Error> {
    let Some(now) = Domain::of(running)?.interfaces_by_mac(mac).next() else {
        return Ok(nic.clone());
    };
    let interface = Interface::of(nic)?;
    let mut edit = nic.edit();
    let mut changed = interface.edit(&mut edit);
    let dev = now.target()?.and_then(|target| target.dev);
    let target = interface.target()?;
    let is_own = target
        .as_ref()
        .and_then(|target| target.dev.as_deref())
        .is_some_and(|dev| !is_given_out(dev));
    if let (Some(dev), false) = (dev, is_own) {
        changed.target(match target {
            Some(target) => Target {
                dev: Some(dev),
                ..target
            },
            None => Target::dev(dev),
        });
    }
    changed.alias(now.alias()?);
    edit.finish()
}

/// The names of taps and macvtaps that libvirt numbers by itself, and blanks in a definition.
fn is_given_out(device: &str) -> bool {
    ["vnet", "macvtap", "macvlan"]
        .iter()
        .any(|prefix| device.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_from_before_a_restart_is_sent_with_the_names_of_now() {
        let old = "<interface type='bridge'><mac address='52:54:00:00:00:01'/><target dev='vnet3'/>\
                   <alias name='net2'/></interface>";
        let now = "<domain><devices><interface type='bridge'><mac address='52:54:00:00:00:01'/>\
                   <target dev='vnet9'/><alias name='net0'/></interface></devices></domain>";
        let (old, now) = (Document::parse(old).unwrap(), Document::parse(now).unwrap());
        let mac = "52:54:00:00:00:01".parse().unwrap();
        let sent = as_it_runs(&old, mac, &now).unwrap();
        assert!(
            sent.as_str().contains("<target dev='vnet9'/>"),
            "{}",
            sent.as_str()
        );
        assert!(
            sent.as_str().contains("<alias name='net0'/>"),
            "{}",
            sent.as_str()
        );
        let lasting = lasting(&old).unwrap();
        assert!(!lasting.as_str().contains("vnet3") && !lasting.as_str().contains("net2"));
    }

    #[test]
    fn names_that_are_the_users_own_stay() {
        let own = "<interface type='bridge'><target dev='tap345'/><alias name='ua-lan'/></interface>";
        let document = Document::parse(own).unwrap();
        assert_eq!(lasting(&document).unwrap().as_str(), own);
    }
}
