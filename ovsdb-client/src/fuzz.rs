//! A door through which the fuzz targets reach the writer of a replica. Not part of the API.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::{
    replica::{ResyncReason, Selection, Shared, Snapshot, Version, Watch, Writer},
    wire::{DatabaseSchema, Interner},
};

/// A replica of every table, which is fed by hand.
pub struct Replica {
    writer: Writer,
    schema: Arc<DatabaseSchema>,
    interner: Interner,
    version: Version,
}

impl Replica {
    /// An empty one, of the notation of `update`, `update2` or (above 2) `update3`.
    pub fn new(schema: DatabaseSchema, notation: u8) -> Self {
        let schema = Arc::new(schema);
        let version = match notation {
            0 | 1 => Version::Plain,
            2 => Version::Cond,
            _ => Version::Since,
        };
        Self {
            writer: Writer::new(Selection::everything(&schema), &schema, 4),
            schema,
            interner: Interner::none(),
            version,
        }
    }

    /// Takes the reply to a request for a monitor.
    ///
    /// # Errors
    /// If it does not read or does not fit.
    pub fn reply(&mut self, result: &RawValue) -> Result<(), String> {
        let applied = self
            .writer
            .apply_reply(self.version, result, &self.schema, None, &mut self.interner);
        applied.map_err(|error| {
            self.writer.replace_for(ResyncReason::Inconsistent);
            error.0
        })
    }

    /// Takes the updates of a notification.
    ///
    /// # Errors
    /// If they do not read or do not fit; then a reply must follow.
    pub fn update(&mut self, updates: &RawValue) -> Result<(), String> {
        let applied = self
            .writer
            .apply_update(self.version, updates, None, &mut self.interner);
        applied.map_err(|error| {
            self.writer.replace_for(ResyncReason::Inconsistent);
            error.0
        })
    }

    /// What readers see.
    pub fn snapshot(&self) -> Snapshot {
        self.shared().snapshot()
    }

    /// The events from now on.
    pub fn watch(&self) -> Watch {
        Watch::new(self.shared())
    }

    fn shared(&self) -> &Arc<Shared> {
        self.writer.shared()
    }
}

impl std::fmt::Debug for Replica {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.writer.fmt(f)
    }
}
