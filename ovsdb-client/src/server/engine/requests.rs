//! Methods: RFC 7047 §4.1 and ovsdb-server(7) §4.1.

use std::{borrow::Cow, sync::Arc, time::Instant};

use serde_json::{Value, value::RawValue};

use super::{
    super::database::is_id,
    core::{CommitFault, Engine, Hangup},
    session::SessionId,
};
use crate::wire::{ErrorKind, JsonId, Message, OvsdbError, TransactParams};

/// Replies `{}`.
pub(super) const EMPTY: Empty = Empty {};

/// `{}`
#[derive(serde::Serialize)]
pub(super) struct Empty {}

impl Engine {
    /// Takes one message of a session.
    ///
    /// # Errors
    /// If the session must be closed: it does not speak JSON-RPC 1.0, or answers what was not asked.
    pub(crate) fn handle_message(
        &mut self,
        session: SessionId,
        bytes: &[u8],
        now: Instant,
    ) -> Result<(), Hangup> {
        // Text that is not UTF-8 spoils the value that it stands in, not the connection.
        let valid = String::from_utf8_lossy(bytes);
        let spoilt = matches!(valid, Cow::Owned(_)).then(|| spoilt_text(bytes));
        match Message::parse(valid.as_bytes()).map_err(|malformed| Hangup(malformed.to_string()))? {
            Message::Request { id, method, params } => {
                let fault = self.commit_fault.take_if(|_| method == "transact");
                if fault == Some(CommitFault::Before) {
                    return Err(Hangup("as asked, before the transaction".to_owned()));
                }
                if let Err(error) = self.handle_request(session, &id, &method, params, now, spoilt)
                    && let Some(session) = self.sessions.get_mut(&session)
                {
                    session.refuse(&id, &error);
                }
                if fault == Some(CommitFault::After) {
                    return Err(Hangup("as asked, after the transaction".to_owned()));
                }
                Ok(())
            }
            Message::Notification { method, params } => {
                if method == "cancel"
                    && let Ok((id,)) = serde_json::from_str::<(JsonId,)>(params.get())
                {
                    self.cancel(session, &id);
                }
                Ok(())
            }
            // The reply to an inactivity probe, which carries this id in every implementation.
            Message::Response { id, .. } if id == JsonId::string("echo") => Ok(()),
            Message::Response { id, .. } => Err(Hangup(format!("a response to no request, with id {id}"))),
        }
    }

    fn handle_request(
        &mut self,
        session: SessionId,
        id: &JsonId,
        method: &str,
        params: &RawValue,
        now: Instant,
        spoilt: Option<String>,
    ) -> Result<(), OvsdbError> {
        match method {
            "transact" => {
                let database = self.database_of(method, params)?;
                let params =
                    TransactParams::from_json(params).map_err(|error| syntax(error.to_string(), params))?;
                self.transact(session, id, &database, &params, spoilt, now);
            }
            "monitor" | "monitor_cond" | "monitor_cond_since" => {
                let database = self.database_of(method, params)?;
                self.monitor(session, id, method, &database, params)?;
            }
            "monitor_cond_change" => self.monitor_cond_change(session, id, params)?,
            "monitor_cancel" => self.monitor_cancel(session, id, params)?,
            "get_schema" => {
                let database = self.database_of(method, params)?;
                if let (Some(served), Some(session)) =
                    (self.databases.get(&*database), self.sessions.get_mut(&session))
                {
                    session.reply(id, served.database.schema());
                }
            }
            "list_dbs" => {
                let names: Vec<_> = self.databases.keys().cloned().collect();
                self.reply(session, id, &names);
            }
            "lock" | "steal" | "unlock" => self.lock_request(session, id, method, params)?,
            "get_server_id" => {
                let server_id = self.server_id;
                self.reply(session, id, &server_id);
            }
            "set_db_change_aware" => {
                let Ok((aware,)) = serde_json::from_str::<(bool,)>(params.get()) else {
                    return Err(syntax(
                        "set_db_change_aware: true or false parameter expected",
                        params,
                    ));
                };
                if let Some(session) = self.sessions.get_mut(&session) {
                    session.is_change_aware = aware;
                }
                self.reply(session, id, &EMPTY);
            }
            "echo" => self.reply(session, id, params),
            _ => return Err(OvsdbError::bare(&ErrorKind::UnknownMethod)),
        }
        Ok(())
    }

    /// The database that the first parameter names.
    fn database_of(&self, method: &str, params: &RawValue) -> Result<Arc<str>, OvsdbError> {
        let Some(name) = first_string(params) else {
            let details = format!("{method} request params must begin with <db-name>");
            return Err(syntax(details, params));
        };
        match self.databases.get_key_value(&*name) {
            Some((name, _)) => Ok(Arc::clone(name)),
            None => {
                let details = format!("{method} request specifies unknown database {name}");
                Err(OvsdbError::new(&ErrorKind::UnknownDatabase, details).with_syntax(sorted(params)))
            }
        }
    }

    fn lock_request(
        &mut self,
        session: SessionId,
        id: &JsonId,
        method: &str,
        params: &RawValue,
    ) -> Result<(), OvsdbError> {
        let name = serde_json::from_str::<(Arc<str>,)>(params.get())
            .ok()
            .map(|(name,)| name);
        let Some(name) = name.filter(|name| is_id(name)) else {
            return Err(syntax(format!("{method} request params must be <id>"), params));
        };
        let twice = || syntax(format!("must issue \"unlock\" before new \"{method}\""), params);
        match method {
            "lock" => {
                let locked = self.locks.lock(session, &name).ok_or_else(twice)?;
                self.reply(session, id, &serde_json::json!({ "locked": locked }));
            }
            "steal" => {
                let victim = self.locks.steal(session, &name).ok_or_else(twice)?;
                if let Some(victim) = victim {
                    self.notify(victim, "stolen", &[name]);
                }
                self.reply(session, id, &serde_json::json!({ "locked": true }));
            }
            _ => {
                let Some(heir) = self.locks.unlock(session, &name) else {
                    let details = "unlock: \"unlock\" without \"lock\" or \"steal\"";
                    return Err(syntax(details, params));
                };
                if let Some(heir) = heir {
                    self.notify(heir, "locked", &[name]);
                }
                self.reply(session, id, &EMPTY);
            }
        }
        Ok(())
    }
}

/// What is wrong with bytes that are not UTF-8, in ovsdb-server's words.
fn spoilt_text(bytes: &[u8]) -> String {
    let sequence = match std::str::from_utf8(bytes) {
        Ok(_) => &[],
        Err(error) => {
            let start = error.valid_up_to();
            bytes
                .get(start..start + error.error_len().unwrap_or(1))
                .unwrap_or_default()
        }
    };
    let sequence: Vec<String> = sequence.iter().map(|byte| format!("{byte:#04x}")).collect();
    format!(
        "not a valid UTF-8 string: invalid UTF-8 sequence {}",
        sequence.join(" ")
    )
}

/// The first element of an array, if it is a string.
fn first_string(params: &RawValue) -> Option<String> {
    struct First;

    impl<'de> serde::de::Visitor<'de> for First {
        type Value = Option<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an array that begins with a string")
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let first = seq.next_element()?;
            while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok(first)
        }
    }
    let mut json = serde_json::Deserializer::from_str(params.get());
    serde::Deserializer::deserialize_seq(&mut json, First)
        .ok()
        .flatten()
}

/// A "syntax error" about these parameters.
pub(super) fn syntax(details: impl Into<String>, json: &RawValue) -> OvsdbError {
    OvsdbError::new(&ErrorKind::SyntaxError, details).with_syntax(sorted(json))
}

/// The JSON as ovsdb-server prints it: members sorted, no spaces.
pub(super) fn sorted(json: &RawValue) -> String {
    // JSON that is too deep for a tree stands as it came.
    serde_json::from_str::<Value>(json.get())
        .map_or_else(|_| json.get().to_owned(), |value| value.to_string())
}
