//! Rust source from a schema.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    facts::Facts,
    names::{constant_name, snake_name, type_name},
};
use crate::wire::{Atom, AtomicType, BaseType, ColumnSchema, ColumnType, DatabaseSchema, Max, TableSchema};

/// What the source is made from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The schema whose tables it types.
    pub schema: &'a DatabaseSchema,
    /// Where its docs take from which version brought what.
    pub facts: Option<&'a Facts>,
}

/// The files of the module, by name: `mod.rs` and one a table.
///
/// They are laid out by themselves; keep rustfmt off them with `#[rustfmt::skip]` on the module.
pub fn generate(source: Source<'_>) -> BTreeMap<String, String> {
    let tables = source.schema.tables();
    let mut files: BTreeMap<String, String> = tables
        .iter()
        .map(|table| {
            (
                format!("{}.rs", snake_name(&table.name)),
                table_file(source, table),
            )
        })
        .collect();
    let mut module = format!(
        "//! Typed tables of the database `{}`, schema {}. Made by modelgen; do not edit.\n\n",
        source.schema.name, source.schema.version
    );
    for table in tables {
        let _ = writeln!(module, "mod {};", snake_name(&table.name));
    }
    module.push('\n');
    for table in tables {
        let mut names = vec![type_name(&table.name)];
        names.extend(enums(table).map(|(column, _)| enum_name(table, column)));
        names.sort();
        let list = names.join(", ");
        let list = if names.len() == 1 {
            list
        } else {
            format!("{{{list}}}")
        };
        let _ = writeln!(module, "pub use {}::{list};", snake_name(&table.name));
    }
    files.insert("mod.rs".to_owned(), module);
    files
}

fn table_file(source: Source<'_>, table: &TableSchema) -> String {
    let name = &table.name;
    let row = type_name(name);
    let columns = table.columns();
    let types: Vec<String> = columns.iter().map(|column| rust_type(table, column)).collect();
    let mut file = format!("//! Table `{name}`. Made by modelgen; do not edit.\n\n");
    file.push_str(&imports(&row, &types));
    let since = source.facts.and_then(|facts| facts.since(name, None));
    let since = since.map_or_else(String::new, |version| format!(" Since schema {version}."));
    let _ = write!(
        file,
        "/// A row of table `{name}`.{since}\n#[derive(Clone, PartialEq)]\npub struct {row}(TableRow);\n\nimpl {row} {{\n"
    );
    for (column, type_) in columns.iter().zip(&types) {
        let _ = writeln!(
            file,
            "    /// Column `{}`: {}.",
            column.name,
            describe(source, table, column)
        );
        let _ = writeln!(
            file,
            "    pub const {}: Column<Self, {type_}> = Column::new(\"{}\");",
            constant_name(&column.name),
            column.name
        );
    }
    for (column, type_) in columns.iter().zip(&types) {
        let _ = write!(
            file,
            "\n    /// Column `{}`: {}.\n    ///\n    /// # Errors\n    /// If the server or the replica does not have it.\n",
            column.name,
            describe(source, table, column)
        );
        let _ = write!(
            file,
            "    pub fn {}(&self) -> Result<{type_}, ColumnError> {{\n        self.0.get(Self::{})\n    }}\n",
            snake_name(&column.name),
            constant_name(&column.name)
        );
    }
    file.push_str("}\n\n");
    let _ = write!(
        file,
        "impl Table for {row} {{\n    const NAME: &'static str = \"{name}\";\n    const COLUMNS: &'static [&'static str] = &[\n"
    );
    for column in columns {
        let _ = writeln!(file, "        \"{}\",", column.name);
    }
    let _ = write!(
        file,
        "    ];\n\n    fn from_row(row: TableRow) -> Self {{\n        Self(row)\n    }}\n\n    \
         fn row(&self) -> &TableRow {{\n        &self.0\n    }}\n}}\n\n\
         impl fmt::Debug for {row} {{\n    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{\n        \
         self.0.fmt(f)\n    }}\n}}\n"
    );
    for (column, base) in enums(table) {
        enum_source(&mut file, table, column, base);
    }
    file
}

/// Imports only what the types of the columns use.
fn imports(row: &str, types: &[String]) -> String {
    let uses = |word: &str| types.iter().any(|type_| type_.contains(word));
    let mut imports = String::from("use std::fmt;\n");
    if uses("Arc<str>") {
        imports.push_str("use std::sync::Arc;\n");
    }
    imports.push('\n');
    let reference = if uses("RowUuid<") { "RowUuid, " } else { "" };
    let _ = writeln!(
        imports,
        "use ::ovsdb_client::table::{{Column, ColumnError, {reference}Table, TableRow}};"
    );
    let values: Vec<&str> = ["Map", "Set"]
        .into_iter()
        .filter(|word| uses(&format!("{word}<")))
        .collect();
    if !values.is_empty() {
        let _ = writeln!(imports, "use ::ovsdb_client::value::{{{}}};", values.join(", "));
    }
    let mut targets: Vec<&str> = types
        .iter()
        .flat_map(|type_| type_.split("RowUuid<").skip(1))
        .filter_map(|rest| rest.split('>').next())
        .filter(|target| *target != row)
        .collect();
    targets.sort_unstable();
    targets.dedup();
    if !targets.is_empty() {
        let _ = writeln!(imports, "\nuse super::{{{}}};", targets.join(", "));
    }
    imports.push('\n');
    imports
}

fn rust_type(table: &TableSchema, column: &ColumnSchema) -> String {
    let key = rust_base(table, column, &column.type_.key);
    match &column.type_ {
        ColumnType {
            value: Some(value), ..
        } => format!("Map<{key}, {}>", rust_base(table, column, value)),
        type_ if type_.is_scalar() => key,
        type_ if type_.is_optional() => format!("Option<{key}>"),
        _ => format!("Set<{key}>"),
    }
}

fn rust_base(table: &TableSchema, column: &ColumnSchema, base: &BaseType) -> String {
    match (base.type_, &base.ref_table) {
        (AtomicType::Uuid, Some(target)) => format!("RowUuid<{}>", type_name(target)),
        (AtomicType::Uuid, None) => "::uuid::Uuid".to_owned(),
        (AtomicType::Integer, _) => "i64".to_owned(),
        (AtomicType::Real, _) => "f64".to_owned(),
        (AtomicType::Boolean, _) => "bool".to_owned(),
        (AtomicType::String, _) if base.enum_.is_some() => enum_name(table, column),
        (AtomicType::String, _) => "Arc<str>".to_owned(),
    }
}

/// The columns whose key is one of some words. A map's value with such a list is rare enough to share its key's
/// fate: it stays a string.
fn enums(table: &TableSchema) -> impl Iterator<Item = (&ColumnSchema, &BaseType)> {
    let columns = table.columns().iter();
    columns
        .map(|column| (column, &column.type_.key))
        .filter(|(column, base)| {
            base.type_ == AtomicType::String
                && (base.enum_.is_some()
                    || column
                        .type_
                        .value
                        .as_ref()
                        .is_some_and(|value| value.enum_.is_some()))
        })
}

fn enum_name(table: &TableSchema, column: &ColumnSchema) -> String {
    type_name(&table.name) + &type_name(&column.name)
}

fn enum_source(file: &mut String, table: &TableSchema, column: &ColumnSchema, base: &BaseType) {
    let listed = base
        .enum_
        .as_ref()
        .or_else(|| column.type_.value.as_ref()?.enum_.as_ref());
    let _ = write!(
        file,
        "\n::ovsdb_client::open_enum! {{\n    /// What column `{}.{}` may be.\n    {} {{\n",
        table.name,
        column.name,
        enum_name(table, column)
    );
    for word in listed
        .into_iter()
        .flat_map(|words| words.atoms())
        .filter_map(Atom::as_str)
    {
        let mut variant = type_name(word);
        if variant == "Other" {
            variant.push_str("Word");
        }
        let _ = writeln!(file, "        /// `{word}`\n        {variant} = \"{word}\",");
    }
    file.push_str("    }\n}\n");
}

/// The type in words: "optional integer from 0 to 4095; since schema 7.15.0".
fn describe(source: Source<'_>, table: &TableSchema, column: &ColumnSchema) -> String {
    let type_ = &column.type_;
    let key = describe_base(&type_.key);
    let mut text = match (&type_.value, type_.min, type_.max) {
        (None, 1, Max::Count(1)) => key,
        (None, 0, Max::Count(1)) => format!("optional {key}"),
        (None, ..) => format!("set of {key}"),
        (Some(value), ..) => format!("map from {key} to {}", describe_base(value)),
    };
    match (type_.min, type_.max) {
        (_, Max::Count(1)) => {}
        (0, Max::Count(max)) => text += &format!(", {max} at most"),
        (1, _) => text += ", never empty",
        _ => {}
    }
    if !column.mutable {
        text += "; fixed when the row is made";
    }
    if column.ephemeral {
        text += "; not kept on disk";
    }
    if let Some(version) = source
        .facts
        .and_then(|facts| facts.since(&table.name, Some(&column.name)))
    {
        text += &format!("; since schema {version}");
    }
    text
}

fn describe_base(base: &BaseType) -> String {
    if let Some(table) = &base.ref_table {
        return format!("reference to `{table}`");
    }
    if let Some(words) = &base.enum_ {
        let words: Vec<String> = words.atoms().iter().map(|word| format!("`{word}`")).collect();
        return format!("{} (one of {})", base.type_, words.join(", "));
    }
    match (base.min_integer, base.max_integer) {
        (Some(min), Some(max)) => format!("{} from {min} to {max}", base.type_),
        (Some(min), None) => format!("{} from {min} up", base.type_),
        (None, Some(max)) => format!("{} up to {max}", base.type_),
        (None, None) => base.type_.to_string(),
    }
}
