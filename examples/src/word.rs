use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

/// Reads a word of the library as JSON has it too, such as `active-backup`.
///
/// # Errors
/// A sentence that says which words there are.
pub fn word<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, String> {
    let deserializer: StrDeserializer<'de, Error> = text.into_deserializer();
    T::deserialize(deserializer).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use ahv_net::edit::{BondMode, TunnelKey};

    use super::*;

    #[test]
    fn words_are_those_of_the_library() {
        assert_eq!(word("balance-slb"), Ok(BondMode::BalanceSlb));
        let error = word::<BondMode>("round-robin").unwrap_err();
        assert!(error.contains("active-backup"), "{error}");
        assert_eq!(word("flow"), Ok(TunnelKey::Flow));
    }
}
