//! Expressions as they are written for authentik, each with the context in which it stands and what it comes to.

use guestlist::domain::event::Action;
use guestlist::domain::id::PolicyId;
use guestlist::domain::invitation::Settings;
use guestlist::domain::policy::PolicyModel;
use guestlist::domain::prompt::PromptType;
use guestlist::domain::user::User;
use guestlist::policy::{Http, Policies, Request, Verdict};
use guestlist::store::{Store, groups, membership};
use serde_json::{Value, json};

use super::{add_policy, request};
use crate::support::fixture::{add_user, group, invite, mapping, prompt, read, settings, user, write};
use crate::support::stores::on_both;

/// What a row starts from: a plan of that context, asked from 10.1.2.3 in a browser.
fn plan(context: Value) -> Request {
    let http = Http {
        method: "GET".into(),
        path: "/if/flow/enroll/".into(),
        flow_query: vec![("ref".into(), "fair".into())],
        headers: vec![("user-agent".into(), "Firefox".into())],
        host: "join.example".into(),
        ..Http::default()
    };
    Request {
        context: mapping(context),
        has_plan: true,
        client_ip: Some("10.1.2.3".parse().unwrap()),
        http: Some(http),
        ..request()
    }
}

#[allow(clippy::needless_pass_by_value, reason = "rows read better")]
fn answers(prompt_data: Value) -> Request {
    plan(json!({ "prompt_data": prompt_data }))
}

async fn ask(store: &Store, text: &str, request: &Request) -> Verdict {
    let name = format!("policy-{}", guestlist::clock::new_id());
    let policy = add_policy(store, &name, PolicyModel::Expression, json!({ "expression": text })).await;
    verdict(store, policy.id, request).await
}

async fn verdict(store: &Store, id: PolicyId, request: &Request) -> Verdict {
    read(store, async |tx| Policies::new().ask(tx, id, request).await.unwrap()).await
}

/// Asks rows of expression, request and whether it passes.
async fn rows(store: &Store, rows: Vec<(&str, Request, bool)>) {
    for (text, request, passing) in rows {
        let verdict = ask(store, text, &request).await;
        assert_eq!(verdict.passing, passing, "{text}\n{:?} {:?}", verdict.messages, verdict.events);
    }
}

on_both! {
    async fn what_stands_in_the_context(store: Store) {
        let team = Settings { fixed_data: mapping(json!({"team": "blue"})), ..settings("blue") };
        let blue = invite(&store, &team).await;
        let invited = || plan(json!({"invitation": {"$object": "invitation", "pk": blue.token()}, "invitation_in_effect": true}));
        let fifth = "inv = context.get(\"invitation\")\nreturn inv is not None and inv.fixed_data.get(\"team\") == \"blue\"";
        rows(&store, vec![
            ("return True", plan(json!({})), true),
            ("True", plan(json!({})), false),
            ("return \"is_restored\" in request.context", plan(json!({"is_restored": true})), true),
            ("return \"is_restored\" in request.context", plan(json!({})), false),
            ("return request.user.is_anonymous", plan(json!({})), true),
            ("return context.get(\"invitation_in_effect\") is True", invited(), true),
            ("return context.get(\"invitation_in_effect\") is True", plan(json!({"invitation_in_effect": 1})), false),
            (fifth, invited(), true),
            (fifth, plan(json!({})), false),
            ("return \"invitation\" not in context", invited(), false),
            ("return \"invitation\" not in context", plan(json!({})), true),
        ]).await;
        let expired = "from django.utils.timezone import now\ninv = context[\"flow_plan\"].context.get(\"invitation\")\nreturn not inv or inv.expires is None or inv.expires > now()";
        rows(&store, vec![(expired, plan(json!({})), true), (expired, invited(), true)]).await;
        let past = Settings { expires: Some(request().now - chrono::Duration::hours(1)), ..settings("past") };
        let past = invite(&store, &past).await;
        let late = plan(json!({"invitation": {"$object": "invitation", "pk": past.token()}}));
        rows(&store, vec![(expired, late, false)]).await;
        let noted = ask(&store, "ak_create_event(\"enrolled\", invitation=str(context[\"invitation\"].pk))\nreturn True", &invited()).await;
        let event = &noted.events[0];
        assert_eq!((noted.passing, event.action, event.object_name.as_str()), (true, Action::Custom, "custom_enrolled"));
        assert!(!event.detail.to_string().contains(blue.token().as_str()), "{}", event.detail);
    }

    async fn answers_are_checked(store: Store) {
        let mail = |mail: &str| answers(json!({"email": mail}));
        let domain = "allowed = [\"a.example\", \"b.example\"]\nmail = context.get(\"prompt_data\", {}).get(\"email\", \"\")\nif mail.split(\"@\")[-1] in allowed:\n    return True\nak_message(f\"{mail} is not from a permitted domain\")\nreturn False";
        let same = "pw, again = (context[\"prompt_data\"].get(k) for k in (\"password\", \"password_repeat\"))\nif pw != again:\n    ak_message(\"Passwords differ\")\nreturn pw == again";
        let name = "return regex_match(context[\"prompt_data\"][\"username\"], r\"^[a-z][a-z0-9._-]{2,31}$\")";
        let phone = "import re\nreturn re.fullmatch(r\"\\+?[0-9 ]{6,20}\", context[\"prompt_data\"].get(\"phone\") or \"\") is not None";
        let words = "words = set(context[\"prompt_data\"][\"name\"].lower().split())\nreturn not words & {\"admin\", \"root\", \"test\"}";
        let simple = "pw = context[\"prompt_data\"][\"password\"]\nif len(pw) < 12 or pw.isdigit():\n    ak_message(\"Too simple\")\n    return False\nreturn context[\"prompt_data\"][\"username\"] not in pw";
        let ends = "return context[\"prompt_data\"][\"email\"].lower().endswith(\"@corp.example\")";
        rows(&store, vec![
            (ends, mail("Jo@Corp.example"), true),
            (ends, mail("jo@other.example"), false),
            (domain, mail("jo@b.example"), true),
            (same, answers(json!({"password": "x", "password_repeat": "x"})), true),
            (same, answers(json!({"password": "x", "password_repeat": "y"})), false),
            (name, answers(json!({"username": "jo.doe"})), true),
            (name, answers(json!({"username": "Jo"})), false),
            (phone, answers(json!({"phone": "+41 44 123 45 67"})), true),
            (phone, answers(json!({"phone": null})), false),
            (words, answers(json!({"name": "Jo Doe"})), true),
            (words, answers(json!({"name": "Jo ROOT"})), false),
            (simple, answers(json!({"username": "jo", "password": "123456789012"})), false),
            (simple, answers(json!({"username": "jo", "password": "gravel-mutton-zebra"})), true),
            (simple, answers(json!({"username": "mutton", "password": "gravel-mutton-zebra"})), false),
        ]).await;
        assert_eq!(ask(&store, domain, &mail("jo@x.example")).await.messages, ["jo@x.example is not from a permitted domain"]);
        let missing = ask(&store, ends, &answers(json!({}))).await;
        assert_eq!((missing.passing, missing.messages), (false, vec!["'email'".into()]));
    }

    async fn the_database_is_asked(store: Store) {
        let (mut jane, helpdesk, house) = (user("jane"), group("helpdesk"), group("house"));
        jane.email = "Jane@Example.com".into();
        add_user(&store, &jane).await;
        write(&store, async |tx, act| {
            groups::insert(tx, &helpdesk, act).await.unwrap();
            groups::insert(tx, &house, act).await.unwrap();
            groups::add_member(tx, helpdesk.id, jane.id).await.unwrap();
            membership::set_parents(tx, helpdesk.id, &[house.id]).await.unwrap();
        }).await;
        let taken = "from authentik.core.models import User\nif User.objects.filter(email__iexact=context[\"prompt_data\"][\"email\"]).exists():\n    ak_message(\"Address already in use\")\n    return False\nreturn True";
        let by = "if ak_user_by(username=context[\"prompt_data\"][\"username\"]):\n    ak_message(\"Taken\")\n    return False\nreturn True";
        let member = "return ak_is_group_member(request.user, name=\"helpdesk\")";
        let of = |user: &User| Request { user: Some(user.id), ..plan(json!({})) };
        rows(&store, vec![
            (taken, answers(json!({"email": "jane@example.COM"})), false),
            (taken, answers(json!({"email": "new@example.com"})), true),
            (by, answers(json!({"username": "jane"})), false),
            (by, answers(json!({"username": "new"})), true),
            (member, of(&jane), true),
            (member, plan(json!({})), false),
            ("return ak_is_group_member(request.user, name__startswith=\"hou\")", of(&jane), true),
            ("return ak_user_by(shoe=1) is None and not ak_user_has_authenticator(request.user)", of(&jane), true),
            ("return request.user.username == \"jane\" and request.user.groups.filter(name=\"helpdesk\").exists()", of(&jane), true),
            ("return [g.name for g in request.user.all_groups()] == [\"helpdesk\", \"house\"]", of(&jane), true),
            ("return request.user.groups.count() == 1 and str(request.user.groups.first()) == \"helpdesk\"", of(&jane), true),
            ("from authentik.core.models import User\nreturn User.objects.get(groups__name=\"helpdesk\") == request.user", of(&jane), true),
            ("from authentik.core.models import User\ntry:\n    User.objects.get(username=\"nobody\")\nexcept User.DoesNotExist:\n    return True", of(&jane), true),
            ("from authentik.core.models import User\nreturn User.objects.filter(username=\"nobody\")", of(&jane), false),
        ]).await;
        let teams = Settings { fixed_data: mapping(json!({"teams": ["helpdesk", "none"]})), ..settings("teams") };
        let teams = invite(&store, &teams).await;
        let text = "from authentik.core.models import Group\nteams = context[\"invitation\"].fixed_data.get(\"teams\", [])\ncontext[\"flow_plan\"].context[\"groups\"] = list(Group.objects.filter(name__in=teams))\nreturn True";
        let verdict = ask(&store, text, &plan(json!({"invitation": {"$object": "invitation", "pk": teams.token()}}))).await;
        assert_eq!(verdict.changes.set["groups"], json!([{"$object": "group", "pk": helpdesk.id}]));
        assert_eq!(verdict.changes.set.len(), 1);
    }

    async fn the_plan_is_changed(store: Store) {
        let after = async |text: &str, context: Value| {
            let request = plan(context);
            let verdict = ask(&store, text, &request).await;
            assert!(verdict.passing, "{text} {:?}", verdict.messages);
            let mut context = request.context;
            verdict.changes.apply(&mut context);
            json!(context)
        };
        assert_eq!(after("context[\"prompt_data\"][\"username\"] = context[\"prompt_data\"][\"email\"].split(\"@\")[0]\nreturn True", json!({"prompt_data": {"email": "jo@x"}})).await,
            json!({"prompt_data": {"email": "jo@x", "username": "jo"}}));
        assert_eq!(after("request.context[\"flow_plan\"].context[\"prompt_data\"][\"attributes.source\"] = \"invite\"\nreturn True", json!({"prompt_data": {}})).await,
            json!({"prompt_data": {"attributes.source": "invite"}}));
        assert_eq!(after("context[\"flow_plan\"].context[\"user_path\"] = f\"users/{context['prompt_data']['company'].lower()}\"\nreturn True", json!({"prompt_data": {"company": "ACME"}})).await["user_path"], "users/acme");
        let redirect = "plan = request.context.get(\"flow_plan\")\nif not plan:\n    return False\nplan.context[\"redirect\"] = \"https://intranet.example/welcome\"\nreturn True";
        assert_eq!(after(redirect, json!({})).await, json!({"redirect": "https://intranet.example/welcome"}));
        let unplanned = Request { has_plan: false, ..plan(json!({})) };
        assert!(!ask(&store, redirect, &unplanned).await.passing);
        let del = "plan = context[\"flow_plan\"]\nif \"deny_message\" in plan.context:\n    del plan.context[\"deny_message\"]\nreturn True";
        assert_eq!(after(del, json!({"deny_message": "no", "a": 1})).await, json!({"a": 1}));
        assert_eq!(after(del, json!({"a": 1})).await, json!({"a": 1}));
        assert_eq!(after("context[\"x\"] = 1\nreturn True", json!({"a": 1})).await, json!({"a": 1}));
    }

    async fn addresses_times_and_the_request(store: Store) {
        let from = |ip: &str| Request { client_ip: Some(ip.parse().unwrap()), ..plan(json!({})) };
        let inside = "return ak_client_ip in ip_network(\"10.0.0.0/8\") or ak_client_ip.is_private";
        let listed = "return any(ak_client_ip in ip_network(n) for n in (\"192.0.2.0/24\", \"198.51.100.0/24\"))";
        let country = "return context[\"geoip\"][\"country\"] not in [\"XX\", \"YY\"] if context.get(\"geoip\") else True";
        let brand = "return request.http_request.brand.domain == \"join.example\"";
        let hours = "from datetime import datetime\nreturn 8 <= datetime.now().hour < 18";
        let night = Request { now: request().now + chrono::Duration::hours(10), ..plan(json!({})) };
        rows(&store, vec![
            (inside, from("10.1.2.3"), true),
            (inside, from("::ffff:192.168.0.1"), true),
            (inside, from("8.8.8.8"), false),
            (listed, from("198.51.100.7"), true),
            (listed, from("8.8.8.8"), false),
            (country, plan(json!({})), true),
            (hours, plan(json!({})), true),
            (hours, night, false),
            (brand, plan(json!({})), true),
            ("token = http_request.session.get(\"authentik/flows/get\", {}).get(\"ref\")\nak_logger.info(\"enrolling\", ref=token)\nreturn token == \"fair\"", plan(json!({})), true),
            ("return http_request.headers.get(\"User-Agent\") == http_request.META[\"HTTP_USER_AGENT\"] == \"Firefox\"", plan(json!({})), true),
            ("return slugify(\"Crème  Brûlée!\") == \"creme-brulee\" and regex_replace(\"ab\", r\"(a)\", r\"\\1\\1\") == \"aab\" and list_flatten([1, 2]) == 1", plan(json!({})), true),
        ]).await;
    }

    async fn one_policy_calls_another(store: Store) {
        let inner = "ak_message(\"only mail\")\nreturn strict and False if False else context.get(\"strict\") is not True";
        let inner = inner.replace("strict and False if False else ", "");
        add_policy(&store, "company-mail-only", PolicyModel::Expression, json!({ "expression": inner })).await;
        let outer = "res = ak_call_policy(\"company-mail-only\", strict=True)\nif not res.passing:\n    for m in res.messages:\n        ak_message(m)\nreturn res.passing";
        let verdict = ask(&store, outer, &plan(json!({}))).await;
        assert_eq!((verdict.passing, verdict.messages), (false, vec!["only mail".into()]));
        let lenient = ask(&store, "return ak_call_policy(\"company-mail-only\").raw_result is True", &plan(json!({}))).await;
        assert_eq!((lenient.passing, lenient.messages), (true, vec![]));
        let unknown = ask(&store, "return ak_call_policy(\"none\").passing", &plan(json!({}))).await;
        assert_eq!((unknown.passing, unknown.messages[0].to_string().contains("none")), (false, true));
    }

    async fn prompts_are_prefilled(store: Store) {
        let mut jane = user("jane");
        jane.attributes = mapping(json!({"settings": {"locale": "de"}}));
        add_user(&store, &jane).await;
        let locale = "try:\n    return user.attributes.get(\"settings\", {}).get(\"locale\", \"\")\nexcept Exception:\n    return \"\"";
        let asked = Request { user: Some(jane.id), http: None, ..answers(json!({"email": "jane.doe@x"})) };
        let browsing = Request { http: Some(Http { query: vec![("ref".into(), "fair".into())], ..Http::default() }), ..asked.clone() };
        let asks = prompt("p", PromptType::Text);
        let evaluate = async |text: &str, request: &Request| {
            read(&store, async |tx| Policies::new().prompt_expression(tx, &asks, text, request).await.unwrap()).await
        };
        for (text, request, value) in [
            (locale, &asked, json!("de")),
            (locale, &request(), json!("")),
            ("return [{\"label\": c.upper(), \"value\": c} for c in (\"de\", \"fr\")]", &asked, json!([{"label": "DE", "value": "de"}, {"label": "FR", "value": "fr"}])),
            ("return prompt_context.get(\"email\", \"\").split(\"@\")[0][:20]", &asked, json!("jane.doe")),
            ("return http_request.GET.get(\"ref\", \"\") if http_request else \"\"", &asked, json!("")),
            ("return http_request.GET.get(\"ref\", \"\") if http_request else \"\"", &browsing, json!("fair")),
            ("return [request.obj.field_key, request.obj.label, request.obj.type]", &asked, json!(["p", "P", "text"])),
        ] {
            let evaluated = evaluate(text, request).await;
            assert_eq!((evaluated.value, evaluated.failed), (value, None), "{text}");
        }
        let failed = evaluate("return context", &asked).await;
        assert_eq!(failed.value, "return context");
        assert!(failed.failed.unwrap().contains("'context' is not defined"));
        assert_eq!(failed.events[0].action, Action::PropertyMappingException);
    }
}
