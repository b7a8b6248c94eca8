//! Differences of the embedded host's picture, edited as JSON: a member that is added to the model later
//! is covered without a line here.

#![cfg(feature = "embedded")]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::topology::Topology;

fn reference() -> Topology {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { crate::Host::embedded().await.unwrap().show().await.unwrap() })
}

fn edited(topology: &Topology, edit: impl FnOnce(&mut Value)) -> Topology {
    let mut json = serde_json::to_value(topology).unwrap();
    edit(&mut json);
    serde_json::from_value(json).unwrap()
}

fn port<'a>(json: &'a mut Value, name: &str) -> &'a mut Value {
    let bridges = json["bridges"].as_array_mut().unwrap();
    bridges
        .iter_mut()
        .flat_map(|bridge| bridge["ports"].as_array_mut().unwrap())
        .find(|port| port["name"] == name)
        .unwrap()
}

fn swapped(difference: Difference) -> Difference {
    let mut swapped = difference;
    for object in &mut swapped.changes {
        object.change = match std::mem::replace(&mut object.change, Change::Changed { members: Vec::new() }) {
            Change::Added { after } => Change::Removed { before: after },
            Change::Removed { before } => Change::Added { after: before },
            Change::Changed { mut members } => {
                for member in &mut members {
                    std::mem::swap(&mut member.before, &mut member.after);
                }
                Change::Changed { members }
            }
        };
    }
    swapped
}

#[test]
fn the_text_is_one_line_a_change() {
    let old = reference();
    let new = edited(&old, |json| {
        let tap = port(json, "tap345");
        tap["tag"] = json!(33);
        tap["other_config"] = json!({"priority-tags": "true"});
        tap["uuid"] = json!("00000000-0000-0000-0000-000000000001");
        json["links"][1]["link_up"] = json!(false);
        json["links"][1]["index"] = json!(4711);
        json["routes"].as_array_mut().unwrap().remove(0);
        json["domains"][0]["state"] = json!("line\nbreak\u{1b}[31m");
        let ports = json["bridges"][0]["ports"].as_array_mut().unwrap();
        let mut tap9 = ports
            .iter()
            .find(|port| port["name"] == "tap345")
            .unwrap()
            .clone();
        tap9["name"] = json!("tap9");
        ports.push(tap9);
    });
    let difference = diff(&old, &new);
    let link = &new.links[1].name;
    let route = old.routes[0]
        .destination
        .map_or("default".to_owned(), |to| to.to_string());
    let text = difference.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "+ port br0/tap9: guest, tag 33, guest-vlan32, 50:6b:8d:00:00:20",
            "~ port br0/tap345 other_config:priority-tags none → true",
            "~ port br0/tap345 tag 32 → 33",
        ],
        "{text}"
    );
    assert!(
        lines[3].starts_with("~ domain ") && lines[3].ends_with("running → line\\nbreak\\u{1b}[31m"),
        "{text}"
    );
    assert_eq!(lines[4], format!("~ link {link} link_up up → down"), "{text}");
    assert!(lines[5].starts_with(&format!("- route {route}")), "{text}");
    assert_eq!(lines.len(), 6, "{text}");
    let all = format!("{difference:#}");
    assert_eq!(all.lines().count(), 8, "row uuid and link number: {all}");
    assert_eq!(difference.clone().without_incidental().to_string(), text);
    assert!(!difference.is_incidental());
}

#[test]
fn a_row_made_anew_is_incidental_and_still_reported() {
    let old = edited(&reference(), |json| {
        port(json, "tap345")["interfaces"][0]["ofport"] = json!(5)
    });
    let new = edited(&old, |json| {
        let tap = port(json, "tap345");
        tap["uuid"] = json!("00000000-0000-0000-0000-000000000001");
        tap["interfaces"][0]["ofport"] = json!(77);
    });
    let difference = diff(&old, &new);
    assert_eq!(difference.changes.len(), 2);
    assert!(difference.is_incidental());
    assert_eq!(difference.to_string(), "");
    let failed = edited(&new, |json| {
        port(json, "tap345")["interfaces"][0]["ofport"] = json!(-1)
    });
    assert_eq!(
        diff(&new, &failed).to_string(),
        "~ interface br0/tap345 ofport 77 → -1\n"
    );
}

#[test]
fn a_bridge_that_comes_brings_its_ports() {
    let new = reference();
    let old = edited(&new, |json| {
        drop(json["bridges"].as_array_mut().unwrap().remove(0))
    });
    let difference = diff(&old, &new);
    let ports = new.bridges[0].ports.len();
    let of = |kind| {
        difference
            .changes
            .iter()
            .filter(|change| change.kind == kind)
            .count()
    };
    assert_eq!((of(ObjectKind::Bridge), of(ObjectKind::Port)), (1, ports));
    assert_eq!(of(ObjectKind::Interface), 0, "an added port holds its interfaces");
}

#[test]
fn a_domain_that_stops_keeps_its_configured_nics() {
    let running = reference();
    let stopped = edited(&running, |json| {
        let domains = json["domains"].as_array_mut().unwrap();
        let guest = domains
            .iter_mut()
            .find(|domain| domain["name"] == "guest-vlan32")
            .unwrap();
        guest["active"] = json!(false);
        guest["nics"] = guest["config_nics"].take();
    });
    let difference = diff(&running, &stopped);
    assert!(
        difference
            .changes
            .iter()
            .all(|change| change.kind != ObjectKind::ConfigNic),
        "{difference}"
    );
    let changed = edited(&stopped, |json| {
        let domains = json["domains"].as_array_mut().unwrap();
        let guest = domains
            .iter_mut()
            .find(|domain| domain["name"] == "guest-vlan32")
            .unwrap();
        guest["nics"][0]["vlan"]["tags"] = json!([7]);
    });
    assert!(
        diff(&running, &changed)
            .to_string()
            .contains("~ configured NIC guest-vlan32/50:6b:8d:00:00:20 vlan.tags 32 → 7\n"),
        "{}",
        diff(&running, &changed)
    );
}

#[test]
fn routes_of_one_destination_are_paired_by_what_they_hold() {
    let route = |gateway: &str| json!({"destination": null, "ipv6": false, "gateway": gateway, "interface": "br0", "metric": null});
    let reference = reference();
    let with = |routes: Value| edited(&reference, |json| json["routes"] = routes);
    let old = with(json!([route("10.0.0.1"), route("10.0.0.2")]));
    let same = with(json!([route("10.0.0.2"), route("10.0.0.1")]));
    assert!(diff(&old, &same).is_empty());
    let new = with(json!([route("10.0.0.2"), route("10.0.0.3"), route("10.0.0.4")]));
    assert_eq!(
        diff(&old, &new).to_string(),
        "+ route default: via 10.0.0.4, dev br0\n~ route default gateway 10.0.0.1 → 10.0.0.3\n"
    );
}

#[test]
fn its_json_reads_back() {
    let old = reference();
    let new = edited(&old, |json| port(json, "tap345")["tag"] = Value::Null);
    let difference = diff(&old, &new);
    let json = serde_json::to_value(&difference).unwrap();
    assert_eq!(
        json,
        json!({"changes": [{
            "kind": "port", "name": "br0/tap345", "change": "changed",
            "members": [{"path": ["tag"], "before": 32, "after": null}],
        }]})
    );
    assert_eq!(serde_json::from_value::<Difference>(json).unwrap(), difference);
}

/// Every leaf of the serde form, as a JSON pointer.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            leaves(member, &format!("{at}/{name}"), found);
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| leaves(item, &format!("{at}/{index}"), found)),
        _ => found.push(at.to_owned()),
    }
}

/// What a leaf may be turned into: something that is nowhere in the picture, of a type that fits.
fn other_values(value: &Value) -> Vec<Value> {
    let fresh = [
        json!("fresh"),
        json!("00000000-0000-0000-0000-00000000f5e5"),
        json!("02:00:00:00:f5:e5"),
        json!("203.0.113.222"),
        json!(3999),
    ];
    match value {
        Value::Bool(is) => vec![json!(!is)],
        Value::Number(_) => vec![json!(3999), json!(31)],
        Value::Null => fresh.into_iter().chain([json!(true)]).collect(),
        _ => fresh.into_iter().collect(),
    }
}

/// The completeness of `diff`, leaf by leaf: whatever one member becomes, the difference names it.
#[test]
fn no_member_of_the_model_is_forgotten() {
    let old = reference();
    let json = serde_json::to_value(&old).unwrap();
    let mut pointers = Vec::new();
    leaves(&json, "", &mut pointers);
    // It is left out on purpose: it follows from the rest.
    pointers.retain(|pointer| !pointer.contains("/ownership/"));
    let mut tried = 0;
    for pointer in &pointers {
        let leaf = json.pointer(pointer).unwrap();
        let changed = other_values(leaf).into_iter().find_map(|value| {
            let mut json = json.clone();
            *json.pointer_mut(pointer).unwrap() = value.clone();
            let new: Topology = serde_json::from_value(json.clone()).ok()?;
            // A word that an enumeration does not have reads as no picture; a member that is left out is
            // none either.
            (serde_json::to_value(&new).unwrap() == json).then_some((value, new))
        });
        let Some((value, new)) = changed else { continue };
        tried += 1;
        let difference = diff(&old, &new);
        let told = serde_json::to_string(&difference).unwrap();
        assert!(
            !difference.is_empty(),
            "{pointer} became {value}, which is not reported"
        );
        assert!(
            told.contains(value.to_string().trim_matches('"')),
            "{pointer} became {value}, and the report is {told}"
        );
    }
    assert!(
        tried > pointers.len() * 3 / 4,
        "{tried} of {} leaves",
        pointers.len()
    );
}

fn shuffle_lists(topology: &mut Topology, seed: u64) {
    fn shuffle<T>(items: &mut [T], mut seed: u64) {
        for last in (1..items.len()).rev() {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            items.swap(last, usize::try_from(seed >> 33).unwrap() % (last + 1));
        }
    }
    shuffle(&mut topology.bridges, seed);
    topology
        .bridges
        .iter_mut()
        .for_each(|bridge| shuffle(&mut bridge.ports, seed));
    shuffle(&mut topology.networks, seed);
    shuffle(&mut topology.domains, seed);
    shuffle(&mut topology.links, seed);
    shuffle(&mut topology.routes, seed);
    shuffle(&mut topology.unmatched, seed);
    shuffle(&mut topology.sources, seed);
}

/// Drops, doubles and changes members of a picture; what then reads as no picture is left as it was.
fn mangled(topology: &Topology, edits: &[(prop::sample::Index, u8)]) -> Topology {
    let mut json = serde_json::to_value(topology).unwrap();
    for (index, edit) in edits {
        let mut tried = json.clone();
        if edit % 3 == 0 {
            let lists: Vec<&str> = ["bridges", "domains", "links", "routes", "networks", "unmatched"]
                .into_iter()
                .filter(|list| json[list].as_array().is_some_and(|list| !list.is_empty()))
                .collect();
            let list = tried[lists[index.index(lists.len())]].as_array_mut().unwrap();
            let item = list.remove(index.index(list.len()));
            if *edit > 127 {
                list.extend([item.clone(), item]);
            }
        } else {
            let mut pointers = Vec::new();
            leaves(&json, "", &mut pointers);
            let pointer = &pointers[index.index(pointers.len())];
            let values = other_values(json.pointer(pointer).unwrap());
            *tried.pointer_mut(pointer).unwrap() = values[usize::from(*edit) % values.len()].clone();
        }
        if serde_json::from_value::<Topology>(tried.clone()).is_ok() {
            json = tried;
        }
    }
    serde_json::from_value(json).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn differences_are_symmetric_and_do_not_depend_on_order(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        seed in any::<u64>(),
    ) {
        thread_local!(static REFERENCE: Topology = reference());
        REFERENCE.with(|old| {
            let new = mangled(old, &edits);
            let difference = diff(old, &new);
            prop_assert!(diff(&new, &new).is_empty());
            let mut shuffled = (old.clone(), new.clone());
            shuffle_lists(&mut shuffled.0, seed);
            shuffle_lists(&mut shuffled.1, seed.rotate_left(7));
            prop_assert_eq!(&diff(&shuffled.0, &shuffled.1), &difference);
            // Added and removed objects of one name sort the other way round when they change places.
            let kinds = |difference: &Difference| {
                let mut texts: Vec<String> = difference
                    .changes
                    .iter()
                    .map(|change| serde_json::to_string(change).unwrap())
                    .collect();
                texts.sort();
                texts
            };
            if new.domains.iter().zip(&old.domains).all(|(new, old)| new.name == old.name) {
                let back = diff(&new, old);
                prop_assert_eq!(back.changes.len(), difference.changes.len());
                if old.host.hostname == new.host.hostname {
                    prop_assert_eq!(kinds(&swapped(back)), kinds(&difference));
                }
            }
            Ok(())
        })?;
    }
}
