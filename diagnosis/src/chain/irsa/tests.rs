//! What no single recording shows: risks, doubts, and which of two explanations wins.

use serde_json::{Value, json};

use crate::{
    facts::Facts,
    judge,
    report::{Outcome, Report},
};

const ISSUER: &str = "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE";
const ROLE: &str = "arn:aws:iam::111122223333:role/api";

fn seen(value: impl Into<Value>, text: &str) -> Value {
    let value = value.into();
    json!({"seen": {"value": value, "source": {"place": "p", "at": "2026-03-01T10:00:00Z", "text": text}}})
}

/// A ServiceAccount, its token and its role with these conditions.
fn facts(conditions: &str) -> Value {
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow",
"Principal": {{"Federated": "arn:aws:iam::111122223333:oidc-provider/{ISSUER}"}},
"Action": "sts:AssumeRoleWithWebIdentity", "Condition": {conditions}}}}}"#
    );
    let policy = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
    let role = json!({"present": {"arn": ROLE, "trust": trust,
        "policies": [{"name": "data", "text": policy}]}});
    let account = json!({"present": {"namespace": "prod", "name": "api", "roleArn": ROLE}});
    let claims = json!({"claims": {"issuer": format!("https://{ISSUER}"), "audience": ["sts.amazonaws.com"],
        "subject": "system:serviceaccount:prod:api", "expires": "2026-03-02T10:00:00Z"}});
    json!({
        "takenAt": "2026-03-01T10:00:00Z",
        "cluster": {"serviceAccount": seen(account, "prod/api")},
        "pod": {"token": seen(claims, "sub system:serviceaccount:prod:api")},
        "account": {"role": seen(role, &trust)},
    })
}

fn report(facts: &Value) -> Report {
    judge(&serde_json::from_value::<Facts>(facts.clone()).unwrap())
}

fn with_line(mut facts: Value, text: &str) -> Report {
    facts["lines"] = json!([{"place": "app.log", "line": 1, "text": text}]);
    report(&facts)
}

fn both(aud: &str, sub: &str) -> String {
    format!(r#"{{"StringEquals": {{"{ISSUER}:aud": "{aud}", "{ISSUER}:sub": "{sub}"}}}}"#)
}

fn good() -> Value {
    facts(&both("sts.amazonaws.com", "system:serviceaccount:prod:api"))
}

fn state(report: &Report, link: &str) -> String {
    let mut links = report.chains.iter().flat_map(|it| &it.links);
    links.find(|it| it.id == link).map_or("absent".into(), |it| format!("{:?}", it.state))
}

#[test]
fn what_works_but_is_too_wide_is_a_risk_and_no_fault() {
    let audience = format!(r#"{{"StringEquals": {{"{ISSUER}:aud": "sts.amazonaws.com"}}}}"#);
    let report = report(&facts(&audience));
    assert_eq!(state(&report, "trust-conditions"), "Intact");
    assert_eq!((report.outcome, report.risks.len()), (Outcome::Healthy, 1));
    let title = &report.risks[0].title;
    assert!(title.contains("every ServiceAccount of the cluster"), "{title}");
    assert!(title.contains(":sub\": \"system:serviceaccount:prod:api\""), "{title}");
}

#[test]
fn a_role_that_fits_has_no_risk() {
    let report = report(&good());
    assert_eq!(state(&report, "trust-principal"), "Intact");
    assert_eq!(state(&report, "trust-conditions"), "Intact");
    assert!(report.risks.is_empty());
}

#[test]
fn every_failing_condition_is_mended_at_once() {
    let report = report(&facts(&both("sts.amazonaws.com.cn", "system:serviceaccount:dev:api")));
    let fix = report.fix.unwrap().change;
    assert_eq!(fix.matches("\n-  ").count(), 2, "{fix}");
    assert_eq!(fix.matches("\n+  ").count(), 2, "{fix}");
}

#[test]
fn what_cannot_be_evaluated_is_unknown_and_never_broken() {
    let network = r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#;
    let report = report(&facts(network));
    assert_eq!(state(&report, "trust-principal"), "Intact");
    assert_eq!(state(&report, "trust-conditions"), "Unknown");
}

#[test]
fn a_key_that_stands_twice_is_a_doubt_until_sts_refuses() {
    let twice = format!(
        r#"{{"StringEquals": {{"{ISSUER}:sub": "system:serviceaccount:prod:api", "{ISSUER}:sub": "x"}}}}"#
    );
    let report = report(&facts(&twice));
    assert_eq!((report.outcome, report.fault), (Outcome::Undecided, None));
    assert_eq!(report.link, Some("trust-conditions"));
}

#[test]
fn a_refusal_alone_decides_the_plane_and_nothing_more() {
    let text = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";
    let report = with_line(json!({}), text);
    assert_eq!(report.plane.map(crate::chain::Plane::word), Some("iam"));
    assert_eq!((report.link, report.fault), (None, None));
    assert!(report.needs.iter().any(|it| it.input == "trust-policy"), "{:?}", report.needs);
}

#[test]
fn a_nodes_session_is_heard_before_any_wording_of_the_refusal() {
    let user = "User: arn:aws:sts::111122223333:assumed-role/node/i-0abc is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::data/key";
    for end in [
        "",
        " because no identity-based policy allows the s3:PutObject action",
        " with an explicit deny in a service control policy",
    ] {
        let report = with_line(json!({}), &format!("{user}{end}"));
        assert_eq!((report.link, report.fault), (Some("caller"), Some("node-role")), "{end}");
    }
}

const PUT: &str = "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/api/s is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::data/key";

#[test]
fn the_roles_own_policies_decide_the_old_wording() {
    let report = with_line(good(), PUT);
    assert_eq!((report.link, report.fault), (Some("permissions"), Some("action-not-allowed")));
    let quotes: Vec<_> = report.evidence.iter().map(|it| it.quote.as_str()).collect();
    assert_eq!(quotes, [PUT, r#""Action": "s3:GetObject""#]);
    let change = report.fix.unwrap().change;
    assert!(change.contains(r#""Action": "s3:PutObject", "Resource": "arn:aws:s3:::data/key""#));
}

#[test]
fn a_policy_that_was_not_read_leaves_it_open_unless_a_simulation_says() {
    let mut facts = good();
    facts["account"]["role"]["seen"]["value"]["present"]["unread"] = json!(["guard: AccessDenied"]);
    let open = with_line(facts.clone(), PUT);
    assert_eq!((open.outcome, open.fault), (Outcome::Undecided, None));
    let denied = json!({"action": "s3:PutObject", "decision": "implicitDeny"});
    facts["account"]["simulation"] = seen(denied.clone(), "s3:PutObject implicitDeny");
    assert_eq!(with_line(facts.clone(), PUT).fault, Some("action-not-allowed"));
    let mut limited = denied;
    limited["allowedByOrganization"] = json!(false);
    facts["account"]["simulation"] = seen(limited, "s3:PutObject implicitDeny");
    assert_eq!(with_line(facts, PUT).fault, Some("service-control-policy"));
}

#[test]
fn an_encoded_refusal_asks_for_its_decoding() {
    let text = "UnauthorizedOperation: You are not authorized to perform this operation. Encoded authorization failure message: b-xSys3hzc";
    let report = with_line(good(), text);
    assert_eq!(report.outcome, Outcome::Undecided);
    assert!(report.needs.iter().any(|it| it.input == "decoded-denial"), "{:?}", report.needs);
}

#[test]
fn a_list_of_another_account_says_nothing_of_the_roles() {
    let mut facts = good();
    let list = json!({"account": "444455556666", "providers": []});
    facts["account"]["oidcProviders"] = seen(list, "none");
    assert_eq!(state(&report(&facts), "oidc-provider"), "Unknown");
    facts["account"]["oidcProviders"]["seen"]["value"]["account"] = json!("111122223333");
    assert_eq!(report(&facts).fault, Some("missing"));
}
