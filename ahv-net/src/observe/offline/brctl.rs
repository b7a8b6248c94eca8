//! The text of `brctl show`.

use super::capture::{Notes, is_remark};

/// A Linux bridge as `brctl show` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedBridge {
    pub(super) name: String,
    pub(super) stp: Option<bool>,
    pub(super) members: Vec<String>,
}

/// Reads `brctl show`. A line that begins with white space continues the bridge above with one more
/// member.
pub(super) fn parse(text: &str, notes: &mut Notes) -> Vec<ListedBridge> {
    let mut bridges: Vec<ListedBridge> = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !is_remark(line)) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            ["bridge", "name", ..] => {}
            [member] if line.starts_with(char::is_whitespace) => match bridges.last_mut() {
                Some(bridge) => bridge.members.push((*member).to_owned()),
                None => notes.line(index + 1, "a member of no bridge"),
            },
            [name, _id, stp @ ("yes" | "no"), members @ ..] => bridges.push(ListedBridge {
                name: (*name).to_owned(),
                stp: Some(*stp == "yes"),
                members: members.iter().map(|member| (*member).to_owned()).collect(),
            }),
            _ => notes.line(index + 1, "neither a bridge nor a member"),
        }
    }
    bridges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_on_their_own_lines_belong_to_the_bridge_above() {
        let text = "bridge name\tbridge id\t\tSTP enabled\tinterfaces\nvirbr0\t\t8000.52540074f9b0\tno\t\tvirbr0-nic\n\
                    \t\t\t\t\t\t\tvnet1\nempty\t\t8000.000000000000\tyes\t\t\n";
        let mut notes = Notes::of("brctl.txt");
        let bridges = parse(text, &mut notes);
        assert_eq!(notes.sentences(), Vec::<String>::new());
        assert_eq!(bridges[0].members, ["virbr0-nic", "vnet1"]);
        assert_eq!((bridges[1].stp, bridges[1].members.len()), (Some(true), 0));
    }

    #[test]
    fn a_member_without_a_bridge_is_noted() {
        let mut notes = Notes::of("brctl.txt");
        assert_eq!(parse("   vnet1\nsome other text\n", &mut notes), []);
        assert_eq!(notes.sentences().len(), 2);
    }
}
