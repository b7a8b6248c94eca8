//! The verdict on a change, and what led to it.

use serde::{Deserialize, Serialize};

use crate::domain::validate::Severity;
use crate::domain::{Interface, InterfaceType};
use crate::network::Network;
use crate::xml::Error;

/// How a change of an interface can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing differs.
    Nothing,
    /// update-device does it while the guest runs.
    Live,
    /// It can wait for the next start only.
    ConfigOnly,
    /// The NIC has to be detached and attached again: the guest sees it leave and come back.
    NeedsReplug,
    /// libvirt refuses it in every way.
    Impossible,
}

/// A [`Verdict`] with what led to it.
///
/// # Examples
/// ```
/// use libvirt_model::domain::{Interface, Preflight, Verdict};
/// use libvirt_model::xml::Document;
///
/// let nic = |bridge: &str| Document::parse(format!(
///     "<interface type='bridge'><source bridge='{bridge}'/><virtualport type='openvswitch'/></interface>"
/// ));
/// let (before, after) = (nic("br0")?, nic("br1")?);
/// let judged = Preflight::of(&Interface::of(&before)?, &Interface::of(&after)?, &[])?;
/// assert_eq!(judged.verdict, Verdict::NeedsReplug);
/// assert_eq!(judged.parts[0].part, "source");
/// # Ok::<(), libvirt_model::xml::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preflight {
    /// The hardest of the parts.
    pub verdict: Verdict,
    /// Each part that differs, with the verdict on it alone.
    pub parts: Vec<PartVerdict>,
}

/// The verdict on one part of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartVerdict {
    /// The part, as its element or attribute is named.
    pub part: String,
    /// How it can be changed.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

impl Preflight {
    /// Judges the change of a running NIC from `before`, as the live XML shows it, to `after`, as update-device would get it.
    ///
    /// Everything in an interface counts: what is in one and not in the other differs. Except that `<alias>`, `<address>` and
    /// `<target dev>` may be left out of `after`, which libvirt takes as "unchanged".
    ///
    /// `networks` are the documents of the networks that the two name. What is behind a network decides whether a NIC can move to it;
    /// when it is not among them, the move is judged [`Verdict::NeedsReplug`], and the reason says what is to be known. What libvirt
    /// decides by the state of the host, such as a missing bridge, is not known here.
    ///
    /// # Errors
    /// When a part of either makes no sense.
    pub fn of(
        before: &Interface<'_>,
        after: &Interface<'_>,
        networks: &[Network<'_>],
    ) -> Result<Self, Error> {
        let mut judge = Judge {
            before: *before,
            after: *after,
            networks,
            parts: Vec::new(),
        };
        for problem in after.problems() {
            if problem.severity == Severity::Refused {
                judge.add("interface", Verdict::Impossible, problem.message);
            }
        }
        judge.connection()?;
        judge.attributes()?;
        judge.elements()?;
        judge.unknown();
        judge.unchangeable()?;
        Ok(Self {
            verdict: judge
                .parts
                .iter()
                .map(|part| part.verdict)
                .max()
                .unwrap_or(Verdict::Nothing),
            parts: judge.parts,
        })
    }
}

/// A change that is being judged.
pub(super) struct Judge<'j> {
    pub(super) before: Interface<'j>,
    pub(super) after: Interface<'j>,
    pub(super) networks: &'j [Network<'j>],
    pub(super) parts: Vec<PartVerdict>,
}

impl Judge<'_> {
    pub(super) fn add(&mut self, part: &str, verdict: Verdict, reason: impl Into<String>) {
        self.parts.push(PartVerdict {
            part: part.to_owned(),
            verdict,
            reason: reason.into(),
        });
    }

    /// Of some types libvirt changes nothing at all while the guest runs, whatever it is.
    fn unchangeable(&mut self) -> Result<(), Error> {
        let type_ = self.before.type_()?;
        if matches!(
            type_,
            InterfaceType::Hostdev | InterfaceType::Vhostuser | InterfaceType::Vdpa | InterfaceType::Vds
        ) {
            for part in &mut self.parts {
                if part.verdict < Verdict::NeedsReplug {
                    part.verdict = Verdict::NeedsReplug;
                    part.reason = format!("libvirt changes nothing of a running NIC of type {type_}");
                }
            }
        }
        Ok(())
    }
}
