use super::ink::Ink;
use super::lane::{HEADING, Lane};

/// Lanes in columns beside a bridge, each with a wire of its own colour to the bridge.
///
/// In a gutter left of each column every lane has its own track, so that no two wires cross.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    columns: Vec<Column>,
    limit: i64,
    pub(super) width: i64,
    pub(super) height: i64,
}

#[derive(Debug, Default)]
struct Column {
    lanes: Vec<Lane>,
    width: i64,
    height: i64,
}

/// On which side of the bridge the lanes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Above,
    Below,
}

const TRACK: i64 = 8;
const BETWEEN_LANES: i64 = 12;
const BETWEEN_COLUMNS: i64 = 14;
/// From the nearest lane to the bridge.
const STEM: i64 = 26;

impl Column {
    fn gutter(&self) -> i64 {
        super::ink::whole(self.lanes.len()) * TRACK + 6
    }
}

impl Shelf {
    /// Puts lanes into columns that are about `limit` pixels high.
    pub(super) fn new(lanes: Vec<Lane>, limit: i64) -> Self {
        let mut shelf = Self {
            limit,
            ..Self::default()
        };
        for lane in lanes {
            let (width, height) = lane.size(limit);
            let fits = shelf
                .columns
                .last()
                .is_some_and(|column| column.height + BETWEEN_LANES + height <= limit);
            if !fits {
                shelf.columns.push(Column::default());
            }
            if let Some(column) = shelf.columns.last_mut() {
                column.height += height + if column.lanes.is_empty() { 0 } else { BETWEEN_LANES };
                column.width = column.width.max(width);
                column.lanes.push(lane);
            }
        }
        if !shelf.columns.is_empty() {
            shelf.width = shelf
                .columns
                .iter()
                .map(|column| column.gutter() + column.width + BETWEEN_COLUMNS)
                .sum();
            shelf.width -= BETWEEN_COLUMNS;
            shelf.height = STEM
                + shelf
                    .columns
                    .iter()
                    .map(|column| column.height)
                    .max()
                    .unwrap_or(0);
        }
        shelf
    }

    /// Draws the lanes away from `edge`, the bridge's own.
    pub(super) fn draw(&self, ink: &mut Ink, x: i64, edge: i64, side: Side) {
        let mut left = x;
        for column in &self.columns {
            let mut y = match side {
                Side::Above => edge - STEM - column.height,
                Side::Below => edge + STEM,
            };
            let count = super::ink::whole(column.lanes.len());
            for (place, lane) in column.lanes.iter().enumerate() {
                // The lane farthest from the bridge has the outermost track.
                let track = match side {
                    Side::Above => super::ink::whole(place),
                    Side::Below => count - 1 - super::ink::whole(place),
                };
                let (rail, middle) = (left + 4 + track * TRACK, y + HEADING / 2);
                let lane_left = left + column.gutter();
                let colour = lane.colours.strong;
                ink.line(
                    &[(lane_left, middle), (rail, middle), (rail, edge)],
                    colour,
                    3,
                    lane.dashed,
                );
                ink.dot(rail, edge, 4, colour, super::colour::CARD);
                lane.draw(ink, lane_left, y, self.limit);
                y += lane.size(self.limit).1 + BETWEEN_LANES;
            }
            left += column.gutter() + column.width + BETWEEN_COLUMNS;
        }
    }
}
