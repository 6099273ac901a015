//! The screen as a picture, for the README.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// The size of a cell, and the margin around the screen.
const CELL: (usize, usize) = (8, 16);
const MARGIN: usize = 12;
const PAPER: &str = "#1c1f26";
const INK: &str = "#d5d9e0";

/// Renders a screen as an SVG in a monospace font.
pub fn screen_svg(buffer: &Buffer) -> String {
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let (width, height) = (columns * CELL.0 + 2 * MARGIN, rows * CELL.1 + 2 * MARGIN);
    let mut svg = String::new();
    // Writing to a String can't fail.
    let _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="The console" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">"#
    );
    let _ = writeln!(svg, r#"<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>"#);
    for row in 0..rows {
        line(buffer, row, columns, &mut svg);
    }
    svg.push_str("</svg>\n");
    svg
}

fn line(buffer: &Buffer, row: usize, columns: usize, svg: &mut String) {
    let cells = &buffer.content[row * columns..(row + 1) * columns];
    let mut start = 0;
    while start < columns {
        let style = look(&cells[start]);
        let length = cells[start..].iter().take_while(|cell| look(cell) == style).count();
        let run: String = cells[start..start + length].iter().map(Cell::symbol).collect();
        let (x, y) = (MARGIN + start * CELL.0, MARGIN + row * CELL.1);
        let wide = length * CELL.0;
        start += length;
        let (ink, reversed, bold, dim, underlined) = style;
        if reversed {
            let _ = writeln!(svg, r#"<rect x="{x}" y="{y}" width="{wide}" height="{}" fill="{ink}"/>"#, CELL.1);
        }
        let blank = run.trim().is_empty();
        if blank && !underlined {
            continue;
        }
        if underlined {
            let line = y + CELL.1 - 2;
            let _ = writeln!(svg, r#"<path d="M{x} {line}h{wide}" stroke="{ink}" stroke-width="1"/>"#);
        }
        if blank {
            continue;
        }
        let (fill, weight) = (if reversed { PAPER } else { ink }, if bold { r#" font-weight="bold""# } else { "" });
        let faint = if dim { r#" opacity="0.65""# } else { "" };
        let text = escape(run.trim_end());
        let length = run.trim_end().chars().count() * CELL.0;
        let base = y + CELL.1 - 4;
        let _ = writeln!(
            svg,
            r#"<text x="{x}" y="{base}" textLength="{length}" xml:space="preserve" fill="{fill}"{weight}{faint}>{text}</text>"#
        );
    }
}

fn look(cell: &Cell) -> (&'static str, bool, bool, bool, bool) {
    let has = |modifier| cell.modifier.contains(modifier);
    let ink = match cell.fg {
        Color::Red => "#e0707a",
        Color::Green => "#8fbf7f",
        Color::Yellow => "#dcbd77",
        Color::Cyan => "#6fb9c8",
        _ => INK,
    };
    (ink, has(Modifier::REVERSED), has(Modifier::BOLD), has(Modifier::DIM), has(Modifier::UNDERLINED))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
