use std::future::Future;
use std::time::Duration;

use libvirt_model::domain::Domain;
use libvirt_model::live::{self, Affect, Definition, Hypervisor};
use libvirt_model::xml::{self, Document, Fragment};

use crate::apply::StepError;
use crate::apply::given_out::{as_it_runs, lasting};
use crate::apply::stand::{self, FilledIn, Stand, is_alike};
use crate::edit::{FragmentChange, NicChange};

/// Changes a NIC in the running guest, and then in its definition. What came out otherwise than asked for is given
/// back, a sentence each.
///
/// Only what the change is about is written: what others set on the NIC beside it stays.
///
/// # Cancel safety
/// Either may be done or not when the future is dropped.
pub(crate) async fn nic(change: &NicChange, hypervisor: &dyn Hypervisor) -> Result<Vec<String>, StepError> {
    let mut said = Vec::new();
    for (edit, definition) in [
        (&change.live, Definition::Live),
        (&change.config, Definition::Config),
    ] {
        if let Some(edit) = edit {
            let half = Half {
                change,
                edit,
                definition,
                hypervisor,
            };
            said.extend(half.perform().await?);
        }
    }
    Ok(said)
}

/// How often, and how far apart, is looked whether a call whose answer was lost was carried out.
pub(super) const LOOKS: u32 = 10;
pub(super) const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// A NIC's change in one of its two documents.
struct Half<'c> {
    change: &'c NicChange,
    edit: &'c FragmentChange,
    definition: Definition,
    hypervisor: &'c dyn Hypervisor,
}

impl Half<'_> {
    async fn perform(&self) -> Result<Option<String>, StepError> {
        let document = self.read().await?;
        match stand::fragment(self.change, self.edit, Some(&document), self.definition) {
            Stand::Before => {}
            Stand::After => return Ok(None),
            Stand::Gone(why) | Stand::Neither(why) => return Err(StepError::Stale(why)),
        }
        match (self.now(&document)?, self.becomes(&document)?) {
            (Some(now), Some(after)) if self.edit.replug => {
                self.settled(&self.leaves(), self.detach(&now)).await?;
                self.settled(&self.comes(), self.attach(&after)).await?;
            }
            (Some(_), Some(after)) => {
                let update =
                    self.hypervisor
                        .update_device(self.change.domain_uuid, after.as_str(), self.affect());
                self.settled(self.edit, update).await?;
            }
            (Some(now), None) => self.settled(self.edit, self.detach(&now)).await?,
            (None, Some(after)) => match (self.definition, self.edit.position) {
                // Attached, it would come last, and the guest would count its NICs anew.
                (Definition::Config, Some(position)) => {
                    return self.put_back(&document, &after, position).await;
                }
                _ => self.settled(self.edit, self.attach(&after)).await?,
            },
            (None, None) => {}
        }
        Ok(None)
    }

    async fn read(&self) -> Result<Document, StepError> {
        let text = self
            .hypervisor
            .domain_xml(self.change.domain_uuid, self.definition)
            .await?;
        Document::parse(text).map_err(failed)
    }

    /// The NIC as it is, as libvirt takes it back.
    fn now(&self, document: &Document) -> Result<Option<Document>, StepError> {
        match self.edit.before {
            Some(_) => stand::found_nic(document, self.change.mac, self.definition).map_err(failed),
            None => Ok(None),
        }
    }

    /// The NIC as it shall be: what the change is about, on the NIC as it is now. The names that libvirt gives out are
    /// those of now, or none where it is plugged in anew.
    fn becomes(&self, document: &Document) -> Result<Option<Document>, StepError> {
        let Some(after) = &self.edit.after else {
            return Ok(None);
        };
        let after = Document::parse(after.as_str()).map_err(failed)?;
        let now = self.now(document)?;
        let whole = match (&self.edit.before, &now) {
            (Some(before), Some(now)) => over(before, &after, now).map_err(failed)?.unwrap_or(after),
            _ => after,
        };
        let named = match (self.definition, now.is_none() || self.edit.replug) {
            (Definition::Live, true) => lasting(&whole),
            (Definition::Live, false) => as_it_runs(&whole, self.change.mac, document),
            _ => Ok(whole),
        };
        named.map(Some).map_err(failed)
    }

    fn affect(&self) -> Affect {
        match self.definition {
            Definition::Live => Affect::Live,
            Definition::Config => Affect::Config,
        }
    }

    async fn attach(&self, nic: &Document) -> Result<(), live::Error> {
        let domain = self.change.domain_uuid;
        self.hypervisor
            .attach_device(domain, nic.as_str(), self.affect())
            .await
    }

    async fn detach(&self, nic: &Document) -> Result<(), live::Error> {
        let domain = self.change.domain_uuid;
        self.hypervisor
            .detach_device(domain, nic.as_str(), self.affect())
            .await
    }

    /// The first half of a replug.
    fn leaves(&self) -> FragmentChange {
        FragmentChange {
            after: None,
            ..self.edit.clone()
        }
    }

    /// The second half of a replug.
    fn comes(&self) -> FragmentChange {
        FragmentChange {
            before: None,
            ..self.edit.clone()
        }
    }

    /// Awaits a call. Where its answer is lost, the domain itself tells whether it was carried out.
    async fn settled(
        &self,
        edit: &FragmentChange,
        asked: impl Future<Output = Result<(), live::Error>>,
    ) -> Result<(), StepError> {
        let error = match asked.await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_outcome_unknown() => error,
            Err(error) => return Err(error.into()),
        };
        for _ in 0..LOOKS {
            match self
                .hypervisor
                .domain_xml(self.change.domain_uuid, self.definition)
                .await
            {
                Ok(text) => {
                    let document = Document::parse(text).ok();
                    let stand = stand::fragment(self.change, edit, document.as_ref(), self.definition);
                    if stand == Stand::After {
                        return Ok(());
                    }
                    // A call that was sent may still be under way, and a guest takes its time to let go of a device.
                }
                Err(lost) if lost.is_connection() => {}
                Err(_) => break,
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(error.into())
    }

    /// Puts a NIC back into the definition, in the place that it had, and touches no other.
    ///
    /// libvirt attaches at the end only. So the definition is written whole, in one call, from what libvirt itself
    /// tells, secrets included. Where that cannot be, the NIC comes last, which is said.
    async fn put_back(
        &self,
        document: &Document,
        nic: &Document,
        position: usize,
    ) -> Result<Option<String>, StepError> {
        let known = Domain::of(document).map_err(failed)?.interfaces().count();
        let (mac, domain) = (self.change.mac, &self.change.domain);
        if position >= known {
            self.settled(self.edit, self.attach(nic)).await?;
            return Ok(None);
        }
        let why = match self.define_with(document, nic, position).await {
            Ok(()) => return Ok(None),
            Err(error) if error.is_outcome_unknown() => return Err(error),
            Err(error) => error,
        };
        let last =
            format!("the NIC {mac} of {domain} is back behind its other NICs, not in its old place ({why})");
        match self.settled(self.edit, self.attach(nic)).await {
            Ok(()) => Ok(Some(last)),
            Err(error) if error.is_outcome_unknown() => Err(error),
            Err(_) => {
                // Its place on the guest's bus may be another device's by now.
                let interface = libvirt_model::domain::Interface::of(nic).map_err(failed)?;
                let mut edit = nic.edit();
                interface
                    .edit(&mut edit)
                    .address(None::<libvirt_model::domain::Address>);
                let anywhere = edit.finish().map_err(failed)?;
                let edit = FragmentChange {
                    after: Some(anywhere.as_str().to_owned()),
                    ..self.edit.clone()
                };
                self.settled(&edit, self.attach(&anywhere)).await?;
                Ok(Some(format!("{last}, and at another address on its bus")))
            }
        }
    }

    async fn define_with(&self, known: &Document, nic: &Document, position: usize) -> Result<(), StepError> {
        let domain = self.change.domain_uuid;
        let whole = self
            .hypervisor
            .domain_xml_with_secrets(domain, self.definition)
            .await?;
        let whole = Document::parse(whole).map_err(failed)?;
        let wanted = with_nic_at(&whole, nic, position).map_err(failed)?;
        // Nobody changed it since it was judged: what they set would be undone.
        if self.read().await?.as_str() != known.as_str() {
            return Err(StepError::Stale(format!(
                "someone changes the definition of {}",
                self.change.domain
            )));
        }
        let define = async { self.hypervisor.define_domain(wanted.as_str()).await.map(drop) };
        self.settled(self.edit, define).await?;
        let now = self.read().await?;
        match without_nic(&now, self.change).map_err(failed)? {
            Some(rest) if is_alike(known.root(), rest.root(), FilledIn::Nothing) => Ok(()),
            _ => Err(StepError::Failed(format!(
                "libvirt wrote more of the definition of {} anew than was asked for: compare it with virsh dumpxml \
                 --inactive {}",
                self.change.domain, self.change.domain
            ))),
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands in map_err, which gives the error away"
)]
fn failed(error: xml::Error) -> StepError {
    StepError::Failed(error.to_string())
}

/// The NIC as it is, with what differs between before and after; `None` where it is as before, so that it simply
/// becomes what is after.
fn over(before: &str, after: &Document, now: &Document) -> Result<Option<Document>, xml::Error> {
    let (before, after, now) = (
        lasting(&Document::parse(before)?)?,
        lasting(after)?,
        lasting(now)?,
    );
    if is_alike(before.root(), now.root(), FilledIn::Nothing) {
        return Ok(None);
    }
    let parts = stand::touched(before.root(), after.root());
    stand::merged(&now, &parts, after.root()).map(Some)
}

fn with_nic_at(document: &Document, nic: &Document, position: usize) -> Result<Document, xml::Error> {
    let domain = Domain::of(document)?;
    let Some(next) = domain.interfaces().nth(position) else {
        let mut edit = document.edit();
        domain.add_interface(&mut edit, Fragment::of(nic.root()))?;
        return edit.finish();
    };
    // libvirt prints its own indentation whatever it is given.
    let (before, after) = document.as_str().split_at(next.element().span().start);
    Document::parse(format!("{before}{}\n    {after}", nic.as_str()))
}

fn without_nic(document: &Document, change: &NicChange) -> Result<Option<Document>, xml::Error> {
    let domain = Domain::of(document)?;
    let Some(nic) = domain.interfaces_by_mac(change.mac).next() else {
        return Ok(None);
    };
    let mut edit = document.edit();
    edit.remove(nic.element());
    edit.finish().map(Some)
}
