//! How a list is drawn: its frame, its heading, its rows, the details of the expanded one.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use super::details::Details;
use super::list::List;
use super::{Row, Sort, View};
use crate::console::theme;
use crate::console::widget::{table, text};
use crate::store::page::Page;

/// Rows and their details lie this far from the frame: a chevron and a blank.
const MARGIN: usize = 2;
/// Details lie this far from the frame.
const DETAIL_MARGIN: usize = 4;

/// Draws a list in a frame with a title; returns where the cursor is while a filter is typed.
pub fn draw<R: Row>(
    list: &mut List<R>,
    title: &'static str,
    all: u64,
    view: &View<'_>,
    area: Rect,
    buffer: &mut Buffer,
) -> Option<Position> {
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .title(Span::styled(format!(" {title} "), theme::HEADING))
        .title(Line::from(counts(list, all, view)).right_aligned());
    let mut inner = block.inner(area);
    block.render(area, buffer);
    let mut cursor = None;
    let (filter, filtering) = list.filter();
    if (filtering || !filter.text().is_empty()) && inner.height > 2 {
        let row = Rect { height: 1, ..inner };
        inner = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        buffer.set_string(row.x, row.y, " /", theme::KEY);
        let field = Rect { x: row.x + 2, width: row.width.saturating_sub(2), ..row };
        let place = filter.draw(field, buffer, Style::new());
        cursor = place.filter(|_| filtering);
    }
    match list.page() {
        None => {}
        Some(page) if page.rows.is_empty() => {
            let message = if filter.text().is_empty() { R::EMPTY } else { "Nothing matches. Esc clears the filter." };
            for (line, y) in
                text::wrap(message, usize::from(inner.width).saturating_sub(MARGIN)).iter().zip(inner.y + 1..)
            {
                if y < inner.bottom() {
                    buffer.set_string(inner.x + 2, y, line, theme::QUIET);
                }
            }
        }
        Some(_) => rows(list, view, inner, buffer),
    }
    cursor
}

fn counts<R: Row>(list: &List<R>, all: u64, view: &View<'_>) -> String {
    let sort = list.sort();
    let order = match R::SORTS.get(sort.by) {
        Some((name, _)) if sort != Sort::default() => format!(" by {name}{} ·", arrow(sort)),
        _ => String::new(),
    };
    let order = if view.marked > 0 { format!(" {} marked ·{order}", text::number(view.marked as u64)) } else { order };
    let order = if list.is_following() { format!(" following ·{order}") } else { order };
    let order = match list.left_out() {
        0 => order,
        words => format!(" ⚠ {} too many, left out ·{order}", text::count(words as u64, "word")),
    };
    match list.page() {
        None => " … ".to_owned(),
        // Of some things it is not counted how many there are in all.
        Some(page) if all == 0 => format!("{order} {} ", total(page)),
        Some(page) if list.filter().0.text().is_empty() => {
            // Where the list was not counted to its end, the navigation's number is known, or will be in a moment.
            let known = if page.uncounted && all >= page.total { text::number(all) } else { total(page) };
            format!("{order} {known} ")
        }
        Some(page) => format!("{order} {} of {} ", total(page), text::number(all.max(page.total))),
    }
}

fn total<R>(page: &Page<R>) -> String {
    format!("{}{}", text::number(page.total), if page.uncounted { "+" } else { "" })
}

fn arrow(sort: Sort) -> &'static str {
    if sort.reverse { " ▾" } else { " ▴" }
}

fn rows<R: Row>(list: &mut List<R>, view: &View<'_>, area: Rect, buffer: &mut Buffer) {
    let room = usize::from(area.width);
    if area.height == 0 || room <= MARGIN {
        return;
    }
    let all: Vec<usize> = (0..R::COLUMNS.len()).collect();
    let chosen = if view.columns.is_empty() { &all } else { view.columns };
    let columns: Vec<_> = chosen.iter().filter_map(|place| R::COLUMNS.get(*place).copied()).collect();
    let pick = |cells: Vec<Span<'static>>| chosen.iter().filter_map(|place| cells.get(*place).cloned()).collect();
    let cells: Vec<Vec<Span<'static>>> = list.rows().iter().map(|row| pick(row.cells(view))).collect();
    let sorted = R::SORTS.get(list.sort().by).and_then(|(_, column)| *column);
    let sorted = sorted.and_then(|column| chosen.iter().position(|place| *place == column));
    // One order needs no sign.
    let sign = |place| if sorted == Some(place) && R::SORTS.len() > 1 { arrow(list.sort()) } else { "" };
    let signs: Vec<_> = (0..columns.len()).map(sign).collect();
    let widths = table::widths(&columns, &signs, &cells, room.saturating_sub(MARGIN + 1));
    let head = columns.iter().zip(&signs).zip(&widths).map(|((column, sign), width)| column.heading(sign, *width));
    let head: Vec<_> = head.map(|title| Span::styled(title, theme::QUIET)).collect();
    let mut heading = vec![Span::raw(" ".repeat(MARGIN))];
    heading.extend(table::cells(head, &widths));
    buffer.set_line(area.x, area.y, &Line::from(heading), area.width);
    let area = Rect { y: area.y + 1, height: area.height - 1, ..area };

    let details = expanded(list, view, room.saturating_sub(DETAIL_MARGIN + 1));
    let place = list.rows().iter().position(|row| list.is_expanded(row));
    scroll(list, place, details.len(), usize::from(area.height));
    list.sight.area = area;
    list.sight.open = place.map(|place| (place, details.len()));

    let mut lines = Vec::new();
    for (index, row) in cells.into_iter().enumerate() {
        let open = place == Some(index);
        let marked = list.rows().get(index).is_some_and(|row| row.is_marked(view.marks));
        lines.push((index == list.index(), row_line(row, &widths, (open, marked), room)));
        if open {
            let margin = Span::raw(" ".repeat(DETAIL_MARGIN));
            lines.extend(details.iter().map(|line| {
                let mut spans = vec![margin.clone()];
                spans.extend(line.spans.iter().cloned().map(|span| span.patch_style(line.style)));
                (false, Line::from(spans))
            }));
        }
    }
    for ((selected, line), y) in lines.iter().skip(list.sight.top).zip(area.y..area.bottom()) {
        buffer.set_line(area.x, y, line, area.width);
        if *selected {
            buffer.set_style(Rect { y, height: 1, ..area }, theme::SELECTED);
        }
    }
}

fn expanded<R: Row>(list: &List<R>, view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let Some(row) = list.rows().iter().find(|row| list.is_expanded(row)) else { return Vec::new() };
    let mut details = Details::new(width);
    row.details(list.detail(row.subject()), view, &mut details);
    details.into_lines()
}

fn row_line(row: Vec<Span<'static>>, widths: &[usize], (open, marked): (bool, bool), room: usize) -> Line<'static> {
    let mut spans = vec![Span::raw(if open { "▾" } else { "▸" }), Span::raw(if marked { "*" } else { " " })];
    spans.extend(table::cells(row, widths));
    let used: usize = spans.iter().map(Span::width).sum();
    spans.push(Span::raw(" ".repeat(room.saturating_sub(used))));
    Line::from(spans)
}

/// Decides which line is shown first, so that the selected row is in sight with as much of its details as fits.
fn scroll<R: Row>(list: &mut List<R>, expanded: Option<usize>, details: usize, height: usize) {
    let selected = list.index();
    let above = expanded.filter(|place| *place < selected).map_or(0, |_| details);
    let first = selected + above;
    let block = 1 + expanded.filter(|place| *place == selected).map_or(0, |_| details);
    let total = list.rows().len() + expanded.map_or(0, |_| details);
    let sight = &mut list.sight;
    sight.height = height;
    sight.block = block;
    if block > height {
        sight.inner = sight.inner.min(block - height);
        sight.top = first + sight.inner;
    } else {
        sight.inner = 0;
        sight.top = sight.top.min(first).max((first + block).saturating_sub(height));
    }
    sight.top = sight.top.min(total.saturating_sub(height));
}
