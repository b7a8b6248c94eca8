//! Records of a log.

use sha1::{Digest, Sha1};

/// What a record of this format begins with.
const MAGIC: &str = "OVSDB JSON ";

/// The longest line that can begin a record.
const HEADER_BYTES: usize = 80;

/// The JSON of the record that begins the bytes, and what follows it.
///
/// # Errors
/// What is wrong with it.
pub(super) fn next_record(bytes: &[u8]) -> Result<(&str, &[u8]), String> {
    let end = bytes.iter().take(HEADER_BYTES).position(|byte| *byte == b'\n');
    let Some((header, rest)) = end.and_then(|end| bytes.split_at_checked(end)) else {
        return Err("a record's first line is not whole".to_owned());
    };
    let header = std::str::from_utf8(header).map_err(|_| "a record's first line is no text".to_owned())?;
    let Some(fields) = header.strip_prefix(MAGIC) else {
        return Err(format!(
            "a record begins with \"{}\", not with \"{MAGIC}\"",
            header.escape_debug()
        ));
    };
    let (length, sum) = fields
        .split_once(' ')
        .ok_or("a record's first line lacks the checksum")?;
    let length: usize = length
        .parse()
        .map_err(|_| format!("a record has the length \"{length}\""))?;
    let rest = rest.get(1..).unwrap_or_default();
    let Some((json, rest)) = rest.split_at_checked(length) else {
        return Err(format!("a record of {length} bytes ends after {}", rest.len()));
    };
    if checksum(json) != sum {
        return Err("a record does not have the checksum that its first line gives".to_owned());
    }
    let json = std::str::from_utf8(json).map_err(|_| "a record is not UTF-8".to_owned())?;
    Ok((json, rest))
}

/// Appends a record.
pub(super) fn append(out: &mut Vec<u8>, json: &str) {
    let line = format!("{json}\n");
    let header = format!("{MAGIC}{} {}\n", line.len(), checksum(line.as_bytes()));
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(line.as_bytes());
}

fn checksum(bytes: &[u8]) -> String {
    Sha1::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_as_it_was_appended() {
        let mut log = Vec::new();
        append(&mut log, "{}");
        append(&mut log, r#"{"a":1}"#);
        let (first, rest) = next_record(&log).unwrap();
        let (second, rest) = next_record(rest).unwrap();
        assert_eq!((first, second, rest), ("{}\n", "{\"a\":1}\n", &b""[..]));
    }

    #[test]
    fn a_damaged_record_says_what_is_wrong() {
        let mut log = Vec::new();
        append(&mut log, r#"{"a":1}"#);
        let cut = log.get(..log.len() - 3).unwrap();
        assert!(next_record(cut).unwrap_err().contains("ends after"));
        assert!(
            next_record(&log.to_ascii_uppercase())
                .unwrap_err()
                .contains("checksum")
        );
        assert!(
            next_record(b"OVSDB CLUSTER 1 x\n")
                .unwrap_err()
                .contains("CLUSTER")
        );
        assert!(next_record(&[b'x'; 500]).is_err());
    }
}
