use super::colour::{CARD, FAINT, HAIRLINE, INK, Pair};
use super::ink::{Area, Font, Ink, Paint, whole};

/// What a lane shows of one port or one domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// Whose it is.
    pub(super) name: String,
    /// What tells it apart: a MAC, an address, a key.
    pub(super) detail: String,
    /// Where it is plugged in.
    pub(super) place: String,
    /// All that is known, for the tooltip.
    pub(super) title: String,
    /// The findings about it.
    pub(super) findings: Vec<usize>,
    /// Whether it is there but does nothing: off, paused, without a cable.
    pub(super) idle: bool,
}

/// How a cell is drawn: with room for the eye, or in one line of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Density {
    Cards,
    /// The rooms of the three columns.
    Rows {
        name: i64,
        detail: i64,
        place: i64,
    },
}

const BETWEEN_FIELDS: i64 = 8;
/// Between two cells side by side.
const COLUMN_GAP: i64 = 6;

impl Density {
    /// Rows with as much room as these cells ask for, within reason.
    pub(super) fn rows_for<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Self {
        let (mut name, mut detail, mut place) = (110, 60, 50);
        for cell in cells {
            name = Font::new(12, INK).width(&cell.name).max(name);
            detail = Font::new(11, INK).width(&cell.detail).max(detail);
            let badges = whole(cell.findings.len().min(3)) * 30;
            place = (Font::new(11, INK).width(&cell.place) + badges).max(place);
        }
        Self::Rows {
            name: name.min(270),
            detail: detail.min(250),
            place: place.min(190),
        }
    }

    fn cell(self) -> (i64, i64) {
        match self {
            Self::Cards => (232, 62),
            Self::Rows { name, detail, place } => (name + detail + place + 4 * BETWEEN_FIELDS, 20),
        }
    }

    /// Space between two cells.
    fn gap(self) -> i64 {
        match self {
            Self::Cards => 6,
            Self::Rows { .. } => 0,
        }
    }
}

/// Cells of one kind, side by side under one heading.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub(super) heading: String,
    pub(super) count: String,
    pub(super) colours: Pair,
    pub(super) dashed: bool,
    pub(super) density: Density,
    pub(super) cells: Vec<Cell>,
}

pub(super) const HEADING: i64 = 24;
const PAD: i64 = 8;

impl Lane {
    /// How many cells stand below each other, where the lane may be `limit` pixels high.
    fn rows(&self, limit: i64) -> i64 {
        let (_, height) = self.density.cell();
        let count = whole(self.cells.len()).max(1);
        let most = ((limit - HEADING - 2 * PAD) / (height + self.density.gap())).max(1);
        let columns = (count + most - 1) / most;
        (count + columns - 1) / columns
    }

    pub(super) fn size(&self, limit: i64) -> (i64, i64) {
        let rows = self.rows(limit);
        let columns = (whole(self.cells.len()).max(1) + rows - 1) / rows;
        let ((width, height), gap) = (self.density.cell(), self.density.gap());
        (
            columns * (width + COLUMN_GAP) - COLUMN_GAP + 2 * PAD,
            HEADING + rows * (height + gap) - gap + 2 * PAD,
        )
    }

    pub(super) fn draw(&self, ink: &mut Ink, x: i64, y: i64, limit: i64) {
        let (w, h) = self.size(limit);
        let Pair { strong, pale } = self.colours;
        ink.open(&format!("{}: {}", self.heading, self.count));
        ink.area(
            Area::new(x, y, w, h),
            Paint::fill(pale).stroke(strong, 2).dashed(self.dashed).round(6),
        );
        ink.area(Area::new(x, y, w, HEADING), Paint::fill(strong).round(6));
        let count = Font::new(11, CARD).end();
        let taken = count.width(&self.count) + 12;
        ink.text(x + w - PAD, y + 16, &self.count, w / 2, count);
        ink.text(
            x + PAD,
            y + 16,
            &self.heading,
            w - 2 * PAD - taken,
            Font::new(12, CARD).bold(),
        );
        let rows = self.rows(limit);
        let ((width, height), gap) = (self.density.cell(), self.density.gap());
        for (place, cell) in self.cells.iter().enumerate() {
            let (column, row) = (whole(place) / rows, whole(place) % rows);
            let area = Area::new(
                x + PAD + column * (width + COLUMN_GAP),
                y + HEADING + PAD + row * (height + gap),
                width,
                height,
            );
            ink.open(&cell.title);
            match self.density {
                Density::Cards => cell.card(ink, area, strong),
                Density::Rows { name, detail, place } => {
                    cell.row(ink, area, (name, detail, place), row % 2 == 0)
                }
            }
            ink.close();
        }
        ink.close();
    }
}

impl Cell {
    fn card(&self, ink: &mut Ink, area: Area, accent: super::colour::Colour) {
        let Area { x, y, w, .. } = area;
        ink.area(
            area,
            Paint::fill(CARD).stroke(HAIRLINE, 1).dashed(self.idle).round(4),
        );
        ink.line(&[(x + 2, y + 6), (x + 2, y + area.h - 6)], accent, 3, self.idle);
        let taken = ink.badges(x + w - 6, y + 15, &self.findings);
        let name = if self.idle { FAINT } else { INK };
        ink.text(
            x + 12,
            y + 19,
            &self.name,
            w - 20 - taken,
            Font::new(13, name).bold(),
        );
        ink.text(x + 12, y + 36, &self.detail, w - 20, Font::new(11, INK));
        ink.text(x + 12, y + 52, &self.place, w - 20, Font::new(11, FAINT));
    }

    fn row(&self, ink: &mut Ink, area: Area, (name, detail, place): (i64, i64, i64), even: bool) {
        let Area { x, y, w, h } = area;
        if even {
            ink.area(area, Paint::fill(CARD).round(2));
        }
        let taken = ink.badges(x + w - 3, y + h / 2, &self.findings);
        let colour = if self.idle { FAINT } else { INK };
        let mut x = x + BETWEEN_FIELDS;
        ink.text(x, y + 14, &self.name, name, Font::new(12, colour));
        x += name + BETWEEN_FIELDS;
        ink.text(x, y + 14, &self.detail, detail, Font::new(11, INK));
        x += detail + BETWEEN_FIELDS;
        ink.text(x, y + 14, &self.place, place - taken, Font::new(11, FAINT));
    }
}
