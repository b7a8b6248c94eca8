use super::super::vlans::Vlans;
use super::bridge::Riser;
use super::colour::{ALARM, CARD, CONTROLLER, CONTROLLER_PALE, FAINT, HAIRLINE, INK, NEUTRAL, of_vlan};
use super::ink::{Area, Font, Ink, Paint, whole};
use super::ports::Surroundings;
use crate::topology::{Domain, Nic};

const NIC_WIDTH: i64 = 164;
const NIC_HEIGHT: i64 = 62;
/// With the guest's own addresses below.
const NIC_HEIGHT_WITH_ADDRESSES: i64 = 78;
const HEADING: i64 = 50;
const PAD: i64 = 10;
/// From the box to the nearest thing below it.
const CLEARANCE: i64 = 22;

/// Draws the controller VM over the lines that rise to it: one box over all bridges it has a NIC on.
///
/// Everything else of the row must have been drawn, since the box goes above all of it.
pub(super) fn draw(
    ink: &mut Ink,
    around: &Surroundings<'_>,
    controller: &Domain,
    risers: &[Riser],
    left: i64,
) {
    let mut placed: Vec<(&Nic, Option<Riser>)> = Vec::new();
    for nic in &controller.nics {
        let riser = risers.iter().copied().find(|riser| {
            around
                .port(riser.port)
                .and_then(|(_, port)| port.attachment.as_ref())
                .map(|attachment| attachment.mac)
                == nic.mac
        });
        placed.push((nic, riser));
    }
    let first = placed
        .iter()
        .filter_map(|(_, riser)| riser.map(|riser| riser.x))
        .min();
    let last = placed
        .iter()
        .filter_map(|(_, riser)| riser.map(|riser| riser.x))
        .max();
    let x = first.map_or(left, |first| first - NIC_WIDTH / 2 - PAD);
    // NICs without a line stand to the right of those with one.
    let mut free = last.map_or(x + PAD, |last| last + NIC_WIDTH / 2 + PAD);
    let loose = placed.iter().filter(|(_, riser)| riser.is_none()).count();
    let right = (free + whole(loose) * (NIC_WIDTH + PAD)).max(x + 2 * NIC_WIDTH + 3 * PAD);
    let told = controller.nics.iter().any(|nic| !nic.addresses.is_empty());
    let nic_height = if told {
        NIC_HEIGHT_WITH_ADDRESSES
    } else {
        NIC_HEIGHT
    };
    let height = HEADING + nic_height + PAD;
    let ceiling = ink
        .boxes
        .iter()
        .filter(|area| area.x < right + CLEARANCE && area.right() > x - CLEARANCE)
        .map(|area| area.y)
        .min();
    let area = Area::new(x, ceiling.unwrap_or(0) - CLEARANCE - height, right - x, height);

    ink.open(&format!(
        "controller VM {}, {}",
        controller.name, controller.state
    ));
    let lines: Vec<(i64, i64)> = placed
        .iter()
        .filter_map(|(_, riser)| riser.map(|riser| (riser.x, riser.top)))
        .collect();
    for (x, top) in lines {
        ink.line(&[(x, area.bottom()), (x, top)], CONTROLLER, 4, false);
    }
    ink.area(area, Paint::fill(CONTROLLER_PALE).stroke(CONTROLLER, 3).round(8));
    ink.text(
        area.x + PAD + 2,
        area.y + 22,
        &controller.name,
        area.w - 2 * PAD,
        Font::new(15, CONTROLLER).bold(),
    );
    let about = format!("controller VM · {}", controller.state);
    ink.text(
        area.x + PAD + 2,
        area.y + 40,
        &about,
        area.w - 2 * PAD,
        Font::new(11, INK),
    );
    for (place, (nic, riser)) in placed.into_iter().enumerate() {
        let x = match riser {
            Some(riser) => riser.x - NIC_WIDTH / 2,
            None => {
                free += NIC_WIDTH + PAD;
                free - NIC_WIDTH - PAD
            }
        };
        let inside = nic.guest_name.as_ref().map(|name| format!(" · {name}"));
        let heading = format!("NIC {}{}", place + 1, inside.unwrap_or_default());
        draw_nic(
            ink,
            around,
            controller,
            nic,
            riser,
            &heading,
            Area::new(x, area.y + HEADING, NIC_WIDTH, nic_height),
        );
    }
    ink.close();
}

fn draw_nic(
    ink: &mut Ink,
    around: &Surroundings<'_>,
    controller: &Domain,
    nic: &Nic,
    riser: Option<Riser>,
    heading: &str,
    area: Area,
) {
    let mac = nic.mac.map_or_else(|| "no MAC".to_owned(), |mac| mac.to_string());
    let place = match (&nic.port, &nic.network, &nic.bridge) {
        (Some(port), ..) => format!("port {port}"),
        (None, Some(network), _) => format!("no port; network {network}"),
        (None, None, Some(bridge)) => format!("no port; bridge {bridge}"),
        (None, None, None) => format!("no port; type {}", nic.type_),
    };
    let vlan = riser
        .and_then(|riser| around.port(riser.port))
        .and_then(|(bridge, port)| Vlans::of(bridge.kind, port).single());
    let accent = vlan.map_or(NEUTRAL, of_vlan).strong;
    ink.open(&format!("{heading} of {}: {mac}, {place}", controller.name));
    let stroke = if nic.port.is_some() { HAIRLINE } else { ALARM };
    ink.area(
        area,
        Paint::fill(CARD)
            .stroke(stroke, 1)
            .dashed(nic.port.is_none())
            .round(4),
    );
    ink.line(
        &[
            (area.x + 4, area.bottom() - 2),
            (area.right() - 4, area.bottom() - 2),
        ],
        accent,
        3,
        false,
    );
    let taken = ink.badges(
        area.right() - 5,
        area.y + 14,
        around.findings.of_nic(&controller.name, nic.mac),
    );
    let cable = if nic.link_up { "" } else { " · cable pulled" };
    let room = area.w - 16;
    ink.text(
        area.x + 8,
        area.y + 18,
        &format!("{heading}{cable}"),
        room - taken,
        Font::new(12, INK).bold(),
    );
    ink.text(area.x + 8, area.y + 35, &mac, room, Font::new(11, INK));
    ink.text(area.x + 8, area.y + 51, &place, room, Font::new(11, FAINT));
    let addresses: Vec<String> = nic.addresses.iter().map(ToString::to_string).collect();
    ink.text(
        area.x + 8,
        area.y + 67,
        &addresses.join(", "),
        room,
        Font::new(11, INK),
    );
    ink.close();
}
