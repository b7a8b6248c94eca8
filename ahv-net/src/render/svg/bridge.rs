use super::super::cables::PortAt;
use super::super::forest::{Forest, Tie};
use super::super::vlans::Vlans;
use super::colour::{ALARM, CARD, CONTROLLER, LINUX, NEUTRAL, OVS, WIRE, of_vlan};
use super::ink::{Area, Font, Ink, Paint, whole};
use super::ports::{Surroundings, counted};
use super::shelf::{Shelf, Side};
use super::uplink::Uplinks;
use crate::topology::{Bridge, BridgeKind};

/// A bridge with everything that is drawn around it, and where.
pub(super) struct Placed {
    controller: Vec<PortAt>,
    above: Shelf,
    below: Shelf,
    uplinks: Uplinks,
    /// Room at its left that stays free for a line from below.
    inset: i64,
    /// Of the bar with all that stands on it and hangs from it.
    pub(super) width: i64,
    bar_width: i64,
    top_height: i64,
    bottom_height: i64,
    /// From its bar's lower edge to the lowest thing of its tree.
    pub(super) depth: i64,
    x: i64,
    bar: i64,
}

/// The place of a port of the controller VM on its bridge: where a line to its NIC begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Riser {
    pub(super) port: PortAt,
    pub(super) x: i64,
    pub(super) top: i64,
}

pub(super) const BAR: i64 = 60;
pub(super) const RISER: i64 = 176;
const CABLE: i64 = 150;
const GAP: i64 = 22;
/// A bridge's bar sticks out this much beyond what stands on it.
const MARGIN: i64 = 14;
const PILL: i64 = 20;
/// The least height of a zone with cables or risers in it.
const LEAST: i64 = 84;

impl Placed {
    fn new(around: &Surroundings<'_>, forest: &Forest, node: usize, limit: i64) -> Self {
        let (bridge, sky) = forest
            .nodes
            .get(node)
            .map_or((usize::MAX, false), |node| (node.bridge, node.open_sky));
        let sorted = around.sort(bridge, sky, |at| forest.cabled.contains(&at));
        Self {
            controller: sorted.controller,
            above: Shelf::new(sorted.above, limit),
            below: Shelf::new(sorted.below, limit / 2),
            uplinks: Uplinks::new(sorted.uplinks),
            inset: 0,
            width: 0,
            bar_width: 0,
            top_height: 0,
            bottom_height: 0,
            depth: 0,
            x: 0,
            bar: 0,
        }
    }

    fn risers(&self) -> i64 {
        whole(self.controller.len()) * RISER
    }

    /// Height of what is above the bar's lower edge and belongs to it.
    pub(super) fn rise(&self) -> i64 {
        self.top_height + BAR
    }
}

/// Sizes of every tree: the outermost bridges first, each with all that it carries.
pub(super) fn measure(around: &Surroundings<'_>, forest: &Forest, limit: i64) -> Vec<Placed> {
    let mut placed: Vec<Placed> = (0..forest.nodes.len())
        .map(|node| Placed::new(around, forest, node, limit))
        .collect();
    for (number, node) in forest.nodes.iter().enumerate().rev() {
        let of = |child: &usize| placed.get(*child);
        let sum = |children: &[usize]| {
            children
                .iter()
                .filter_map(of)
                .map(|child| child.width + GAP)
                .sum::<i64>()
        };
        let (above, below) = (sum(&node.above), sum(&node.below));
        let tallest = node
            .above
            .iter()
            .filter_map(of)
            .map(|child| child.rise() + child.bottom_height)
            .max();
        let deepest = node
            .below
            .iter()
            .filter_map(of)
            .map(|child| child.rise() + child.depth)
            .max();
        let inset = node
            .below
            .first()
            .filter(|_| node.way_taken)
            .and_then(of)
            .map_or(0, |child| child.inset + child.risers());
        let words = around
            .topology
            .bridges
            .get(node.bridge)
            .map_or(0, bar_words_width);
        let Some(this) = placed.get_mut(number) else {
            continue;
        };
        let (cables_above, cables_below) = match &node.tie {
            Tie::Root => (0, 0),
            Tie::StandsOn(cables) => (0, whole(cables.len()) * CABLE),
            Tie::HangsFrom(cables) => (whole(cables.len()) * CABLE, 0),
        };
        let spaced = |width: i64| if width > 0 { width + GAP } else { 0 };
        let top = this.risers() + cables_above + spaced(this.above.width) + above;
        // What hangs from it begins at the very left, under the free room.
        let bottom = below - inset + cables_below + spaced(this.uplinks.width) + spaced(this.below.width);
        this.inset = inset;
        this.bar_width = (top.max(bottom) - GAP).max(words) + 2 * MARGIN;
        this.width = inset + this.bar_width;
        let cabled = |needed: bool| if needed { LEAST } else { 0 };
        // What a cable leads to must not touch what stands beside the cable.
        let clear = |cables: i64, height: i64| {
            if cables > 0 && height > 0 {
                height + GAP
            } else {
                height
            }
        };
        this.top_height = clear(cables_above, this.above.height.max(tallest.unwrap_or(0)))
            .max(cabled(cables_above > 0 || !this.controller.is_empty()));
        this.bottom_height =
            clear(cables_below, this.below.height.max(this.uplinks.height)).max(cabled(cables_below > 0));
        this.depth = this.bottom_height.max(deepest.unwrap_or(0));
    }
    placed
}

/// Places a tree, its root's left edge at `x` and its lowest edge at 0, and draws it.
pub(super) fn draw(
    ink: &mut Ink,
    around: &Surroundings<'_>,
    forest: &Forest,
    placed: &mut [Placed],
    root: usize,
    x: i64,
) -> Vec<Riser> {
    let mut risers = Vec::new();
    if let Some(root) = placed.get_mut(root) {
        root.x = x;
        root.bar = -root.depth - BAR;
    }
    let mut open = vec![root];
    while let Some(number) = open.pop() {
        let (Some(node), Some(this)) = (forest.nodes.get(number), placed.get(number)) else {
            continue;
        };
        let left = this.x + this.inset + MARGIN;
        let (bar, foot) = (this.bar, this.bar + BAR);
        // What stands on the bar, from left to right.
        let mut x = left;
        for port in &this.controller {
            risers.push(Riser {
                port: *port,
                x: x + RISER / 2 - MARGIN,
                top: bar - PILL,
            });
            pill(ink, around, *port, x, bar - PILL, RISER - 2 * MARGIN, true);
            x += RISER;
        }
        if let Tie::HangsFrom(cables) = &node.tie {
            for (own, other) in cables {
                cable(ink, around, *own, *other, x, (bar - this.top_height, bar), false);
                x += CABLE;
            }
        }
        this.above.draw(ink, x, bar, Side::Above);
        x += if this.above.width > 0 {
            this.above.width + GAP
        } else {
            0
        };
        let mut moves: Vec<(usize, i64, i64)> = Vec::new();
        for child in &node.above {
            if let Some(size) = placed.get(*child) {
                moves.push((*child, x, bar - size.bottom_height - BAR));
                x += size.width + GAP;
            }
        }
        // What hangs from it.
        let mut x = if node.below.is_empty() { left } else { this.x };
        if let Tie::StandsOn(cables) = &node.tie {
            for (own, other) in cables {
                cable(
                    ink,
                    around,
                    *own,
                    *other,
                    x,
                    (foot, foot + this.bottom_height),
                    true,
                );
                x += CABLE;
            }
        }
        for child in &node.below {
            if let Some(size) = placed.get(*child) {
                moves.push((*child, x, foot + size.top_height));
                x += size.width + GAP;
            }
        }
        x = x.max(left);
        this.uplinks.draw(ink, x, foot);
        x += if this.uplinks.width > 0 {
            this.uplinks.width + GAP
        } else {
            0
        };
        this.below.draw(ink, x, foot, Side::Below);
        if let Some(bridge) = around.topology.bridges.get(node.bridge) {
            let area = Area::new(this.x + this.inset, bar, this.bar_width, BAR);
            draw_bar(ink, around, bridge, area);
        }
        for (child, x, bar) in moves {
            if let Some(child) = placed.get_mut(child) {
                child.x = x;
                child.bar = bar;
            }
            open.push(child);
        }
    }
    risers
}

/// A patch cable with the names of both its ends.
fn cable(
    ink: &mut Ink,
    around: &Surroundings<'_>,
    own: PortAt,
    other: PortAt,
    x: i64,
    (top, bottom): (i64, i64),
    own_on_top: bool,
) {
    let middle = x + (CABLE - MARGIN) / 2;
    ink.line(&[(middle, top), (middle, bottom)], WIRE, 4, false);
    let (upper, lower) = if own_on_top { (own, other) } else { (other, own) };
    pill(ink, around, upper, x, top, CABLE - MARGIN, false);
    pill(ink, around, lower, x, bottom - PILL, CABLE - MARGIN, false);
}

/// A port's name on the edge of its bridge.
fn pill(ink: &mut Ink, around: &Surroundings<'_>, at: PortAt, x: i64, y: i64, w: i64, with_vlans: bool) {
    let Some((bridge, port)) = around.port(at) else {
        return;
    };
    let vlans = Vlans::of(bridge.kind, port);
    let colours = vlans.single().map_or(NEUTRAL, of_vlan);
    let fill = if with_vlans && vlans.single().is_none() {
        CONTROLLER
    } else {
        colours.strong
    };
    let words = match vlans {
        Vlans::Unsaid => port.name.clone(),
        ref vlans if with_vlans || vlans.single().is_some() => format!("{} · {vlans}", port.name),
        _ => port.name.clone(),
    };
    ink.open(&format!(
        "port {} of {}, {vlans}: {}",
        port.name, bridge.name, port.role_reason
    ));
    ink.area(Area::new(x, y, w, PILL), Paint::fill(fill).round(4));
    let taken = ink.badges(x + w - 3, y + PILL / 2, around.findings.of_port(&port.name));
    ink.text(
        x + (w - taken) / 2,
        y + 14,
        &words,
        w - 10 - taken,
        Font::new(11, CARD).middle(),
    );
    ink.close();
}

fn colour(bridge: &Bridge) -> super::colour::Colour {
    match bridge.kind {
        BridgeKind::Ovs => OVS,
        BridgeKind::Linux => LINUX,
    }
}

fn kind(bridge: &Bridge) -> &'static str {
    match bridge.kind {
        BridgeKind::Ovs => "Open vSwitch bridge",
        BridgeKind::Linux => "Linux bridge",
    }
}

/// The room without which a bar would not say what it is.
fn bar_words_width(bridge: &Bridge) -> i64 {
    let name = Font::new(17, CARD).bold().width(&bridge.name);
    (name + Font::new(12, CARD).width(kind(bridge)) + 110).clamp(250, 640)
}

fn draw_bar(ink: &mut Ink, around: &Surroundings<'_>, bridge: &Bridge, area: Area) {
    let Area { x, y, w, h } = area;
    let fill = colour(bridge);
    let mut about = vec![counted(bridge.ports.len(), "port")];
    let networks = around.networks_on(&bridge.name);
    if !networks.is_empty() {
        about.insert(0, format!("network {}", networks.join(", ")));
    }
    about.extend(bridge.mtu_bytes.map(|mtu| format!("MTU {mtu}")));
    about.extend(bridge.fail_mode.as_ref().map(|mode| format!("fail_mode {mode}")));
    about.extend(
        bridge
            .datapath_type
            .as_ref()
            .filter(|kind| !kind.is_empty())
            .map(|kind| format!("datapath {kind}")),
    );
    about.extend(
        bridge
            .mirrors
            .iter()
            .map(|mirror| match (&mirror.output_port, mirror.output_vlan) {
                (Some(port), _) => format!("mirror {} to {port}", mirror.name),
                (None, Some(vlan)) => format!("mirror {} to VLAN {vlan}", mirror.name),
                (None, None) => format!("mirror {} to nowhere", mirror.name),
            }),
    );
    if bridge.stp == Some(true) {
        about.push("STP on".to_owned());
    }
    let about = about.join(" · ");
    ink.open(&format!(
        "{} {}: {about}; known from {}",
        kind(bridge),
        bridge.name,
        bridge.known_from.join(", ")
    ));
    let round = if bridge.kind == BridgeKind::Ovs { 12 } else { 0 };
    ink.area(area, Paint::fill(fill).round(round));
    if bridge.kind == BridgeKind::Linux {
        // A second outline, so that the two kinds differ without colour as well.
        ink.area(
            Area::new(x + 3, y + 3, w - 6, h - 6),
            Paint::fill(fill).stroke(CARD, 1).dashed(true).round(0),
        );
    }
    let findings = around.findings.of_bridge(&bridge.name);
    let mut taken = 0;
    if !findings.is_empty() {
        // Red on blue is no contrast: the numbers stand on white.
        let wide = whole(findings.len().min(3)) * 30;
        ink.area(
            Area::new(x + w - wide - 12, y + 8, wide, 22),
            Paint::fill(CARD).stroke(ALARM, 1).round(11),
        );
        ink.badges(x + w - 16, y + 19, findings);
        taken = wide + 8;
    }
    let name = Font::new(17, CARD).bold();
    let badge = Font::new(12, CARD);
    let badge_width = badge.width(kind(bridge));
    let room = w - 42 - taken - badge_width;
    ink.text(x + 16, y + 25, &bridge.name, room, name);
    let used = name.width(&bridge.name).min(room);
    ink.text(x + 28 + used, y + 25, kind(bridge), badge_width, badge);
    ink.text(x + 16, y + 47, &about, w - 32, Font::new(12, CARD));
    ink.close();
}
