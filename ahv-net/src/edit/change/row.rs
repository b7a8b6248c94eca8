use std::collections::BTreeMap;
use std::fmt;

use ovsdb_client::wire::{Atom, Datum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Columns by name, with their values in the notation of RFC 7047 §5.1.
pub type Columns = BTreeMap<String, Datum>;

/// One row of the `Open_vSwitch` database.
///
/// A row that is there is known by its UUID. One that a plan makes has a UUID of the plan's own until
/// it is made: a small number, which no server gives out. A row that was deleted and made again has
/// another UUID, so its name finds it where the UUID does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RowId {
    /// The table.
    pub table: String,
    /// Column `name`, of a table that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its UUID, or the plan's own for a row that the plan makes.
    pub uuid: Uuid,
}

/// What becomes of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowChange {
    /// Which row.
    pub row: RowId,
    /// What becomes of it.
    pub edit: RowEdit,
}

/// What becomes of a row: RFC 7047 §5.2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowEdit {
    /// It is made with these columns; the others have their defaults.
    Insert(#[schemars(with = "BTreeMap<String, serde_json::Value>")] Columns),
    /// These columns change.
    Update(BTreeMap<String, ColumnEdit>),
    /// It goes. These are all its columns that configure something and are not the default.
    Delete(#[schemars(with = "BTreeMap<String, serde_json::Value>")] Columns),
}

/// What becomes of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnEdit {
    /// The whole value is replaced, and nothing of it may have changed meanwhile.
    Replace {
        /// What it was.
        #[schemars(with = "serde_json::Value")]
        before: Datum,
        /// What it becomes.
        #[schemars(with = "serde_json::Value")]
        after: Datum,
    },
    /// Elements of a set or pairs of a map come and go; what others have in it is theirs.
    Elements {
        /// What goes: it must be there.
        #[schemars(with = "serde_json::Value")]
        removed: Datum,
        /// What comes: it must not be there, nor another pair of such a key.
        #[schemars(with = "serde_json::Value")]
        added: Datum,
    },
}

impl RowChange {
    /// What undoes it.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let edit = match &self.edit {
            RowEdit::Insert(columns) => RowEdit::Delete(columns.clone()),
            RowEdit::Delete(columns) => RowEdit::Insert(columns.clone()),
            RowEdit::Update(columns) => RowEdit::Update(
                columns
                    .iter()
                    .map(|(name, edit)| (name.clone(), edit.inverse()))
                    .collect(),
            ),
        };
        Self {
            row: self.row.clone(),
            edit,
        }
    }
}

impl ColumnEdit {
    /// What undoes it.
    #[must_use]
    pub fn inverse(&self) -> Self {
        match self.clone() {
            Self::Replace { before, after } => Self::Replace {
                before: after,
                after: before,
            },
            Self::Elements { removed, added } => Self::Elements {
                removed: added,
                added: removed,
            },
        }
    }
}

impl RowId {
    /// Whether the UUID is a plan's own, for a row that is not there yet.
    pub fn is_planned(&self) -> bool {
        is_planned(self.uuid)
    }
}

/// Whether a UUID is a plan's own: random ones have their version in a higher digit.
pub(crate) fn is_planned(uuid: Uuid) -> bool {
    uuid.as_u128() <= u128::from(u32::MAX)
}

/// The rows that a value names.
pub(crate) fn rows_in(datum: &Datum) -> impl Iterator<Item = Uuid> + '_ {
    let values = datum.pairs().iter().map(|(_, value)| value);
    datum.atoms().iter().chain(values).filter_map(Atom::as_uuid)
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{} {name}", self.table),
            None if self.is_planned() => write!(f, "a new {}", self.table),
            None => write!(f, "{} {}", self.table, self.uuid),
        }
    }
}
