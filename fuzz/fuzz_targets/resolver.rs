//! Any bytes as the value of an attribute, below a context: tags nested in each other are resolved or refused, in bounded
//! memory and time.
#![no_main]

use guestlist::blueprint::{Options, check_with, questions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = b"context: {name: world, list: [1, 2], map: {a: {b: 1}}, again: !Context name}\nentries:\n  - {id: a, model: authentik_core.group, identifiers: {name: a}}\n  - {model: authentik_core.group, identifiers: {name: b}, attrs: {attributes: {x: ".to_vec();
    file.extend_from_slice(bytes);
    file.extend_from_slice(b"}}}\n");
    let options = Options { skip_unsupported: true, ..Options::default() };
    if let Err(problems) = check_with(&file, &options) {
        assert!(!problems.is_empty(), "an error says what is wrong");
    }
    let _ = questions(&file);
});
