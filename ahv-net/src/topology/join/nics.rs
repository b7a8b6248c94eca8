use std::cmp::Reverse;
use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt as _};
use libvirt_model::vocab::MacAddr;
use uuid::Uuid;

use crate::observe::{ObservedDomain, ObservedNic};
use crate::topology::{Evidence, EvidenceKind};

/// The NICs of running domains, found by everything that a port may know of them.
///
/// A domain that is off has no port, so its NICs are no candidates.
pub(super) struct Nics<'a> {
    all: Vec<Candidate<'a>>,
    by_domain: HashMap<Uuid, Numbers>,
    by_interfaceid: HashMap<&'a str, Numbers>,
    by_mac: HashMap<MacAddr, Numbers>,
    /// Without the first byte, which a tap has replaced by `fe`.
    by_mac_tail: HashMap<[u8; 5], Numbers>,
    by_target: HashMap<&'a str, Numbers>,
}

/// The numbers of the NICs that have something in common: nearly always it is one, which takes no memory of its own.
#[derive(Default)]
struct Numbers {
    first: Option<usize>,
    others: Vec<usize>,
}

impl Numbers {
    fn push(&mut self, number: usize) {
        match self.first {
            None => self.first = Some(number),
            Some(_) => self.others.push(number),
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.first.into_iter().chain(self.others.iter().copied())
    }

    fn is_one(&self) -> bool {
        self.others.is_empty()
    }
}

/// A NIC of a running domain.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) domain: &'a ObservedDomain,
    pub(super) nic: &'a ObservedNic,
}

/// What one interface of a port says of the NIC behind it.
#[derive(Clone, Copy)]
pub(super) struct Clues<'a> {
    pub(super) name: &'a str,
    pub(super) external_ids: Option<&'a BTreeMap<String, String>>,
    pub(super) mac: Option<MacAddr>,
}

/// The outcome of one interface's search. NICs are numbers within [`Nics`].
pub(super) enum Found {
    /// Nothing points to any NIC.
    Nothing,
    /// One NIC has the strongest evidence; `others` have weaker evidence that says otherwise.
    One {
        nic: usize,
        evidence: Vec<Evidence>,
        others: Vec<(usize, Vec<Evidence>)>,
    },
    /// Several NICs have the same evidence.
    Tie(Vec<usize>),
}

impl<'a> Nics<'a> {
    pub(super) fn of(domains: &[&'a ObservedDomain]) -> Self {
        let active = || domains.iter().copied().filter(|domain| domain.active);
        let count = active().map(|domain| domain.nics.len()).sum();
        let mut nics = Self {
            all: Vec::with_capacity(count),
            by_domain: HashMap::with_capacity(domains.len()),
            by_interfaceid: HashMap::with_capacity(count),
            by_mac: HashMap::with_capacity(count),
            by_mac_tail: HashMap::with_capacity(count),
            by_target: HashMap::with_capacity(count),
        };
        for domain in active() {
            let numbers = nics.all.len()..nics.all.len() + domain.nics.len();
            let of_domain = nics.by_domain.entry(domain.uuid).or_default();
            numbers.clone().for_each(|number| of_domain.push(number));
            for (number, nic) in numbers.zip(&domain.nics) {
                nics.all.push(Candidate { domain, nic });
                if let Some(id) = &nic.interfaceid {
                    nics.by_interfaceid.entry(id).or_default().push(number);
                }
                if let Some(mac) = nic.mac {
                    nics.by_mac.entry(mac).or_default().push(number);
                    let [_, tail @ ..] = mac.bytes();
                    nics.by_mac_tail.entry(tail).or_default().push(number);
                }
                if let Some(target) = &nic.target {
                    nics.by_target.entry(target).or_default().push(number);
                }
            }
        }
        nics
    }

    pub(super) fn get(&self, number: usize) -> Option<Candidate<'a>> {
        self.all.get(number).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Candidate<'a>)> {
        self.all.iter().copied().enumerate()
    }

    /// How many there are: their numbers go from 0, in the order of the domains.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The NIC whose `<target dev='…'/>` this is.
    pub(super) fn targeted(&self, device: &str) -> Option<String> {
        let number = self.by_target.get(device)?.first?;
        self.get(number).map(|candidate| self.label(candidate))
    }

    /// A NIC's name for a reader: `DOMAIN/MAC`, with its tap where others have the same address.
    pub(super) fn label(&self, candidate: Candidate<'_>) -> String {
        let Candidate { domain, nic } = candidate;
        let Some(mac) = nic.mac else {
            return domain.name.clone();
        };
        let shared = self.by_mac.get(&mac).is_some_and(|numbers| !numbers.is_one());
        match (&nic.target, shared) {
            (Some(target), true) => format!("{}/{mac} ({target})", domain.name),
            _ => format!("{}/{mac}", domain.name),
        }
    }

    /// Weighs everything that an interface says.
    pub(super) fn find(&self, clues: Clues<'_>) -> Found {
        let mut found = self.gather(clues);
        found.retain(|(number, evidence)| self.singles_out(*number, evidence));
        found.sort_by_key(|(number, evidence)| (Reverse(strength(evidence)), *number));
        let mut found = found.into_iter();
        let Some((nic, evidence)) = found.next() else {
            return Found::Nothing;
        };
        let best = strength(&evidence);
        let (equal, others): (Vec<_>, Vec<_>) = found.partition(|(_, other)| strength(other) == best);
        if equal.is_empty() {
            Found::One {
                nic,
                evidence,
                others,
            }
        } else {
            Found::Tie(
                std::iter::once(nic)
                    .chain(equal.into_iter().map(|(number, _)| number))
                    .collect(),
            )
        }
    }

    /// What points to each NIC, the strongest kind first.
    fn gather(&self, clues: Clues<'_>) -> Vec<(usize, Vec<Evidence>)> {
        let mut pointers: Vec<(usize, Evidence)> = Vec::with_capacity(OWN_KINDS);
        let mut note = |kind: EvidenceKind, numbers: Option<&Numbers>, value: &dyn ToString| {
            for number in numbers.into_iter().flat_map(Numbers::iter) {
                let value = value.to_string();
                pointers.push((number, Evidence { kind, value }));
            }
        };
        let id = |key: &str| {
            clues
                .external_ids
                .and_then(|ids| ids.get(key))
                .map(String::as_str)
        };
        // vm-uuid is the older name; libvirt writes vm-id.
        if let Some(text) = id("vm-id").or_else(|| id("vm-uuid"))
            && let Ok(uuid) = text.parse::<Uuid>()
        {
            note(EvidenceKind::VmId, self.by_domain.get(&uuid), &uuid);
        }
        if let Some(text) = id("iface-id") {
            note(EvidenceKind::IfaceId, self.by_interfaceid.get(text), &text);
        }
        if let Some(mac) = id("attached-mac").and_then(|text| text.parse::<MacAddr>().ok()) {
            note(EvidenceKind::AttachedMac, self.by_mac.get(&mac), &mac);
        }
        note(
            EvidenceKind::TargetDev,
            self.by_target.get(clues.name),
            &clues.name,
        );
        if let Some(mac) = clues.mac
            && let [0xfe, tail @ ..] = mac.bytes()
        {
            note(EvidenceKind::TapMac, self.by_mac_tail.get(&tail), &mac);
        }
        // Stable, so that the kinds of each NIC stay in their order.
        pointers.sort_by_key(|(number, _)| *number);
        let mut gathered: Vec<(usize, Vec<Evidence>)> = Vec::with_capacity(1);
        for (number, evidence) in pointers {
            match gathered.last_mut() {
                Some((last, known)) if *last == number => known.push(evidence),
                _ => {
                    let mut known = Vec::with_capacity(OWN_KINDS);
                    known.push(evidence);
                    gathered.push((number, known));
                }
            }
        }
        gathered
    }

    /// Whether the evidence is of one NIC, and not just of its domain.
    fn singles_out(&self, number: usize, evidence: &[Evidence]) -> bool {
        evidence
            .iter()
            .any(|evidence| evidence.kind != EvidenceKind::VmId)
            || self
                .get(number)
                .is_some_and(|candidate| candidate.domain.nics.len() == 1)
    }
}

/// As many kinds of evidence as an interface can have of its NIC by itself: all but the firewall's bridge.
const OWN_KINDS: usize = 5;

/// Evidence as a number: any stronger kind outweighs all weaker ones together.
pub(super) fn strength(evidence: &[Evidence]) -> u8 {
    let kinds = [
        EvidenceKind::VmId,
        EvidenceKind::IfaceId,
        EvidenceKind::AttachedMac,
        EvidenceKind::TargetDev,
        EvidenceKind::TapMac,
        EvidenceKind::FirewallBridge,
    ];
    kinds.iter().fold(0, |sum, kind| {
        sum * 2 + u8::from(evidence.iter().any(|evidence| evidence.kind == *kind))
    })
}
