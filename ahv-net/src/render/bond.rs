use crate::topology::Bond;

/// How a bond shares the load; a default counts only where a source tells the column.
pub(super) fn mode(bond: &Bond) -> &str {
    let default = if bond.told {
        "active-backup (default)"
    } else {
        "mode not told"
    };
    bond.mode.as_deref().unwrap_or(default)
}

/// Whether and how a bond speaks LACP.
pub(super) fn lacp(bond: &Bond) -> String {
    let default = if bond.told { "off" } else { "not told" };
    format!("LACP {}", bond.lacp.as_deref().unwrap_or(default))
}

#[cfg(test)]
mod tests {
    use super::super::specimen;
    use super::*;

    #[test]
    fn what_no_source_tells_is_no_default() {
        let topology = specimen::reference();
        let bond = topology.port("bond0").unwrap().bond.clone().unwrap();
        assert_eq!(
            (mode(&bond), lacp(&bond).as_str()),
            ("active-backup (default)", "LACP off")
        );
        let untold = Bond { told: false, ..bond };
        assert_eq!(
            (mode(&untold), lacp(&untold).as_str()),
            ("mode not told", "LACP not told")
        );
    }
}
