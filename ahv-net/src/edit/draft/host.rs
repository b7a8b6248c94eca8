use super::Rows;
use crate::check::Fix;
use crate::edit::PlanError;
use crate::edit::base::Base;
use crate::edit::change::{NetworkChange, NicChange};

/// The host as it will be. An intent changes it; what differs from its [`Base`] is the plan.
#[derive(Debug)]
pub(crate) struct Draft<'b> {
    pub(crate) base: &'b Base,
    rows: Option<Rows>,
    pub(crate) nics: Vec<NicChange>,
    pub(crate) networks: Vec<NetworkChange>,
    pub(crate) notes: Vec<String>,
    pub(crate) equivalents: Vec<Fix>,
}

impl<'b> Draft<'b> {
    pub(crate) fn new(base: &'b Base) -> Self {
        Self {
            base,
            rows: base
                .ovsdb
                .as_ref()
                .map(|(_, snapshot)| Rows::new(snapshot.clone())),
            nics: Vec::new(),
            networks: Vec::new(),
            notes: Vec::new(),
            equivalents: Vec::new(),
        }
    }

    /// The rows of the `Open_vSwitch` database.
    ///
    /// # Errors
    /// When the database is not connected.
    pub(crate) fn rows(&mut self) -> Result<&mut Rows, PlanError> {
        self.rows.as_mut().ok_or(PlanError::NoSource {
            what: "this edit".to_owned(),
            source_name: "the Open_vSwitch database",
            flag: "name it with --ovsdb or --local",
        })
    }

    pub(crate) fn rows_if_connected(&self) -> Option<&Rows> {
        self.rows.as_ref()
    }

    /// Says something that the steps do not show.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Names the vendor's own command for the edit.
    pub(crate) fn equivalent(&mut self, command: Fix) {
        self.equivalents.push(command);
    }
}
