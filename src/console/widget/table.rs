//! Columns: as wide as what is in them, narrower where the room is short, dropped where it is shorter: spare ones first,
//! then from the right.

use ratatui::text::Span;

use super::text;

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// The heading where there is no room for that one.
    pub short: &'static str,
    /// The fewest columns of the terminal that it is of any use with.
    pub least: usize,
    /// The most that it takes.
    pub most: usize,
    /// What it is not made narrower than while others can be.
    pub firm: usize,
    /// Whether it is the first to go where the room is short.
    pub spare: bool,
}

impl Column {
    /// A column.
    pub const fn new(title: &'static str, least: usize, most: usize) -> Self {
        Self { title, short: title, least, most, firm: least, spare: false }
    }

    /// The same column with another heading where there is no room for its own.
    #[must_use]
    pub const fn short(self, short: &'static str) -> Self {
        Self { short, ..self }
    }

    /// What stands over it, `sign` after it, where it is that wide. Where there is no room for both, the frame tells the order.
    pub fn heading(&self, sign: &str, width: usize) -> String {
        let fits = |title: &str, sign: &str| text::width(title) + text::width(sign) <= width;
        match () {
            () if fits(self.title, sign) => format!("{}{sign}", self.title),
            () if fits(self.short, sign) => format!("{}{sign}", self.short),
            () if fits(self.title, "") => self.title.to_owned(),
            () => self.short.to_owned(),
        }
    }

    /// The same column, not made narrower than that while others can be.
    #[must_use]
    pub const fn firm(self, firm: usize) -> Self {
        Self { firm, ..self }
    }

    /// The same column, the first to go where the room is short.
    #[must_use]
    pub const fn spare(self) -> Self {
        Self { spare: true, ..self }
    }
}

/// Between two columns.
pub const GAP: usize = 2;

/// How wide each column is, given what stands in them and the signs after their headings; zero where a column does not fit.
pub fn widths(columns: &[Column], signs: &[&str], rows: &[Vec<Span<'static>>], room: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let widest = rows.iter().filter_map(|row| row.get(index)).map(|cell| text::width(&cell.content)).max();
            let heading = text::width(column.title) + signs.get(index).map_or(0, |sign| text::width(sign));
            widest.unwrap_or(0).min(column.most).max(heading).max(column.least)
        })
        .collect();
    // A column that was dropped gives its gap back too.
    let used = |sizes: &mut dyn Iterator<Item = usize>| {
        sizes.filter(|size| *size > 0).map(|size| size + GAP).sum::<usize>().saturating_sub(GAP)
    };
    let shown = |widths: &[usize]| widths.iter().filter(|width| **width > 0).count();
    let least = |widths: &[usize]| {
        used(&mut widths.iter().zip(columns).map(|(width, column)| if *width > 0 { column.least } else { 0 }))
    };
    while shown(&widths) > 1 && least(&widths) > room {
        let spare = (0..widths.len()).rfind(|index| widths[*index] > 0 && columns[*index].spare);
        match spare.or_else(|| widths.iter().rposition(|width| *width > 0)) {
            Some(index) => widths[index] = 0,
            None => break,
        }
    }
    let total = |widths: &[usize]| used(&mut widths.iter().copied());
    for floor in [|column: &Column| column.firm, |column: &Column| column.least] {
        while total(&widths) > room {
            // The one that has most to spare gives a column.
            let spare = |(index, width): &(usize, usize)| width.saturating_sub(floor(&columns[*index]));
            let shown = widths.iter().copied().enumerate().filter(|(_, width)| *width > 0);
            match shown.map(|it| (spare(&it), it)).max_by_key(|(spare, _)| *spare) {
                Some((spare, (index, width))) if spare > 0 => widths[index] = width - 1,
                _ => break,
            }
        }
    }
    // Not even the least fits: what is left is cut.
    if total(&widths) > room
        && let Some(width) = widths.iter_mut().find(|width| **width > 0)
    {
        *width = room.max(1);
    }
    widths
}

/// A row's cells as spans of exactly those widths, gaps between them.
pub fn cells(row: Vec<Span<'static>>, widths: &[usize]) -> Vec<Span<'static>> {
    let mut spans = Vec::with_capacity(widths.len() * 2);
    for (cell, width) in row.into_iter().zip(widths).filter(|(_, width)| **width > 0) {
        if !spans.is_empty() {
            spans.push(Span::raw(" ".repeat(GAP)));
        }
        spans.push(Span::styled(text::pad(&cell.content, *width), cell.style));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column::new("Name", 8, 40),
        Column::new("Flow", 8, 30),
        Column::new("By", 6, 9).spare(),
        Column::new("Status", 7, 7),
    ];

    fn rows() -> Vec<Vec<Span<'static>>> {
        vec![vec![Span::raw("n".repeat(30)), Span::raw("f".repeat(20)), Span::raw("alice"), Span::raw("active")]]
    }

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        assert_eq!(widths(COLUMNS, &[], &rows(), 100), [30, 20, 6, 7]);
    }

    #[test]
    fn a_heading_fits_with_the_sign_of_the_order_or_is_a_shorter_one() {
        let columns = [Column::new("Name", 4, 4), Column::new("Invitation stage", 7, 16).short("Invites")];
        let row = vec![vec![Span::raw("a"), Span::raw("yes")]];
        assert_eq!(widths(&columns, &[" +"], &row, 40), [6, 16]);
        assert_eq!(columns[1].heading(" +", 18), "Invitation stage +");
        assert_eq!(widths(&columns, &[" +"], &row, 16), [6, 8]);
        assert_eq!(columns[1].heading("", 8), "Invites");
    }

    #[test]
    fn the_widest_gives_way_first_and_the_last_is_dropped_first() {
        assert_eq!(widths(COLUMNS, &[], &rows(), 50), [16, 15, 6, 7]);
        assert_eq!(widths(COLUMNS, &[], &rows(), 28), [9, 8, 0, 7]);
        assert_eq!(widths(COLUMNS, &[], &rows(), 3), [3, 0, 0, 0]);
    }
}
