use std::borrow::Cow;

use crate::topology::{Aspect, Owner, OwnerEvidence, Ownership, Revert};

/// Evidence and reverts of one object, in the order in which they are gathered.
#[derive(Default)]
pub(super) struct Facts {
    evidence: Vec<OwnerEvidence>,
    reverts: Vec<Revert>,
}

impl Facts {
    /// A reason to believe that the object is `owner`'s.
    pub(super) fn owned(&mut self, owner: Owner, what: impl Into<String>) {
        let evidence = OwnerEvidence {
            owner,
            what: what.into(),
        };
        // A port and its only interface may bear the same mark.
        if !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
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
        if !self.reverts.contains(&revert) {
            self.reverts.push(revert);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.evidence.is_empty() && self.reverts.is_empty()
    }

    /// Whose it is by all that was gathered: the first evidence decides.
    pub(super) fn settle(self) -> Ownership {
        Ownership {
            owner: self.evidence.first().map_or(Owner::Unknown, |first| first.owner),
            evidence: self.evidence,
            reverts: self.reverts,
        }
    }
}
