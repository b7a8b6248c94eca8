use ahv_net::libvirt_model::vocab::VlanId;

/// VLANs as a command line has them: `1,5-9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vlans(pub Vec<VlanId>);

/// Reads one VLAN.
///
/// # Errors
/// A sentence that says which numbers there are.
pub fn vlan(text: &str) -> Result<VlanId, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no VLAN: write a number from 0 to 4095"))
}

/// Reads several VLANs, and ranges of them.
///
/// # Errors
/// A sentence that says how to write them.
pub fn vlans(text: &str) -> Result<Vlans, String> {
    if text.trim().is_empty() {
        return Err("it names no VLAN: write some, such as 1,5-9; a port without any has --clear".to_owned());
    }
    let mut vlans = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => vlans.push(vlan(part)?),
            Some((first, last)) => {
                let (first, last) = (vlan(first)?.get(), vlan(last)?.get());
                if first > last {
                    return Err(format!("{part} ends before it begins: write {last}-{first}"));
                }
                vlans.extend((first..=last).filter_map(|number| VlanId::new(number).ok()));
            }
        }
    }
    vlans.sort_unstable();
    vlans.dedup();
    Ok(Vlans(vlans))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vlans_are_numbers_and_ranges() {
        let numbers =
            |text| vlans(text).map(|vlans| vlans.0.iter().map(|vlan| vlan.get()).collect::<Vec<_>>());
        assert_eq!(numbers("1,5-7"), Ok(vec![1, 5, 6, 7]));
        assert_eq!(numbers("7,7"), Ok(vec![7]));
        for wrong in ["", "4096", "9-5", "1,,2", "-1", "a"] {
            assert!(vlans(wrong).is_err(), "{wrong}");
        }
    }
}
