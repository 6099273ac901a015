//! What a plain (unquoted) scalar means, by the rules of YAML 1.1 as authentik's reader applies them: `yes` is a
//! boolean, `0777` is 511, `1e3` is text, `12:30:45` is 45045, `2026-01-01` a date.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use serde_json::{Number, Value};

/// The value of a plain scalar. The error is a sentence: the number or date that the text stands for can't be held.
pub fn plain(text: &str) -> Result<Value, String> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        _ => {}
    }
    if let Some(value) = boolean(text) {
        return Ok(Value::Bool(value));
    }
    if let Some(result) = float(text) {
        return result;
    }
    if let Some(result) = integer(text) {
        return result;
    }
    if let Some(result) = timestamp(text) {
        return result;
    }
    Ok(Value::String(text.to_owned()))
}

/// `yes`, `no`, `on`, `off`, `true`, `false` in lower, Title and UPPER case; `y` and `n` are text.
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn unsigned(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn only(text: &str, allowed: fn(&u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'_' || allowed(&byte))
}

/// Binary, octal with a leading zero, decimal, hexadecimal and base sixty, each with `_` between digits.
pub fn integer(text: &str) -> Option<Result<Value, String>> {
    let (negative, rest) = unsigned(text);
    let (radix, digits) = if let Some(digits) = rest.strip_prefix("0b") {
        (2, digits)
    } else if let Some(digits) = rest.strip_prefix("0x") {
        (16, digits)
    } else if rest == "0" {
        (10, rest)
    } else if let Some(digits) = rest.strip_prefix('0') {
        (8, digits)
    } else if rest.contains(':') {
        return sixties(rest).map(|parts| {
            let value = parts.iter().try_fold(0i128, |sum, part| {
                let part = part.parse::<i128>().ok()?;
                sum.checked_mul(60)?.checked_add(part)
            });
            number(value, negative, text)
        });
    } else {
        (10, rest)
    };
    let allowed: fn(&u8) -> bool = match radix {
        2 => |byte| matches!(byte, b'0' | b'1'),
        8 => |byte| matches!(byte, b'0'..=b'7'),
        10 => u8::is_ascii_digit,
        _ => u8::is_ascii_hexdigit,
    };
    if !only(digits, allowed) || (radix == 10 && rest.starts_with('_')) {
        return None;
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() {
        // `0_` is zero; `0x_` is no number at all.
        return (radix == 8).then(|| Ok(Value::from(0)));
    }
    Some(number(i128::from_str_radix(&digits, radix).ok(), negative, text))
}

/// The parts of `1:30:45`; the first may have any length but no leading zero, the others are below sixty.
fn sixties(rest: &str) -> Option<Vec<String>> {
    let mut parts = rest.split(':');
    let first = parts.next()?;
    if !only(first, u8::is_ascii_digit) || !matches!(first.as_bytes()[0], b'1'..=b'9') {
        return None;
    }
    let mut all = vec![first.replace('_', "")];
    for part in parts {
        if !is_sixtieth(part) {
            return None;
        }
        all.push(part.to_owned());
    }
    Some(all)
}

fn is_sixtieth(part: &str) -> bool {
    match part.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [tens, digit] => matches!(tens, b'0'..=b'5') && digit.is_ascii_digit(),
        _ => false,
    }
}

fn number(value: Option<i128>, negative: bool, text: &str) -> Result<Value, String> {
    let value = value.and_then(|value| Number::from_i128(if negative { -value } else { value }));
    value.map(Value::Number).ok_or_else(|| {
        let shown: String = text.chars().take(24).collect();
        format!("The number {shown} is too large to be kept exactly; write it in quotes to keep it as text.")
    })
}

/// Floats need a dot, and a sign in the exponent: `1e3` and `1.0e3` are text.
pub fn float(text: &str) -> Option<Result<Value, String>> {
    let (negative, rest) = unsigned(text);
    if matches!(rest, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Err(format!("The number {text} can't be kept; write it in quotes to keep it as text.")));
    }
    let (whole, fraction) = rest.split_once('.')?;
    let (fraction, exponent) = match fraction.split_once(['e', 'E']) {
        Some((fraction, exponent)) => (fraction, Some(exponent)),
        None => (fraction, None),
    };
    let fraction_fits = fraction.bytes().all(|byte| byte == b'_' || byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        exponent.len() > 1 && exponent.starts_with(['-', '+']) && exponent[1..].bytes().all(|b| b.is_ascii_digit())
    });
    if !fraction_fits || !exponent_fits {
        return None;
    }
    if whole.contains(':') {
        return float_sixties(whole, fraction, exponent, negative, text);
    }
    let whole_fits = if whole.is_empty() {
        // `.5` is a number, `-.5` and `._5` are text.
        rest.len() == text.len() && fraction.starts_with(|first: char| first.is_ascii_digit())
    } else {
        whole.starts_with(|first: char| first.is_ascii_digit()) && only(whole, u8::is_ascii_digit)
    };
    whole_fits.then(|| finite(text.replace('_', "").parse().ok(), text))
}

fn float_sixties(
    whole: &str,
    fraction: &str,
    exponent: Option<&str>,
    negative: bool,
    text: &str,
) -> Option<Result<Value, String>> {
    let (first, parts) = whole.split_once(':')?;
    let first_fits = first.starts_with(|first: char| first.is_ascii_digit()) && only(first, u8::is_ascii_digit);
    if exponent.is_some() || !first_fits || !parts.split(':').all(is_sixtieth) {
        return None;
    }
    let mut value = first.replace('_', "").parse::<f64>().ok()?;
    for part in parts.split(':') {
        value = value * 60.0 + part.parse::<f64>().ok()?;
    }
    value += format!("0.{}0", fraction.replace('_', "")).parse::<f64>().ok()?;
    Some(finite(Some(if negative { -value } else { value }), text))
}

fn finite(value: Option<f64>, text: &str) -> Result<Value, String> {
    let number = value.and_then(Number::from_f64).map(Value::Number);
    number.ok_or_else(|| {
        let shown: String = text.chars().take(24).collect();
        format!("The number {shown} is too large to be kept; write it in quotes to keep it as text.")
    })
}

/// Dates and instants become ISO 8601 text, which is what they are once stored.
pub fn timestamp(text: &str) -> Option<Result<Value, String>> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || bytes[4] != b'-' || !bytes[..4].iter().all(u8::is_ascii_digit) || !text.is_ascii() {
        return None;
    }
    let invalid = || Err(format!("{text} has the form of a date but is none; write it in quotes to keep it as text."));
    let (month, rest) = digits(&text[5..])?;
    let (day, rest) = digits(rest.strip_prefix('-')?)?;
    let date = NaiveDate::from_ymd_opt(text[..4].parse().ok()?, month, day);
    if rest.is_empty() {
        // A date alone needs two digits each; otherwise it is text.
        let date = (text.len() == 10).then_some(date)?;
        return Some(date.map_or_else(invalid, |date| Ok(Value::String(date.to_string()))));
    }
    let clock = match rest.strip_prefix(['T', 't']) {
        Some(clock) => clock,
        None if rest.starts_with([' ', '\t']) => rest.trim_start_matches([' ', '\t']),
        None => return None,
    };
    let (hour, rest) = digits(clock)?;
    let (minute, rest) = pair(rest.strip_prefix(':')?)?;
    let (second, rest) = pair(rest.strip_prefix(':')?)?;
    let (micros, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            (format!("{:0<6}", &rest[..end.min(6)]).parse::<u32>().ok()?, &rest[end..])
        }
        None => (0, rest),
    };
    let zone = zone(rest.trim_start_matches([' ', '\t']), rest)?;
    let time = NaiveTime::from_hms_micro_opt(hour, minute, second, micros);
    let (Some(date), Some(time)) = (date, time) else { return Some(invalid()) };
    Some(iso(date.and_time(time), zone).map_or_else(invalid, |text| Ok(Value::String(text))))
}

/// The outer option: whether the text has the form of a zone; the inner: whether there is one, in seconds.
#[allow(clippy::option_option)]
fn zone(text: &str, untrimmed: &str) -> Option<Option<i32>> {
    match text {
        "" => untrimmed.is_empty().then_some(None),
        "Z" => Some(Some(0)),
        _ => {
            let (negative, rest) = unsigned(text);
            let (hours, rest) = if rest.len() == text.len() { None } else { digits(rest) }?;
            let minutes = match rest.strip_prefix(':') {
                Some(rest) => pair(rest).filter(|(_, rest)| rest.is_empty())?.0,
                None => rest.is_empty().then_some(0)?,
            };
            let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
            Some(Some(if negative { -seconds } else { seconds }))
        }
    }
}

fn iso(moment: NaiveDateTime, zone: Option<i32>) -> Option<String> {
    let format =
        if moment.and_utc().timestamp_subsec_micros() == 0 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S%.6f" };
    let Some(seconds) = zone else { return Some(moment.format(format).to_string()) };
    let moment = FixedOffset::east_opt(seconds)?.from_local_datetime(&moment).single()?;
    Some(format!("{}{}", moment.format(format), moment.format("%:z")))
}

/// One or two digits at the start.
fn digits(text: &str) -> Option<(u32, &str)> {
    let count = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    Some((text[..count].parse().ok()?, &text[count..]))
}

/// Exactly two digits at the start.
fn pair(text: &str) -> Option<(u32, &str)> {
    let (value, rest) = digits(text)?;
    (text.len() - rest.len() == 2).then_some((value, rest))
}
