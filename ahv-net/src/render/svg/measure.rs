//! How wide a text may be, without asking any font.

/// Advance widths of U+0020 … U+007E in thousandths of an em: of each character the widest among the
/// common sans-serif faces (DejaVu Sans, and Liberation Sans, which has Arial's metrics).
const REGULAR: [i64; 95] = [
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337, 637, 637, 637, 637, 637,
    637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557, 1016, 685, 687, 723, 771, 667, 611, 778, 752, 295,
    500, 667, 558, 863, 749, 788, 667, 788, 723, 667, 611, 732, 685, 989, 686, 667, 686, 391, 337, 391, 838,
    557, 500, 613, 635, 550, 635, 616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612, 635, 635, 412, 521,
    393, 634, 592, 818, 592, 592, 525, 637, 337, 637, 838,
];

/// The same of the bold faces.
const BOLD: [i64; 95] = [
    349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416, 380, 366, 696, 696, 696, 696, 696,
    696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 611, 1000, 774, 763, 734, 831, 684, 684, 821, 837, 373,
    557, 775, 638, 996, 837, 851, 733, 851, 771, 721, 683, 813, 774, 1104, 771, 725, 726, 458, 366, 458, 838,
    557, 500, 675, 716, 593, 716, 679, 436, 716, 712, 343, 343, 666, 343, 1042, 712, 688, 716, 716, 494, 596,
    479, 712, 652, 924, 646, 652, 583, 712, 366, 712, 838,
];

/// Faces that are not in the table may be this much wider, in per cent.
const MARGIN_PERCENT: i64 = 4;

/// What stands for the rest of a text.
const DOTS: char = '…';

fn thousandths(c: char, bold: bool) -> i64 {
    let table = if bold { &BOLD } else { &REGULAR };
    let place = u32::from(c)
        .checked_sub(0x20)
        .and_then(|place| usize::try_from(place).ok());
    match place.and_then(|place| table.get(place)) {
        Some(width) => *width,
        None if c == '·' => 380,
        None if c == DOTS => 1000,
        // Latin, Greek and Cyrillic have no letter wider than the widest of ASCII.
        None if is_measured(c) => 1104,
        None => 1250,
    }
}

/// Whether the width of a letter is known well enough: of other scripts it is a guess, which a viewer has
/// to be held to.
pub(super) fn is_measured(c: char) -> bool {
    matches!(c, '\0'..='\u{58f}' | '…' | '→' | '↔'
        // Chinese, Japanese and Korean, in squares.
        | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ff60}')
}

/// An upper bound of how wide a text is set, in pixels.
pub(super) fn width(text: &str, size: i64, bold: bool) -> i64 {
    let sum: i64 = text.chars().map(|c| thousandths(c, bold)).sum();
    (sum * size * (100 + MARGIN_PERCENT) + 99_999) / 100_000
}

/// As much of a text as `room` pixels hold, with an ellipsis where something was left out.
///
/// The answer is `None` where the text fits as it is.
pub(super) fn shortened(text: &str, room: i64, size: i64, bold: bool) -> Option<String> {
    // Room in thousandths of an em, the margin taken off once.
    let room = room * 100_000 / (size * (100 + MARGIN_PERCENT));
    let dots = thousandths(DOTS, bold);
    let mut used = 0;
    let mut fits_with_dots = 0;
    for (at, c) in text.char_indices() {
        if used + dots <= room {
            fits_with_dots = at;
        }
        used += thousandths(c, bold);
        if used > room {
            let kept = text.get(..fits_with_dots).unwrap_or_default();
            return Some(format!("{}{DOTS}", kept.trim_end()));
        }
    }
    None
}

/// A sentence broken into lines of at most `room` pixels, and at most `most` of them; what is left over
/// stands on the last, for the caller to shorten.
pub(super) fn wrapped(text: &str, room: i64, size: i64, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    let space = width(" ", size, false);
    for word in text.split(' ') {
        let wide = width(word, size, false);
        let full = lines.len() >= most;
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if full || used + space + wide <= room => {
                line.push(' ');
                line.push_str(word);
                used += space;
            }
            _ => {
                lines.push(word.to_owned());
                used = 0;
            }
        }
        used += wide;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortened_text_fits_and_a_short_one_stays() {
        assert_eq!(shortened("br0", 100, 12, false), None);
        for text in [
            "WWWWWWWWWWWW",
            "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii",
            "漢字漢字漢字漢字",
            "a b c d e f g h i j k",
        ] {
            for room in 15..100 {
                if let Some(short) = shortened(text, room, 12, true) {
                    assert!(width(&short, 12, true) <= room, "{short} in {room}");
                    assert!(short.ends_with('…'));
                }
            }
        }
    }

    #[test]
    fn lines_break_between_words_and_lose_none() {
        let text = "a tap, but of no NIC of a running domain that anybody knows of";
        let lines = wrapped(text, 120, 12, 10);
        assert!(lines.len() > 2);
        assert_eq!(lines.join(" "), text);
        assert!(lines.iter().all(|line| width(line, 12, false) <= 120));
        assert_eq!(wrapped(text, 120, 12, 2).len(), 2);
        assert_eq!(wrapped(text, 120, 12, 2).join(" "), text);
    }
}
