use super::super::bond;
use super::super::devices::Devices;
use super::super::findings::Findings;
use super::super::vlans::Vlans;
use super::colour::{ALARM, CARD, FAINT, HAIRLINE, INK, NEUTRAL, Pair, WIRE, of_vlan};
use super::ink::{Area, Font, Ink, Paint, whole};
use crate::topology::{Interface, Link, Port};

/// A port to the physical network with its NICs: a bond, or one bare NIC.
#[derive(Debug)]
pub(super) struct Uplink {
    heading: String,
    about: Vec<String>,
    title: String,
    colours: Pair,
    findings: Vec<usize>,
    nics: Vec<PhysicalNic>,
    /// Whether it hangs on a bridge.
    plugged: bool,
}

#[derive(Debug)]
struct PhysicalNic {
    name: String,
    lines: Vec<String>,
    state: String,
    down: bool,
    findings: Vec<usize>,
    title: String,
}

const NIC_WIDTH: i64 = 158;
const NIC_HEIGHT: i64 = 78;
const HEADING: i64 = 50;
const PAD: i64 = 10;
const GAP: i64 = 8;
const STEM: i64 = 26;
/// From the box to the wire, and the wire with its words.
const DROP: i64 = 26;
const WIRE_WORDS: i64 = 24;
/// More NICs than this begin a second line.
const ACROSS: i64 = 6;

impl Uplink {
    pub(super) fn of(port: &Port, vlans: &Vlans, devices: &Devices<'_>, findings: &Findings) -> Self {
        let mut about = Vec::new();
        let mut nics: Vec<PhysicalNic> = Vec::new();
        for interface in &port.interfaces {
            let members = devices.members(&interface.name);
            if members.is_empty() {
                let active = port.bond.as_ref().and_then(|bond| bond.active_slave.as_deref());
                let is_active = interface
                    .mac
                    .is_some_and(|mac| active == Some(mac.to_string().as_str()));
                nics.push(PhysicalNic::of_interface(interface, is_active, devices, findings));
            } else {
                about.push("Linux bond".to_owned());
                nics.extend(
                    members
                        .iter()
                        .map(|link| PhysicalNic::of_link(link, devices, findings)),
                );
            }
        }
        if let Some(bond) = &port.bond {
            about.push(bond::mode(bond).to_owned());
            about.push(bond::lacp(bond));
        }
        about.push(vlans.to_string());
        let kind = if nics.len() > 1 { "uplink bond" } else { "uplink" };
        Self {
            heading: format!("{} · {kind}", port.name),
            title: format!("{}: {}, {}", port.name, port.role_reason, about.join(", ")),
            about,
            colours: vlans.single().map_or(NEUTRAL, of_vlan),
            findings: findings.of_port(&port.name).to_vec(),
            nics,
            plugged: true,
        }
    }

    /// The NICs that no bridge has.
    pub(super) fn unused(links: &[&Link], devices: &Devices<'_>, findings: &Findings) -> Self {
        Self {
            heading: "NICs in no bridge".to_owned(),
            about: Vec::new(),
            title: "NICs of the host that are in no bridge and no bond".to_owned(),
            colours: NEUTRAL,
            findings: Vec::new(),
            nics: links
                .iter()
                .map(|link| PhysicalNic::of_link(link, devices, findings))
                .collect(),
            plugged: false,
        }
    }

    pub(super) fn size(&self) -> (i64, i64) {
        let count = whole(self.nics.len()).max(1);
        let (across, down) = (count.min(ACROSS), (count + ACROSS - 1) / ACROSS);
        let wide = (across * (NIC_WIDTH + GAP) - GAP + 2 * PAD).max(250);
        (wide, HEADING + down * (NIC_HEIGHT + GAP) - GAP + PAD)
    }

    fn draw(&self, ink: &mut Ink, x: i64, y: i64) {
        let (w, h) = self.size();
        let Pair { strong, pale } = self.colours;
        ink.open(&self.title);
        let paint = Paint::fill(pale).stroke(strong, 2).dashed(!self.plugged).round(6);
        ink.area(Area::new(x, y, w, h), paint);
        let taken = ink.badges(x + w - 8, y + 16, &self.findings);
        ink.text(
            x + PAD,
            y + 20,
            &self.heading,
            w - 2 * PAD - taken,
            Font::new(13, INK).bold(),
        );
        ink.text(
            x + PAD,
            y + 38,
            &self.about.join(" · "),
            w - 2 * PAD,
            Font::new(11, INK),
        );
        for (place, nic) in self.nics.iter().enumerate() {
            let (column, row) = (whole(place) % ACROSS, whole(place) / ACROSS);
            nic.draw(
                ink,
                x + PAD + column * (NIC_WIDTH + GAP),
                y + HEADING + row * (NIC_HEIGHT + GAP),
            );
        }
        ink.close();
    }
}

impl PhysicalNic {
    fn of_interface(interface: &Interface, active: bool, devices: &Devices<'_>, findings: &Findings) -> Self {
        let link = devices.link(&interface.name);
        let mut nic = Self::named(&interface.name, devices, findings);
        nic.lines.extend(interface.mac.map(|mac| mac.to_string()));
        if let (Some(parent), Some(id)) = (
            link.and_then(|link| link.parent.as_ref()),
            link.and_then(|link| link.vlan_id),
        ) {
            nic.lines.push(format!("VLAN {id} of {parent}"));
        }
        nic.settle(interface.admin_up, interface.link_up, interface.mtu_bytes, active);
        nic.devices_above(&interface.name, devices);
        nic
    }

    fn of_link(link: &Link, devices: &Devices<'_>, findings: &Findings) -> Self {
        let mut nic = Self::named(&link.name, devices, findings);
        nic.lines.extend(link.mac.map(|mac| mac.to_string()));
        nic.settle(link.admin_up, link.link_up, link.mtu_bytes, false);
        nic.devices_above(&link.name, devices);
        if !link.addresses.is_empty() {
            let addresses: Vec<String> = link.addresses.iter().map(ToString::to_string).collect();
            nic.lines.push(addresses.join(", "));
        }
        nic
    }

    fn named(name: &str, devices: &Devices<'_>, findings: &Findings) -> Self {
        Self {
            name: name.to_owned(),
            lines: Vec::new(),
            state: String::new(),
            down: false,
            findings: findings.of_nic_and_vlans(name, devices),
            title: String::new(),
        }
    }

    fn settle(&mut self, admin_up: Option<bool>, link_up: Option<bool>, mtu: Option<u32>, active: bool) {
        let mut state: Vec<String> = Vec::new();
        match (admin_up, link_up) {
            (Some(false), _) => state.push("off".to_owned()),
            (_, Some(false)) => state.push("no carrier".to_owned()),
            (_, Some(true)) => state.push("up".to_owned()),
            _ => {}
        }
        self.down = admin_up == Some(false) || link_up == Some(false);
        if active {
            state.push("active".to_owned());
        }
        state.extend(mtu.map(|mtu| format!("MTU {mtu}")));
        self.state = state.join(" · ");
    }

    fn devices_above(&mut self, name: &str, devices: &Devices<'_>) {
        let above: Vec<&str> = devices
            .vlans_on(name)
            .iter()
            .map(|link| link.name.as_str())
            .collect();
        if !above.is_empty() {
            self.lines.push(format!("below {}", above.join(", ")));
        }
        self.title = format!("NIC {}: {}; {}", self.name, self.lines.join("; "), self.state);
    }

    fn draw(&self, ink: &mut Ink, x: i64, y: i64) {
        let area = Area::new(x, y, NIC_WIDTH, NIC_HEIGHT);
        let stroke = if self.down { ALARM } else { HAIRLINE };
        ink.open(&self.title);
        ink.area(area, Paint::fill(CARD).stroke(stroke, 1).round(3));
        let taken = ink.badges(area.right() - 5, y + 14, &self.findings);
        ink.text(
            x + 9,
            y + 18,
            &self.name,
            NIC_WIDTH - 16 - taken,
            Font::new(12, INK).bold(),
        );
        let state = if self.down {
            Font::new(11, ALARM).bold()
        } else {
            Font::new(11, FAINT)
        };
        ink.text(x + 9, y + 34, &self.state, NIC_WIDTH - 16, state);
        for (line, text) in self.lines.iter().take(2).enumerate() {
            ink.text(
                x + 9,
                y + 51 + 16 * whole(line),
                text,
                NIC_WIDTH - 16,
                Font::new(11, INK),
            );
        }
        ink.close();
    }
}

/// Uplinks side by side, with the wire below them.
#[derive(Debug, Default)]
pub(super) struct Uplinks {
    boxes: Vec<Uplink>,
    pub(super) width: i64,
    pub(super) height: i64,
}

impl Uplinks {
    pub(super) fn new(boxes: Vec<Uplink>) -> Self {
        let tallest = boxes.iter().map(|uplink| uplink.size().1).max();
        let width: i64 = boxes.iter().map(|uplink| uplink.size().0 + 20).sum();
        Self {
            width: (width - 20).max(0),
            height: tallest.map_or(0, |tallest| STEM + tallest + DROP + WIRE_WORDS),
            boxes,
        }
    }

    /// Draws them from the bridge's lower edge downwards.
    pub(super) fn draw(&self, ink: &mut Ink, x: i64, edge: i64) {
        if self.boxes.is_empty() {
            return;
        }
        let wire = edge + self.height - WIRE_WORDS;
        let mut left = x;
        for uplink in &self.boxes {
            let (w, h) = uplink.size();
            let top = edge + STEM;
            if uplink.plugged {
                let middle = left + w / 2;
                ink.line(&[(middle, edge), (middle, top)], uplink.colours.strong, 5, false);
                ink.dot(middle, edge, 5, uplink.colours.strong, CARD);
            }
            let nics = whole(uplink.nics.len()).clamp(1, ACROSS);
            for nic in 0..nics {
                let middle = left + PAD + nic * (NIC_WIDTH + GAP) + NIC_WIDTH / 2;
                ink.line(&[(middle, top + h), (middle, wire)], WIRE, 3, false);
            }
            uplink.draw(ink, left, top);
            left += w + 20;
        }
        ink.line(&[(x, wire), (x + self.width, wire)], WIRE, 6, false);
        ink.text(x, wire + 18, "physical network", self.width, Font::new(11, FAINT));
    }
}
