//! What is wrong with a request, in ovsdb-server's words.
//!
//! Requests are read straight into [`Operation`](crate::wire::Operation)s, which tells only *that* one does not fit.
//! Then it is read again here, member by member in the order in which ovsdb-server looks at them, to name the first
//! thing that is wrong. Monitor requests are small and come once, so they are only read here.

use std::sync::Arc;

use serde_json::{Map, Value, value::RawValue};

use super::super::database::{
    Column, Condition, argument_type, argument_types, constraint_text, describe_type, is_id,
};
use crate::wire::{
    AtomicType, BaseType, Clause, ColumnType, DatabaseSchema, Datum, ErrorKind, Function, Max, MonitorSelect,
    Mutator, OvsdbError, TableSchema,
};

/// A kind of JSON value that a member must have.
#[derive(Clone, Copy)]
enum Want {
    Array,
    Boolean,
    Id,
    Integer,
    Object,
    String,
}

/// Why an operation was not executed: the first of what is wrong with it.
pub(super) fn operation(raw: &RawValue, schema: &DatabaseSchema, number: usize, count: usize) -> OvsdbError {
    let value = match serde_json::from_str::<Value>(raw.get()) {
        Ok(value) => value,
        Err(error) => return plain(error.to_string()),
    };
    let parsing = format!("Parsing ovsdb operation {number} of {count} failed");
    let Value::Object(members) = &value else {
        return plain(format!("{parsing}: Object expected."));
    };
    let mut parser = Parser::new(members);
    let found = parser.operation(schema);
    match parser.finish() {
        Err(reason) => syntax(format!("{parsing}: {reason}"), &value),
        Ok(()) => found
            .err()
            .unwrap_or_else(|| syntax(format!("{parsing}."), &value)),
    }
}

/// Reads members of an object, and keeps the first thing that is wrong with them.
struct Parser<'a> {
    members: &'a Map<String, Value>,
    used: Vec<&'static str>,
    error: Option<String>,
}

impl<'a> Parser<'a> {
    fn new(members: &'a Map<String, Value>) -> Self {
        Self {
            members,
            used: Vec::new(),
            error: None,
        }
    }

    fn fail(&mut self, reason: String) {
        self.error.get_or_insert(reason);
    }

    fn optional(&mut self, name: &'static str, want: Want) -> Option<&'a Value> {
        self.used.push(name);
        let value = self.members.get(name)?;
        let fits = match (want, value) {
            (Want::Array, Value::Array(_))
            | (Want::Boolean, Value::Bool(_))
            | (Want::Object, Value::Object(_))
            | (Want::String, Value::String(_)) => true,
            (Want::Id, Value::String(text)) => is_id(text),
            (Want::Integer, number) => integer(number).is_some(),
            _ => false,
        };
        if fits {
            return Some(value);
        }
        self.fail(format!("Type mismatch for member '{name}'."));
        None
    }

    fn required(&mut self, name: &'static str, want: Want) -> Option<&'a Value> {
        if !self.members.contains_key(name) {
            self.fail(format!("Required '{name}' member is missing."));
            self.used.push(name);
            return None;
        }
        self.optional(name, want)
    }

    fn finish(mut self) -> Result<(), String> {
        let stranger = self
            .members
            .keys()
            .find(|name| !self.used.contains(&name.as_str()));
        if let Some(name) = stranger {
            self.fail(format!("Member '{name}' is present but not allowed here."));
        }
        self.error.map_or(Ok(()), Err)
    }

    fn table(&mut self, schema: &DatabaseSchema) -> Option<Arc<TableSchema>> {
        let name = self.required("table", Want::Id)?.as_str()?;
        let table = schema.table(name).map(Arc::clone);
        if table.is_none() {
            self.fail(format!("No table named {name}."));
        }
        table
    }

    /// Reads the members of an operation, then looks at what they hold.
    fn operation(&mut self, schema: &DatabaseSchema) -> Result<(), OvsdbError> {
        let Some(op) = self.required("op", Want::Id).and_then(Value::as_str) else {
            return Ok(());
        };
        let table = match op {
            "insert" | "select" | "update" | "mutate" | "delete" | "wait" => self.table(schema),
            _ => None,
        };
        let none = &Value::Null;
        match op {
            "insert" => {
                self.optional("uuid-name", Want::Id);
                let uuid = self.optional("uuid", Want::String);
                let row_json = self.required("row", Want::Object);
                let Some(table) = table else { return Ok(()) };
                if let Some(uuid) = uuid.filter(|uuid| !is_uuid(uuid)) {
                    return Err(syntax("bad uuid", uuid));
                }
                row(row_json.unwrap_or(none), &table)
            }
            "select" => {
                let where_ = self.required("where", Want::Array);
                let columns = self.optional("columns", Want::Array);
                let Some(table) = table else { return Ok(()) };
                self.condition(where_, &table)?;
                columns.map_or(Ok(()), |columns| distinct_columns(columns, &table))
            }
            "update" => {
                let where_ = self.required("where", Want::Array);
                let row_json = self.required("row", Want::Object).unwrap_or(none);
                let Some(table) = table else { return Ok(()) };
                row(row_json, &table)?;
                let names = row_json.as_object().into_iter().flat_map(Map::keys);
                for name in names {
                    if Column::find(&table, name).is_some_and(|column| !column.is_mutable(&table)) {
                        let details =
                            format!("Cannot update immutable column {name} in table {}.", table.name);
                        return Err(
                            violation(details).with_syntax(Value::Object(self.members.clone()).to_string())
                        );
                    }
                }
                self.condition(where_, &table)
            }
            "mutate" => {
                let where_ = self.required("where", Want::Array);
                let mutations = self.required("mutations", Want::Array);
                let Some(table) = table else { return Ok(()) };
                for mutation_json in mutations.and_then(Value::as_array).into_iter().flatten() {
                    mutation(mutation_json, &table)?;
                }
                self.condition(where_, &table)
            }
            "delete" => {
                let where_ = self.required("where", Want::Array);
                table.map_or(Ok(()), |table| self.condition(where_, &table))
            }
            "wait" => {
                let timeout = self.optional("timeout", Want::Integer);
                let where_ = self.required("where", Want::Array);
                let columns = self.optional("columns", Want::Array);
                let until = self.required("until", Want::String).unwrap_or(none);
                let rows = self.required("rows", Want::Array);
                let Some(table) = table else { return Ok(()) };
                self.condition(where_, &table)?;
                columns.map_or(Ok(()), |columns| distinct_columns(columns, &table))?;
                if let Some(timeout) = timeout.filter(|timeout| integer(timeout).is_some_and(|ms| ms < 0)) {
                    return Err(syntax("timeout must be nonnegative", timeout));
                }
                if !matches!(until.as_str(), Some("==" | "!=")) {
                    return Err(syntax("\"until\" must be \"==\" or \"!=\"", until));
                }
                for row_json in rows.and_then(Value::as_array).into_iter().flatten() {
                    if !row_json.is_object() {
                        return Err(syntax("row must be JSON object", row_json));
                    }
                    row(row_json, &table)?;
                }
                Ok(())
            }
            "commit" => self.ignore(|parser| parser.required("durable", Want::Boolean)),
            "comment" => self.ignore(|parser| parser.required("comment", Want::String)),
            "assert" => self.ignore(|parser| parser.required("lock", Want::Id)),
            "abort" => Ok(()),
            other => {
                self.fail(format!("No operation \"{other}\""));
                Ok(())
            }
        }
    }

    fn ignore(&mut self, read: impl FnOnce(&mut Self) -> Option<&'a Value>) -> Result<(), OvsdbError> {
        read(self);
        Ok(())
    }

    fn condition(&self, where_: Option<&Value>, table: &TableSchema) -> Result<(), OvsdbError> {
        let mut clauses = where_.and_then(Value::as_array).into_iter().flatten();
        clauses.try_for_each(|json| clause(json, table).map(drop))
    }
}

/// One `<monitor-request>`, checked against its table.
pub(super) struct TableRequest {
    /// The columns; all if absent.
    pub(super) columns: Option<Vec<Column>>,
    pub(super) clauses: Vec<Value>,
    pub(super) select: MonitorSelect,
    columns_json: Value,
}

impl TableRequest {
    /// The error for a column that stands in the requests of a table twice.
    pub(super) fn repeated_column(&self, name: &str) -> OvsdbError {
        syntax(
            format!("column {name} mentioned more than once"),
            &self.columns_json,
        )
    }
}

/// Reads a `<monitor-request>` or, `with_where`, a `<monitor-cond-request>`.
pub(super) fn monitor_request(
    json: &Value,
    table: &TableSchema,
    with_where: bool,
) -> Result<TableRequest, OvsdbError> {
    let what = format!("Parsing table {} failed", table.name);
    let Value::Object(members) = json else {
        return Err(plain(format!("{what}: Object expected.")));
    };
    let mut parser = Parser::new(members);
    let where_ = if with_where {
        parser.optional("where", Want::Array)
    } else {
        None
    };
    let columns_json = parser.optional("columns", Want::Array);
    let select_json = parser.optional("select", Want::Object);
    parser
        .finish()
        .map_err(|reason| syntax(format!("{what}: {reason}"), json))?;

    let mut select = MonitorSelect::default();
    if let Some(Value::Object(members)) = select_json {
        let mut parser = Parser::new(members);
        let mut read = |name| {
            parser
                .optional(name, Want::Boolean)
                .and_then(Value::as_bool)
                .unwrap_or(true)
        };
        select = MonitorSelect {
            initial: read("initial"),
            insert: read("insert"),
            delete: read("delete"),
            modify: read("modify"),
        };
        let finished = parser.finish();
        finished.map_err(|reason| {
            syntax(
                format!("Parsing table {} select failed: {reason}", table.name),
                select_json.unwrap_or(json),
            )
        })?;
    }
    let mut columns = None;
    if let Some(json) = columns_json {
        let mut found = Vec::new();
        for name in json.as_array().into_iter().flatten() {
            let Some(name) = name.as_str() else {
                return Err(syntax("array of column names expected", json));
            };
            let Some(column) = Column::find(table, name) else {
                return Err(syntax(format!("{name} is not a valid column name"), json));
            };
            found.push(column);
        }
        columns = Some(found);
    }
    Ok(TableRequest {
        columns,
        clauses: where_.and_then(Value::as_array).cloned().unwrap_or_default(),
        select,
        columns_json: columns_json.cloned().unwrap_or_default(),
    })
}

/// Reads one element of a `monitor_cond_change`: its clauses.
pub(super) fn condition_change(table: &str, json: &Value) -> Result<Vec<Value>, OvsdbError> {
    let what = format!("Parsing table {table} failed");
    let Value::Object(members) = json else {
        return Err(plain(format!("{what}: Object expected.")));
    };
    let mut parser = Parser::new(members);
    let columns = parser.optional("columns", Want::Array);
    let where_ = parser.optional("where", Want::Array);
    parser
        .finish()
        .map_err(|reason| syntax(format!("{what}: {reason}"), json))?;
    if columns.is_some() {
        return Err(syntax("changing columns is unsupported", json));
    }
    Ok(where_.and_then(Value::as_array).cloned().unwrap_or_default())
}

/// The condition of these clauses.
pub(super) fn condition(clauses: &[Value], table: &TableSchema) -> Result<Condition, OvsdbError> {
    let clauses: Result<Vec<_>, _> = clauses.iter().map(|json| clause(json, table)).collect();
    Condition::new(table, clauses?).map_err(|_| plain("Parse error in condition."))
}

fn clause(json: &Value, table: &TableSchema) -> Result<Clause, OvsdbError> {
    if let Value::Bool(constant) = json {
        return Ok(if *constant { Clause::True } else { Clause::False });
    }
    let Some([Value::String(name), Value::String(word), argument]) = json.as_array().map(Vec::as_slice)
    else {
        return Err(syntax("Parse error in condition.", json));
    };
    let column = find_column(name, table, json)?;
    let function: Function = word.parse().map_err(|_| {
        OvsdbError::new(
            &ErrorKind::Other("unknown function".to_owned()),
            format!("No function named {word}."),
        )
    })?;
    let type_ = column.type_(table);
    let argument_type = argument_type(type_, function).ok_or_else(|| mismatch(word, name, type_, json))?;
    let value = datum(argument, &argument_type)?;
    Ok(Clause::test(name.as_str(), function, value))
}

fn mutation(json: &Value, table: &TableSchema) -> Result<(), OvsdbError> {
    let Some([Value::String(name), Value::String(word), argument]) = json.as_array().map(Vec::as_slice)
    else {
        return Err(syntax("Parse error in mutation.", json));
    };
    let column = find_column(name, table, json)?;
    if !column.is_mutable(table) {
        let details = format!("Cannot mutate immutable column {name} in table {}.", table.name);
        return Err(violation(details).with_syntax(json.to_string()));
    }
    let mutator: Mutator = word.parse().map_err(|_| {
        OvsdbError::new(
            &ErrorKind::Other("unknown mutator".to_owned()),
            format!("No mutator named {word}."),
        )
    })?;
    let type_ = column.type_(table);
    let types = argument_types(type_, mutator);
    if types.is_empty() {
        return Err(mismatch(word, name, type_, json));
    }
    let mut first = None;
    for type_ in &types {
        match datum(argument, type_) {
            Ok(_) => return Ok(()),
            Err(error) => first = Some(error),
        }
    }
    first.map_or(Ok(()), Err)
}

fn find_column(name: &str, table: &TableSchema, json: &Value) -> Result<Column, OvsdbError> {
    Column::find(table, name).ok_or_else(|| {
        let details = format!("No column {name} in table {}.", table.name);
        OvsdbError::new(&ErrorKind::Other("unknown column".to_owned()), details).with_syntax(json.to_string())
    })
}

fn mismatch(word: &str, column: &str, type_: &ColumnType, json: &Value) -> OvsdbError {
    let details = format!(
        "Type mismatch: \"{word}\" operator may not be applied to column {column} of type {}.",
        describe_type(type_)
    );
    syntax(details, json)
}

fn row(json: &Value, table: &TableSchema) -> Result<(), OvsdbError> {
    for (name, value) in json.as_object().into_iter().flatten() {
        let column = find_column(name, table, json)?;
        datum(value, column.type_(table))?;
    }
    Ok(())
}

fn distinct_columns(json: &Value, table: &TableSchema) -> Result<(), OvsdbError> {
    let mut seen = Vec::new();
    for name in json.as_array().into_iter().flatten() {
        let Some(name) = name.as_str().filter(|name| !seen.contains(name)) else {
            return Err(syntax("array of distinct column names expected", json));
        };
        if Column::find(table, name).is_none() {
            return Err(syntax(format!("{name} is not a valid column name"), json));
        }
        seen.push(name);
    }
    Ok(())
}

/// Reads a value of this type.
fn datum(json: &Value, type_: &ColumnType) -> Result<Datum, OvsdbError> {
    let read = |json: &Value| {
        let datum: Option<Datum> = serde_json::from_value(json.clone()).ok();
        let datum = datum.and_then(|datum| type_.conform(datum).ok());
        datum.ok_or_else(|| syntax("no value", json))
    };
    let elements = json.as_array().map(Vec::as_slice);
    if let Some(value_type) = &type_.value {
        let Some([Value::String(tag), Value::Array(pairs)]) = elements.filter(|_| !is_tagged(json, "set"))
        else {
            return Err(syntax("expected [\"map\", <array>]", json));
        };
        if tag != "map" {
            return Err(syntax("expected [\"map\", <array>]", json));
        }
        check_count(pairs.len(), type_, "map", json)?;
        for pair in pairs {
            let Some([key, value]) = pair.as_array().map(Vec::as_slice) else {
                return Err(syntax("expected 2-element array", pair));
            };
            atom(key, &type_.key)?;
            atom(value, value_type)?;
        }
        return read(json).map_err(|_| duplicate("map contains duplicate key"));
    }
    if !is_tagged(json, "set") {
        atom(json, &type_.key)?;
        return read(json);
    }
    let Some([_, Value::Array(atoms)]) = elements else {
        return Err(syntax("expected [\"set\", <array>]", json));
    };
    check_count(atoms.len(), type_, "set", json)?;
    for json in atoms {
        atom(json, &type_.key)?;
    }
    read(json).map_err(|_| duplicate("set contains duplicate"))
}

fn is_tagged(json: &Value, tag: &str) -> bool {
    json.get(0).and_then(Value::as_str) == Some(tag)
}

fn check_count(count: usize, type_: &ColumnType, noun: &str, json: &Value) -> Result<(), OvsdbError> {
    let max = if let Max::Count(max) = type_.max {
        max
    } else {
        u32::MAX
    };
    let fits = u32::try_from(count).is_ok_and(|count| (type_.min..=max).contains(&count));
    if fits {
        return Ok(());
    }
    let wanted = if type_.min == 1 && max == 1 {
        "exactly one member".to_owned()
    } else {
        format!("{} to {max} members", type_.min)
    };
    Err(syntax(
        format!("{noun} must have {wanted} but {count} are present"),
        json,
    ))
}

fn atom(json: &Value, base: &BaseType) -> Result<(), OvsdbError> {
    let expected = |what: &str| Err(syntax(format!("expected {what}"), json));
    match (base.type_, json) {
        (AtomicType::Integer, json) if integer(json).is_none() => return expected("integer"),
        (AtomicType::Real, json) if !json.is_number() => return expected("real"),
        (AtomicType::Boolean, json) if !json.is_boolean() => return expected("boolean"),
        (AtomicType::String, json) if !json.is_string() => return expected("string"),
        (AtomicType::Uuid, json) => match json.as_array().map(Vec::as_slice) {
            Some([Value::String(tag), uuid @ Value::String(text)]) if tag == "uuid" => {
                if !is_uuid(uuid) {
                    return Err(syntax(format!("\"{text}\" is not a valid UUID"), json));
                }
            }
            Some([Value::String(tag), Value::String(name)]) if tag == "named-uuid" => {
                if !is_id(name) {
                    return Err(syntax("named-uuid string is not a valid <id>", json));
                }
            }
            _ => return expected("[\"uuid\", <string>]"),
        },
        _ => {}
    }
    let datum: Option<Datum> = serde_json::from_value(json.clone()).ok();
    let Some(atom) = datum.and_then(|datum| datum.one().cloned()) else {
        return Err(syntax("no atom", json));
    };
    match base.conform(atom) {
        Err(error) if error.is_constraint() => Err(violation(constraint_text(&error))),
        Err(error) => Err(syntax(error.to_string(), json)),
        Ok(_) => Ok(()),
    }
}

/// A number that ovsdb-server takes for an integer: `5.0` is one.
fn integer(json: &Value) -> Option<i64> {
    let number = ColumnType::scalar(BaseType::plain(AtomicType::Integer));
    let datum: Datum = serde_json::from_value(json.clone()).ok()?;
    number.conform(datum).ok()?.one()?.as_integer()
}

fn is_uuid(json: &Value) -> bool {
    json.as_str()
        .is_some_and(|text| text.len() == 36 && uuid::Uuid::try_parse(text).is_ok())
}

fn syntax(details: impl Into<String>, json: &Value) -> OvsdbError {
    plain(details).with_syntax(json.to_string())
}

fn plain(details: impl Into<String>) -> OvsdbError {
    OvsdbError::new(&ErrorKind::SyntaxError, details)
}

fn violation(details: String) -> OvsdbError {
    OvsdbError::new(&ErrorKind::ConstraintViolation, details)
}

fn duplicate(details: &str) -> OvsdbError {
    OvsdbError::new(&ErrorKind::Other("ovsdb error".to_owned()), details)
}
