use libvirt_model::xml::Element;

/// What libvirt adds by itself to what it is sent, so that it says nothing about who wrote the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilledIn {
    /// Nothing: both were read from libvirt.
    Nothing,
    /// To a NIC that it plugs in: names, a place on the guest's bus, and what its network gives it.
    Live,
    /// To a NIC in a definition.
    Config,
    /// To a network.
    Network,
}

impl FilledIn {
    pub(super) fn child(self, parent: &str, name: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Live => match parent {
                "interface" => matches!(
                    name,
                    "address"
                        | "alias"
                        | "bandwidth"
                        | "model"
                        | "mtu"
                        | "port"
                        | "target"
                        | "virtualport"
                        | "vlan"
                ),
                "virtualport" => name == "parameters",
                _ => false,
            },
            Self::Config => match parent {
                "interface" => matches!(name, "address" | "model"),
                "virtualport" => name == "parameters",
                _ => false,
            },
            Self::Network => parent == "network" && matches!(name, "uuid" | "mac"),
        }
    }

    pub(super) fn attribute(self, element: &str, name: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Live => match element {
                "interface" => name == "trustGuestRxFilters",
                "parameters" => name == "interfaceid",
                "source" => matches!(name, "bridge" | "dev" | "mode"),
                "target" => name == "dev",
                _ => false,
            },
            Self::Config => element == "parameters" && name == "interfaceid",
            Self::Network => element == "bridge" && matches!(name, "stp" | "delay"),
        }
    }
}

/// Whether an element says what is wanted, all of it and nothing else but what libvirt fills in.
///
/// The order of children is libvirt's own, whatever it is given.
pub(crate) fn is_alike(wanted: Element<'_>, found: Element<'_>, filled_in: FilledIn) -> bool {
    if wanted.name() != found.name() {
        return false;
    }
    let is_kept = |name: &str| match found.value(name) {
        value @ Some(_) => value == wanted.value(name),
        None => is_counted(wanted.name(), name),
    };
    if !wanted.attributes().all(|attribute| is_kept(attribute.name())) {
        return false;
    }
    let is_new = |name: &str| wanted.value(name).is_none() && !is_counted(found.name(), name);
    if found
        .attributes()
        .any(|attribute| is_new(attribute.name()) && !filled_in.attribute(found.name(), attribute.name()))
    {
        return false;
    }
    let has_children = wanted.children().next().is_some() || found.children().next().is_some();
    if !has_children && wanted.text().trim() != found.text().trim() {
        return false;
    }
    let mut rest: Vec<Element<'_>> = found.children().collect();
    for child in wanted.children() {
        let Some(place) = rest.iter().position(|other| is_alike(child, *other, filled_in)) else {
            return false;
        };
        rest.remove(place);
    }
    rest.iter()
        .all(|child| filled_in.child(found.name(), child.name()))
}

/// Whether an attribute is a count or a number of libvirt's own, which tells nothing about what was set.
fn is_counted(element: &str, attribute: &str) -> bool {
    matches!(
        (element, attribute),
        ("network", "connections") | ("source", "portid")
    )
}

#[cfg(test)]
mod tests {
    use libvirt_model::xml::Document;

    use super::*;

    fn alike(wanted: &str, found: &str, filled_in: FilledIn) -> bool {
        let (wanted, found) = (Document::parse(wanted).unwrap(), Document::parse(found).unwrap());
        is_alike(wanted.root(), found.root(), filled_in)
    }

    #[test]
    fn what_libvirt_fills_in_is_no_matter() {
        let wanted = "<interface type='bridge'><mac address='x'/><source bridge='br0'/></interface>";
        let found = "<interface type='bridge'><source bridge='br0' portid='1'/><mac address='x'/>\
                     <alias name='net0'/></interface>";
        assert!(alike(wanted, found, FilledIn::Live));
        assert!(!alike(wanted, found, FilledIn::Nothing), "an alias is told");
        assert!(!alike(found, wanted, FilledIn::Live), "an alias is missing");
        assert!(alike(
            "<network><name>a</name></network>",
            "<network connections='2'><name> a </name></network>",
            FilledIn::Nothing
        ));
    }

    #[test]
    fn what_others_add_is_seen() {
        let wanted = "<interface type='bridge'><source bridge='br0'/></interface>";
        for theirs in ["<filterref filter='x'/>", "<link state='down'/>"] {
            let found = format!("<interface type='bridge'><source bridge='br0'/>{theirs}</interface>");
            for filled_in in [FilledIn::Nothing, FilledIn::Live, FilledIn::Config] {
                assert!(!alike(wanted, &found, filled_in), "{theirs}");
                assert!(!alike(&found, wanted, filled_in), "{theirs}");
            }
        }
        let (one, two) = (
            "<vlan><tag id='1'/></vlan>",
            "<vlan><tag id='1'/><tag id='2'/></vlan>",
        );
        assert!(!alike(one, two, FilledIn::Live) && !alike(two, one, FilledIn::Live));
        assert!(!alike("<name>a</name>", "<name>b</name>", FilledIn::Live));
    }
}
