//! Execution of operations: RFC 7047 §5.2.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use uuid::Uuid;

use super::{
    condition::Condition,
    mutate::{argument_types, mutate},
    record::{Column, Record},
    state::TableId,
    transaction::Transaction,
    wording::constraint_text,
};
use crate::wire::{
    Atom, Clause, Columns, Datum, ErrorKind, Mutation, Operation, OperationResult, OvsdbError, TableSchema,
};

/// What an operation may know of the world outside the database.
pub(crate) struct Context<'a> {
    /// Whether the session holds this lock.
    pub(crate) holds_lock: &'a dyn Fn(&str) -> bool,
    /// How long the transaction has been waiting since it was first tried.
    pub(crate) waited: Duration,
    /// Whether clients may only read, as in `_Server`.
    pub(crate) is_reserved: bool,
}

/// Why an operation gave no result.
#[derive(Debug)]
pub(crate) enum Step {
    /// It failed.
    Failed(OvsdbError),
    /// It does not fit the schema, or is no operation; [`super::super::explain`] finds the words for it.
    Unfit,
    /// It is a `wait` whose time has not come; at this age of the transaction it fails.
    Blocked(Option<Duration>),
}

impl From<OvsdbError> for Step {
    fn from(error: OvsdbError) -> Self {
        Step::Failed(error)
    }
}

impl Transaction<'_> {
    /// Executes one operation.
    ///
    /// # Errors
    /// After an error the transaction may only be dropped.
    pub(crate) fn execute(
        &mut self,
        operation: Operation,
        context: &Context<'_>,
    ) -> Result<OperationResult, Step> {
        let op = operation.op();
        let changes = matches!(op, "insert" | "update" | "mutate" | "delete");
        let result = self.execute_checked(operation, context)?;
        if context.is_reserved && changes {
            let name = &self.database.schema().name;
            let details = format!("{op} operation not allowed on table in reserved database {name}");
            return Err(OvsdbError::new(&ErrorKind::NotAllowed, details).into());
        }
        Ok(result)
    }

    fn execute_checked(
        &mut self,
        operation: Operation,
        context: &Context<'_>,
    ) -> Result<OperationResult, Step> {
        match operation {
            Operation::Insert {
                table,
                row,
                uuid_name,
                uuid,
            } => self.execute_insert(&table, row, uuid_name, uuid),
            Operation::Select {
                table,
                where_,
                columns,
            } => self.execute_select(&table, where_, columns.as_deref()),
            Operation::Update { table, where_, row } => self.execute_update(&table, where_, row),
            Operation::Mutate {
                table,
                where_,
                mutations,
            } => self.execute_mutate(&table, where_, mutations),
            Operation::Delete { table, where_ } => {
                let (table, _) = self.table(&table)?;
                let rows = self.matching(table, where_)?;
                for row in &rows {
                    self.delete(table, &row.uuid);
                }
                Ok(count(&rows))
            }
            Operation::Wait {
                timeout_ms,
                table,
                where_,
                columns,
                until_equal,
                rows,
            } => {
                if self.rows_equal(&table, where_, columns.as_deref(), rows)? == until_equal {
                    Ok(OperationResult::Done)
                } else {
                    Err(still_waiting(timeout_ms, context.waited))
                }
            }
            Operation::Commit { .. } => Ok(OperationResult::Done),
            Operation::Abort => Err(OvsdbError::new(&ErrorKind::Aborted, "aborted by request").into()),
            Operation::Comment { comment } => {
                self.comments.push(comment);
                Ok(OperationResult::Done)
            }
            Operation::Assert { lock } if !is_id(&lock) => Err(Step::Unfit),
            Operation::Assert { lock } if (context.holds_lock)(&lock) => Ok(OperationResult::Done),
            Operation::Assert { lock } => {
                let details = format!("Asserted lock {lock} not held.");
                Err(OvsdbError::new(&ErrorKind::NotOwner, details).into())
            }
        }
    }

    fn execute_insert(
        &mut self,
        table: &str,
        row: Columns,
        uuid_name: Option<Arc<str>>,
        uuid: Option<Uuid>,
    ) -> Result<OperationResult, Step> {
        let (table, schema) = self.table(table)?;
        if let Some(uuid) = uuid
            && self.knows(table, &uuid)
        {
            let details = "This UUID would duplicate a UUID already present within the table or deleted within the same transaction.";
            let syntax = format!("\"{uuid}\"");
            return Err(OvsdbError::new(&ErrorKind::DuplicateUuid, details)
                .with_syntax(syntax)
                .into());
        }
        let mut uuid = uuid;
        if let Some(name) = uuid_name {
            if !is_id(&name) {
                return Err(Step::Unfit);
            }
            let symbol = self.symbol(&name);
            if symbol.is_created {
                let details = "This \"uuid-name\" appeared on an earlier \"insert\" operation.";
                let syntax = format!("\"{name}\"");
                return Err(OvsdbError::new(&ErrorKind::DuplicateUuidName, details)
                    .with_syntax(syntax)
                    .into());
            }
            symbol.is_created = true;
            // A reference before the insert has fixed the UUID already, unless the insert brings its own.
            symbol.uuid = uuid.unwrap_or(symbol.uuid);
            uuid = Some(symbol.uuid);
        }
        let mut record = Record::new(&schema, uuid.unwrap_or_else(Uuid::new_v4));
        for (column, value) in self.fitted_row(&schema, row)? {
            if let Column::At(index) = column {
                record.set(index, value);
            }
        }
        self.check_defaults(table, &record)?;
        let uuid = record.uuid;
        self.insert(table, record);
        Ok(OperationResult::Inserted(uuid))
    }

    /// A default value can break the constraints of its own column; then the insert must bring another.
    fn check_defaults(&self, table: TableId, record: &Record) -> Result<(), OvsdbError> {
        for column in &self.database[table].unfit_defaults {
            let type_ = Column::At(*column).type_(&self.database[table].schema);
            if let Err(error) = type_.conform(record[*column].clone()) {
                return Err(OvsdbError::new(
                    &ErrorKind::ConstraintViolation,
                    constraint_text(&error),
                ));
            }
        }
        Ok(())
    }

    fn execute_select(
        &mut self,
        table: &str,
        where_: Vec<Clause>,
        columns: Option<&[Arc<str>]>,
    ) -> Result<OperationResult, Step> {
        let (table, schema) = self.table(table)?;
        let rows = self.matching(table, where_)?;
        let columns: Vec<_> = fitted_columns(&schema, columns)?
            .into_iter()
            .map(|column| (column.name(&schema), column))
            .collect();
        // Equal rows come once, which only _uuid rules out.
        let is_distinct = columns.iter().any(|(_, column)| *column == Column::Uuid);
        let mut seen = BTreeSet::new();
        let rows = rows.iter().filter_map(|row| {
            let value = |column: &Column| row.value(*column).into_owned();
            if !is_distinct
                && !seen.insert(
                    columns
                        .iter()
                        .map(|(_, column)| value(column))
                        .collect::<Vec<_>>(),
                )
            {
                return None;
            }
            let cells = columns
                .iter()
                .map(|(name, column)| (Arc::clone(name), value(column)));
            Some(Columns(cells.collect()))
        });
        Ok(OperationResult::Rows(rows.collect()))
    }

    fn execute_update(
        &mut self,
        table: &str,
        where_: Vec<Clause>,
        row: Columns,
    ) -> Result<OperationResult, Step> {
        let (table, schema) = self.table(table)?;
        let cells = self.fitted_row(&schema, row)?;
        if cells.iter().any(|(column, _)| !column.is_mutable(&schema)) {
            return Err(Step::Unfit);
        }
        let rows = self.matching(table, where_)?;
        for row in &rows {
            if let Some(record) = self.row_mut(table, &row.uuid) {
                for (column, value) in &cells {
                    if let Column::At(index) = column {
                        record.set(*index, value.clone());
                    }
                }
            }
        }
        Ok(count(&rows))
    }

    fn execute_mutate(
        &mut self,
        table: &str,
        where_: Vec<Clause>,
        mutations: Vec<Mutation>,
    ) -> Result<OperationResult, Step> {
        let (table, schema) = self.table(table)?;
        let mut fitted = Vec::with_capacity(mutations.len());
        for mutation in mutations {
            let column = Column::find(&schema, &mutation.column).ok_or(Step::Unfit)?;
            let Column::At(index) = column else {
                return Err(Step::Unfit);
            };
            if !column.is_mutable(&schema) {
                return Err(Step::Unfit);
            }
            let types = argument_types(column.type_(&schema), mutation.mutator);
            let operand = self.resolve(mutation.value)?;
            let operand = types
                .iter()
                .find_map(|type_| type_.conform(operand.clone()).ok())
                .ok_or(Step::Unfit)?;
            fitted.push((index, mutation.mutator, operand));
        }
        let rows = self.matching(table, where_)?;
        for row in &rows {
            let Some(record) = self.row_mut(table, &row.uuid) else {
                continue;
            };
            for (column, mutator, operand) in &fitted {
                let type_ = Column::At(*column).type_(&schema);
                let value = mutate(type_, &record[*column], *mutator, operand)?;
                record.set(*column, value);
            }
        }
        Ok(count(&rows))
    }

    /// Whether the rows are, in these columns, the given set of rows (RFC 7047 §5.2.6).
    fn rows_equal(
        &mut self,
        table: &str,
        where_: Vec<Clause>,
        columns: Option<&[Arc<str>]>,
        rows: Vec<Columns>,
    ) -> Result<bool, Step> {
        let (table, schema) = self.table(table)?;
        let found = self.matching(table, where_)?;
        let columns = fitted_columns(&schema, columns)?;
        let project = |record: &Record| -> Vec<Datum> {
            columns
                .iter()
                .map(|column| record.value(*column).into_owned())
                .collect()
        };
        let mut wanted = BTreeSet::new();
        for row in rows {
            let mut record = Record::new(&schema, Uuid::nil());
            for (column, value) in self.fitted_row(&schema, row)? {
                match (column, value.one().and_then(Atom::as_uuid)) {
                    (Column::At(index), _) => record.set(index, value),
                    (Column::Uuid, Some(uuid)) => record.uuid = uuid,
                    (Column::Version, Some(uuid)) => record.version = uuid,
                    _ => {}
                }
            }
            wanted.insert(project(&record));
        }
        let found: BTreeSet<_> = found.iter().map(|record| project(record)).collect();
        Ok(found == wanted)
    }

    fn table(&self, name: &str) -> Result<(TableId, Arc<TableSchema>), Step> {
        let table = self.database.table_id(name).ok_or(Step::Unfit)?;
        Ok((table, Arc::clone(&self.database[table].schema)))
    }

    /// The rows that meet a condition.
    fn matching(&mut self, table: TableId, where_: Vec<Clause>) -> Result<Vec<Arc<Record>>, Step> {
        let where_ = where_
            .into_iter()
            .map(|clause| {
                Ok(match clause {
                    Clause::Test {
                        column,
                        function,
                        value,
                    } => Clause::Test {
                        column,
                        function,
                        value: self.resolve(value)?,
                    },
                    constant => constant,
                })
            })
            .collect::<Result<_, Step>>()?;
        let condition = Condition::new(&self.database[table].schema, where_).map_err(|_| Step::Unfit)?;
        let holds = |record: &&Arc<Record>| condition.all(record);
        if let Some(candidates) = self.candidates(table, &condition) {
            let rows = candidates.iter().filter_map(|uuid| self.row(table, uuid));
            return Ok(rows.filter(holds).cloned().collect());
        }
        Ok(self.rows(table).filter(holds).cloned().collect())
    }

    /// The only rows that can meet the condition, where an index or a UUID narrows them down.
    fn candidates(&self, table: TableId, condition: &Condition) -> Option<Vec<Uuid>> {
        for (column, value) in condition.equalities() {
            match column {
                Column::Uuid => return Some(value.one().and_then(Atom::as_uuid).into_iter().collect()),
                Column::At(column) => {
                    let indexes = &self.database[table].indexes;
                    if let Some(found) = indexes.iter().find_map(|index| index.find(column, value)) {
                        let touched = self.touched_in(table).filter(|uuid| Some(*uuid) != found);
                        return Some(found.into_iter().chain(touched).collect());
                    }
                }
                Column::Version => {}
            }
        }
        None
    }

    /// The row's columns and values, as the table has them.
    fn fitted_row(&mut self, table: &TableSchema, row: Columns) -> Result<Vec<(Column, Datum)>, Step> {
        row.0
            .into_iter()
            .map(|(name, value)| {
                let column = Column::find(table, &name).ok_or(Step::Unfit)?;
                let value = self.resolve(value)?;
                let value = column.type_(table).conform(value).map_err(|_| Step::Unfit)?;
                Ok((column, value))
            })
            .collect()
    }

    /// The value with names replaced by the UUIDs that they stand for.
    fn resolve(&mut self, value: Datum) -> Result<Datum, Step> {
        let is_name = |atom: &Atom| matches!(atom, Atom::NamedUuid(_));
        let has_name = value.atoms().iter().any(is_name)
            || value
                .pairs()
                .iter()
                .any(|(key, value)| is_name(key) || is_name(value));
        if !has_name {
            return Ok(value);
        }
        let is_bad = |atom: &Atom| matches!(atom, Atom::NamedUuid(name) if !is_id(name));
        if value.atoms().iter().any(is_bad)
            || value
                .pairs()
                .iter()
                .any(|(key, value)| is_bad(key) || is_bad(value))
        {
            return Err(Step::Unfit);
        }
        let mut real = |atom: &Atom| match atom {
            Atom::NamedUuid(name) => Atom::Uuid(self.symbol(name).uuid),
            other => other.clone(),
        };
        Ok(match &value {
            Datum::Map(pairs) => Datum::map(pairs.iter().map(|(key, value)| (real(key), real(value)))),
            set => Datum::set(set.atoms().iter().map(real)),
        })
    }
}

fn fitted_columns(table: &TableSchema, names: Option<&[Arc<str>]>) -> Result<Vec<Column>, Step> {
    let Some(names) = names else {
        return Ok(Column::all(table));
    };
    let columns: Option<Vec<_>> = names.iter().map(|name| Column::find(table, name)).collect();
    let columns = columns.ok_or(Step::Unfit)?;
    let distinct: BTreeSet<_> = columns.iter().collect();
    if distinct.len() == columns.len() {
        Ok(columns)
    } else {
        Err(Step::Unfit)
    }
}

fn still_waiting(timeout_ms: Option<u64>, waited: Duration) -> Step {
    let timeout = timeout_ms.map(Duration::from_millis);
    match timeout {
        Some(Duration::ZERO) => OvsdbError::new(&ErrorKind::TimedOut, "\"where\" clause test failed").into(),
        Some(timeout) if waited >= timeout => {
            let details = format!("\"wait\" timed out after {} ms", waited.as_millis());
            OvsdbError::new(&ErrorKind::TimedOut, details).into()
        }
        _ => Step::Blocked(timeout),
    }
}

fn count(rows: &[Arc<Record>]) -> OperationResult {
    OperationResult::Count(rows.len() as u64)
}

/// Whether a word is an `<id>` of RFC 7047 §3.1.
pub(crate) fn is_id(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
