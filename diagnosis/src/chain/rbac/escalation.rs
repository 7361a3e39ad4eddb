//! Whoever writes a Role or a binding holds what it grants.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::CAN_I},
};

use super::{
    authentication,
    denial::{Call, Caller, physical, plain},
    manifest::manifest,
};

pub(super) static LINK: Link = Link {
    id: "escalation",
    title: "grants only what it holds",
    means: "A caller that creates or changes Roles and bindings holds every permission that they grant: Kubernetes refuses the rest, whatever rules the caller has for Roles.",
    judged: "From Kubernetes' refusal, which lists the missing rules. Without one, only a caller that was asked about and writes no Roles is beyond it.",
    sources: &[
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping",
        "kubernetes/kubernetes pkg/registry/rbac/validation/rule.go, v1.34",
    ],
    faults: &[&LACKS, &EVERYTHING, &UNLISTED],
    signs: &[
        // Before Kubernetes 1.11, with the rules as Go writes them.
        Sign::new(
            "is forbidden: attempt to grant extra privileges",
            "clusterroles.rbac.authorization.k8s.io \"api\" is forbidden: attempt to grant extra privileges: [{[list] [] [nodes] [] []}] user=&{jane [system:authenticated] map[]} ownerrules=[] ruleResolutionErrors=[]",
            "https://github.com/kubernetes/kubernetes/issues/56748",
            &[Way(&LINK, &UNLISTED)],
        )
        .showing(&[&authentication::LINK]),
        Sign::new(
        "is attempting to grant RBAC permissions not currently held",
        r#"roles.rbac.authorization.k8s.io "rsync" is forbidden: user "system:serviceaccount:scribe-system:scribe" (groups=["system:serviceaccounts" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:"#,
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping",
        &[Way(&LINK, &UNLISTED)],
    )
    .showing(&[&authentication::LINK]),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Rbac,
    owner: "whoever installs this operator (its chart), else the administrator of the cluster",
    impact: "this caller alone; nothing restarts, its next attempt passes",
    verify: "kubectl auth can-i <question> --as='<caller>'",
    expect: "yes",
};

static LACKS: Fault = OURS.fault(
    "lacks-what-it-grants",
    "<caller> grants permissions that it does not hold itself",
    "give it exactly the rules that Kubernetes lists as missing; not the verbs escalate or bind, which pass every check",
    "# NAMESPACE is the one of the Role that it writes\n\
     # kubectl apply --dry-run=server -f rbac.yaml; then without --dry-run\n<manifest>",
);
static EVERYTHING: Fault = Fault {
    verify: "kubectl auth can-i --list --as='<caller>'",
    expect: "no wildcard",
    ..OURS.fault(
        "grants-everything",
        "<caller> grants every verb or every resource, which it does not hold itself",
        "let the Role that it writes name what it is for; do not widen the writer",
        "# the Role or ClusterRole in the evidence has a wildcard: in the chart or custom resource that\n\
         # makes it, name the verbs, resources and API groups that its subject really calls.\n\
         # Only if that cannot be: an administrator creates this one Role by hand, and the operator\n\
         # no longer has to.",
    )
};
static UNLISTED: Fault = Fault {
    verify: "kubectl auth can-i --list --as='<caller>'",
    expect: "every rule of the Role that it writes",
    ..OURS.fault(
        "rules-not-listed",
        "<caller> grants permissions that it does not hold itself; the line does not list them",
        "read the lines after it, which list the missing rules, and give the caller exactly those",
        "# the refusal goes on with one {APIGroups:…, Resources:…, Verbs:…} for each missing rule:\n\
         #   kubectl logs -n <namespace> <pod> | grep -A 20 'not currently held'",
    )
};

/// Of one refusal; more want a Role of their own, not a patch.
const MOST: usize = 32;
const REFUSED: &str = "is attempting to grant RBAC permissions not currently held";

/// One `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}`.
#[derive(Default)]
struct Rule {
    groups: Vec<String>,
    resources: Vec<String>,
    names: Vec<String>,
    paths: Vec<String>,
    verbs: Vec<String>,
}

fn look(facts: &Facts) -> Look {
    let lines: Vec<_> = facts.lines.iter().flat_map(physical).collect();
    let Some(at) = lines.iter().position(|(_, text)| text.contains(REFUSED)) else {
        return beyond(facts);
    };
    let (evidence, first) = &lines[at];
    let first = plain(first);
    let after = first.split_once(REFUSED).map_or("", |(_, after)| after).to_owned();
    let following = lines[at + 1..].iter().map(|(_, text)| plain(text));
    let list = std::iter::once(after)
        .chain(following.take_while(|it| it.trim_start().starts_with("{APIGroups:")));
    let rules: Vec<Rule> =
        list.flat_map(|it| it.split('{').filter_map(rule).collect::<Vec<_>>()).take(MOST).collect();
    let user = first.split_once("user \"").and_then(|(_, it)| it.split('"').next());
    let scope = if first.contains("clusterrole") { None } else { user };
    // Where the Role is to be written the refusal does not say.
    let scope = if scope.is_some() { "NAMESPACE" } else { "" };
    let calls: Vec<Call> = rules.iter().flat_map(|it| it.calls(scope)).collect();
    let fault = match calls[..] {
        [] => &UNLISTED,
        _ if !calls.iter().all(Call::grantable) => &EVERYTHING,
        _ => &LACKS,
    };
    let detail = format!("{} rules are not held", rules.len().max(1));
    let mut verdict = Verdict::broken(fault, detail, evidence.clone());
    if let Some(user) = user.filter(|it| !it.is_empty()) {
        verdict = verdict.with("caller", user);
        if fault.id == LACKS.id {
            let manifest = manifest(Caller::of(user), &calls);
            verdict = verdict.with("manifest", manifest).with("question", calls[0].question());
        }
    }
    Ok(verdict)
}

/// Nothing that it may do writes rules, as far as it was asked about.
fn beyond(facts: &Facts) -> Look {
    let (reviews, _) = facts.cluster.reviews.need(&CAN_I)?;
    let writes = |group: &str| group == "rbac.authorization.k8s.io";
    if reviews.is_empty() || reviews.iter().any(|it| writes(&it.group)) {
        return Err(CAN_I.missing("whether it grants only what it holds was not seen"));
    }
    Ok(Verdict::not_applicable("it writes no Roles, as far as asked"))
}

fn rule(text: &str) -> Option<Rule> {
    let mut rule = Rule::default();
    for part in text.split(']') {
        let Some((key, values)) = part.split_once(":[") else { continue };
        let values = values.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        match key.trim_start_matches([',', ' ']) {
            "APIGroups" => rule.groups = values,
            "Resources" => rule.resources = values,
            "ResourceNames" => rule.names = values,
            "NonResourceURLs" => rule.paths = values,
            "Verbs" => rule.verbs = values,
            _ => {}
        }
    }
    (!rule.verbs.is_empty()).then_some(rule)
}

impl Rule {
    /// One for each combination: a rule stands for all of them.
    fn calls(&self, namespace: &str) -> Vec<Call> {
        let one = [String::new()];
        let names = if self.names.is_empty() { &one[..] } else { &self.names };
        let mut calls = Vec::new();
        for verb in &self.verbs {
            for path in &self.paths {
                calls.push(Call { verb: verb.clone(), path: path.clone(), ..Call::default() });
            }
            for (group, resource) in self
                .groups
                .iter()
                .flat_map(|group| self.resources.iter().map(move |it| (group, it)))
            {
                calls.extend(names.iter().map(|name| Call {
                    verb: verb.clone(),
                    group: group.clone(),
                    resource: resource.clone(),
                    name: name.clone(),
                    namespace: namespace.to_owned(),
                    exact: true,
                    ..Call::default()
                }));
            }
        }
        calls
    }
}
