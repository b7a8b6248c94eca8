use std::borrow::Cow;
use std::fmt::Write;

use super::super::visible::visible;
use super::colour::{ALARM, CARD, Colour};
use super::measure;

/// A rectangle, in whole pixels; `y` grows downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) w: i64,
    pub(super) h: i64,
}

impl Area {
    pub(super) fn new(x: i64, y: i64, w: i64, h: i64) -> Self {
        Self { x, y, w, h }
    }

    pub(super) fn right(self) -> i64 {
        self.x + self.w
    }

    pub(super) fn bottom(self) -> i64 {
        self.y + self.h
    }
}

/// How a box looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) fill: Colour,
    pub(super) stroke: Option<Colour>,
    pub(super) width: i64,
    pub(super) dashed: bool,
    pub(super) round: i64,
}

impl Paint {
    pub(super) fn fill(fill: Colour) -> Self {
        Self {
            fill,
            stroke: None,
            width: 1,
            dashed: false,
            round: 3,
        }
    }

    pub(super) fn stroke(self, colour: Colour, width: i64) -> Self {
        Self {
            stroke: Some(colour),
            width,
            ..self
        }
    }

    pub(super) fn dashed(self, dashed: bool) -> Self {
        Self { dashed, ..self }
    }

    pub(super) fn round(self, round: i64) -> Self {
        Self { round, ..self }
    }
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Font {
    pub(super) size: i64,
    pub(super) bold: bool,
    pub(super) colour: Colour,
    pub(super) anchor: Anchor,
}

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Font {
    pub(super) fn new(size: i64, colour: Colour) -> Self {
        Self {
            size,
            bold: false,
            colour,
            anchor: Anchor::Start,
        }
    }

    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) fn middle(self) -> Self {
        Self {
            anchor: Anchor::Middle,
            ..self
        }
    }

    pub(super) fn end(self) -> Self {
        Self {
            anchor: Anchor::End,
            ..self
        }
    }

    /// An upper bound of how wide it sets a text.
    pub(super) fn width(self, text: &str) -> i64 {
        measure::width(&visible(text), self.size, self.bold)
    }
}

/// The radius of a finding's number.
pub(super) const BADGE: i64 = 8;

/// Elements of a picture, in the order in which they are drawn.
#[derive(Default)]
pub(super) struct Ink {
    pub(super) svg: String,
    /// Every box, for what must be placed clear of them.
    pub(super) boxes: Vec<Area>,
}

impl Ink {
    /// Opens a group with a tooltip, which screen readers read out.
    pub(super) fn open(&mut self, title: &str) {
        self.put(format_args!("<g><title>{}</title>\n", escaped(title)));
    }

    pub(super) fn close(&mut self) {
        self.svg.push_str("</g>\n");
    }

    pub(super) fn area(&mut self, area: Area, paint: Paint) {
        self.boxes.push(area);
        let Area { x, y, w, h } = area;
        self.put(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{}\"",
            paint.fill
        ));
        if paint.round > 0 {
            self.put(format_args!(" rx=\"{}\"", paint.round));
        }
        if let Some(stroke) = paint.stroke {
            self.put(format_args!(" stroke=\"{stroke}\""));
            if paint.width != 1 {
                self.put(format_args!(" stroke-width=\"{}\"", paint.width));
            }
        }
        if paint.dashed {
            self.svg.push_str(" stroke-dasharray=\"5 3\"");
        }
        self.svg.push_str("/>\n");
    }

    /// A line through these points.
    pub(super) fn line(&mut self, points: &[(i64, i64)], colour: Colour, width: i64, dashed: bool) {
        self.svg.push_str("<polyline fill=\"none\" points=\"");
        for (place, (x, y)) in points.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            self.put(format_args!("{space}{x},{y}"));
        }
        let dash = if dashed { " stroke-dasharray=\"6 4\"" } else { "" };
        self.put(format_args!(
            "\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash}/>\n"
        ));
    }

    pub(super) fn dot(&mut self, x: i64, y: i64, radius: i64, fill: Colour, stroke: Colour) {
        self.put(format_args!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\" stroke=\"{stroke}\"/>\n"
        ));
    }

    /// A text that takes at most `room` pixels; what does not fit is in its tooltip.
    pub(super) fn text(&mut self, x: i64, y: i64, text: &str, room: i64, font: Font) {
        let shown = visible(text);
        if shown.is_empty() {
            return;
        }
        let Font {
            size,
            bold,
            colour,
            anchor,
        } = font;
        self.put(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{colour}\""
        ));
        if bold {
            self.svg.push_str(" font-weight=\"bold\"");
        }
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => self.svg.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.svg.push_str(" text-anchor=\"end\""),
        }
        let short = measure::shortened(&shown, room, size, bold);
        let set = short.as_deref().unwrap_or(&shown);
        if !set.chars().all(measure::is_measured) {
            // Of scripts that the width table does not hold, the viewer is told how wide they may be.
            let wide = measure::width(set, size, bold).min(room);
            self.put(format_args!(
                " textLength=\"{wide}\" lengthAdjust=\"spacingAndGlyphs\""
            ));
        }
        self.svg.push('>');
        if short.is_some() {
            self.put(format_args!("<title>{}</title>", escaped(text)));
        }
        self.put(format_args!("{}</text>\n", escaped(set)));
    }

    /// The numbers of findings, right-aligned at `right`; the answer is the room that they took.
    pub(super) fn badges(&mut self, right: i64, middle: i64, numbers: &[usize]) -> i64 {
        // One object rarely has two; the rest of more than three is in the list all the same.
        let mut x = right;
        for number in numbers.iter().take(3).rev() {
            let text = number.to_string();
            let font = Font::new(10, CARD).bold().middle();
            let wide = font.width(&text).max(2 * BADGE - 8) + 8;
            x -= wide;
            self.put(format_args!(
                "<rect x=\"{x}\" y=\"{}\" width=\"{wide}\" height=\"{}\" rx=\"{BADGE}\" fill=\"{ALARM}\"/>\n",
                middle - BADGE,
                2 * BADGE
            ));
            self.text(x + wide / 2, middle + 4, &text, wide, font);
            x -= 3;
        }
        right - x
    }

    pub(super) fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.svg.write_fmt(text);
    }
}

/// A text between tags or in an attribute: made visible, and with XML's own characters escaped.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    let shown = visible(text);
    if !shown.contains(['&', '<', '>', '"', '\'']) {
        return shown;
    }
    let mut out = String::with_capacity(shown.len() + 16);
    for c in shown.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out.into()
}

/// A count as a coordinate.
pub(super) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
