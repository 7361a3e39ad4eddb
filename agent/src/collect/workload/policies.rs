//! The NetworkPolicies that select a pod and restrict its egress.

use std::collections::BTreeMap;

use diagnosis::facts::{EgressPolicy, EgressRule};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::selector;

/// A longer range of ports is told by those of its ports that identity needs.
const RANGE: u16 = 1024;

/// DNS and the endpoints of AWS, Pod Identity's agent among them.
const NEEDED: [u16; 3] = [53, 80, 443];

pub(super) fn egress(policies: &[NetworkPolicy], pod: &Pod) -> Vec<EgressPolicy> {
    let none = BTreeMap::new();
    let labels = pod.metadata.labels.as_ref().unwrap_or(&none);
    let selects = |it: &&NetworkPolicy| {
        restricts_egress(it)
            && it.spec.as_ref().is_some_and(|it| selector::matches(&pod_selector(it), labels))
    };
    let policy = |it: &NetworkPolicy| {
        let rules = it.spec.iter().flat_map(|it| it.egress.iter().flatten());
        EgressPolicy {
            name: it.metadata.name.clone().unwrap_or_default(),
            allows: rules.filter_map(rule).collect(),
        }
    };
    policies.iter().filter(selects).map(policy).collect()
}

pub(super) fn pod_selector(spec: &NetworkPolicySpec) -> LabelSelector {
    spec.pod_selector.clone().unwrap_or_default()
}

/// Without types, a policy restricts egress when it has rules for it.
pub(super) fn restricts_egress(policy: &NetworkPolicy) -> bool {
    let Some(spec) = &policy.spec else { return false };
    match &spec.policy_types {
        Some(types) if !types.is_empty() => types.iter().any(|it| it == "Egress"),
        _ => spec.egress.as_ref().is_some_and(|it| !it.is_empty()),
    }
}

/// None for a rule that reaches no address outside the cluster.
fn rule(rule: &NetworkPolicyEgressRule) -> Option<EgressRule> {
    let peers = rule.to.iter().flatten();
    let blocks: Vec<_> = peers.clone().filter_map(|it| it.ip_block.as_ref()).collect();
    if blocks.is_empty() && peers.count() > 0 {
        return None;
    }
    let given = rule.ports.as_deref().unwrap_or_default();
    let tcp = |it: &&NetworkPolicyPort| it.protocol.as_deref().is_none_or(|it| it == "TCP");
    let every = given.is_empty() || given.iter().filter(tcp).any(|it| it.port.is_none());
    // Of UDP only DNS matters here, and DNS is asked by TCP, too.
    let dns = |it: &NetworkPolicyPort| it.port == Some(IntOrString::Int(53));
    let known = given.iter().filter(|it| tcp(it) || dns(it));
    let mut ports: Vec<u16> = if every { Vec::new() } else { known.flat_map(numbers).collect() };
    ports.sort_unstable();
    ports.dedup();
    // No port at all would mean every port.
    if ports.is_empty() && !every {
        return None;
    }
    Some(EgressRule {
        blocks: blocks.iter().map(|it| it.cidr.clone()).collect(),
        except: blocks.iter().flat_map(|it| it.except.iter().flatten().cloned()).collect(),
        ports,
    })
}

fn numbers(port: &NetworkPolicyPort) -> Vec<u16> {
    let Some(IntOrString::Int(first)) = port.port else { return Vec::new() };
    let Ok(first) = u16::try_from(first) else { return Vec::new() };
    let last = port.end_port.and_then(|it| u16::try_from(it).ok()).unwrap_or(first);
    let range = first..=last.max(first);
    if last.saturating_sub(first) <= RANGE {
        return range.collect();
    }
    let needed = NEEDED.into_iter().filter(|it| range.contains(it));
    [first, last].into_iter().chain(needed).collect()
}

pub(super) fn text(policies: &[EgressPolicy], subject: &str) -> String {
    if policies.is_empty() {
        return format!("no NetworkPolicy restricts the egress of {subject}");
    }
    let lines = policies.iter().flat_map(|policy| {
        let name = &policy.name;
        if policy.allows.is_empty() {
            return vec![format!("NetworkPolicy {name} allows egress to no address")];
        }
        policy
            .allows
            .iter()
            .map(|it| format!("NetworkPolicy {name} allows {}", allowed(it)))
            .collect()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn allowed(rule: &EgressRule) -> String {
    let join = |all: &[String], none: &str| match all {
        [] => none.to_owned(),
        all => all.join(", "),
    };
    let mut text = format!("egress to {}", join(&rule.blocks, "every address"));
    if !rule.except.is_empty() {
        text.extend([" except ", &rule.except.join(", ")]);
    }
    let ports: Vec<_> = rule.ports.iter().map(u16::to_string).collect();
    format!("{text}, ports: {}", join(&ports, "every port"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(spec: &Value) -> Vec<EgressPolicy> {
        let pod = json!({"metadata": {"labels": {"app": "api"}}});
        let policy = json!({"metadata": {"name": "strict"}, "spec": spec});
        let read = |it| serde_json::from_value::<NetworkPolicy>(it).unwrap();
        egress(&[read(policy)], &serde_json::from_value(pod).unwrap())
    }

    fn allows(egress: &Value) -> Vec<EgressRule> {
        let spec = json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": egress});
        of(&spec).remove(0).allows
    }

    #[test]
    fn only_a_policy_that_selects_the_pod_restricts_its_egress() {
        assert_eq!(of(&json!({"podSelector": {}, "policyTypes": ["Egress"]})).len(), 1);
        assert!(of(&json!({"podSelector": {}, "policyTypes": ["Ingress"]})).is_empty());
        assert!(of(&json!({"podSelector": {}})).is_empty());
        let other =
            json!({"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Egress"]});
        assert!(of(&other).is_empty());
    }

    #[test]
    fn a_rule_is_read_by_its_addresses_and_tcp_ports() {
        let block = json!([{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]);
        let ports = json!([{"port": 443, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"},
            {"port": 8000, "endPort": 8002}]);
        let rule = EgressRule {
            blocks: vec!["10.0.0.0/8".to_owned()],
            except: vec!["10.1.0.0/16".to_owned()],
            ports: vec![53, 443, 8000, 8001, 8002],
        };
        assert_eq!(allows(&json!([{"to": block, "ports": ports}])), [rule]);
        assert_eq!(allows(&json!([{}])), [EgressRule::default()]);
        let range = allows(&json!([{"ports": [{"port": 1, "endPort": 65535}]}]));
        assert_eq!(range[0].ports, [1, 53, 80, 443, 65535]);
    }

    #[test]
    fn what_reaches_no_address_outside_is_no_rule_of_this_list() {
        assert!(allows(&json!([{"to": [{"podSelector": {}}]}])).is_empty());
        assert!(allows(&json!([{"ports": [{"port": "https"}]}])).is_empty());
        assert!(allows(&json!([{"ports": [{"protocol": "UDP"}]}])).is_empty());
    }

    #[test]
    fn the_text_names_what_is_allowed() {
        let none = of(&json!({"podSelector": {}, "policyTypes": ["Egress"]}));
        assert_eq!(text(&none, "prod/api"), "NetworkPolicy strict allows egress to no address");
        assert!(
            text(&[], "prod/api").contains("no NetworkPolicy restricts the egress of prod/api")
        );
    }
}
