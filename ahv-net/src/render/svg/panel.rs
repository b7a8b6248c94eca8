use super::super::visible::visible;
use super::colour::{ALARM, ALARM_PALE, CARD, HAIRLINE, INK, Pair};
use super::ink::{Area, Font, Ink, Paint, whole};
use super::measure;

/// A list under a heading, beside the drawing.
pub(super) struct Panel {
    heading: String,
    alarm: bool,
    rows: Vec<Row>,
}

struct Row {
    mark: Mark,
    lines: Vec<String>,
    bold: bool,
}

enum Mark {
    None,
    Number(usize),
    Swatch(Pair),
}

pub(super) const WIDTH: i64 = 420;
const HEADING: i64 = 34;
const LINE: i64 = 17;
const BETWEEN: i64 = 5;
const PAD: i64 = 14;
const INDENT: i64 = 38;
/// The rows of one part are about this high.
const PART: i64 = 280;
/// A list of more rows says how many it leaves out.
const LONGEST: usize = 300;
const LINES_AT_MOST: usize = 4;

impl Panel {
    pub(super) fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            alarm: false,
            rows: Vec::new(),
        }
    }

    pub(super) fn alarming(self) -> Self {
        Self { alarm: true, ..self }
    }

    pub(super) fn line(&mut self, text: &str) {
        self.row(Mark::None, text, false);
    }

    pub(super) fn bold(&mut self, text: &str) {
        self.row(Mark::None, text, true);
    }

    pub(super) fn numbered(&mut self, number: usize, text: &str) {
        self.row(Mark::Number(number), text, false);
    }

    pub(super) fn swatch(&mut self, colours: Pair, text: &str) {
        self.row(Mark::Swatch(colours), text, false);
    }

    fn row(&mut self, mark: Mark, text: &str, bold: bool) {
        let indent = if matches!(mark, Mark::None) { 0 } else { INDENT };
        let text = visible(text);
        let lines = measure::wrapped(&text, WIDTH - 2 * PAD - indent, 12, LINES_AT_MOST);
        self.rows.push(Row { mark, lines, bold });
    }

    /// The panel in parts that are not much longer than broad; none, where it has nothing to say.
    pub(super) fn in_parts(self) -> impl Iterator<Item = Self> {
        let Self {
            heading,
            alarm,
            mut rows,
        } = self;
        let left_out = rows.len().saturating_sub(LONGEST);
        rows.truncate(LONGEST);
        if left_out > 0 {
            let words = format!("… and {left_out} more, which the text and JSON forms list");
            rows.push(Row {
                mark: Mark::None,
                lines: vec![words],
                bold: false,
            });
        }
        let mut rows = rows.into_iter().peekable();
        let mut first = true;
        std::iter::from_fn(move || {
            rows.peek()?;
            let heading = if first {
                heading.clone()
            } else {
                format!("{heading}, continued")
            };
            first = false;
            let mut part = Self {
                heading,
                alarm,
                rows: Vec::new(),
            };
            let mut room = PART;
            while let Some(row) = rows.next_if(|row| room >= row.height()) {
                room -= row.height();
                part.rows.push(row);
            }
            Some(part)
        })
    }

    pub(super) fn height(&self) -> i64 {
        let rows: i64 = self.rows.iter().map(Row::height).sum();
        HEADING + rows + PAD - BETWEEN
    }

    pub(super) fn draw(&self, ink: &mut Ink, x: i64, y: i64) {
        let (fill, stroke, heading) = if self.alarm {
            (ALARM_PALE, ALARM, ALARM)
        } else {
            (CARD, HAIRLINE, INK)
        };
        ink.open(&self.heading);
        let area = Area::new(x, y, WIDTH, self.height());
        ink.area(area, Paint::fill(fill).stroke(stroke, 1).round(6));
        ink.text(
            x + PAD,
            y + 23,
            &self.heading,
            WIDTH - 2 * PAD,
            Font::new(14, heading).bold(),
        );
        let mut y = y + HEADING;
        for row in &self.rows {
            row.draw(ink, x + PAD, y);
            y += row.height();
        }
        ink.close();
    }
}

impl Row {
    /// At most `LINES_AT_MOST` lines, so that a part always has room for one row.
    fn height(&self) -> i64 {
        whole(self.lines.len()) * LINE + BETWEEN
    }

    fn draw(&self, ink: &mut Ink, x: i64, y: i64) {
        let indent = match self.mark {
            Mark::None => 0,
            Mark::Number(number) => {
                ink.badges(x + INDENT - 8, y + 8, &[number]);
                INDENT
            }
            Mark::Swatch(Pair { strong, pale }) => {
                ink.area(
                    Area::new(x, y + 1, 26, 14),
                    Paint::fill(pale).stroke(strong, 2).round(3),
                );
                INDENT
            }
        };
        let font = Font::new(12, INK);
        let font = if self.bold { font.bold() } else { font };
        for (place, line) in self.lines.iter().enumerate() {
            let y = y + 12 + whole(place) * LINE;
            ink.text(x + indent, y, line, WIDTH - 2 * PAD - indent, font);
        }
    }
}
