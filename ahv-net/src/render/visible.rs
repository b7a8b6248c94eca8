use std::borrow::Cow;
use std::fmt::Write;

/// How many marks in a row may stand on one letter. More than that climb over the lines above.
const MARKS_ON_A_LETTER: usize = 2;

/// A name as a picture may show it.
///
/// What no eye sees (control characters), what turns the line round (the bidirectional controls), what
/// XML 1.0 cannot hold (U+FFFE, U+FFFF) and marks piled up on one letter are spelled out as `\u{…}`:
/// a guest chooses its own name, and must not choose what is read beside it.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| !is_hidden(c) && !is_combining(c)) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_combining(c) { marks + 1 } else { 0 };
        if is_hidden(c) || marks > MARKS_ON_A_LETTER {
            // Writing to a String cannot fail.
            let _ = write!(shown, "{}", c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown.into()
}

/// The format characters (category Cf) that have no shape of their own, with the ones XML refuses.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The blocks of combining marks that stack (Unicode: Combining Diacritical Marks and its supplements).
fn is_combining(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in [
            "br0",
            "NTNX-A-1-CVM",
            "größe",
            "サーバ",
            "a b",
            "<&>\"'",
            "cafe\u{301}",
        ] {
            assert_eq!(visible(name), name);
        }
    }

    #[test]
    fn what_would_mislead_is_spelled_out() {
        assert_eq!(visible("a\nb\u{0}"), "a\\u{a}b\\u{0}");
        assert_eq!(visible("x\u{202e}txt"), "x\\u{202e}txt");
        assert_eq!(visible("\u{ffff}"), "\\u{ffff}");
        assert_eq!(
            visible("a\u{300}\u{301}\u{302}b\u{300}"),
            "a\u{300}\u{301}\\u{302}b\u{300}"
        );
    }
}
