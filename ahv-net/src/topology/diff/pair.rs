use std::collections::HashMap;
use std::hash::Hash;

use serde::Serialize;

use super::compare::canonical;

/// An object of two lists.
pub(super) enum Pair<'a, T> {
    Added(&'a T),
    Removed(&'a T),
    /// Before and after; they are not equal.
    Both(&'a T, &'a T),
}

/// Pairs the objects of two lists by identity. Equal ones are left out; the lists' order does not count.
///
/// Identities may repeat, as those of the routes over several next hops do. Then equal objects are
/// paired first, and the others in the order of what they hold.
pub(super) fn pairs<'a, T, K>(old: &'a [T], new: &'a [T], identity: impl Fn(&'a T) -> K) -> Vec<Pair<'a, T>>
where
    T: PartialEq + Serialize,
    K: Hash + Eq,
{
    let mut groups: HashMap<K, (Vec<&T>, Vec<&T>)> = HashMap::with_capacity(new.len());
    for object in old {
        groups.entry(identity(object)).or_default().0.push(object);
    }
    for object in new {
        groups.entry(identity(object)).or_default().1.push(object);
    }
    let mut pairs: Vec<Pair<'a, T>> = Vec::new();
    for (before, after) in groups.into_values() {
        match (before.as_slice(), after.as_slice()) {
            ([before], [after]) if before == after => {}
            ([before], [after]) => pairs.push(Pair::Both(before, after)),
            ([before], []) => pairs.push(Pair::Removed(before)),
            ([], [after]) => pairs.push(Pair::Added(after)),
            _ => crowd(before, after, &mut pairs),
        }
    }
    pairs
}

/// Pairs objects of one identity.
fn crowd<'a, T: Serialize>(before: Vec<&'a T>, after: Vec<&'a T>, pairs: &mut Vec<Pair<'a, T>>) {
    let mut only_after = sorted(after);
    let mut only_before = Vec::new();
    for (text, object) in sorted(before) {
        match only_after.binary_search_by(|(other, _)| other.cmp(&text)) {
            Ok(position) => drop(only_after.remove(position)),
            Err(_) => only_before.push(object),
        }
    }
    let mut only_before = only_before.into_iter();
    let mut only_after = only_after.into_iter().map(|(_, object)| object);
    loop {
        match (only_before.next(), only_after.next()) {
            (Some(before), Some(after)) => pairs.push(Pair::Both(before, after)),
            (Some(before), None) => pairs.push(Pair::Removed(before)),
            (None, Some(after)) => pairs.push(Pair::Added(after)),
            (None, None) => break,
        }
    }
}

fn sorted<T: Serialize>(objects: Vec<&T>) -> Vec<(String, &T)> {
    let mut sorted: Vec<(String, &T)> = objects
        .into_iter()
        .map(|object| (canonical(&super::compare::value(object)).to_string(), object))
        .collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted
}
