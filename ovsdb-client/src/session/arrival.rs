//! The rows of a large reply, taken in while the rest of it is still on its way.

use std::sync::Arc;

use bytes::Bytes;

use super::command::MonitorKey;
use crate::{
    replica::{Filling, Inconsistent, Version, Writer},
    wire::Interner,
};

/// A reply to a monitor request that is not whole yet.
///
/// A server takes long to send a large database, so each row is read when it has come, not when the last one has.
/// What was read is taken out of the message, and when it has ended the rest of it, which is a whole message again,
/// goes the way of all others: whether it is a reply and of what kind is decided there alone. A reply that begins in
/// another way than ovsdb-server's do is read when it is whole.
#[derive(Debug)]
pub(super) struct Arrival {
    key: MonitorKey,
    version: Version,
    /// The message up to its first table. It goes before the rest again.
    head: Vec<u8>,
    /// Whether `head` is still to be taken off the next bytes.
    is_first: bool,
    /// Whose rows come next.
    table: Option<Arc<str>>,
    rows: Result<Filling, Inconsistent>,
    /// Room for the part that is being read.
    text: Vec<u8>,
}

/// How a reply to a monitor request begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The request that is answered.
    pub(super) id: i64,
    /// Whether it is `[found, txn, updates]`, with `found` false, and not the updates alone.
    has_transaction: bool,
    /// How many bytes precede the first table.
    len: usize,
}

impl Head {
    /// Reads the beginning of a message, up to the updates of a reply to a monitor request.
    pub(super) fn read(message: &[u8]) -> Option<Self> {
        // It is all ASCII, unless it is something else.
        let text = message
            .get(..message.len().min(256))?
            .utf8_chunks()
            .next()?
            .valid();
        let (mut id, mut rest) = (None, text.strip_prefix('{')?);
        let result = loop {
            // The order of members is that of a hash table.
            if let Some(result) = rest.strip_prefix(r#""result":"#) {
                break result;
            } else if let Some(after) = rest.strip_prefix(r#""error":null,"#) {
                rest = after;
            } else {
                let (number, after) = rest.strip_prefix(r#""id":"#)?.split_once(',')?;
                (id, rest) = (number.parse().ok(), after);
            }
        };
        let has_transaction = result.starts_with('[');
        let tables = if has_transaction {
            // Changes since a transaction are small, or else read when they are whole.
            let transaction = result.strip_prefix(r#"[false,""#)?;
            transaction.get(36..)?.strip_prefix(r#"",{"#)?
        } else {
            result.strip_prefix('{')?
        };
        Some(Self {
            id: id?,
            has_transaction,
            len: text.len() - tables.len(),
        })
    }
}

impl Arrival {
    pub(super) fn new(
        message: &[u8],
        head: &Head,
        key: MonitorKey,
        version: Version,
        rows: Filling,
    ) -> Option<Self> {
        (head.has_transaction == (version == Version::Since)).then(|| Self {
            key,
            version,
            head: message.get(..head.len).unwrap_or_default().to_vec(),
            is_first: true,
            table: None,
            rows: Ok(rows),
            text: Vec::new(),
        })
    }

    /// The monitor that was asked for.
    pub(super) fn key(&self) -> MonitorKey {
        self.key
    }

    /// How many brackets are open between two rows: those of the message, the result, the updates, the table.
    pub(super) fn depth(&self) -> usize {
        if self.version == Version::Since { 4 } else { 3 }
    }

    /// Reads a part of the message that ends with a row. Without a writer nobody wants them any more.
    pub(super) fn take(&mut self, part: &[u8], writer: Option<&Writer>, interner: &mut Interner) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        self.open(part, &mut text);
        text.extend_from_slice(b"}}");
        self.is_first = false;
        if let Ok(rows) = &mut self.rows {
            let taken = match writer {
                Some(writer) => writer.take_part(rows, self.version, &text, interner),
                None => Err(Inconsistent("the monitor was given up".to_owned())),
            };
            match taken {
                Ok(table) => self.table = table.or(self.table.take()),
                Err(error) => self.rows = Err(error),
            }
        }
        self.text = text;
    }

    /// The message without the rows that were taken, given what is left of it.
    pub(super) fn rest(&self, end: &Bytes) -> Bytes {
        if self.is_first {
            return end.clone();
        }
        let mut message = self.head.clone();
        // The brace of the updates stands in the head.
        message.pop();
        self.open(end, &mut message);
        message.into()
    }

    /// The rows that were taken, or why one does not read.
    pub(super) fn into_rows(self) -> Result<Filling, Inconsistent> {
        self.rows
    }

    /// Puts before a part what makes an object of tables of it, the braces at its end aside.
    fn open(&self, part: &[u8], text: &mut Vec<u8>) {
        text.push(b'{');
        if self.is_first {
            return text.extend_from_slice(part.get(self.head.len()..).unwrap_or_default());
        }
        // If the first rows do not read it is not known, and no matter.
        let table = serde_json::Value::from(self.table.as_deref().unwrap_or_default());
        text.extend_from_slice(format!("{table}:{{").as_bytes());
        text.extend_from_slice(part.strip_prefix(b",").unwrap_or(part));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSACTION: &str = "00000000-0000-0000-0000-000000000000";

    #[test]
    fn replies_of_all_kinds_are_known_by_their_beginning() {
        let since = format!(r#"{{"id":7,"result":[false,"{TRANSACTION}",{{"T":{{"#);
        let head = Head::read(since.as_bytes()).unwrap();
        assert_eq!(
            (head.id, head.has_transaction, since.len() - head.len),
            (7, true, 5)
        );
        for bare in [
            r#"{"error":null,"id":-7,"result":{"#,
            r#"{"id":-7,"error":null,"result":{"#,
        ] {
            let head = Head::read(bare.as_bytes()).unwrap();
            assert_eq!((head.id, head.has_transaction, head.len), (-7, false, bare.len()));
        }
        for other in [
            "",
            r#"{"id":7,"result":["#,
            r#"{"id":7,"result":[{"count":1}]"#,
            r#"{"id":"x","result":{"#,
            r#"{"result":{"#,
            r#"{ "id":7,"result":{"#,
            r#"{"id":null,"method":"update","params":[1,{"#,
        ] {
            assert_eq!(Head::read(other.as_bytes()), None, "{other}");
        }
        assert_eq!(Head::read(since.replace("false", "true").as_bytes()), None);
    }
}
