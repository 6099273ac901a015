//! Paths as people type them: `~`, and completion.

use std::path::{Path, PathBuf};

/// How a path goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// What was typed: an answer to something else is dropped.
    pub typed: String,
    /// The path as far as there is only one way to go on.
    pub path: String,
    /// The names that it could go on with, where there are several.
    pub candidates: Vec<String>,
}

fn home() -> Option<PathBuf> {
    directories::UserDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

/// The path that is meant: `~` is the home folder.
pub fn expand(path: &str) -> PathBuf {
    match path.strip_prefix("~/").or((path == "~").then_some("")) {
        Some(rest) => home().map_or_else(|| PathBuf::from(path), |home| home.join(rest)),
        None => PathBuf::from(path),
    }
}

/// The path as it is shown: the home folder is `~`.
pub fn shown(path: &Path) -> String {
    let below = home().and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
    match below {
        Some(below) => format!("~/{}", below.display()),
        None => path.display().to_string(),
    }
}

/// Completes a path with what is on the disk: folders, and files that may be blueprints.
pub fn complete(typed: &str) -> Completion {
    complete_among(typed, &ENDINGS)
}

/// Completes a path with what is on the disk: folders, and files that end in one of these.
pub fn complete_among(typed: &str, endings: &[&str]) -> Completion {
    if typed == "~" {
        return Completion { typed: typed.to_owned(), path: "~/".to_owned(), candidates: Vec::new() };
    }
    let (folder, begin) = typed.rsplit_once('/').map_or(("", typed), |(folder, begin)| (folder, begin));
    let prefix = &typed[..typed.len() - begin.len()];
    let place = if prefix.is_empty() { PathBuf::from(".") } else { expand(&format!("{folder}/")) };
    let mut names = names_in(&place, begin, endings);
    names.sort();
    let path = match names.as_slice() {
        [] => typed.to_owned(),
        [only] => format!("{prefix}{only}"),
        [first, rest @ ..] => {
            format!("{prefix}{}", rest.iter().fold(first.as_str(), |begin, name| shared(begin, name)))
        }
    };
    Completion { typed: typed.to_owned(), path, candidates: if names.len() > 1 { names } else { Vec::new() } }
}

/// The endings of files that may be blueprints; exports of old are `.akflow` files.
const ENDINGS: [&str; 4] = ["yaml", "yml", "akflow", "json"];

fn names_in(folder: &Path, begin: &str, endings: &[&str]) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            if !name.starts_with(begin) || (name.starts_with('.') && !begin.starts_with('.')) {
                return None;
            }
            if entry.path().is_dir() {
                return Some(format!("{name}/"));
            }
            let fits = Path::new(&name).extension().is_some_and(|end| endings.iter().any(|known| end == *known));
            fits.then_some(name)
        })
        .collect()
}

/// What two names begin with alike.
fn shared<'a>(a: &'a str, b: &str) -> &'a str {
    let length: usize = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum();
    &a[..length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_completed_as_far_as_it_is_clear() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["flow-a.yaml", "flow-b.yml", "notes.txt", ".hidden.yaml", "old.akflow"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        let root = folder.path().display();
        let completion = complete(&format!("{root}/f"));
        assert_eq!(completion.path, format!("{root}/flow-"));
        assert_eq!(completion.candidates, ["flow-a.yaml", "flow-b.yml"]);
        assert_eq!(complete(&format!("{root}/d")).path, format!("{root}/deep/"));
        assert_eq!(complete(&format!("{root}/o")).path, format!("{root}/old.akflow"));
        assert_eq!(complete(&format!("{root}/x")).path, format!("{root}/x"));
    }

    #[test]
    fn the_home_folder_is_a_tilde_both_ways() {
        assert_eq!(complete("~").path, "~/");
        let below = expand("~/flows/x.yaml");
        assert!(below.is_absolute() && below.ends_with("flows/x.yaml"), "{below:?}");
        assert_eq!(shown(&below), "~/flows/x.yaml");
        assert_eq!(shown(Path::new("/etc/x.yaml")), "/etc/x.yaml");
    }
}
