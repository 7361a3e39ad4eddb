//! The whole conversation, with an AWS inside the process.

use std::collections::BTreeSet;
use std::time::Duration;

use diagnosis::facts::{Account, AssociationObject, Observed, Role, RoleObject};
use serde_json::Value;
use tokio::time::timeout;

use super::Question;

pub(super) mod fixture;

use fixture::{Asked, ISSUER, ROLE, Said, TRUST, ask, healthy, question};

const LONG: Duration = Duration::from_mins(1);

fn why<T>(fact: &Observed<T>) -> &str {
    match fact {
        Observed::Failed { why, .. } => why,
        Observed::Seen { .. } => panic!("it was seen"),
        Observed::Skipped => panic!("it was skipped"),
    }
}

fn role(fact: &Observed<RoleObject>) -> &Role {
    fact.value().and_then(RoleObject::present).unwrap()
}

fn place<T>(fact: &Observed<T>) -> &str {
    match fact {
        Observed::Seen { source, .. } | Observed::Failed { source, .. } => &source.place,
        Observed::Skipped => "",
    }
}

fn source_text<T>(fact: &Observed<T>) -> &str {
    let Observed::Seen { source, .. } = fact else { panic!("not seen") };
    &source.text
}

#[tokio::test]
async fn a_role_comes_with_trust_boundary_and_every_policy_of_every_page() {
    let (account, _) = ask(&question(), LONG, healthy).await;
    let role = role(&account.role);
    assert_eq!((&*role.arn, &*role.trust), (ROLE, TRUST));
    assert_eq!(role.created.as_deref(), Some("2026-01-10T08:00:00Z"));
    assert_eq!(place(&account.role), "aws iam get-role --role-name api-reader");
    assert_eq!(source_text(&account.role), TRUST);
    assert_eq!(role.boundary.as_ref().map(|it| &*it.text), Some("{\"v7\"}"));
    let policies: Vec<_> = role.policies.iter().map(|it| (&*it.name, &*it.text)).collect();
    let managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let second = &*format!("{managed}2");
    let (version, own) = ("{\"v7\"}", "{\"inline\"}");
    assert_eq!(
        policies,
        [(managed, version), (second, version), ("inline", own), ("inline2", own)]
    );
    assert!(role.unread.is_empty(), "{:?}", role.unread);
}

#[tokio::test]
async fn cluster_association_and_its_roles_are_read() {
    let (account, _) = ask(&question(), LONG, healthy).await;
    let cluster = account.cluster.value().unwrap();
    assert_eq!((&*cluster.name, &*cluster.issuer), ("prod-cluster", &*format!("https://{ISSUER}")));
    let association = account.association.value().and_then(AssociationObject::present).unwrap();
    assert_eq!((&*association.id, association.disable_session_tags), ("a-1", true));
    assert_eq!(association.created.as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(association.external_id.as_deref(), Some("us-west-2/111122223333/x"));
    assert_eq!(
        place(&account.association),
        "aws eks describe-pod-identity-association --cluster-name prod-cluster --association-id a-1"
    );
    assert!(source_text(&account.association).contains("serviceAccount prod/api\nroleArn arn"));
    assert_eq!(role(&account.association_role).arn, "arn:aws:iam::111122223333:role/team/pod");
    assert_eq!(role(&account.target_role).arn, "arn:aws:iam::111122223333:role/team/target");
}

#[tokio::test]
async fn client_ids_are_read_byte_for_byte_and_of_the_issuer_s_provider_only() {
    let (account, asked) = ask(&question(), LONG, healthy).await;
    let found = account.oidc_providers.value().unwrap();
    assert_eq!(found.account, "111122223333");
    assert_eq!(found.providers[0].client_ids, None);
    let ids = found.providers[1].client_ids.as_deref().unwrap();
    assert_eq!(ids, ["sts.amazonaws.com ", "x\u{200b}"]);
    assert!(source_text(&account.oidc_providers).contains("client IDs: \"sts.amazonaws.com \""));
    let detailed = asked.iter().filter(|it| *it == "iam:GetOpenIDConnectProvider").count();
    assert_eq!(detailed, 1);
}

#[tokio::test]
async fn the_denied_call_is_simulated_for_the_role_with_its_path() {
    let check = |asked: &Asked| {
        if asked.action == "iam:SimulatePrincipalPolicy" {
            assert_eq!(asked.field("PolicySourceArn"), ROLE);
        }
        healthy(asked)
    };
    // Where no annotation tells the path, the role does.
    for question in [question(), Question { role_arn: None, ..question() }] {
        let (account, _) = ask(&question, LONG, check).await;
        let found = account.simulation.value().unwrap();
        assert_eq!((&*found.decision, &*found.matched[0]), ("explicitDeny", "no-writes"));
        assert_eq!(found.missing_context, ["aws:SourceVpce"]);
        assert_eq!((found.allowed_by_boundary, found.allowed_by_organization), (Some(false), None));
        assert!(source_text(&account.simulation).contains("EvalDecision explicitDeny"));
    }
}

#[tokio::test]
async fn of_a_decoded_denial_only_who_what_and_whether_a_deny_enters() {
    let (account, _) = ask(&question(), LONG, healthy).await;
    let found = account.decoded_denial.value().unwrap();
    assert_eq!((&*found.action, found.explicit_deny), ("ec2:RunInstances", true));
    let all = serde_json::to_string(&account).unwrap();
    for secret in ["canary-condition", "canary-secret", "AKIAEXAMPLE", "EXAMPLEENCODED"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_policy_in_the_readme_lists_exactly_what_is_called() {
    let policy: Value = serde_json::from_str(include_str!("policy.json")).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter();
    let listed: BTreeSet<_> = statements
        .flat_map(|it| match &it["Action"] {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        })
        .map(|it| it.as_str().unwrap().to_owned())
        .collect();
    let (_, mut asked) = ask(&question(), LONG, healthy).await;
    let by_issuer = Question { cluster: None, issuer: Some(ISSUER.to_owned()), ..question() };
    asked.extend(ask(&by_issuer, LONG, healthy).await.1);
    // The one call that nobody needs a permission for.
    let asked = asked.into_iter().filter(|it| it != "sts:GetCallerIdentity");
    assert_eq!(asked.collect::<BTreeSet<_>>(), listed);
    let readme = include_str!("../../../../README.md");
    assert!(readme.contains(include_str!("policy.json")), "README shows another policy");
}

#[tokio::test]
async fn without_a_name_the_cluster_is_found_by_its_issuer() {
    let question = Question { cluster: None, issuer: Some(ISSUER.to_owned()), ..question() };
    let (account, _) = ask(&question, LONG, healthy).await;
    assert_eq!(account.cluster.value().unwrap().name, "prod-cluster");
    assert!(place(&account.association).contains("--cluster-name prod-cluster "));
    let elsewhere = Question { issuer: Some("oidc.example.com".to_owned()), ..question };
    let (account, _) = ask(&elsewhere, LONG, healthy).await;
    let words = why(&account.cluster);
    assert_eq!(words, "none of 2 clusters in us-west-2 has issuer oidc.example.com");
    assert!(why(&account.association).starts_with("the cluster is not known: none of 2"));
}

#[tokio::test]
async fn what_is_not_asked_for_is_not_asked() {
    let question = Question { role_arn: None, denied: None, encoded: None, ..question() };
    let none = |asked: &Asked| match &*asked.action {
        "eks:ListPodIdentityAssociations" => Said::Answer(200, r#"{"associations":[]}"#.to_owned()),
        _ => healthy(asked),
    };
    let (account, asked) = ask(&question, LONG, none).await;
    assert_eq!(account.association.value(), Some(&AssociationObject::Absent));
    assert!(source_text(&account.association).contains("prod/api"));
    assert!(matches!(account.role, Observed::Skipped));
    assert!(matches!(account.association_role, Observed::Skipped));
    assert!(matches!(account.simulation, Observed::Skipped));
    assert!(asked.iter().all(|it| it.starts_with("eks:")), "{asked:?}");
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_absent_in_the_words_of_iam() {
    let words = "The role with name api-reader cannot be found.";
    let say = |asked: &Asked| match &*asked.action {
        "iam:GetRole" => asked.refused(404, "NoSuchEntity", words),
        _ => healthy(asked),
    };
    let (account, _) = ask(&question(), LONG, say).await;
    assert_eq!(account.role.value(), Some(&RoleObject::Absent));
    assert_eq!(source_text(&account.role), format!("NoSuchEntity: {words}"));
}

#[tokio::test]
async fn a_role_of_another_account_is_not_asked_for() {
    let theirs = "arn:aws:iam::444455556666:role/api-reader";
    let question = Question { role_arn: Some(theirs.to_owned()), denied: None, ..question() };
    let (account, asked) = ask(&question, LONG, |asked| match &*asked.action {
        "eks:ListPodIdentityAssociations" => asked.denied(),
        _ => healthy(asked),
    })
    .await;
    let words = why(&account.role);
    assert!(words.contains("account 444455556666") && words.ends_with("111122223333"), "{words}");
    assert!(!asked.iter().any(|it| it == "iam:GetRole"), "{asked:?}");
}

#[tokio::test]
async fn a_missing_permission_is_named_and_costs_no_other_fact() {
    for (action, fact) in [
        ("eks:DescribeCluster", "cluster"),
        ("eks:ListPodIdentityAssociations", "association"),
        ("eks:DescribePodIdentityAssociation", "association"),
        ("iam:GetRole", "role"),
        ("iam:ListOpenIDConnectProviders", "oidcProviders"),
        ("iam:SimulatePrincipalPolicy", "simulation"),
        ("sts:DecodeAuthorizationMessage", "decodedDenial"),
    ] {
        let say = move |asked: &Asked| {
            if asked.action == action { asked.denied() } else { healthy(asked) }
        };
        let (account, _) = ask(&question(), LONG, say).await;
        let all = serde_json::to_value(&account).unwrap();
        let words = all[fact]["failed"]["why"].as_str().unwrap_or_default();
        assert!(words.contains(&format!("is not authorized to perform: {action}")), "{words}");
        assert!(words.ends_with(&format!("; these credentials lack {action}")), "{words}");
        let failed = all.as_object().unwrap().values().filter(|it| it["failed"].is_object());
        // The association's roles are asked for with the same call as the annotation's.
        let alike = if action == "iam:GetRole" { 3 } else { 1 };
        assert_eq!(failed.count(), alike, "{action}: {all}");
    }
}

#[tokio::test]
async fn a_policy_that_may_not_be_read_is_unread_and_the_role_is_seen() {
    for (action, unread) in [
        ("iam:ListAttachedRolePolicies", "attached policies: iam:ListAttachedRolePolicies: "),
        ("iam:ListRolePolicies", "inline policies: iam:ListRolePolicies: "),
        ("iam:GetRolePolicy", "inline: iam:GetRolePolicy: "),
        ("iam:GetPolicyVersion", "permissions boundary arn:aws:iam::111122223333:policy/limit: "),
    ] {
        let say = move |asked: &Asked| {
            if asked.action == action { asked.denied() } else { healthy(asked) }
        };
        let (account, _) = ask(&question(), LONG, say).await;
        let role = role(&account.role);
        assert_eq!(role.trust, TRUST);
        assert!(role.unread.iter().any(|it| it.starts_with(unread)), "{:?}", role.unread);
        assert!(role.unread.iter().all(|it| it.ends_with(&format!("lack {action}"))));
    }
}

#[tokio::test]
async fn client_ids_that_may_not_be_read_are_unknown() {
    let say = |asked: &Asked| match &*asked.action {
        "iam:GetOpenIDConnectProvider" => asked.denied(),
        _ => healthy(asked),
    };
    let (account, _) = ask(&question(), LONG, say).await;
    let found = account.oidc_providers.value().unwrap();
    assert!(found.providers.iter().all(|it| it.client_ids.is_none()));
    assert!(source_text(&account.oidc_providers).contains("client IDs not read: iam:GetOpenID"));
}

#[tokio::test]
async fn expired_credentials_are_told_in_the_words_of_aws() {
    let say = |asked: &Asked| asked.refused(403, "ExpiredToken", "The security token is expired");
    let (account, _) = ask(&question(), LONG, say).await;
    let words = "sts:GetCallerIdentity: ExpiredToken: The security token is expired";
    assert_eq!(why(&account.role), words);
    assert_eq!(
        why(&account.decoded_denial),
        "sts:DecodeAuthorizationMessage: ExpiredToken: The security token is expired"
    );
    let answer = |_: &Asked| Said::Answer(200, "<html>Please sign in</html>".to_owned());
    let (account, _) = ask(&question(), LONG, answer).await;
    assert_eq!(why(&account.role), "sts:GetCallerIdentity: HTTP 200 without an error code of AWS");
}

/// Long enough for all that answers, and far shorter than what a call may take by itself.
const SHORT: Duration = Duration::from_millis(500);

async fn silent(from: &'static str) -> Account {
    let say = move |asked: &Asked| {
        if asked.action.starts_with(from) { Said::Nothing } else { healthy(asked) }
    };
    let ended = timeout(Duration::from_secs(6), ask(&question(), SHORT, say)).await;
    ended.expect("the deadline does not end it").0
}

#[tokio::test]
async fn silence_ends_with_the_deadline_and_keeps_what_was_answered() {
    let account = silent("").await;
    assert_eq!(why(&account.cluster), "eks:DescribeCluster did not end in time");
    assert_eq!(why(&account.role), "sts:GetCallerIdentity did not end in time");
    let account = silent("eks:DescribeCluster").await;
    assert_eq!(why(&account.cluster), "eks:DescribeCluster did not end in time");
    assert_eq!(role(&account.target_role).unread, [""; 0]);
    let account = silent("iam:GetPolicy").await;
    let role = role(&account.role);
    assert_eq!((&*role.trust, role.policies.len()), (TRUST, 2));
    assert!(role.unread.iter().all(|it| it.ends_with("did not end in time")), "{:?}", role.unread);
    // The providers' own ARNs say whose they are.
    let account = silent("sts:GetCallerIdentity").await;
    assert_eq!(account.oidc_providers.value().unwrap().account, "111122223333");
}
