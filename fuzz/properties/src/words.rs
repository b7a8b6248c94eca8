//! The short texts that users type: remotes, addresses. One that reads prints so that it reads the same.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libvirt_model::vocab::MacAddr;
use ovsdb_client::transport::Remote;
use ovsdb_client::wire::Version;

pub(crate) fn words(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    reads_as_printed::<Remote>(text);
    reads_as_printed::<MacAddr>(text);
    reads_as_printed::<Version>(text);
    let _ = Remote::parse_list(text);
}

fn reads_as_printed<T: FromStr<Err: Display> + Display + Debug + PartialEq>(text: &str) {
    match text.parse::<T>() {
        Ok(value) => {
            let printed = value.to_string();
            let again = printed
                .parse::<T>()
                .unwrap_or_else(|error| panic!("{error}: {printed}"));
            assert_eq!(again, value, "{printed}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
