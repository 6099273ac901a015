//! Text of several lines, the same in every dialog: its keys, its colours, and where its cursor is.
//!
//! The editor below counts characters. What people see as one, such as a family of emoji, is told to it as one piece, and the
//! cursor is placed here, by what the terminal shows.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;
use tui_textarea::{AtomicRange, CursorRenderMode, TextArea};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

use super::highlight;
use crate::console::widget::text;
use crate::domain::text::is_harmful;

/// So many characters on either side of the cursor are looked at for such pieces: the next key reaches no further.
const AROUND: usize = 256;

/// An editor with that text in it.
pub(super) fn editor(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(clean(text).trim_end_matches('\n').split('\n').map(str::to_owned).collect());
    area.set_cursor_line_style(ratatui::style::Style::new());
    // The terminal's own cursor is used: readers and input methods follow that one.
    area.set_cursor_render_mode(CursorRenderMode::Hidden);
    area.set_tab_length(2);
    settle(&mut area);
    area
}

/// Text for the editor: line breaks as `\n`, tabs as blanks (YAML takes none), nothing that does harm.
pub(super) fn clean(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "  ");
    lines.chars().filter(|c| *c == '\n' || !is_harmful(*c)).collect()
}

/// Takes a key into the text; whether that is another one now.
pub(super) fn key(area: &mut TextArea<'static>, key: KeyEvent) -> bool {
    if matches!(key.code, KeyCode::Char(c) if is_harmful(c)) {
        return false;
    }
    let changed = match (key.modifiers, key.code) {
        // As in every other field. What the editor takes it for, undoing, is moved beside it.
        (KeyModifiers::CONTROL, KeyCode::Char('u')) => area.cursor().1 > 0 && area.delete_line_by_head(),
        (KeyModifiers::ALT, KeyCode::Char('u')) => area.undo(),
        (KeyModifiers::ALT, KeyCode::Char('r')) => area.redo(),
        _ => area.input(key),
    };
    settle(area);
    changed
}

/// Takes pasted text.
pub(super) fn paste(area: &mut TextArea<'static>, pasted: &str) {
    area.insert_str(clean(pasted));
    settle(area);
}

/// What is to be done after each change and move: the colours are those of the rows around the cursor, which stands between
/// two pieces and never inside of one.
pub(super) fn settle(area: &mut TextArea<'static>) {
    highlight::colour(area);
    let (row, column) = area.cursor();
    let line = area.lines().get(row).map_or("", String::as_str);
    let mut pieces = Vec::new();
    let mut start = 0;
    for piece in line.graphemes(true) {
        let end = start + piece.chars().count();
        if end > start + 1 && end + AROUND > column && start < column + AROUND {
            pieces.push(AtomicRange { row, start_col: start, end_col: end });
        }
        start = end;
    }
    // They come out of the line itself, one after the other: none is refused.
    let _ = area.try_set_atomic_ranges(pieces);
}

/// Draws the text, scrolled so that the cursor is in sight; returns where that is.
pub(super) fn draw(area: &TextArea<'static>, place: Rect, buffer: &mut Buffer) -> Option<Position> {
    if place.is_empty() {
        return None;
    }
    let (row, column) = area.cursor();
    let before: String = area.lines().get(row).map(|line| line.chars().take(column).collect()).unwrap_or_default();
    let cursor: usize = before.graphemes(true).map(text::width).sum();
    // The editor's own idea of it: as far as that, it must not scroll by itself.
    let counted: usize = before.chars().map(|c| c.width().unwrap_or(0)).sum();
    let room = usize::from(place.width);
    let left = (cursor + 1).saturating_sub(room);
    let width = u16::try_from((left + room).max(counted + 1)).unwrap_or(u16::MAX);
    let paper = Rect::new(0, 0, width, place.height);
    let mut sheet = Buffer::empty(paper);
    area.render(paper, &mut sheet);
    let left = u16::try_from(left).unwrap_or(u16::MAX).min(width.saturating_sub(place.width));
    for y in 0..place.height {
        for x in 0..place.width {
            let cell = &mut buffer[(place.x + x, place.y + y)];
            *cell = sheet[(left + x, y)].clone();
            // Half of a wide sign is none.
            if text::width(cell.symbol()) > usize::from(place.width - x) {
                cell.set_symbol(" ");
            }
        }
    }
    let y = area.rendered_cursor_position()?.y;
    let x = u16::try_from(cursor).ok()?.checked_sub(left)?;
    (x < place.width).then(|| Position::new(place.x + x, place.y + y))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: &str = "👨‍👩‍👧";

    fn typed(text: &str, codes: &[KeyCode]) -> TextArea<'static> {
        let mut area = editor("");
        paste(&mut area, text);
        for code in codes {
            key(&mut area, KeyEvent::new(*code, KeyModifiers::NONE));
        }
        area
    }

    fn cursor(area: &TextArea<'static>, width: u16) -> (u16, String) {
        let place = Rect::new(3, 1, width, 2);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width + 3, 3));
        let x = draw(area, place, &mut buffer).unwrap().x - 3;
        let mut shown = String::new();
        let mut at = 3;
        while at < width + 3 {
            let symbol = buffer[(at, 1)].symbol();
            shown.push_str(symbol);
            at += u16::try_from(text::width(symbol)).unwrap().max(1);
        }
        (x, shown.trim_end().to_owned())
    }

    #[test]
    fn the_cursor_stands_where_the_terminal_shows_it() {
        for (text, column) in
            [("n: x", 4), (&format!("n: {FAMILY}x"), 6), ("❤️x", 3), ("e\u{301}x", 2), ("山田", 4), ("", 0)]
        {
            assert_eq!(cursor(&typed(text, &[]), 20), (column, text.to_owned()));
        }
    }

    #[test]
    fn a_long_line_is_scrolled_by_what_is_seen() {
        assert_eq!(cursor(&typed(&FAMILY.repeat(20), &[]), 11), (10, FAMILY.repeat(5)));
        // Half of the first one is out of sight, and so is the other half.
        let line = "a".to_owned() + &FAMILY.repeat(20);
        assert_eq!(cursor(&typed(&line, &[]), 10), (9, format!(" {}", FAMILY.repeat(4))));
        assert_eq!(cursor(&typed(&line, &[KeyCode::Home]), 10), (0, format!("a{}", FAMILY.repeat(4))));
        assert_eq!(cursor(&typed("❤️❤️❤️❤️❤️", &[]), 6).0, 5);
    }

    #[test]
    fn what_looks_like_one_character_is_one_to_every_key() {
        let text = format!("a{FAMILY}b");
        let left = [KeyCode::Left; 2];
        assert_eq!(typed(&text, &[KeyCode::Left, KeyCode::Backspace]).lines(), ["ab"]);
        assert_eq!(typed(&text, &[&left[..], &[KeyCode::Delete]].concat()).lines(), ["ab"]);
        assert_eq!(typed(&text, &[&left[..], &[KeyCode::Char('.')]].concat()).lines(), [format!("a.{FAMILY}b")]);
        assert_eq!(typed(&text, &[KeyCode::Home, KeyCode::Right, KeyCode::Right]).cursor(), (0, 6));
        // Up and down go by columns, and never into one.
        let area = typed(&format!("{FAMILY}\nxyz"), &[KeyCode::Up, KeyCode::Char('.')]);
        assert_eq!(area.lines(), [format!("{FAMILY}."), "xyz".to_owned()]);
        // Two that become one are one at once.
        assert_eq!(typed("e", &[KeyCode::Char('\u{301}'), KeyCode::Backspace]).lines(), [""]);
    }
}
