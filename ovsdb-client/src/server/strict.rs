//! What ovsdb-server's JSON parser refuses and serde_json reads over in values that nobody looks at: characters that
//! are none, and numbers beyond a double.

use memchr::memchr2;

/// Looks over a framed message.
///
/// # Errors
/// What is wrong.
pub(super) fn check(message: &[u8]) -> Result<(), &'static str> {
    let mut rest = message;
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b'"' => after_string(after)?,
            b'-' | b'0'..=b'9' => after_number(rest)?,
            _ => after,
        };
    }
    Ok(())
}

/// What follows the string that begins here.
fn after_string(mut rest: &[u8]) -> Result<&[u8], &'static str> {
    let mut high_surrogate = false;
    loop {
        let Some(at) = memchr2(b'"', b'\\', rest) else {
            return Ok(&[]);
        };
        if high_surrogate && at > 0 {
            return Err("a surrogate stands alone");
        }
        let (found, after) = rest.split_at(at).1.split_first().unwrap_or((&b'"', &[]));
        if *found == b'"' {
            return if high_surrogate {
                Err("a surrogate stands alone")
            } else {
                Ok(after)
            };
        }
        let escape = after.first().copied();
        let code = match escape {
            Some(b'u') => after
                .get(1..5)
                .and_then(|digits| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()),
            _ => None,
        };
        high_surrogate = match (high_surrogate, code) {
            (_, Some(0)) => return Err("a string holds a zero character"),
            (true, Some(0xdc00..=0xdfff)) => false,
            (false, Some(0xd800..=0xdbff)) => true,
            (true, _) | (false, Some(0xdc00..=0xdfff)) => return Err("a surrogate stands alone"),
            _ => false,
        };
        rest = after
            .get(if code.is_some() { 5 } else { 1 }..)
            .unwrap_or_default();
    }
}

/// What follows the number that begins here. Only one with an exponent, or a very long one, can be too large.
fn after_number(rest: &[u8]) -> Result<&[u8], &'static str> {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    let (number, after) = rest.split_at(rest.iter().take_while(|byte| is_part(byte)).count());
    if number.len() > 300 || memchr2(b'e', b'E', number).is_some() {
        let value = std::str::from_utf8(number)
            .ok()
            .and_then(|text| text.parse::<f64>().ok());
        if value.is_some_and(|value| !value.is_finite()) {
            return Err("a number is out of range");
        }
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn numbers_and_characters_that_are_none_are_found() {
        for good in [
            r#"{"a":[1,-2.5e300,"\ud83d\ude00","\\ud800","\"","\n"]}"#,
            r#"["1e999"]"#,
            "{",
            r#"["unfinished \u00"#,
        ] {
            assert_eq!(check(good.as_bytes()), Ok(()), "{good}");
        }
        for bad in [
            r#"["\u0000"]"#,
            r#"["\ud800"]"#,
            r#"["\ud800x\udc00"]"#,
            r#"["\udc00"]"#,
            r#"["\ud800\n"]"#,
            "[1e999]",
            "[-1E400]",
        ] {
            assert!(check(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
