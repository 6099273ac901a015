//! Python's `%` formatting, as far as texts in blueprints use it.

use serde_json::{Number, Value};
use std::fmt::Write as _;

/// Wider fields and finer fractions than this are refused: they only cost memory.
const WIDEST: usize = 1_000;

/// One place in the format where a value goes.
#[derive(Debug, Default)]
struct Field {
    /// Of `-+ 0#`.
    flags: String,
    width: usize,
    precision: Option<usize>,
}

/// Puts the values into the format, each in its turn; the error is a sentence.
pub fn format(format: &str, values: &[Value]) -> Result<String, String> {
    let mut out = String::new();
    let mut values = values.iter();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let field = field(&mut letters)?;
        match letters.next() {
            Some('%') => out.push('%'),
            Some(conversion) => {
                let value = values.next().ok_or("There are fewer values than places for them.")?;
                out.push_str(&field.pad(convert(&field, conversion, value)?));
            }
            None => return Err("The text ends within a `%`; write `%%` for a percent sign.".to_owned()),
        }
    }
    if values.next().is_some() {
        return Err("There are more values than places for them.".to_owned());
    }
    Ok(out)
}

/// Flags, width, precision and the length letters that Python passes over.
fn field(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Field, String> {
    let mut field = Field::default();
    while let Some(flag) = letters.next_if(|letter| "-+ 0#".contains(*letter)) {
        field.flags.push(flag);
    }
    field.width = number(letters)?.unwrap_or(0);
    if letters.next_if_eq(&'.').is_some() {
        field.precision = Some(number(letters)?.unwrap_or(0));
    }
    while letters.next_if(|letter| "hlL".contains(*letter)).is_some() {}
    Ok(field)
}

fn number(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Option<usize>, String> {
    let mut digits = String::new();
    while let Some(digit) = letters.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    if digits.is_empty() {
        return Ok(None);
    }
    digits
        .parse()
        .ok()
        .filter(|number| *number <= WIDEST)
        .map(Some)
        .ok_or_else(|| format!("A width of {digits} is too much."))
}

impl Field {
    fn pad(&self, text: String) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        if missing == 0 {
            return text;
        }
        if self.flags.contains('-') {
            return text + &" ".repeat(missing);
        }
        let numeric = text.trim_start_matches(['-', '+', ' ']).starts_with(|first: char| first.is_ascii_digit());
        if self.flags.contains('0') && numeric {
            let sign = text.len() - text.trim_start_matches(['-', '+', ' ']).len();
            return format!("{}{}{}", &text[..sign], "0".repeat(missing), &text[sign..]);
        }
        " ".repeat(missing) + &text
    }

    fn sign(&self, text: String) -> String {
        match () {
            () if text.starts_with('-') => text,
            () if self.flags.contains('+') => format!("+{text}"),
            () if self.flags.contains(' ') => format!(" {text}"),
            () => text,
        }
    }
}

fn convert(field: &Field, conversion: char, value: &Value) -> Result<String, String> {
    let cut = |text: String| match field.precision {
        Some(most) => text.chars().take(most).collect(),
        None => text,
    };
    let no_number = || format!("`%{conversion}` needs a number, and gets {}.", repr(value));
    Ok(match conversion {
        's' => cut(text(value)),
        'r' | 'a' => cut(repr(value)),
        'd' | 'i' | 'u' => field.sign(whole(value, true).ok_or_else(no_number)?.to_string()),
        'x' | 'X' | 'o' => {
            let number = whole(value, false).ok_or_else(no_number)?;
            let (digits, prefix) = match conversion {
                'x' => (format!("{:x}", number.unsigned_abs()), "0x"),
                'X' => (format!("{:X}", number.unsigned_abs()), "0X"),
                _ => (format!("{:o}", number.unsigned_abs()), "0o"),
            };
            let sign = if number < 0 { "-" } else { "" };
            field.sign(format!("{sign}{}{digits}", if field.flags.contains('#') { prefix } else { "" }))
        }
        'f' | 'F' => {
            let number = float(value).ok_or_else(no_number)?;
            field.sign(format!("{number:.*}", field.precision.unwrap_or(6)))
        }
        'e' | 'E' => {
            let number = float(value).ok_or_else(no_number)?;
            field.sign(cased(scientific(number, field.precision.unwrap_or(6)), conversion))
        }
        'g' | 'G' => {
            let number = float(value).ok_or_else(no_number)?;
            let shown = general(number, field.precision.unwrap_or(6).max(1), field.flags.contains('#'));
            field.sign(cased(shown, conversion))
        }
        'c' => match value {
            Value::String(text) if text.chars().count() == 1 => text.clone(),
            other => {
                let code = whole(other, false).and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
                code.ok_or_else(|| format!("`%c` needs one character, and gets {}.", repr(value)))?.to_string()
            }
        },
        '(' => return Err("Names in brackets after a `%` are not possible: values go in by their order.".to_owned()),
        other => return Err(format!("`%{}` is no place for a value.", other.escape_default())),
    })
}

fn cased(shown: String, conversion: char) -> String {
    if conversion.is_ascii_uppercase() { shown.to_ascii_uppercase() } else { shown }
}

/// With an exponent, which has a sign and two digits or more.
fn scientific(number: f64, precision: usize) -> String {
    let shown = format!("{number:.precision$e}");
    let Some((mantissa, exponent)) = shown.split_once('e') else { return shown };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// With so many digits that count: with an exponent only where the number is very large or very small.
fn general(number: f64, digits: usize, with_zeros: bool) -> String {
    let shown = scientific(number, digits - 1);
    let exponent: i32 = shown.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let trimmed = |text: &str| {
        let text = if text.contains('.') && !with_zeros { text.trim_end_matches('0') } else { text };
        text.trim_end_matches('.').to_owned()
    };
    let most = i32::try_from(digits).unwrap_or(i32::MAX);
    if (-4..most).contains(&exponent) {
        let places = usize::try_from(most - 1 - exponent).unwrap_or(0);
        return trimmed(&format!("{number:.places$}"));
    }
    match shown.split_once('e') {
        Some((mantissa, exponent)) => format!("{}e{exponent}", trimmed(mantissa)),
        None => shown,
    }
}

/// A number without its fraction; `truth` is a number to Python too.
fn whole(value: &Value, fractions: bool) -> Option<i128> {
    match value {
        Value::Bool(truth) => Some((*truth).into()),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), ..) => Some(whole.into()),
            (_, Some(whole), _) => Some(whole.into()),
            // Far beyond what any attribute holds; saturates.
            #[allow(clippy::cast_possible_truncation)]
            (_, _, Some(float)) if fractions => Some(float.trunc() as i128),
            _ => None,
        },
        _ => None,
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
        Value::Number(number) => number.as_f64(),
        _ => None,
    }
}

/// What Python's `str` makes of a value.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// What Python's `repr` makes of a value.
fn repr(value: &Value) -> String {
    let mut out = String::new();
    write_repr(&mut out, value);
    out
}

fn write_repr(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => out.push_str(&show(number)),
        Value::String(text) => quoted(out, text),
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                write_repr(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (place, (key, item)) in map.iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                quoted(out, key);
                out.push_str(": ");
                write_repr(out, item);
            }
            out.push('}');
        }
    }
}

fn quoted(out: &mut String, text: &str) {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(mark);
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            _ if letter == mark => drop(write!(out, "\\{mark}")),
            _ if letter.is_control() => drop(write!(out, "\\x{:02x}", u32::from(letter))),
            _ => out.push(letter),
        }
    }
    out.push(mark);
}

/// Python writes an exponent with its sign and two digits.
fn show(number: &Number) -> String {
    let shown = number.to_string();
    let Some((mantissa, exponent)) = shown.split_once('e') else { return shown };
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent.trim_start_matches('+')),
    };
    let mantissa = mantissa.strip_suffix(".0").unwrap_or(mantissa);
    format!("{mantissa}e{sign}{digits:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_put_in_as_python_does() {
        for (pattern, value, expected) in [
            ("%s", json!("a"), "a"),
            ("%s", json!(null), "None"),
            ("%s", json!(true), "True"),
            ("%s", json!([1, "a", {"b": 1.5}]), "[1, 'a', {'b': 1.5}]"),
            ("%r", json!("it's"), "\"it's\""),
            ("%d", json!(3.9), "3"),
            ("%05d|", json!(-42), "-0042|"),
            ("%-5s|", json!("ab"), "ab   |"),
            ("%5.1f", json!(2.25), "  2.2"),
            ("%+d", json!(5), "+5"),
            ("%x", json!(255), "ff"),
            ("%e", json!(12345.678), "1.234568e+04"),
            ("%.2E", json!(0.000_123), "1.23E-04"),
            ("%g", json!(0.000_01), "1e-05"),
            ("%g", json!(1_234_567), "1.23457e+06"),
            ("%G", json!(1e100), "1E+100"),
            ("%g", json!(100_000), "100000"),
            ("%+.3g", json!(2.5), "+2.5"),
            ("%g", json!(0), "0"),
            ("%s", json!(1e300), "1e+300"),
        ] {
            assert_eq!(format(pattern, &[value]).as_deref(), Ok(expected), "{pattern}");
        }
        assert_eq!(format("100%% of %s and %s", &[json!("a"), json!(2)]).as_deref(), Ok("100% of a and 2"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (pattern, values) in [
            ("%s %s", vec![json!(1)]),
            ("%s", vec![json!(1), json!(2)]),
            ("%", vec![json!(1)]),
            ("100%", vec![]),
            ("%d", vec![json!("a")]),
            ("%y", vec![json!(1)]),
            ("%(a)s", vec![json!(1)]),
            ("%99999999999s", vec![json!(1)]),
            ("%2000s", vec![json!(1)]),
        ] {
            assert!(format(pattern, &values).is_err(), "{pattern}");
        }
    }
}
