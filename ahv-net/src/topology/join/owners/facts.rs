use std::borrow::Cow;
use std::sync::Arc;

use crate::topology::{Aspect, Owner, OwnerEvidence, Ownership, Revert};

/// Evidence and reverts of one object, in the order in which they are gathered.
///
/// What is known of a guest's port is mostly just what is known of the NIC behind it, so that the two share it until
/// more is gathered.
#[derive(Default)]
pub(super) struct Facts(Option<Arc<Ownership>>);

impl Facts {
    /// All that is known of another object counts for this one too.
    pub(super) fn inherited(&mut self, other: &Arc<Ownership>) {
        if self.is_empty() {
            self.0 = Some(Arc::clone(other));
            return;
        }
        let known = self.known();
        for evidence in &other.evidence {
            add(&mut known.evidence, evidence.clone());
        }
        for revert in &other.reverts {
            add(&mut known.reverts, revert.clone());
        }
    }

    /// A reason to believe that the object is `owner`'s.
    pub(super) fn owned(&mut self, owner: Owner, what: impl Into<String>) {
        let what = what.into();
        add(&mut self.known().evidence, OwnerEvidence { owner, what });
    }

    /// Something that undoes an edit, and the owner's own command where there is one.
    pub(super) fn reverted(
        &mut self,
        aspect: Aspect,
        by: Owner,
        when: impl Into<Cow<'static, str>>,
        instead: Option<String>,
    ) {
        let revert = Revert {
            aspect,
            by,
            when: when.into(),
            instead,
        };
        add(&mut self.known().reverts, revert);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whose it is by all that was gathered: the first evidence decides.
    pub(super) fn settle(self) -> Arc<Ownership> {
        let Some(mut known) = self.0 else {
            return Ownership::unknown();
        };
        let owner = known.evidence.first().map_or(Owner::Unknown, |first| first.owner);
        if known.owner != owner {
            Arc::make_mut(&mut known).owner = owner;
        }
        known
    }

    fn known(&mut self) -> &mut Ownership {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

/// A port and its only interface may bear the same mark.
fn add<T: PartialEq>(gathered: &mut Vec<T>, fact: T) {
    if !gathered.contains(&fact) {
        gathered.push(fact);
    }
}
