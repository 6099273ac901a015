//! `guestlist policy`.

use serde_json::json;

use super::Machine;
use crate::support::stores::on_both;

const FILE: &str = "\
entries:
  - model: authentik_policies_expression.expressionpolicy
    identifiers: {name: company-mail}
    attrs:
      expression: |
        if not context[\"prompt_data\"][\"email\"].endswith(\"@corp.example\"):
            ak_message(\"Use your company's address.\")
            return False
        context[\"flow_plan\"].context[\"user_path\"] = \"users/corp\"
        return True
  - model: authentik_policies_expression.expressionpolicy
    identifiers: {name: looks-outside}
    attrs:
      expression: |
        return requests.get(\"https://example.com\").ok
  - model: authentik_policies_expression.expressionpolicy
    identifiers: {name: greedy}
    attrs:
      expression: |
        kept = []
        while True:
            kept.append(\"x\" * 50000000)
";

on_both! {
    async fn a_policy_is_listed_shown_and_asked(machine: Machine) {
        let file = machine.home.path().join("policies.yaml");
        std::fs::write(&file, FILE).unwrap();
        let imported = machine.run(&["blueprint", "import", file.to_str().unwrap()]).done();
        assert!(imported.err.contains("requests"), "{}", imported.err);
        assert_eq!(machine.json(&["policy", "list"])[0]["name"], "company-mail");
        assert_eq!(machine.json(&["policy", "show", "looks-outside"])["not_available"], json!(["requests"]));
        machine.run(&["policy", "show", "company-mal"]).complained(1, "Did you mean `company-mail`?");

        let ask = |data: &str| machine.json(&["policy", "test", "company-mail", "--data", data]);
        let other = ask("prompt_data: {email: jo@other.example}");
        assert_eq!((&other["passing"], &other["messages"]), (&json!(false), &json!(["Use your company's address."])));
        let own = ask("prompt_data: {email: jo@corp.example}");
        assert_eq!((&own["passing"], &own["changes"]["set"]), (&json!(true), &json!({"user_path": "users/corp"})));
        let failed = ask("{}");
        assert_eq!(failed["events"][0]["detail"]["exception"], "KeyError: 'prompt_data' (line 1)");
        let shown = machine.run(&["policy", "test", "looks-outside"]).done().out;
        assert!(shown.contains("uses what is not available here: requests"), "{shown}");
        machine.run(&["policy", "test", "company-mail", "--data", "]"]).complained(2, "--data");
        machine.run(&["policy", "test", "company-mail", "--user", "nobody"]).complained(1, "There is no user");
    }

    async fn a_policy_that_gathers_memory_is_stopped(machine: Machine) {
        let file = machine.home.path().join("policies.yaml");
        std::fs::write(&file, FILE).unwrap();
        machine.run(&["blueprint", "import", file.to_str().unwrap()]).done();
        let greedy = machine.json(&["policy", "test", "greedy"]);
        assert_eq!(greedy["passing"], false);
        assert!(greedy["messages"][0].as_str().unwrap().starts_with("took"), "{greedy}");
    }
}
