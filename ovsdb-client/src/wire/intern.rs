//! Sharing of equal strings.

use std::{hash::Hasher, sync::Arc};

/// A bounded cache that gives equal strings one allocation: keys of `external_ids`, enum values, names.
///
/// It is direct-mapped: a string that falls on a taken slot takes the slot over. So it never grows, needs no
/// cleaning, and a hostile peer can only make it useless. Strings longer than [`Interner::LONGEST`] bytes are not
/// kept.
#[derive(Debug)]
pub struct Interner {
    slots: Vec<Option<Arc<str>>>,
}

impl Interner {
    /// The longest string that is shared, in bytes.
    pub const LONGEST: usize = 64;
    const SLOTS: usize = 1 << 13;

    /// A cache of its full size (128 KiB of slots).
    pub fn new() -> Self {
        Self {
            slots: vec![None; Self::SLOTS],
        }
    }

    /// A cache that keeps nothing, for a value or two.
    pub const fn none() -> Self {
        Self { slots: Vec::new() }
    }

    /// The shared string equal to `text`.
    pub fn share(&mut self, text: &str) -> Arc<str> {
        if text.len() > Self::LONGEST || self.slots.is_empty() {
            return Arc::from(text);
        }
        let index = hash(text.as_bytes()) & (Self::SLOTS - 1);
        match self.slots.get_mut(index) {
            Some(Some(known)) if **known == *text => Arc::clone(known),
            Some(slot) => Arc::clone(slot.insert(Arc::from(text))),
            None => Arc::from(text),
        }
    }
}

impl Default for Interner {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "only the low bits select a slot")]
fn hash(bytes: &[u8]) -> usize {
    let mut hasher = Fold(0xcbf2_9ce4_8422_2325);
    hasher.write(bytes);
    hasher.finish() as usize
}

/// A multiply-and-fold hash of eight bytes a step: far cheaper than the allocation that it saves.
struct Fold(u64);

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0u8; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            let mixed = (self.0 ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
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
