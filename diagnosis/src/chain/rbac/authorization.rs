//! A rule lets this caller make this call.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, inputs::CAN_I},
};

use super::{
    denial::{Call, Caller, Denial, denials},
    manifest::{group, manifest, principal},
};

mod signs;

pub(super) static LINK: Link = Link {
    id: "authorization",
    title: "rule for the call",
    means: "A Role or ClusterRole that is bound to the caller allows the verb on the resource in that scope.",
    judged: "From Kubernetes' own sentence of denial, which names caller, verb, resource, API group and scope; the rule is written from all denials of the same caller. Without one, from the answers of kubectl auth can-i.",
    sources: &[
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
        "kubernetes/apiserver pkg/endpoints/handlers/responsewriters/errors.go, v1.34",
    ],
    faults: &[&NAMESPACE, &CLUSTER, &PATH, &RUNS_AS_DEFAULT, &IAM_PRINCIPAL, &UNNAMED, &FINALIZERS],
    signs: signs::SIGNS,
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Rbac,
    owner: "whoever installs this workload (its chart or operator), else the administrator of the cluster",
    impact: "this caller alone; nothing restarts, the next call passes",
    verify: "kubectl auth can-i <question> --as='<caller>'",
    expect: "yes",
};

static NAMESPACE: Fault = OURS.fault(
    "no-rule-in-namespace",
    "no rule lets <caller> <call>",
    "bind a Role with exactly the denied calls to this caller alone",
    "# kubectl apply --dry-run=server -f rbac.yaml; then without --dry-run\n<manifest>",
);
static CLUSTER: Fault = OURS.fault(
    "no-rule-at-cluster-scope",
    "no rule lets <caller> <call>",
    "bind a ClusterRole with exactly the denied calls to this caller alone, or let the workload watch only its own namespaces",
    "# kubectl apply --dry-run=server -f rbac.yaml; then without --dry-run\n<manifest>",
);
static PATH: Fault = OURS.fault(
    "no-rule-for-path",
    "no rule lets <caller> <call>",
    "bind a ClusterRole with exactly this path to this caller alone",
    "# kubectl apply --dry-run=server -f rbac.yaml; then without --dry-run\n<manifest>",
);
static RUNS_AS_DEFAULT: Fault = OURS.fault(
    "runs-as-default",
    "the workload calls as the ServiceAccount default of <namespace>, which no rule lets <call>",
    "let the workload run as a ServiceAccount of its own; what default may, every pod of the namespace may",
    "# 1. is there one that was made for it? name it, and nothing else is needed:\n\
     #    kubectl get serviceaccounts,rolebindings -n <namespace> -o wide\n\
     #    kubectl set serviceaccount <workload> -n <namespace> NAME\n\
     # 2. only if it is meant to run as default: kubectl apply --dry-run=server -f rbac.yaml; then without\n\
     <manifest>",
);
static IAM_PRINCIPAL: Fault = Fault {
    owner: "the administrator of the cluster",
    impact: "everyone who uses this IAM principal; nothing restarts",
    verify: "kubectl auth can-i <question> --as='<caller>' --as-group=<group>",
    ..OURS.fault(
        "iam-principal-without-rule",
        "the cluster knows <caller>, but no rule lets it <call>",
        "bind exactly the denied calls to one group, and name that group in the principal's access entry",
        "# kubectl apply --dry-run=server -f rbac.yaml; then without --dry-run\n\
         # EKS access policies know no custom resources: those always take a rule like this one.\n\
         # The update replaces the entry's groups: repeat those that it has.\n\
         #   aws eks describe-access-entry --cluster-name <cluster> --principal-arn <principal>\n\
         #   aws eks update-access-entry --cluster-name <cluster> --principal-arn <principal> --kubernetes-groups <group>\n\
         # Mapped in aws-auth instead? Add <group> to the groups of its entry there.\n\
         <manifest>",
    )
};
static UNNAMED: Fault = Fault {
    verify: "kubectl auth can-i --list --as='<caller>'",
    expect: "the denied verb and resource",
    ..OURS.fault(
        "call-not-named",
        "Kubernetes denied a call, in a sentence that does not name it in full",
        "read the whole sentence: it holds verb, resource, API group and scope of the one rule that is needed",
        "# the whole line, from `is forbidden: User` to the namespace or `at the cluster scope`:\n\
         #   kubectl logs -n <namespace> <pod> | grep 'is forbidden: User'\n\
         # whose answers a rule for that call alone. A call for every verb or resource (*) gets none:\n\
         # name what the workload really calls.",
    )
};

static FINALIZERS: Fault = Fault {
    verify: "kubectl auth can-i update OWNERS.GROUP --subresource=finalizers --as='<caller>' -n <namespace>",
    ..OURS.fault(
        "owner-finalizers",
        "the caller makes an object that keeps its owner from being deleted, but may not touch that owner's finalizers",
        "add the owner's finalizers to the rule that the caller has for the owner",
        "# the owner is the object whose controller this is (its custom resource). In the Role or ClusterRole\n\
         # that is bound to the caller, with the owner's own group and plural:\n\
         #   - apiGroups: [\"GROUP\"]\n\
         #     resources: [\"OWNERS/finalizers\"]\n\
         #     verbs: [\"update\"]",
    )
};

fn look(facts: &Facts) -> Look {
    let denials = denials(facts);
    let Some(first) = denials.iter().find(|it| it.call.is_some()).or(denials.first()) else {
        return by_reviews(facts);
    };
    let own: Vec<_> = denials.iter().filter(|it| it.user == first.user).collect();
    let calls = calls(&own);
    let verdict = match allowed_since(facts, &calls) {
        Some(intact) => intact,
        None => Verdict::broken(fault(first), detail(first, &calls), first.evidence.clone()),
    };
    Ok(named(verdict, &first.user, &calls))
}

fn calls(denials: &[&Denial]) -> Vec<Call> {
    /// A log that is denied more than this wants a chart, not a patch.
    const MOST: usize = 32;
    let mut calls: Vec<Call> = Vec::new();
    for call in denials.iter().filter_map(|it| it.call.as_ref()) {
        if calls.len() < MOST && !calls.contains(call) {
            calls.push(call.clone());
        }
    }
    calls
}

fn fault(denial: &Denial) -> &'static Fault {
    let Some(call) = &denial.call else { return &UNNAMED };
    match Caller::of(&denial.user) {
        Caller::ServiceAccount { name: "default", .. } => &RUNS_AS_DEFAULT,
        Caller::Iam(_) => &IAM_PRINCIPAL,
        _ if !call.path.is_empty() => &PATH,
        _ if call.namespace.is_empty() => &CLUSTER,
        _ => &NAMESPACE,
    }
}

fn detail(denial: &Denial, calls: &[Call]) -> String {
    match (&denial.user[..], calls) {
        ("", _) => "the sentence is cut off".to_owned(),
        (user, []) => format!("{user}: the call is not named in full"),
        (user, [call]) => format!("{user}: {}", told(call)),
        (user, [call, rest @ ..]) => format!("{user}: {}, and {} more", told(call), rest.len()),
    }
}

fn told(call: &Call) -> String {
    let Call { verb, group, resource, name, namespace, path, .. } = call;
    if !path.is_empty() {
        return format!("{verb} {path}");
    }
    let dot = if group.is_empty() { "" } else { "." };
    let (before, after) = if name.is_empty() { ("", "") } else { (" ", name.as_str()) };
    let scope = match namespace.as_str() {
        "" => "at the cluster scope".to_owned(),
        namespace => format!("in {namespace}"),
    };
    format!("{verb} {resource}{dot}{group}{before}{after} {scope}")
}

fn named(mut verdict: Verdict, user: &str, calls: &[Call]) -> Verdict {
    let caller = Caller::of(user);
    if !user.is_empty() {
        verdict = verdict.with("caller", user);
    }
    if let Caller::ServiceAccount { namespace, name } = caller {
        verdict = verdict.with("namespace", namespace).with("service-account", name);
    }
    if let Caller::Iam(arn) = caller {
        verdict = verdict.with("group", group(caller)).with("principal", principal(arn));
    }
    let Some(first) = calls.first() else { return verdict };
    verdict
        .with("call", told(first))
        .with("question", first.question())
        .with("manifest", manifest(caller, calls))
}

/// Whether each of the calls was asked about, and is allowed.
fn allowed_since(facts: &Facts, calls: &[Call]) -> Option<Verdict> {
    let (reviews, source) = facts.cluster.reviews.need(&CAN_I).ok()?;
    let allowed = |call: &Call| reviews.iter().any(|it| call.is(it) && it.allowed);
    let all = !calls.is_empty() && calls.iter().all(allowed);
    all.then(|| Verdict::intact("the call is allowed", source))
}

fn by_reviews(facts: &Facts) -> Look {
    let (reviews, source) = facts.cluster.reviews.need(&CAN_I)?;
    let Some(denied) = reviews.iter().find(|it| !it.allowed) else {
        let count = reviews.len();
        return match count {
            0 => Err(CAN_I.missing("no call was asked about")),
            _ => Ok(Verdict::intact(format!("allowed, as far as asked ({count})"), source)),
        };
    };
    // Nobody says that the workload makes this call.
    Err(CAN_I.doubt(told(&Call::of(denied)), source.quote(&denied.resource)))
}
