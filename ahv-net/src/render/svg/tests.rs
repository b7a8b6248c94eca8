use libvirt_model::xml::{Document, Element};

use super::super::findings::Findings;
use super::super::specimen;
use super::ink::Area;
use super::{measure, svg};
use crate::topology::{Role, Topology};

fn hosts() -> Vec<Topology> {
    let mut hosts = vec![
        specimen::bridges(&[]),
        specimen::reference(),
        specimen::chain(),
        specimen::plain(),
        specimen::rings(),
        specimen::many_guests(5),
        specimen::many_guests(40),
        specimen::many_guests(200),
    ];
    hosts.extend(specimen::HOSTILE.map(specimen::called));
    hosts
}

fn document(topology: &Topology) -> Document {
    let svg = svg(topology);
    Document::parse(svg.as_str()).unwrap_or_else(|error| panic!("{error}\n{svg}"))
}

fn number(element: &Element<'_>, name: &str) -> i64 {
    element.value(name).map_or(0, |value| value.parse().unwrap())
}

/// Where the rows of trees were moved to; groups with a tooltip move nothing.
fn offset(element: &Element<'_>) -> (i64, i64) {
    let (mut x, mut y) = (0, 0);
    let mut above = element.parent();
    while let Some(element) = above {
        if let Some(transform) = element.value("transform") {
            let inside = transform
                .strip_prefix("translate(")
                .unwrap()
                .strip_suffix(')')
                .unwrap();
            let (dx, dy) = inside.split_once(' ').unwrap();
            x += dx.parse::<i64>().unwrap();
            y += dy.parse::<i64>().unwrap();
        }
        above = element.parent();
    }
    (x, y)
}

fn area(element: &Element<'_>) -> Area {
    let (dx, dy) = offset(element);
    Area::new(
        number(element, "x") + dx,
        number(element, "y") + dy,
        number(element, "width"),
        number(element, "height"),
    )
}

fn boxes(document: &Document) -> Vec<Area> {
    document
        .elements()
        .filter(|element| element.name() == "rect")
        .map(|element| area(&element))
        .collect()
}

fn holds(outer: Area, inner: Area) -> bool {
    outer.x <= inner.x
        && outer.y <= inner.y
        && inner.right() <= outer.right()
        && inner.bottom() <= outer.bottom()
}

fn overlap(a: Area, b: Area) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// A text's own words, without its tooltip.
fn words(element: &Element<'_>) -> String {
    let all = element.as_str();
    let from = all
        .rfind("</title>")
        .map_or_else(|| all.find('>').unwrap() + 1, |at| at + "</title>".len());
    let own = &all[from..all.rfind("</text>").unwrap()];
    let document = Document::parse(format!("<text>{own}</text>")).unwrap();
    document.root().text().into_owned()
}

#[test]
fn a_picture_is_well_formed_and_stands_alone() {
    for topology in hosts() {
        let document = document(&topology);
        for element in document.elements() {
            let known = ["svg", "title", "desc", "g", "rect", "polyline", "circle", "text"];
            assert!(known.contains(&element.name()), "{}", element.as_str());
            for attribute in element.attributes() {
                let name = attribute.name();
                assert!(
                    !name.starts_with("on") && name != "href" && name != "style",
                    "{name}"
                );
                assert!(!attribute.value().contains("url("), "{}", element.as_str());
            }
        }
        let root = document.root();
        assert_eq!(root.namespace(), Some("http://www.w3.org/2000/svg"));
        let first: Vec<&str> = root.children().take(2).map(|child| child.name()).collect();
        assert_eq!(first, ["title", "desc"]);
    }
}

#[test]
fn no_two_boxes_overlap_and_none_leaves_the_page() {
    for topology in hosts() {
        let document = document(&topology);
        let boxes = boxes(&document);
        let page = boxes[0];
        assert_eq!(
            (page.w, page.h),
            (
                number(&document.root(), "width"),
                number(&document.root(), "height")
            )
        );
        for (place, a) in boxes.iter().enumerate() {
            assert!(holds(page, *a), "{a:?} is outside of {page:?}");
            for b in &boxes[..place] {
                assert!(
                    !overlap(*a, *b) || holds(*a, *b) || holds(*b, *a),
                    "{a:?} and {b:?}"
                );
            }
        }
    }
}

#[test]
fn no_text_leaves_its_box() {
    for topology in hosts() {
        let document = document(&topology);
        let boxes = boxes(&document);
        for element in document.elements().filter(|element| element.name() == "text") {
            let text = words(&element);
            let (dx, dy) = offset(&element);
            let size = number(&element, "font-size");
            let wide = measure::width(&text, size, element.value("font-weight").is_some());
            let x = number(&element, "x") + dx;
            let left = match element.value("text-anchor") {
                Some("middle") => x - wide / 2,
                Some("end") => x - wide,
                _ => x,
            };
            let text_area = Area::new(left, number(&element, "y") + dy - size * 3 / 4, wide, size);
            for outer in boxes.iter().filter(|outer| overlap(**outer, text_area)) {
                // One pixel for the halves of the centred.
                let outer = Area::new(outer.x - 1, outer.y, outer.w + 2, outer.h);
                assert!(
                    holds(outer, text_area),
                    "{text:?} at {text_area:?} leaves {outer:?}"
                );
            }
        }
    }
}

#[test]
fn every_port_nic_domain_network_and_finding_can_be_read() {
    for topology in hosts() {
        let document = document(&topology);
        let mut said = String::new();
        for element in document
            .elements()
            .filter(|element| matches!(element.name(), "text" | "title"))
        {
            said.push_str(&element.text());
            said.push('\n');
        }
        let visible = |name: &str| super::super::visible::visible(name).into_owned();
        for port in topology.ports() {
            assert!(said.contains(&visible(&port.name)), "port {}", port.name);
            for interface in &port.interfaces {
                assert!(
                    said.contains(&visible(&interface.name)),
                    "interface {}",
                    interface.name
                );
                let mac = interface.mac.filter(|_| port.role == Role::Uplink);
                assert!(mac.is_none_or(|mac| said.contains(&mac.to_string())), "{mac:?}");
            }
        }
        for bridge in &topology.bridges {
            assert!(said.contains(&visible(&bridge.name)), "bridge {}", bridge.name);
            for address in &bridge.addresses {
                assert!(said.contains(&address.to_string()), "{address}");
            }
        }
        for domain in &topology.domains {
            assert!(said.contains(&visible(&domain.name)), "domain {}", domain.name);
            for mac in domain.nics.iter().filter_map(|nic| nic.mac) {
                assert!(said.contains(&mac.to_string()), "{mac} of {}", domain.name);
            }
        }
        for (place, finding) in Findings::of(&topology).list.iter().enumerate() {
            let number = (place + 1).to_string();
            let marks = document
                .elements()
                .filter(|element| element.name() == "text" && element.text() == number)
                .count();
            // Once in the list, and on the object where it is drawn.
            assert!(marks >= 1, "{number}. {}", finding.subject);
        }
    }
}

#[test]
fn the_faults_of_a_host_are_marked_where_they_are() {
    let topology = specimen::chain();
    let picture = svg(&topology);
    let card = picture.split("<title>port tap77 of br0.local").nth(1).unwrap();
    let card = card.split("</g>").next().unwrap();
    assert!(card.contains(">1</text>") && card.contains(">2</text>"), "{card}");
    assert!(picture.contains("no carrier"));
    // Those two, and what check says of the member without carrier and of what follows from the port.
    let found = Findings::of(&topology).list.len();
    assert!(found > 2 && picture.contains(&format!("{found} findings")));
}

#[test]
fn size_grows_with_the_host_and_in_both_directions() {
    let size = |guests| {
        let document = document(&specimen::many_guests(guests));
        (
            number(&document.root(), "width"),
            number(&document.root(), "height"),
        )
    };
    let (few, many) = (size(50), size(1000));
    assert!(few.0 < many.0 && few.1 < many.1, "{few:?} {many:?}");
    for (w, h) in [size(200), size(500), many] {
        assert!(w < 3 * h && h < 3 * w, "{w} by {h}");
    }
    let bytes = |guests| svg(&specimen::many_guests(guests)).len();
    assert!(bytes(2000) < 12 * bytes(200));
}

#[test]
fn a_long_chain_of_bridges_is_drawn_without_recursion() {
    let names: Vec<String> = (0..3000).map(|number| format!("br{number}")).collect();
    let bridges: Vec<(&str, Vec<_>)> = names
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let down = specimen::patch(
                &format!("{number}-down"),
                &format!("{}-up", number.wrapping_sub(1)),
            );
            let up = specimen::patch(&format!("{number}-up"), &format!("{}-down", number + 1));
            (name.as_str(), vec![down, up])
        })
        .collect();
    let picture = svg(&specimen::bridges(&bridges));
    let depth = picture.lines().try_fold((0i32, 0i32), |(depth, deepest), line| {
        let depth = depth + i32::from(line.starts_with("<g")) - i32::from(line.starts_with("</g"));
        Some((depth, deepest.max(depth)))
    });
    assert!(
        depth.is_some_and(|(end, deepest)| end == 0 && deepest < 6),
        "{depth:?}"
    );
    assert!(picture.contains("br2999"));
}

#[test]
fn the_same_host_gives_the_same_picture() {
    for topology in hosts() {
        assert_eq!(svg(&topology), svg(&topology.clone()));
    }
}
