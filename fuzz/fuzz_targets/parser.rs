//! Any bytes become a blueprint or a list of problems, and custom attributes that are read are written and read again as
//! they were.
#![no_main]

use guestlist::blueprint::{document, emit_mapping, parse_mapping};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(problems) = document::parse(bytes) {
        assert!(!problems.is_empty(), "an error says what is wrong");
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(mapping) = parse_mapping(text) {
        assert_eq!(parse_mapping(&emit_mapping(&mapping)).as_ref(), Ok(&mapping));
    }
});
