//! Which of a pod's labels its probe may have, so that the same NetworkPolicies select both, and
//! nothing else takes one for the other.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Pod, Service};
use k8s_openapi::api::networking::v1::NetworkPolicy;

use super::{policies, selector};

/// A ReplicaSet tells its pods from those of another by this one; no policy is about it.
const NEVER: &str = "pod-template-hash";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Labels {
    /// No NetworkPolicy is about labels of this pod.
    NotNeeded,
    /// Only those that some policy names: a policy may also be about one that is missing.
    Copied(BTreeMap<String, String>),
    /// They would be needed, but may not be copied; the text says why.
    Left(String),
}

impl Labels {
    /// None stands for what may not be read.
    pub(super) fn of(
        pod: Option<&Pod>,
        policies: Option<&[NetworkPolicy]>,
        services: Option<&[Service]>,
    ) -> Self {
        let none = BTreeMap::new();
        let labels = pod.and_then(|it| it.metadata.labels.as_ref()).unwrap_or(&none);
        let Some(policies) = policies else {
            return Self::Left("the NetworkPolicies cannot be read".to_owned());
        };
        let restricting = policies.iter().filter(|it| policies::restricts_egress(it));
        let specs = restricting.filter_map(|it| it.spec.as_ref());
        let selectors: Vec<_> = specs.map(policies::pod_selector).collect();
        let keys = selectors.iter().flat_map(selector::keys).filter(|it| *it != NEVER);
        let own = keys.filter_map(|key| labels.get_key_value(key));
        let own: BTreeMap<_, _> = own.map(|(key, value)| (key.clone(), value.clone())).collect();
        if own.is_empty() {
            return Self::NotNeeded;
        }
        let Some(services) = services else {
            return Self::Left(
                "the Services cannot be read, one of which might send it traffic".to_owned(),
            );
        };
        match services.iter().find(|it| publishes(it, &own)) {
            Some(it) => {
                let name = it.metadata.name.as_deref().unwrap_or_default();
                Self::Left(format!("Service {name} sends traffic also to pods that are not ready"))
            }
            None => Self::Copied(own),
        }
    }
}

/// Whether a pod with these labels gets traffic although it is not ready.
fn publishes(service: &Service, labels: &BTreeMap<String, String>) -> bool {
    let Some(spec) = &service.spec else { return false };
    let selector = spec.selector.iter().flatten();
    spec.publish_not_ready_addresses == Some(true)
        && selector.clone().count() > 0
        && selector.into_iter().all(|(key, value)| labels.get(key) == Some(value))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(policies: Option<Value>, services: Option<Value>) -> Labels {
        let pod = json!({"metadata": {"labels":
            {"app": "api", "tier": "web", "pod-template-hash": "7d9f"}}});
        let pod: Pod = serde_json::from_value(pod).unwrap();
        let policies = policies.map(|it| serde_json::from_value::<Vec<_>>(it).unwrap());
        let services = services.map(|it| serde_json::from_value::<Vec<_>>(it).unwrap());
        Labels::of(Some(&pod), policies.as_deref(), services.as_deref())
    }

    fn egress(selector: &Value) -> Value {
        json!([{"metadata": {}, "spec": {"podSelector": selector, "policyTypes": ["Egress"]}}])
    }

    fn service(publish: bool) -> Value {
        json!([{"metadata": {"name": "peers"}, "spec":
            {"selector": {"app": "api"}, "publishNotReadyAddresses": publish}}])
    }

    #[test]
    fn only_labels_that_a_policy_is_about_are_copied() {
        let app = BTreeMap::from([("app".to_owned(), "api".to_owned())]);
        let about = egress(&json!({"matchLabels": {"app": "api", "pod-template-hash": "7d9f"}}));
        assert_eq!(of(Some(about), Some(service(false))), Labels::Copied(app.clone()));
        // It does not select the pod, and must not select the probe either.
        let without = json!({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]});
        assert_eq!(of(Some(egress(&without)), Some(json!([]))), Labels::Copied(app));
        assert_eq!(of(Some(egress(&json!({}))), None), Labels::NotNeeded);
        let ingress = json!([{"metadata": {}, "spec":
            {"podSelector": {"matchLabels": {"app": "api"}}, "policyTypes": ["Ingress"]}}]);
        assert_eq!(of(Some(ingress), None), Labels::NotNeeded);
    }

    #[test]
    fn a_probe_never_gets_the_workload_s_traffic() {
        let about = || Some(egress(&json!({"matchLabels": {"app": "api"}})));
        for services in [None, Some(service(true))] {
            assert!(matches!(of(about(), services), Labels::Left(_)));
        }
        assert!(matches!(of(None, Some(json!([]))), Labels::Left(_)));
    }
}
