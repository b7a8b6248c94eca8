//! Sharing of equal strings.

use std::{hash::Hasher, sync::Arc};

use super::{atom::Atom, datum::Datum};

/// A bounded cache that gives equal strings one allocation: keys of `external_ids`, enum values, names.
///
/// It is direct-mapped: a string that falls on a taken slot takes the slot over. So it never grows, needs no
/// cleaning, and a hostile peer can only make it useless. A string is kept from its second appearance on, and told
/// apart by its hash first, so that the many strings that come once cost neither a reference nor a cache miss.
/// Strings longer than [`Interner::LONGEST`] bytes are not kept.
#[derive(Debug)]
pub struct Interner {
    slots: Vec<Slot>,
    /// Room for the columns of one row, used again for each.
    pub(super) cells: Vec<(u16, Datum)>,
    /// Room for the pairs of one map, used again for each.
    pub(super) pairs: Vec<(Atom, Atom)>,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    hash: u64,
    text: Option<Arc<str>>,
}

impl Interner {
    /// The longest string that is shared, in bytes.
    pub const LONGEST: usize = 64;
    const SLOTS: usize = 1 << 13;

    /// A cache of its full size (192 KiB of slots).
    pub fn new() -> Self {
        Self {
            slots: vec![Slot::default(); Self::SLOTS],
            ..Self::none()
        }
    }

    /// A cache that keeps nothing, for a value or two.
    pub const fn none() -> Self {
        Self {
            slots: Vec::new(),
            cells: Vec::new(),
            pairs: Vec::new(),
        }
    }

    /// The shared string equal to `text`.
    #[expect(clippy::cast_possible_truncation, reason = "only the low bits select a slot")]
    pub fn share(&mut self, text: &str) -> Arc<str> {
        if text.len() > Self::LONGEST {
            return Arc::from(text);
        }
        let hash = hash(text.as_bytes());
        let Some(slot) = self.slots.get_mut(hash as usize & (Self::SLOTS - 1)) else {
            return Arc::from(text);
        };
        if slot.hash != hash {
            *slot = Slot { hash, text: None };
            return Arc::from(text);
        }
        match &slot.text {
            Some(known) if **known == *text => Arc::clone(known),
            _ => Arc::clone(slot.text.insert(Arc::from(text))),
        }
    }
}

impl Default for Interner {
    fn default() -> Self {
        Self::new()
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = Fold(0xcbf2_9ce4_8422_2325);
    hasher.write(bytes);
    hasher.finish()
}

/// A multiply-and-fold hash of eight bytes a step: far cheaper than the allocation that it saves.
struct Fold(u64);

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        let mut last = [0u8; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        for word in words.iter().chain([&last]) {
            let mixed = (self.0 ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            self.0 = mixed ^ (mixed >> 32);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_share_one_allocation() {
        let mut interner = Interner::new();
        interner.share("iface-id");
        let first = interner.share("iface-id");
        assert!(Arc::ptr_eq(&first, &interner.share("iface-id")));
        assert_eq!(&*interner.share("attached-mac"), "attached-mac");
    }

    #[test]
    fn long_strings_and_the_empty_cache_share_nothing() {
        let long = "x".repeat(Interner::LONGEST + 1);
        let mut interner = Interner::new();
        assert!(!Arc::ptr_eq(&interner.share(&long), &interner.share(&long)));
        let mut none = Interner::none();
        assert!(!Arc::ptr_eq(&none.share("a"), &none.share("a")));
    }
}
