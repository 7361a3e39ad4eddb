use super::{
    denial::{Call, Caller, denials},
    manifest::{group, manifest, principal},
};
use crate::facts::{Facts, Line};

fn said(lines: &[&str]) -> Facts {
    let line = |(number, text): (u32, &&str)| Line {
        place: "app.log".into(),
        line: number,
        text: (*text).to_owned(),
        ..Line::default()
    };
    Facts { lines: (1..).zip(lines).map(line).collect(), ..Facts::default() }
}

fn call(verb: &str, resource: &str, group: &str, namespace: &str) -> Call {
    let own = |it: &str| it.to_owned();
    Call {
        verb: own(verb),
        resource: own(resource),
        group: own(group),
        namespace: own(namespace),
        ..Call::default()
    }
}

#[test]
fn a_denial_is_taken_apart_in_every_wording_and_escaping() {
    let list = call("list", "pods", "", "");
    for text in [
        r#"pods is forbidden: User "system:serviceaccount:prod:api" cannot list resource "pods" in API group "" at the cluster scope"#,
        r#"err="pods is forbidden: User \"system:serviceaccount:prod:api\" cannot list resource \"pods\" in API group \"\" at the cluster scope""#,
        r#"{"log":"{\"msg\":\"pods is forbidden: User \\\"system:serviceaccount:prod:api\\\" cannot list resource \\\"pods\\\" in API group \\\"\\\" at the cluster scope\"}"}"#,
        r#"pods is forbidden: User "system:serviceaccount:prod:api" cannot list pods at the cluster scope: no RBAC policy matched"#,
    ] {
        let found = denials(&said(&[text]));
        assert_eq!(found[0].user, "system:serviceaccount:prod:api", "{text}");
        assert_eq!(found[0].call.as_ref(), Some(&list), "{text}");
        assert_eq!(found[0].evidence.quote, text);
    }
    let text = r#"deployments.apps "web" is forbidden: User "jane" cannot get resource "deployments/scale" in API group "apps" in the namespace "prod": RBAC: role.rbac.authorization.k8s.io "x" not found"#;
    let found = denials(&said(&[text]));
    let scale = Call { name: "web".into(), ..call("get", "deployments/scale", "apps", "prod") };
    assert_eq!(found[0].call.as_ref(), Some(&scale));
    assert_eq!(scale.question(), "get deployments.apps --subresource=scale -n prod");
    let text = r#"forbidden: User "jane" cannot get path "/metrics""#;
    assert_eq!(
        denials(&said(&[text]))[0].call.as_ref().map(Call::question).unwrap(),
        "get /metrics"
    );
}

#[test]
fn what_is_cut_off_or_asks_for_everything_names_no_call() {
    for text in [
        r#"pods is forbidden: User "system:serviceaccount:prod:api" cannot list resource "pods" in API group "" at the c"#,
        r#"pods is forbidden: User "system:servicea"#,
        r#"pods is forbidden: User "system:serviceaccount:prod:api" cannot list resource "*" in API group "*" at the cluster scope"#,
        r#"pods is forbidden: User "system:serviceaccount:prod:api" cannot list resource "a: [b]" in API group "" at the cluster scope"#,
        r#"pods is forbidden: User "$(reboot)" cannot list resource "pods" in API group "" at the cluster scope"#,
    ] {
        let found = denials(&said(&[text]));
        assert_eq!(found.len(), 1, "{text}");
        assert!(found[0].call.is_none() || found[0].user.is_empty(), "{text}");
    }
}

#[test]
fn a_sentence_that_was_broken_at_its_colon_is_one() {
    let facts = said(&[
        r#"  err="leases.coordination.k8s.io \"vpa\" is forbidden:"#,
        r#"  User \"system:serviceaccount:prod:api\" cannot get resource \"leases\" in API group \"coordination.k8s.io\" in the namespace \"prod\"""#,
    ]);
    let found = denials(&facts);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].evidence.line, Some(1));
    let question = found[0].call.as_ref().map(Call::question);
    assert_eq!(question.as_deref(), Some("get leases.coordination.k8s.io/vpa -n prod"));
}

#[test]
fn what_nodes_and_nobody_were_denied_is_no_workloads() {
    let facts = said(&[
        r#"nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope"#,
        r#"secrets "x" is forbidden: User "system:node:ip-10-0-1-10.ec2.internal" cannot get resource "secrets" in API group "" in the namespace "prod""#,
        r#"pods "x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4"#,
    ]);
    assert!(denials(&facts).is_empty());
}

#[test]
fn a_manifest_has_one_role_for_each_scope_and_merges_verbs() {
    let caller = Caller::of("system:serviceaccount:prod:api");
    let lease = |verb: &str| Call {
        name: "leader".into(),
        ..call(verb, "leases", "coordination.k8s.io", "prod")
    };
    let calls = [lease("get"), call("list", "pods", "", ""), lease("update"), lease("get")];
    let text = manifest(caller, &calls);
    assert_eq!(text.matches("\nkind: Role\n").count(), 1, "{text}");
    assert_eq!(text.matches("\nkind: ClusterRole\n").count(), 1, "{text}");
    assert!(text.contains(
        "- apiGroups: [\"coordination.k8s.io\"]\n  resources: [\"leases\"]\n  resourceNames: [\"leader\"]\n  verbs: [\"get\", \"update\"]\n"
    ));
    assert!(text.contains("- apiGroups: [\"\"]\n  resources: [\"pods\"]\n  verbs: [\"list\"]\n"));
    assert!(text.contains("- kind: ServiceAccount\n  name: \"api\"\n  namespace: \"prod\""));
    // A name cannot limit what has none yet.
    let create = manifest(caller, &[lease("create")]);
    assert!(!create.contains("resourceNames"), "{create}");
}

#[test]
fn an_iam_session_is_bound_as_a_group_of_its_role() {
    let arn = "arn:aws-cn:sts::111122223333:assumed-role/eks-devs/EKSGetTokenAuth";
    assert_eq!(principal(arn), "arn:aws-cn:iam::111122223333:role/eks-devs");
    assert_eq!(group(Caller::of(arn)), "eks-devs");
    let text =
        manifest(Caller::of(arn), &[call("get", "servicemonitors", "monitoring.coreos.com", "a")]);
    assert!(text.contains("- kind: Group\n  name: \"eks-devs\"\n"), "{text}");
    assert!(!text.contains("EKSGetTokenAuth"));
}
