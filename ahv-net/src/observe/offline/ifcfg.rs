//! `ifcfg-*` files of the RHEL family's network scripts, with the variables of Open vSwitch's.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::capture::{Lines, Notes};
use super::ifconfig::prefix_of_mask;
use crate::topology::{Address, Ifcfg};

/// Reads an `ifcfg-*` file: assignments of the shell, with or without quotes.
pub(super) fn parse(text: &str, notes: &mut Notes) -> Ifcfg {
    let mut variables = BTreeMap::new();
    for (number, line) in Lines::of(text).filter(|(_, line)| !line.starts_with('#')) {
        match line.split_once('=') {
            Some((name, value)) if is_name(name) => {
                variables.insert(name.to_owned(), unquoted(value));
            }
            _ => notes.line(number, "no assignment"),
        }
    }
    let words = |name: &str| -> Vec<String> {
        let value = variables.get(name).map_or("", String::as_str);
        value.split_whitespace().map(str::to_owned).collect()
    };
    let ip = |name: &str| variables.get(name).and_then(|value| value.parse::<IpAddr>().ok());
    let prefix = variables
        .get("PREFIX")
        .and_then(|prefix| prefix.parse().ok())
        .or_else(|| variables.get("NETMASK").and_then(|mask| prefix_of_mask(mask)));
    let file = notes.file().to_owned();
    // initscripts fall back to the file's name as well.
    let of_name = file
        .rsplit('/')
        .next()
        .and_then(|name| name.strip_prefix("ifcfg-"));
    let device = variables.get("DEVICE").or_else(|| variables.get("NAME"));
    let ifcfg = Ifcfg {
        device: device.map_or_else(|| of_name.unwrap_or_default().to_owned(), String::clone),
        type_: variables.get("TYPE").cloned(),
        address: ip("IPADDR")
            .zip(prefix)
            .map(|(ip, prefix)| Address::new(ip, prefix)),
        gateway: ip("GATEWAY"),
        ovs_bridge: variables.get("OVS_BRIDGE").cloned(),
        ovs_requires: words("OVSREQUIRES"),
        bond_ifaces: words("BOND_IFACES"),
        file,
        variables,
    };
    if ifcfg.device.is_empty() {
        notes.whole("no DEVICE, and no file name that tells it");
    }
    if ifcfg.address.is_none() && ifcfg.variables.contains_key("IPADDR") {
        notes.whole("IPADDR without a NETMASK or PREFIX, or one that is no address");
    }
    ifcfg
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return inner.to_owned();
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ovs_internal_port() {
        let mut notes = Notes::of("ifcfg-br0");
        let ifcfg = parse(
            "# made by hand\nDEVICE=br0\nTYPE='OVSIntPort'\nIPADDR=10.59.31.77\nNETMASK=255.255.254.0\n\
             GATEWAY=10.59.30.1\nOVSREQUIRES=\"eth3 eth2\"\n",
            &mut notes,
        );
        assert_eq!(notes.sentences(), Vec::<String>::new());
        assert_eq!(
            (ifcfg.device.as_str(), ifcfg.type_.as_deref()),
            ("br0", Some("OVSIntPort"))
        );
        assert_eq!(ifcfg.address.unwrap().to_string(), "10.59.31.77/23");
        assert_eq!(ifcfg.ovs_requires, ["eth3", "eth2"]);
    }

    #[test]
    fn what_is_no_assignment_is_noted() {
        let mut notes = Notes::of("ifcfg-x");
        assert_eq!(parse("rm -rf x\nIPADDR=10.0.0.1\n", &mut notes).device, "x");
        assert_eq!(notes.sentences().len(), 2);
        let mut notes = Notes::of("x.txt");
        parse("ONBOOT=yes\n", &mut notes);
        assert_eq!(
            notes.sentences(),
            ["x.txt: no DEVICE, and no file name that tells it"]
        );
    }
}
