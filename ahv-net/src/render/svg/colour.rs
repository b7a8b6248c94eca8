//! Colours, all of them with enough contrast to read by (WCAG 2.1, 1.4.3: 4.5 to 1 for text).

/// A colour as SVG writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

pub(super) const PAPER: Colour = Colour(0xf4, 0xf6, 0xf9);
pub(super) const CARD: Colour = Colour(0xff, 0xff, 0xff);
pub(super) const INK: Colour = Colour(0x1b, 0x24, 0x30);
pub(super) const FAINT: Colour = Colour(0x51, 0x5e, 0x6e);
pub(super) const HAIRLINE: Colour = Colour(0xc3, 0xcb, 0xd6);
pub(super) const ALARM: Colour = Colour(0xb4, 0x1c, 0x1c);
pub(super) const ALARM_PALE: Colour = Colour(0xfd, 0xec, 0xea);
pub(super) const OVS: Colour = Colour(0x17, 0x4e, 0x8c);
pub(super) const LINUX: Colour = Colour(0x6b, 0x4a, 0x1f);
pub(super) const CONTROLLER: Colour = Colour(0x4b, 0x2e, 0x83);
pub(super) const CONTROLLER_PALE: Colour = Colour(0xef, 0xea, 0xf8);
pub(super) const WIRE: Colour = Colour(0x3d, 0x45, 0x50);

/// The two colours of a group: one to write white on and to draw lines with, one to put cards on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Pair {
    pub(in super::super) strong: Colour,
    pub(in super::super) pale: Colour,
}

/// Of what has no VLAN of its own.
pub(super) const NEUTRAL: Pair = Pair {
    strong: Colour(0x4a, 0x55, 0x63),
    pale: Colour(0xe7, 0xea, 0xef),
};
/// Of what no evidence explains.
pub(super) const DOUBTFUL: Pair = Pair {
    strong: ALARM,
    pale: ALARM_PALE,
};

/// The colours of a VLAN: the same VLAN has the same in every picture, and neighbours differ.
///
/// Many VLANs share few colours that an eye can tell apart; so the number is always written beside it.
pub(in super::super) fn of_vlan(id: u16) -> Pair {
    // The golden angle, in tenths of a degree, spreads any run of numbers round the circle.
    let hue = (i64::from(id) * 1375 + 2050) % 3600;
    let mut lightness = 38;
    let mut strong = hsl(hue, 70, lightness);
    while contrast_with_white_x10(strong) < 50 && lightness > 10 {
        lightness -= 1;
        strong = hsl(hue, 70, lightness);
    }
    Pair {
        strong,
        pale: hsl(hue, 70, 93),
    }
}

/// Hue in tenths of a degree, saturation and lightness in per cent.
fn hsl(hue: i64, saturation: i64, lightness: i64) -> Colour {
    // All in thousandths.
    let chroma = (1000 - (2 * lightness * 10 - 1000).abs()) * saturation / 100;
    let second = chroma * (600 - (hue % 1200 - 600).abs()) / 600;
    let (red, green, blue) = match hue / 600 {
        0 => (chroma, second, 0),
        1 => (second, chroma, 0),
        2 => (0, chroma, second),
        3 => (0, second, chroma),
        4 => (second, 0, chroma),
        _ => (chroma, 0, second),
    };
    let base = lightness * 10 - chroma / 2;
    let byte = |part: i64| u8::try_from(((part + base) * 255 / 1000).clamp(0, 255)).unwrap_or(u8::MAX);
    Colour(byte(red), byte(green), byte(blue))
}

/// The contrast ratio to white, times ten, rounded down (WCAG 2.1, with squares for the exponent 2.4,
/// which makes it a little stricter for dark colours).
fn contrast_with_white_x10(colour: Colour) -> i64 {
    let linear = |part: u8| i64::from(part) * i64::from(part) * 1000 / (255 * 255);
    let luminance = (2126 * linear(colour.0) + 7152 * linear(colour.1) + 722 * linear(colour.2)) / 10_000;
    10 * 1050 / (luminance + 50)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG's own formula.
    fn contrast(a: Colour, b: Colour) -> f64 {
        let luminance = |colour: Colour| {
            let linear = |part: u8| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_can_be_read() {
        for id in 0..4096 {
            let pair = of_vlan(id);
            assert!(contrast(pair.strong, CARD) >= 4.5, "VLAN {id}: {}", pair.strong);
            assert!(contrast(INK, pair.pale) >= 7.0, "VLAN {id}: {}", pair.pale);
        }
        for dark in [OVS, LINUX, CONTROLLER, ALARM, WIRE, NEUTRAL.strong, FAINT] {
            assert!(contrast(dark, CARD) >= 4.5, "{dark}");
        }
        for pale in [PAPER, CARD, ALARM_PALE, CONTROLLER_PALE, NEUTRAL.pale] {
            assert!(contrast(FAINT, pale) >= 4.5, "{pale}");
            assert!(contrast(ALARM, pale) >= 4.5, "{pale}");
        }
    }

    #[test]
    fn neighbouring_vlans_differ() {
        for id in 0..4000 {
            assert_ne!(of_vlan(id).strong, of_vlan(id + 1).strong);
        }
    }
}
