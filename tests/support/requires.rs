//! What a test may lack: skipped by name and loudly, or a failure where everything is required.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The variable that turns a skip into a failure: `all`, or a comma-separated list of parts.
const VARIABLE: &str = "GUESTLIST_TEST_REQUIRE";

/// A part of the surroundings that some tests need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Postgres,
    Chromium,
    Sshd,
    Tmux,
    Screen,
    Openssl,
    /// The script that looks for what keeps people out of a page.
    Axe,
    /// The reference blueprints beside the checkout. Not in `all`: a checkout alone is complete.
    Shared,
    /// Accounts without a name, by user namespaces. Not in `all`: containers often forbid them.
    Namespaces,
}

impl Part {
    const EACH: [Part; 9] = [
        Part::Postgres,
        Part::Chromium,
        Part::Sshd,
        Part::Tmux,
        Part::Screen,
        Part::Openssl,
        Part::Axe,
        Part::Shared,
        Part::Namespaces,
    ];

    fn name(self) -> &'static str {
        match self {
            Part::Postgres => "postgres",
            Part::Chromium => "chromium",
            Part::Sshd => "sshd",
            Part::Tmux => "tmux",
            Part::Screen => "screen",
            Part::Openssl => "openssl",
            Part::Axe => "axe",
            Part::Shared => "shared",
            Part::Namespaces => "namespaces",
        }
    }

    /// Whether `wanted`, the variable's text, asks for this part.
    ///
    /// # Panics
    ///
    /// When the text names a part that does not exist: a typing error must not turn into a skipped test.
    fn required_by(self, wanted: &str) -> bool {
        let mut required = false;
        for word in wanted.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            assert!(
                word == "all" || Part::EACH.iter().any(|part| part.name() == word),
                "{VARIABLE} names `{word}`, which is neither `all` nor one of {:?}",
                Part::EACH.map(Part::name)
            );
            required |= word == self.name() || (word == "all" && !matches!(self, Part::Shared | Part::Namespaces));
        }
        required
    }
}

/// Says that the running test is skipped because `part` is absent, and why; panics when that part is required.
///
/// Always true, so that a test reads `if missing(..) { return }`. It writes past the test harness's capture, since
/// what a passing test prints is not shown.
pub fn missing(part: Part, why: &str) -> bool {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("(a test on an unnamed thread)");
    let wanted = std::env::var(VARIABLE).unwrap_or_default();
    assert!(!part.required_by(&wanted), "{test} needs {}, which {VARIABLE}={wanted} requires: {why}", part.name());
    let line = format!("SKIPPED {test}: needs {}: {why}\n", part.name());
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    true
}

/// The folder of reference blueprints beside the checkout; none when it is absent, and then the test is skipped.
pub fn reference_blueprints() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/blueprints");
    if folder.is_dir() {
        return Some(folder);
    }
    missing(Part::Shared, "there is no folder `shared/blueprints` beside the checkout");
    None
}

#[test]
fn all_requires_every_part_that_a_machine_can_be_given() {
    let required: Vec<_> = Part::EACH.into_iter().filter(|part| part.required_by("all")).collect();
    assert_eq!(
        required,
        [Part::Postgres, Part::Chromium, Part::Sshd, Part::Tmux, Part::Screen, Part::Openssl, Part::Axe]
    );
    assert!(Part::EACH.iter().all(|part| !part.required_by("")));
    assert!(Part::Shared.required_by("all, shared"));
}

#[test]
#[should_panic(expected = "neither `all` nor one of")]
fn a_misspelt_part_is_an_error() {
    Part::Tmux.required_by("tmuks");
}
