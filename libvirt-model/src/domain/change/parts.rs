//! The rule of each part of an interface.

use crate::domain::interface::interface_parts;
use crate::domain::interface_edit::ORDER;
use crate::domain::{
    Acpi, Address, Alias, Backend, BackendDomain, Bandwidth, Boot, Coalesce, Driver, FilterRef, GuestTarget,
    InterfaceIp, InterfaceRoute, InterfaceType, Link, Mac, Model, Mtu, PortForward, PortOptions, Rom, Script,
    Source, Target, Teaming, Tune, VirtualPort, Vlan,
};
use crate::record::{ChildField, written};
use crate::vocab::YesNo;
use crate::xml::{Element, Error, Fragment};

use super::remainder::remainder;
use super::verdict::{Judge, Verdict};

/// What libvirt 9.0 does with a change that it accepts and does not carry out: the NIC stays as it is, until it is plugged in anew.
const IGNORED: &str =
    "libvirt accepts the change of a running NIC and does nothing, until it is plugged in again";

/// Every part whose change is judged by its name alone. `source`, `vlan` and `virtualport` are judged together, as the connection.
const RULES: &[(&str, Verdict, &str)] = &[
    (
        "mac",
        Verdict::NeedsReplug,
        "the MAC address is the identity of the NIC",
    ),
    ("bandwidth", Verdict::Live, "the limits can change any time"),
    ("portForward", Verdict::NeedsReplug, IGNORED),
    (
        "script",
        Verdict::NeedsReplug,
        "libvirt refuses another script of a running NIC",
    ),
    ("downscript", Verdict::NeedsReplug, IGNORED),
    ("backenddomain", Verdict::NeedsReplug, IGNORED),
    ("target", Verdict::NeedsReplug, "libvirt does not rename a tap"),
    ("guest", Verdict::NeedsReplug, IGNORED),
    (
        "model",
        Verdict::NeedsReplug,
        "the guest's device would change under it; without a <model>, libvirt means its default",
    ),
    (
        "driver",
        Verdict::NeedsReplug,
        "the backend is set up when the NIC is plugged in",
    ),
    ("backend", Verdict::NeedsReplug, IGNORED),
    (
        "boot",
        Verdict::ConfigOnly,
        "the boot order counts at the next start",
    ),
    (
        "tune",
        Verdict::NeedsReplug,
        "libvirt sets it when the NIC is plugged in",
    ),
    ("link", Verdict::Live, "the cable can be pulled any time"),
    (
        "mtu",
        Verdict::NeedsReplug,
        "libvirt sets it when the NIC is plugged in",
    ),
    ("coalesce", Verdict::Live, "it can change any time"),
    (
        "rom",
        Verdict::NeedsReplug,
        "the guest's device would change under it",
    ),
    (
        "acpi",
        Verdict::NeedsReplug,
        "the guest's device would change under it",
    ),
    ("teaming", Verdict::NeedsReplug, IGNORED),
    ("alias", Verdict::NeedsReplug, "libvirt does not rename a device"),
    ("address", Verdict::NeedsReplug, "the guest's device would move"),
];

/// Judges each part in turn; a part that is added to an interface is judged without further ado.
macro_rules! judge_parts {
    ($($(#[$meta:meta])* $part:ident: $type:ty = $name:literal,)+) => {
        impl Judge<'_> {
            /// Every element of the interface that has a typed reading.
            pub(super) fn elements(&mut self) -> Result<(), Error> {
                $(self.element::<$type>($name)?;)+
                Ok(())
            }
        }
    };
}

interface_parts!(judge_parts);

impl Judge<'_> {
    fn element<T: ChildField + PartialEq>(&mut self, name: &str) -> Result<(), Error> {
        let (before, after) = (self.before.element(), self.after.element());
        let (old, new) = (T::read(before, name)?, T::read(after, name)?);
        let left_out = after.child(name).is_none() && matches!(name, "alias" | "address" | "target");
        if old == new {
            if !left_out && unread(before, name, &old) != unread(after, name, &new) {
                let reason = "it differs in something that this release does not know";
                self.add(name, Verdict::NeedsReplug, reason);
            }
        } else if !left_out {
            self.differs(name)?;
        }
        Ok(())
    }

    fn differs(&mut self, name: &str) -> Result<(), Error> {
        match name {
            // The connection's.
            "source" | "vlan" | "virtualport" => {}
            "ip" | "route" => {
                // Only user-mode networking has a use for them; QEMU cannot set them in the guest.
                let none_left = self.after.element().child(name).is_none();
                if self.after.type_()? == InterfaceType::User || none_left {
                    self.add(name, Verdict::NeedsReplug, IGNORED);
                } else {
                    let reason = "QEMU cannot give the guest an address or a route, so libvirt refuses it";
                    self.add(name, Verdict::Impossible, reason);
                }
            }
            "target" => {
                // A target without a name leaves the tap its own.
                let old = self.before.target()?.unwrap_or_default();
                let mut new = self.after.target()?.unwrap_or_default();
                new.dev = new.dev.or_else(|| old.dev.clone());
                if old != new {
                    self.rule(name);
                }
            }
            "filterref" if self.on_openvswitch()? && self.after.filterref()?.is_some() => {
                let reason = "libvirt takes no filter on an Open vSwitch port";
                self.add(name, Verdict::Impossible, reason);
            }
            "filterref" => self.add(name, Verdict::Live, "the filter can change any time"),
            "port" => {
                let isolated = self
                    .after
                    .port()?
                    .is_some_and(|port| port.isolated == Some(YesNo::Yes));
                if isolated && self.on_openvswitch()? {
                    let reason = "libvirt isolates no Open vSwitch port";
                    self.add(name, Verdict::Impossible, reason);
                } else {
                    self.add(name, Verdict::Live, "isolation can change any time");
                }
            }
            other => self.rule(other),
        }
        Ok(())
    }

    fn rule(&mut self, name: &str) {
        match RULES.iter().find(|(part, ..)| *part == name) {
            Some((_, verdict, reason)) => self.add(name, *verdict, *reason),
            None => self.add(
                name,
                Verdict::NeedsReplug,
                "whether libvirt changes it while the guest runs is not known",
            ),
        }
    }

    /// The attributes of the interface itself; its type is the connection's.
    pub(super) fn attributes(&mut self) -> Result<(), Error> {
        if self.before.managed()? != self.after.managed()? {
            self.add("managed", Verdict::NeedsReplug, IGNORED);
        }
        if self.before.trust_guest_rx_filters()? != self.after.trust_guest_rx_filters()? {
            self.add("trustGuestRxFilters", Verdict::NeedsReplug, IGNORED);
        }
        Ok(())
    }

    /// Elements and attributes that have no typed reading.
    pub(super) fn unknown(&mut self) {
        let known = ["type", "managed", "trustGuestRxFilters"];
        let attributes = |element: Element<'_>| -> Vec<(String, String)> {
            let mut attributes: Vec<_> = element
                .attributes()
                .map(|attribute| {
                    (
                        attribute.qualified_name().to_owned(),
                        attribute.value().to_owned(),
                    )
                })
                .filter(|(name, _)| !known.contains(&name.as_str()))
                .collect();
            attributes.sort();
            attributes
        };
        // `<actual>` is libvirt's own note in its status files, and nobody's wish.
        let elements = |element: Element<'_>| -> Vec<Fragment> {
            element
                .children()
                .filter(|child| child.namespace().is_some() || !ORDER.contains(&child.name()))
                .filter(|child| child.qualified_name() != "actual")
                .map(Fragment::of)
                .collect()
        };
        let (before, after) = (self.before.element(), self.after.element());
        let reason = "this release does not know it, nor whether libvirt changes it while the guest runs";
        let (old, new) = (attributes(before), attributes(after));
        if let Some((name, _)) = odd_one_out(&old, &new) {
            self.add(name, Verdict::NeedsReplug, reason);
        }
        let (old, new) = (elements(before), elements(after));
        if let Some(element) = odd_one_out(&old, &new) {
            self.add(element.name(), Verdict::NeedsReplug, reason);
        }
    }
}

/// The first that is in one list and not at the same place in the other.
fn odd_one_out<'a, T: PartialEq>(old: &'a [T], new: &'a [T]) -> Option<&'a T> {
    let differ = old.iter().zip(new).find(|(old, new)| old != new);
    differ
        .map(|(old, _)| old)
        .or_else(|| old.get(new.len()))
        .or_else(|| new.get(old.len()))
}

/// What the elements of this name hold beyond `read`, what was understood of them; an element too many was not understood at all.
fn unread<T: ChildField>(parent: Element<'_>, name: &str, read: &T) -> Vec<Option<Fragment>> {
    let known = written(name, read);
    parent
        .children_named(name)
        .map(Fragment::of)
        .enumerate()
        .map(|(at, element)| match known.get(at) {
            Some(known) => remainder(&element, known),
            None => Some(element),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_rule() {
        let judged = [
            "source",
            "vlan",
            "virtualport",
            "ip",
            "route",
            "filterref",
            "port",
        ];
        for name in ORDER {
            assert_eq!(
                RULES.iter().filter(|(part, ..)| part == name).count()
                    + judged.iter().filter(|part| *part == name).count(),
                1,
                "{name}"
            );
        }
    }
}
