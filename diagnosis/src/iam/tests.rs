//! The evaluator on the policies that people write for ServiceAccounts.

use super::*;
use crate::facts::Claims;

const ISSUER: &str = "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
const ROLE: &str = "arn:aws:iam::111122223333:role/api-reader";

fn request() -> Request {
    let claims = Claims {
        issuer: format!("https://{ISSUER}"),
        subject: "system:serviceaccount:prod:api".to_owned(),
        audience: vec!["sts.amazonaws.com".to_owned()],
        ..Claims::default()
    };
    Request::web_identity(&claims, ROLE)
}

fn policy(conditions: &str) -> Policy {
    let provider = format!("arn:aws:iam::111122223333:oidc-provider/{ISSUER}");
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
        "Principal": {{"Federated": "{provider}"}},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {conditions}}}]}}"#
    );
    Policy::parse(&text).unwrap()
}

#[test]
fn a_wildcard_under_string_equals_is_named_and_moved_to_string_like() {
    let conditions =
        format!(r#"{{"StringEquals": {{"{ISSUER}:sub": "system:serviceaccount:prod:*"}}}}"#);
    let Answer::Denied { explicit: false, why } = trust(&policy(&conditions), &request()) else {
        panic!("not denied");
    };
    let [why] = &why[..] else { panic!("{why:?}") };
    assert_eq!(why.trap, Some(Trap::WildcardUnderEquals));
    assert_eq!(why.quote, format!(r#""{ISSUER}:sub": "system:serviceaccount:prod:*""#));
    let corrected = format!(r#""StringLike": {{"{ISSUER}:sub": "system:serviceaccount:prod:*"}}"#);
    assert_eq!(why.corrected, Some(corrected));
    assert_eq!(
        why.words,
        format!(
            "StringEquals of `{ISSUER}:sub`: the policy says `system:serviceaccount:prod:*`, the \
             request has `system:serviceaccount:prod:api`: StringEquals compares `*` and `?` as \
             plain characters, only StringLike knows wildcards"
        )
    );
}

#[test]
fn an_exact_policy_allows_without_a_risk() {
    let conditions = format!(
        r#"{{"StringEquals": {{"{ISSUER}:sub": "system:serviceaccount:prod:api", "{ISSUER}:aud": "sts.amazonaws.com"}}}}"#
    );
    let answer = trust(&policy(&conditions), &request());
    assert!(matches!(answer, Answer::Allowed { risks, .. } if risks.is_empty()));
}

#[test]
fn the_nearest_statement_comes_first_and_in_full() {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
        {{"Sid": "nodes", "Effect": "Allow", "Principal": {{"Service": "ec2.amazonaws.com"}}, "Action": "sts:AssumeRole"}},
        {{"Sid": "pods", "Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::111122223333:oidc-provider/{ISSUER}"}},
          "Action": "sts:AssumeRoleWithWebIdentity",
          "Condition": {{"StringEquals": {{"{ISSUER}:sub": "system:serviceaccount:production:api"}}}}}}]}}"#
    );
    let Answer::Denied { why, .. } = trust(&Policy::parse(&text).unwrap(), &request()) else {
        panic!("not denied");
    };
    let told: Vec<_> = why.iter().map(|it| (it.statement, it.sid.as_deref(), it.trap)).collect();
    assert_eq!(
        told,
        [
            (2, Some("pods"), Some(Trap::WrongNamespace)),
            (1, Some("nodes"), Some(Trap::PrincipalService))
        ]
    );
    assert_eq!(
        why[0].corrected,
        Some(format!(r#""{ISSUER}:sub": "system:serviceaccount:prod:api""#))
    );
}

#[test]
fn what_iam_would_not_have_stored_is_refused_with_its_place() {
    for (text, place, words) in [
        ("{", (1, 2), "expected a quoted name"),
        (r#"{"Statement": [{"effect": "Allow"}]}"#, (1, 17), "spelt `Effect`"),
        (r#"{"Statement": {"Effect": "allow", "Action": "*"}}"#, (1, 16), "Allow or Deny"),
        (r#"{"Version": "2012-10-18", "Statement": []}"#, (1, 13), "no such Version"),
        (r#"{"Statement": {"Effect": "Allow"}}"#, (1, 15), "needs an Action"),
        ("{}", (1, 1), "needs a Statement"),
        (&" ".repeat(70_000), (1, 1), "longer than"),
    ] {
        let error = Policy::parse(text).unwrap_err();
        assert_eq!((error.line, error.column), place, "{text}: {error}");
        assert!(error.why.contains(words), "{error}");
    }
}

#[test]
fn the_answers_of_the_aws_cli_are_read_as_they_are() {
    let inner = r#"{"Version": "2012-10-17", "Statement": []}"#;
    for text in [
        format!(r#"{{"Role": {{"RoleName": "r", "AssumeRolePolicyDocument": {inner}}}}}"#),
        format!(r#"{{"PolicyVersion": {{"Document": {inner}, "VersionId": "v1"}}}}"#),
        format!(r#"{{"RoleName": "r", "PolicyName": "p", "PolicyDocument": {inner}}}"#),
    ] {
        assert!(Policy::parse(&text).is_ok(), "{text}");
    }
}

#[test]
fn a_boundary_must_allow_too() {
    let allow = |action: &str| {
        Policy::parse(&format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#
        ))
        .unwrap()
    };
    let request = Request::call(ROLE, "s3:GetObject", Some("arn:aws:s3:::b/k"));
    let answer = identity(&[allow("s3:*")], Some(&allow("ec2:*")), &request);
    let Answer::Denied { explicit: false, why } = answer else { panic!("{answer:?}") };
    assert_eq!((why[0].document, &why[0].element), (Document::Boundary, &Element::Action));
    assert!(matches!(
        identity(&[allow("s3:*")], Some(&allow("s3:Get*")), &request),
        Answer::Allowed { .. }
    ));
}
