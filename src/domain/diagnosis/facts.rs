//! What the database, the policies and the configuration tell of an invitation, and what is wrong with that.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Problem, problem};
use crate::domain::Mapping;
use crate::domain::id::PromptId;
use crate::domain::prompt_data::as_text;
use crate::domain::text::{printable, shorten};

/// What has to be looked up before an invitation can be diagnosed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Whether somebody has the prefilled user name already.
    pub username_taken: bool,
    /// The choices that expressions offer, of prompts whose value is prefilled.
    pub choices: BTreeMap<PromptId, Value>,
    /// The policies and prompts of the flow whose expressions don't work here.
    pub broken: Vec<Broken>,
}

/// An expression that does not work here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Whose it is: `policy` or `prompt`.
    pub whose: &'static str,
    /// Its owner's name.
    pub name: String,
    /// Why it does not work.
    pub why: Why,
}

/// Why an expression does not work here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is no expression: line, column and what is wrong there.
    Syntax(String),
    /// It uses these names, which there are not here.
    Unavailable(Vec<String>),
}

/// Every problem that facts tell of.
pub(super) fn problems(fixed_data: &Mapping, facts: &Facts) -> Vec<Problem> {
    username_taken(fixed_data, facts).into_iter().chain(facts.broken.iter().map(broken)).collect()
}

fn username_taken(fixed_data: &Mapping, facts: &Facts) -> Option<Problem> {
    let name = fixed_data.get("username").filter(|_| facts.username_taken)?;
    let name = as_text(name);
    let sentence = format!("The prefilled user name `{}` is taken.", printable(&shorten(&name, 60)));
    Some(problem("username_taken", sentence, None))
}

fn broken(broken: &Broken) -> Problem {
    let Broken { whose, name, why } = broken;
    let name = printable(name);
    match why {
        Why::Syntax(fault) => {
            let code = if *whose == "policy" { "policy_does_not_compile" } else { "prompt_does_not_compile" };
            problem(code, format!("The {whose} `{name}` is no expression: {}", printable(fault)), None)
        }
        Why::Unavailable(names) => {
            let code = if *whose == "policy" { "policy_not_available" } else { "prompt_not_available" };
            let names = names.join(", ");
            problem(code, format!("The {whose} `{name}` uses what is not available here: {}.", printable(&names)), None)
        }
    }
}

/// Links that only this machine can follow: nobody has set `public_url`.
pub fn local_address(public_url: &str) -> Option<Problem> {
    let (_, rest) = public_url.split_once("://").unwrap_or(("", public_url));
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_number = |part: &str| part.parse::<u8>().is_ok();
    let is_loopback = host.starts_with("127.") && host.split('.').count() == 4 && host.split('.').all(is_number);
    let is_named = ["0.0.0.0", "::1", "::", "localhost"].contains(&host) || host.ends_with(".localhost");
    let is_local = is_loopback || is_named;
    is_local.then(|| {
        let sentence = format!("Links begin with {public_url}, which only this machine can follow: set `public_url`.");
        problem("public_url_local", sentence, None)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_prefilled_user_name_that_is_taken_is_named() {
        let data = json!({"username": "jane"}).as_object().cloned().unwrap();
        let found = problems(&data, &Facts { username_taken: true, ..Facts::default() });
        assert_eq!((found.len(), found[0].code), (1, "username_taken"));
        assert_eq!(problems(&data, &Facts::default()), []);
    }

    #[test]
    fn an_expression_that_does_not_work_is_named_with_its_owner() {
        let of = |whose, why| {
            let facts = Facts { broken: vec![Broken { whose, name: "night".into(), why }], ..Facts::default() };
            let found = problems(&Mapping::new(), &facts).remove(0);
            (found.code, found.sentence)
        };
        let (code, sentence) = of("policy", Why::Syntax("line 1, column 2: unexpected".into()));
        assert_eq!(code, "policy_does_not_compile");
        assert_eq!(sentence, "The policy `night` is no expression: line 1, column 2: unexpected");
        assert_eq!(of("policy", Why::Unavailable(vec!["requests".into()])).0, "policy_not_available");
        assert_eq!(of("prompt", Why::Syntax(String::new())).0, "prompt_does_not_compile");
        let (code, sentence) = of("prompt", Why::Unavailable(vec!["requests".into()]));
        assert_eq!((code, sentence.ends_with("not available here: requests.")), ("prompt_not_available", true));
    }

    #[test]
    fn links_that_lead_to_this_machine_only_are_named() {
        for local in [
            "http://127.0.0.1:9000",
            "http://localhost",
            "http://[::1]:9000/x",
            "http://0.0.0.0:80",
            "http://a.localhost/",
        ] {
            assert_eq!(local_address(local).map(|it| it.code), Some("public_url_local"), "{local}");
        }
        for public in [
            "https://id.example.com",
            "http://192.0.2.7:9000",
            "https://localhost.example.com/127.0.0.1",
            "https://127.0.0.1.nip.example",
        ] {
            assert_eq!(local_address(public), None, "{public}");
        }
    }
}
