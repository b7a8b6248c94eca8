//! What can stand in one attribute.

use std::net::{IpAddr, Ipv4Addr};

use uuid::Uuid;

/// A value that one attribute, or the text of one element, holds.
pub trait Scalar: Sized {
    /// Reads the value from its text in the document.
    ///
    /// # Errors
    /// What is wrong with the text, as the end of "`text` is …".
    fn read(text: &str) -> Result<Self, String>;

    /// The value as libvirt writes it.
    fn print(&self) -> String;
}

impl Scalar for String {
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn print(&self) -> String {
        self.clone()
    }
}

/// Implements [`Scalar`] for a type by its `FromStr` and `Display`.
macro_rules! scalar_by_text {
    ($($type:ty: $what:literal),+ $(,)?) => {$(
        impl Scalar for $type {
            fn read(text: &str) -> Result<Self, String> {
                text.trim().parse().map_err(|_| concat!("not ", $what).to_owned())
            }

            fn print(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

scalar_by_text! {
    u8: "a number from 0 to 255",
    u16: "a number from 0 to 65535",
    u32: "a number from 0 to 4294967295",
    u64: "a non-negative number",
    i64: "a number",
    Uuid: "a UUID",
    IpAddr: "an IP address",
    Ipv4Addr: "an IPv4 address",
}
