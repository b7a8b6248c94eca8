use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DesiredBridge, DesiredNic};
use crate::edit::PlanError;
use crate::edit::draft::Draft;
use crate::edit::intent::Edit;

/// What shall be on the host.
///
/// # Examples
/// ```
/// use ahv_net::edit::Desired;
///
/// let desired: Desired = serde_json::from_str(r#"{
///     "bridges": [{
///         "name": "br1",
///         "bonds": [{"name": "br1-up", "uplinks": ["eth4", "eth5"], "mode": "active-backup"}],
///         "tunnels": [{"name": "vx7", "remote_ip": "192.0.2.7", "key": 7}],
///         "ports": [{"name": "old0", "absent": true}]
///     }],
///     "nics": [{"mac": "50:6b:8d:00:00:20", "vlan": {"access": 40}}]
/// }"#)?;
/// assert!(serde_json::from_str::<Desired>(r#"{"bridge": []}"#).is_err(), "no word is passed over");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Desired {
    /// The bridges of Open vSwitch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bridges: Vec<DesiredBridge>,
    /// The NICs of guests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nics: Vec<DesiredNic>,
}

impl Edit for Desired {
    fn title(&self) -> String {
        let mut parts = Vec::new();
        if !self.bridges.is_empty() {
            let names: Vec<&str> = self.bridges.iter().map(|bridge| bridge.name.as_str()).collect();
            parts.push(names.join(", "));
        }
        if !self.nics.is_empty() {
            let macs: Vec<String> = self.nics.iter().map(|nic| nic.mac.to_string()).collect();
            parts.push(macs.join(", "));
        }
        format!(
            "apply the desired state of {}",
            match parts.is_empty() {
                true => "nothing".to_owned(),
                false => parts.join(" and "),
            }
        )
    }

    /// Bridges first, so that what is on them finds them; what goes last, so that it can first be emptied.
    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        self.check()?;
        let there = || self.bridges.iter().filter(|bridge| !bridge.absent);
        for bridge in there() {
            bridge.edit_itself(draft)?;
        }
        for bridge in there() {
            bridge.delete_ports(draft)?;
        }
        for bridge in there() {
            bridge.edit_ports(draft)?;
        }
        for bridge in there() {
            bridge.delete_bonds(draft)?;
        }
        for bridge in there() {
            bridge.edit_mirrors(draft)?;
        }
        for bridge in self.bridges.iter().filter(|bridge| bridge.absent) {
            bridge.delete(draft)?;
        }
        for nic in &self.nics {
            nic.edit(draft)?;
        }
        Ok(())
    }
}

impl Desired {
    /// A name that stands twice would be done twice, and the last word would win without anyone knowing.
    fn check(&self) -> Result<(), PlanError> {
        let mut names: Vec<(&str, String)> = Vec::new();
        for bridge in &self.bridges {
            names.push(("bridge", bridge.name.clone()));
            names.extend(bridge.port_names().map(|name| ("port", name.to_owned())));
        }
        names.extend(self.nics.iter().map(|nic| ("NIC", nic.mac.to_string())));
        names.sort();
        let twice = names.windows(2).find(|pair| matches!(pair, [a, b] if a == b));
        match twice {
            Some([(kind, name), _]) => Err(PlanError::refused(format!(
                "{kind} {name} stands twice in the desired state: name it once"
            ))),
            _ => Ok(()),
        }
    }
}
