use std::collections::HashSet;

use super::super::forest::Forest;
use super::bridge::{self, Placed, Riser};
use super::colour::{ALARM, CARD, FAINT, HAIRLINE, INK, NEUTRAL, PAPER};
use super::controller;
use super::ink::{Area, Font, Ink, Paint, escaped, whole};
use super::lane::{Cell, Density, Lane};
use super::panel::{self, Panel};
use super::panels::panels;
use super::ports::{Surroundings, counted};
use super::uplink::{Uplink, Uplinks};
use crate::topology::{Domain, DomainRole, Reading, Topology};

const MARGIN: i64 = 28;
const HEADER: i64 = 84;
const GAP: i64 = 34;
/// A narrower page would break the heading.
const NARROWEST: i64 = 900;
/// What a page is wide for each 100 that it is high, as far as its parts allow.
const ASPECT: i64 = 160;
/// What a row needs in height beside its lanes: the bridge, the uplinks, its part of heading and panels.
const BESIDE_LANES: i64 = 450;
/// Lanes are not broken into columns lower than this.
const LOWEST: i64 = 300;

/// The picture as a self-contained SVG: the wire at the bottom, bridges on it, guests and the controller
/// VM on top.
///
/// A person should understand the host at a glance: VLANs have colours, findings have red numbers, and
/// every thing says more where the pointer rests on it. It has its own background, needs no font, script
/// or style sheet, and is the same for the same topology byte for byte. It grows with the host in both
/// directions, and no text is smaller than 10 pixels. Every name is escaped. It is for people: a program
/// reads [`json`](crate::render::json).
pub fn svg(topology: &Topology) -> String {
    let around = Surroundings::of(topology);
    let controllers: HashSet<usize> = match around.controller {
        Some(controller) => bridges_of(topology, controller),
        None => HashSet::new(),
    };
    let forest = Forest::of(topology, &controllers);
    let limit = column_height(topology, &around);
    let mut placed = bridge::measure(&around, &forest, limit);
    let unused = Uplinks::new(match around.devices.unused.as_slice() {
        [] => Vec::new(),
        links => vec![Uplink::unused(links, &around.devices, &around.findings)],
    });

    let rows = rows(&forest, &placed, &controllers, &unused, limit);
    let mut body = Ink::default();
    let (mut width, mut y) = (NARROWEST, MARGIN + HEADER);
    for row in rows {
        let (ink, row_width) = draw_row(&around, &forest, &mut placed, &row, &unused);
        let top = ink.boxes.iter().map(|area| area.y).min().unwrap_or(0).min(0);
        y -= top;
        body.put(format_args!(
            "<g transform=\"translate({MARGIN} {y})\">\n{}</g>\n",
            ink.svg
        ));
        y += GAP;
        width = width.max(row_width);
    }
    if let Some(lane) = portless(&around) {
        // As wide as the page, and as high as that makes it.
        let limit = lane_limit(&lane, width);
        let (w, h) = lane.size(limit);
        lane.draw(&mut body, MARGIN, y, limit);
        y += h + GAP;
        width = width.max(w);
    }
    let columns = fill_columns(panels(&around), ((width + 12) / (panel::WIDTH + 12)).max(1));
    let mut lowest = y;
    for (place, column) in columns.iter().enumerate() {
        let mut y = y;
        for panel in column {
            panel.draw(&mut body, MARGIN + whole(place) * (panel::WIDTH + 12), y);
            y += panel.height() + 12;
        }
        lowest = lowest.max(y);
    }
    page(&around, &body, width + 2 * MARGIN, lowest - 12 + MARGIN)
}

/// The bridges on which a domain has a port.
fn bridges_of(topology: &Topology, domain: &Domain) -> HashSet<usize> {
    let has_it = |port: &crate::topology::Port| {
        port.attachment
            .as_ref()
            .is_some_and(|attachment| attachment.domain == domain.name)
    };
    let bridges = topology.bridges.iter().enumerate();
    bridges
        .filter(|(_, bridge)| bridge.ports.iter().any(has_it))
        .map(|(place, _)| place)
        .collect()
}

/// How high columns of lanes should be for a page of good proportions.
fn column_height(topology: &Topology, around: &Surroundings<'_>) -> i64 {
    let sizes = (0..topology.bridges.len()).flat_map(|place| around.sort(place, true, |_| false).above);
    let area: i64 = sizes
        .map(|lane| {
            let (w, h) = lane.size(i64::MAX / 4);
            (w + 24) * (h + 12)
        })
        .sum();
    (area * 100 / ASPECT).isqrt().max(LOWEST)
}

/// The trees in rows, and where the NICs of no bridge stand.
struct Row {
    trees: Vec<usize>,
    unused: bool,
}

fn rows(
    forest: &Forest,
    placed: &[Placed],
    controllers: &HashSet<usize>,
    unused: &Uplinks,
    limit: i64,
) -> Vec<Row> {
    let width = |tree: &usize| placed.get(*tree).map_or(0, |placed| placed.width);
    let holds_controller: HashSet<usize> = {
        // Nodes come after the roots of their trees, and before the next root.
        let mut root = None;
        let mut found = HashSet::new();
        let roots: HashSet<usize> = forest.roots.iter().copied().collect();
        for (number, node) in forest.nodes.iter().enumerate() {
            if roots.contains(&number) {
                root = Some(number);
            }
            if controllers.contains(&node.bridge) {
                found.extend(root);
            }
        }
        found
    };
    let (mut first, rest): (Vec<usize>, Vec<usize>) = forest
        .roots
        .iter()
        .copied()
        .partition(|root| holds_controller.contains(root));
    // The box of the controller VM reaches from the first to the last of them: the widest goes last.
    first.sort_by_key(width);
    // Lanes never fill their columns, and one row is easier to read than two.
    let widest = ((limit + BESIDE_LANES) * ASPECT / 100 * 3 / 2).max(1900);
    let mut used: i64 = first.iter().map(|tree| width(tree) + GAP).sum();
    let mut rows = vec![Row {
        trees: first,
        unused: false,
    }];
    for tree in rest {
        let wide = width(&tree);
        let full = used > 0 && used + wide > widest;
        if full {
            rows.push(Row {
                trees: Vec::new(),
                unused: false,
            });
            used = 0;
        }
        used += wide + GAP;
        if let Some(row) = rows.last_mut() {
            row.trees.push(tree);
        }
    }
    if unused.width > 0 {
        if used > 0 && used + unused.width > widest {
            rows.push(Row {
                trees: Vec::new(),
                unused: true,
            });
        } else if let Some(row) = rows.last_mut() {
            row.unused = true;
        }
    }
    rows.retain(|row| row.unused || !row.trees.is_empty());
    rows
}

/// Draws a row of trees with their lowest edges at 0; the answer has its width.
fn draw_row(
    around: &Surroundings<'_>,
    forest: &Forest,
    placed: &mut [Placed],
    row: &Row,
    unused: &Uplinks,
) -> (Ink, i64) {
    let mut ink = Ink::default();
    let mut risers: Vec<Riser> = Vec::new();
    let mut x = 0;
    for tree in &row.trees {
        risers.extend(bridge::draw(&mut ink, around, forest, placed, *tree, x));
        x += placed.get(*tree).map_or(0, |placed| placed.width) + GAP;
    }
    if row.unused {
        unused.draw(&mut ink, x, -unused.height);
        x += unused.width + GAP;
    }
    if let Some(controller) = around.controller.filter(|_| !risers.is_empty()) {
        controller::draw(&mut ink, around, controller, &risers, 0);
    }
    let right = ink.boxes.iter().map(|area| area.right()).max().unwrap_or(0);
    (ink, right.max(x - GAP))
}

/// Domains of which no NIC has a port, and single NICs without one.
fn portless(around: &Surroundings<'_>) -> Option<Lane> {
    let topology = around.topology;
    let drawn = around
        .controller
        .filter(|controller| controller.nics.iter().any(|nic| nic.port.is_some()))
        .map(|controller| controller.name.as_str());
    let mut cells = Vec::new();
    for domain in topology
        .domains
        .iter()
        .filter(|domain| Some(domain.name.as_str()) != drawn)
    {
        let mut cell = |detail: String, place: String, findings: &[usize]| {
            let what = if domain.role == DomainRole::Cvm {
                "controller VM"
            } else {
                "domain"
            };
            cells.push(Cell {
                title: format!("{what} {}, {}: {detail}, {place}", domain.name, domain.state),
                name: domain.name.clone(),
                detail,
                place: format!("{} · {place}", domain.state),
                findings: findings.to_vec(),
                idle: !domain.active,
            });
        };
        if domain.nics.is_empty() {
            cell("no NIC".to_owned(), "no network".to_owned(), &[]);
        }
        for nic in domain.nics.iter().filter(|nic| nic.port.is_none()) {
            let place = match (&nic.network, &nic.bridge) {
                (Some(network), _) => format!("network {network}"),
                (None, Some(bridge)) => format!("bridge {bridge}"),
                (None, None) => format!("type {}", nic.type_),
            };
            let mac = nic.mac.map_or_else(|| "no MAC".to_owned(), |mac| mac.to_string());
            cell(mac, place, around.findings.of_nic(&domain.name, nic.mac));
        }
    }
    let dense = cells.len() > 40;
    (!cells.is_empty()).then(|| Lane {
        heading: "Without a port".to_owned(),
        count: counted(cells.len(), "NIC"),
        colours: NEUTRAL,
        dashed: true,
        density: if dense {
            Density::rows_for(&cells)
        } else {
            Density::Cards
        },
        cells,
    })
}

/// The least height at which a lane is not wider than `width`.
fn lane_limit(lane: &Lane, width: i64) -> i64 {
    let one = Lane {
        cells: Vec::new(),
        ..lane.clone()
    }
    .size(i64::MAX / 4);
    let across = (width / one.0).max(1);
    let down = (whole(lane.cells.len()) + across - 1) / across;
    // One row of cells is as high as the lane without its heading.
    one.1 + (down - 1).max(0) * (one.1 - super::lane::HEADING - 10) + 6
}

/// Panels in columns, each where there is most room.
fn fill_columns(panels: Vec<Panel>, count: i64) -> Vec<Vec<Panel>> {
    let count = usize::try_from(count).unwrap_or(1).min(panels.len()).max(1);
    let mut columns: Vec<(i64, Vec<Panel>)> = (0..count).map(|_| (0, Vec::new())).collect();
    for panel in panels {
        if let Some((height, column)) = columns.iter_mut().min_by_key(|(height, _)| *height) {
            *height += panel.height() + 12;
            column.push(panel);
        }
    }
    columns.into_iter().map(|(_, column)| column).collect()
}

/// The words under the host's name.
fn summary(topology: &Topology) -> String {
    let host = &topology.host;
    let mut words = Vec::new();
    if let Some(version) = &host.ovs_version {
        let schema = host
            .ovs_schema
            .as_ref()
            .map(|schema| format!(" (schema {schema})"));
        words.push(format!("Open vSwitch {version}{}", schema.unwrap_or_default()));
    }
    words.extend(
        host.libvirt_version
            .as_ref()
            .map(|version| format!("libvirt {version}")),
    );
    words.push(counted(topology.bridges.len(), "bridge"));
    words.push(counted(topology.ports().count(), "port"));
    let cvms = topology
        .domains
        .iter()
        .filter(|domain| domain.role == DomainRole::Cvm)
        .count();
    if cvms > 0 {
        words.push(counted(cvms, "controller VM"));
    }
    words.push(counted(topology.domains.len() - cvms, "guest"));
    let silent: Vec<&str> = topology
        .sources
        .iter()
        .filter(|source| source.reading == Reading::NotRead)
        .map(|source| source.name.as_str())
        .collect();
    if !silent.is_empty() {
        words.push(format!("not read: {}", silent.join(", ")));
    }
    words.join(" · ")
}

fn page(around: &Surroundings<'_>, body: &Ink, width: i64, height: i64) -> String {
    let topology = around.topology;
    let name = topology.host.hostname.as_deref().unwrap_or("host");
    let (summary, found) = (summary(topology), around.findings.list.len());
    let findings = if found == 0 {
        "nothing unexplained".to_owned()
    } else {
        counted(found, "finding")
    };
    let mut ink = Ink::default();
    ink.put(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"title desc\" \
         font-family=\"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif\">\n\
         <title id=\"title\">Virtual network of {}</title>\n<desc id=\"desc\">{}. {}.</desc>\n",
        escaped(name),
        escaped(&summary),
        escaped(&findings)
    ));
    ink.area(
        Area::new(0, 0, width, height),
        Paint::fill(PAPER).stroke(HAIRLINE, 1).round(10),
    );
    let pill = Font::new(13, CARD).bold().middle();
    let wide = pill.width(&findings) + 28;
    let x = width - MARGIN - wide;
    let colour = if found == 0 { NEUTRAL.strong } else { ALARM };
    ink.text(
        MARGIN,
        MARGIN + 22,
        name,
        x - 2 * MARGIN,
        Font::new(24, INK).bold(),
    );
    ink.text(
        MARGIN,
        MARGIN + 46,
        &summary,
        width - 2 * MARGIN,
        Font::new(13, FAINT),
    );
    ink.area(Area::new(x, MARGIN, wide, 28), Paint::fill(colour).round(14));
    ink.text(x + wide / 2, MARGIN + 19, &findings, wide, pill);
    ink.svg.push_str(&body.svg);
    ink.svg.push_str("</svg>\n");
    ink.svg
}
