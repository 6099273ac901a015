//! From an author's text to what the interpreter takes, and from its lines back to the author's.

use std::fmt::Write as _;

/// What every expression finds; see there.
const PRELUDE: &str = include_str!("prelude.py");

/// Which names an expression sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::policy) enum Dialect {
    /// That of policies, within a request of a browser or not.
    Policy {
        /// Whether there is a request.
        http: bool,
    },
    /// That of prompts.
    Prompt,
}

/// Functions that every expression finds.
const FUNCTIONS: &[&str] = &[
    "regex_match",
    "regex_replace",
    "list_flatten",
    "ak_is_group_member",
    "ak_user_by",
    "ak_user_has_authenticator",
    "ak_call_policy",
    "ak_create_event",
    "ak_send_email",
    "ak_create_jwt",
    "ak_create_jwt_raw",
    "ak_logger",
    "resolve_dns",
    "reverse_dns",
    "ip_address",
    "ip_network",
    "requests",
    "slugify",
];

impl Dialect {
    /// What differs. The prelude calls these `_gl_at_...`, so that nobody sees those of another dialect.
    fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Policy { http: true } => {
                &["request", "context", "ak_message", "ak_is_sso_flow", "ak_client_ip", "http_request"]
            }
            Self::Policy { http: false } => &["request", "context", "ak_message", "ak_is_sso_flow"],
            Self::Prompt => &["request", "user", "http_request", "prompt_context"],
        }
    }
}

/// The lines before the author's first.
pub(super) fn lines_before() -> u32 {
    u32::try_from(PRELUDE.lines().count()).unwrap_or_default() + 1
}

/// How far the author's text is indented.
pub(super) const INDENT: u32 = 4;

/// The whole program: the prelude, the text as a function's body, its call.
pub(super) fn wrap(text: &str, dialect: Dialect) -> String {
    let names = [FUNCTIONS, dialect.variables()].concat().join(", ");
    let given = dialect.variables().iter().map(|name| format!("_gl_at_{name}"));
    let given: Vec<String> = FUNCTIONS.iter().map(|name| (*name).to_owned()).chain(given).collect();
    let mut program = format!("{PRELUDE}def handler({names}):\n");
    for line in imports(text) {
        let _ = writeln!(program, "    {line}");
    }
    let _ = write!(program, "_gl_finish(handler({}))", given.join(", "));
    program
}

/// The author's lines, with imports of what is served here (and of what is not) made assignments. Lines stay where
/// they are, so that faults are reported at their place.
fn imports(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut at = 0;
    while at < lines.len() {
        let (mut line, mut used) = (lines[at].clone(), 1);
        let starts = line.trim_start().starts_with("from ") || line.trim_start().starts_with("import ");
        while starts && line.contains('(') && !line.contains(')') && at + used < lines.len() {
            let next = lines[at + used].split('#').next().unwrap_or_default().trim().to_owned();
            line = format!("{} {next}", line.split('#').next().unwrap_or_default().trim_end());
            used += 1;
        }
        if let Some(done) = starts.then(|| import(&line)).flatten() {
            lines[at] = done;
            for line in &mut lines[at + 1..at + used] {
                line.clear();
            }
        }
        at += used;
    }
    lines
}

/// An import of what the interpreter does not have itself, as an assignment.
fn import(line: &str) -> Option<String> {
    let code = line.split('#').next().filter(|code| !code.contains(';'))?.trim_end();
    let indent = &code[..code.len() - code.trim_start().len()];
    let words = code.trim_start();
    if let Some(rest) = words.strip_prefix("from ") {
        let (module, names) = rest.split_once(" import ")?;
        let module = module.trim();
        if is_native(module) {
            return None;
        }
        let names = names.trim().trim_start_matches('(').trim_end_matches(')');
        let bound = names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(|name| bind(module, name));
        return Some(format!("{indent}{}", bound.collect::<Vec<_>>().join("; ")));
    }
    let modules = words.strip_prefix("import ")?;
    let missing = modules.split(',').map(str::trim).find(|module| !is_native(root(module)))?;
    Some(format!("{indent}_gl_missing({:?})", format!("import {}", root(missing))))
}

fn root(module: &str) -> &str {
    module.split([' ', '.']).next().unwrap_or_default()
}

fn bind(module: &str, name: &str) -> String {
    let (name, alias) = name.split_once(" as ").unwrap_or((name, name));
    let (name, alias) = (name.trim(), alias.trim());
    match served(module, name) {
        Some(there) => format!("{alias} = {there}"),
        None => format!("_gl_missing({:?})", format!("from {module} import {name}")),
    }
}

/// What stands for a name of a module that is not the interpreter's own.
fn served(module: &str, name: &str) -> Option<&'static str> {
    Some(match (module, name) {
        ("authentik.core.models", "User") => "_gl_User",
        ("authentik.core.models", "Group") => "_gl_Group",
        ("authentik.stages.invitation.models", "Invitation") => "_gl_Invitation",
        ("django.contrib.auth", "get_user_model") => "lambda: _gl_User",
        ("django.utils.timezone", "now") => "_gl_now",
        ("django.utils.text", "slugify") => "slugify",
        ("ipaddress", "ip_address") => "ip_address",
        ("ipaddress", "ip_network") => "ip_network",
        ("uuid", "uuid4") => "_gl_uuid4",
        _ => return None,
    })
}

/// Whether the interpreter has the module itself. Its modules for files and processes are not among them.
fn is_native(module: &str) -> bool {
    const MODULES: &[&str] = &[
        "__future__",
        "base64",
        "binascii",
        "collections",
        "dataclasses",
        "datetime",
        "functools",
        "itertools",
        "json",
        "math",
        "re",
        "typing",
        "unicodedata",
    ];
    MODULES.contains(&module)
}

/// What an expression imports that is not available here.
pub(in crate::policy) fn unavailable(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in imports(text) {
        for part in line.split("_gl_missing(\"").skip(1) {
            found.extend(part.split('"').next().map(str::to_owned));
        }
    }
    for name in ["requests.", "resolve_dns(", "reverse_dns(", "ak_send_email(", "ak_create_jwt", "check_password("] {
        let is_used = text.lines().any(|line| line.split('#').next().is_some_and(|code| code.contains(name)));
        if is_used {
            found.push(name.trim_end_matches(['(', '.']).to_owned());
        }
    }
    found
}

/// `del a[b]`, which the interpreter does not know, as `a.pop(b)`, which does the same. Only for a line at which the
/// interpreter complained about `del`, so that no text is mistaken for a statement.
pub(super) fn without_del(line: &str) -> Option<String> {
    let code = line.trim_start();
    let indent = &line[..line.len() - code.len()];
    let target = code.strip_prefix("del ")?.split('#').next()?.trim();
    let inner = target.strip_suffix(']')?;
    let mut depth = 0usize;
    let open = inner.char_indices().rev().find_map(|(at, letter)| match letter {
        ']' | ')' => {
            depth += 1;
            None
        }
        '[' if depth == 0 => Some(at),
        '[' | '(' => {
            depth = depth.saturating_sub(1);
            None
        }
        _ => None,
    })?;
    let (object, key) = (&inner[..open], &inner[open + 1..]);
    let is_plain = !object.trim().is_empty() && !object.contains(',') && !key.contains(',') && !key.contains(':');
    is_plain.then(|| format!("{indent}{object}.pop({key})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_what_is_served_become_assignments_and_stay_in_their_lines() {
        let text = "if x:\n    from authentik.core.models import (\n        User,  # people\n        Group as G,\n    )\nimport re\nreturn 1";
        let lines = imports(text);
        assert_eq!(lines, ["if x:", "    User = _gl_User; G = _gl_Group", "", "", "", "import re", "return 1"]);
    }

    #[test]
    fn what_is_not_available_is_named() {
        let text = "import os\nfrom authentik.sources.models import Source\nfrom json import loads\nreturn requests.get('x') # ak_send_email()";
        assert_eq!(unavailable(text), ["import os", "from authentik.sources.models import Source", "requests"]);
    }

    #[test]
    fn del_of_a_key_is_a_pop_and_every_other_del_is_left() {
        assert_eq!(without_del("    del a.b[\"c\"] # gone").unwrap(), "    a.b.pop(\"c\")");
        assert_eq!(without_del("del a[b[0]]").unwrap(), "a.pop(b[0])");
        for left in ["del a", "del a[1:2]", "del a[0], b[1]", "del a.b"] {
            assert_eq!(without_del(left), None, "{left}");
        }
    }
}
