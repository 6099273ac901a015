//! Any bytes as the parts of an entry of any kind, tried against a database with something in it: identifiers, attributes,
//! conditions, state and whatever look-ups find are read or refused, and what a file says is never a fault of ours.
#![no_main]

use std::sync::LazyLock;

use guestlist::blueprint::{ImportError, Options, import, models};
use guestlist::domain::event::Actor;
use guestlist::store::Store;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;

/// What there is: an object of most kinds.
const THERE: &str = include_str!("../there.yaml");

struct Ground {
    runtime: Runtime,
    store: Store,
    actor: Actor,
    _folder: tempfile::TempDir,
}

static GROUND: LazyLock<Ground> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let actor = Actor { id: None, name: "fuzz".to_owned(), address: "local".to_owned() };
    let url = format!("sqlite://{}/fuzz.db", folder.path().display());
    let store = runtime.block_on(async {
        let store = Store::open(&url).await.expect("a database");
        store.migrate().await.expect("its tables");
        import(&store, THERE.as_bytes(), &Options::default(), &actor).await.expect("what is there");
        store
    });
    Ground { runtime, store, actor, _folder: folder }
});

/// The first byte says which model, the second whether what is unknown is left out; parts are divided by the byte zero.
fn file(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
    let [model, leave_out, rest @ ..] = bytes else { return None };
    let names = models();
    let model = names[usize::from(*model) % names.len()];
    let mut parts = rest.split(|byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let mut file = b"context: {name: world, list: [1, 2], map: {a: {b: 1}}, flow: !Find [authentik_flows.flow, [slug, there]]}\nentries:\n  - {id: a, model: authentik_core.group, identifiers: {name: there}}\n  - model: ".to_vec();
    file.extend_from_slice(model.as_bytes());
    for (before, part, after) in [
        (&b"\n    identifiers: {"[..], part(), &b"}"[..]),
        (b"\n    attrs: {", part(), b"}"),
        (b"\n    conditions: [", part(), b"]"),
    ] {
        file.extend_from_slice(before);
        file.extend_from_slice(part);
        file.extend_from_slice(after);
    }
    let state = part();
    if !state.is_empty() {
        file.extend_from_slice(b"\n    state: ");
        file.extend_from_slice(state);
    }
    file.push(b'\n');
    Some((file, leave_out % 2 == 1))
}

fuzz_target!(|bytes: &[u8]| {
    let Some((file, skip_unsupported)) = file(bytes) else { return };
    let Ground { runtime, store, actor, .. } = &*GROUND;
    let options = Options { dry_run: true, skip_unsupported, ..Options::default() };
    match runtime.block_on(import(store, &file, &options, actor)) {
        Ok(_) => {}
        Err(ImportError::Invalid(problems)) => assert!(!problems.is_empty(), "an error says what is wrong"),
        Err(ImportError::Store(error)) => panic!("a fault of ours: {error}"),
        Err(ImportError::Hashing(error)) => panic!("a password could not be hashed: {error}"),
    }
});
