//! External data representation (RFC 4506), as far as libvirt uses it.

use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use uuid::Uuid;

/// Writes values one after the other.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    buffer: BytesMut,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn finish(self) -> Bytes {
        self.buffer.freeze()
    }

    pub(super) fn u32(mut self, value: u32) -> Self {
        self.buffer.put_u32(value);
        self
    }

    pub(super) fn i32(mut self, value: i32) -> Self {
        self.buffer.put_i32(value);
        self
    }

    pub(super) fn u64(mut self, value: u64) -> Self {
        self.buffer.put_u64(value);
        self
    }

    pub(super) fn string(mut self, value: &str) -> Self {
        // A document is at most 4 MiB, so its length fits; a longer string would be refused by the frame's own limit.
        self.buffer
            .put_u32(u32::try_from(value.len()).unwrap_or(u32::MAX));
        self.buffer.put_slice(value.as_bytes());
        self.buffer.put_bytes(0, padding(value.len()));
        self
    }

    pub(super) fn optional_string(self, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.u32(1).string(value),
            None => self.u32(0),
        }
    }

    pub(super) fn uuid(mut self, value: Uuid) -> Self {
        self.buffer.put_slice(value.as_bytes());
        self
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.buffer.put_slice(bytes);
        self
    }
}

/// Reads values one after the other.
#[derive(Debug, Clone)]
pub(super) struct Decoder {
    rest: Bytes,
}

/// The bytes are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Decoder {
    pub(super) fn new(bytes: &Bytes) -> Self {
        Self { rest: bytes.clone() }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let head = *self
            .rest
            .first_chunk::<N>()
            .ok_or(Malformed("a value is cut off"))?;
        self.rest.advance(N);
        Ok(head)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        self.take().map(u32::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, Malformed> {
        self.take().map(i32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Malformed> {
        self.take().map(u64::from_be_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, Malformed> {
        self.take().map(i64::from_be_bytes)
    }

    pub(super) fn f64(&mut self) -> Result<f64, Malformed> {
        self.take().map(f64::from_be_bytes)
    }

    pub(super) fn bool(&mut self) -> Result<bool, Malformed> {
        match self.u32()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed("a truth value is neither 0 nor 1")),
        }
    }

    pub(super) fn uuid(&mut self) -> Result<Uuid, Malformed> {
        self.take().map(Uuid::from_bytes)
    }

    /// A string; bytes that are not UTF-8 are replaced, for a name is shown even when it cannot be read.
    pub(super) fn string(&mut self) -> Result<String, Malformed> {
        let length = usize::try_from(self.u32()?).map_err(|_| Malformed("a string is too long"))?;
        let padded = length
            .checked_add(padding(length))
            .ok_or(Malformed("a string is too long"))?;
        if padded > self.rest.len() {
            return Err(Malformed("a string is cut off"));
        }
        let head = self.rest.split_to(padded);
        Ok(String::from_utf8_lossy(head.get(..length).unwrap_or(b"")).into_owned())
    }

    pub(super) fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        if self.bool()? {
            read(self).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A counted array. Each item takes at least 4 bytes, so the count cannot make us reserve more than was sent.
    pub(super) fn array<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let count = usize::try_from(self.u32()?).map_err(|_| Malformed("an array is too long"))?;
        if count > self.rest.len() / 4 {
            return Err(Malformed("an array counts more items than the message holds"));
        }
        (0..count).map(|_| read(self)).collect()
    }

    /// Checks that nothing is left: what is left would mean that the message was misread.
    pub(super) fn end(&self) -> Result<(), Malformed> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(Malformed("a message is longer than its content"))
        }
    }
}

fn padding(length: usize) -> usize {
    (4 - length % 4) % 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let id = Uuid::from_u128(7);
        let bytes = Encoder::new()
            .string("abcde")
            .optional_string(None)
            .optional_string(Some(""))
            .uuid(id)
            .i32(-1)
            .u64(9)
            .finish();
        assert_eq!(bytes.len(), 12 + 4 + 8 + 16 + 4 + 8);
        let mut decoder = Decoder::new(&bytes);
        assert_eq!(decoder.string().unwrap(), "abcde");
        assert_eq!(decoder.optional(Decoder::string).unwrap(), None);
        assert_eq!(decoder.optional(Decoder::string).unwrap(), Some(String::new()));
        assert_eq!(decoder.uuid().unwrap(), id);
        assert_eq!(decoder.i32().unwrap(), -1);
        assert_eq!(decoder.u64().unwrap(), 9);
        decoder.end().unwrap();
    }

    #[test]
    fn refuses_counts_beyond_the_message() {
        let bytes = Encoder::new().u32(u32::MAX).u32(0).finish();
        assert!(Decoder::new(&bytes).string().is_err());
        assert!(Decoder::new(&bytes).array(Decoder::u32).is_err());
        assert!(Decoder::new(&Bytes::from_static(&[0, 0, 0, 2])).bool().is_err());
        assert!(Decoder::new(&Bytes::from_static(&[0, 0])).u32().is_err());
    }
}
