//! Label selectors as the API server matches them, and the labels that they are about.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};

type Labels = BTreeMap<String, String>;

/// An empty selector matches everything. An operator that nobody knows matches nothing.
pub(super) fn matches(selector: &LabelSelector, labels: &Labels) -> bool {
    let mut equal = selector.match_labels.iter().flatten();
    let mut expressions = selector.match_expressions.iter().flatten();
    equal.all(|(key, value)| labels.get(key) == Some(value))
        && expressions.all(|it| expression(it, labels))
}

fn expression(it: &LabelSelectorRequirement, labels: &Labels) -> bool {
    let listed = |value: &String| it.values.iter().flatten().any(|it| it == value);
    let value = labels.get(&it.key);
    match it.operator.as_str() {
        "In" => value.is_some_and(listed),
        // Also true where there is no such label.
        "NotIn" => !value.is_some_and(listed),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        _ => false,
    }
}

pub(super) fn keys(selector: &LabelSelector) -> impl Iterator<Item = &String> {
    let equal = selector.match_labels.iter().flatten().map(|(key, _)| key);
    equal.chain(selector.match_expressions.iter().flatten().map(|it| &it.key))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(selector: &Value) -> bool {
        let labels = BTreeMap::from([("app".to_owned(), "api".to_owned())]);
        matches(&serde_json::from_value(selector.clone()).unwrap(), &labels)
    }

    #[test]
    fn a_selector_matches_as_the_api_server_says() {
        let one = |key: &str, operator: &str, values: Value| {
            of(&json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]}))
        };
        assert!(of(&json!({})));
        assert!(of(&json!({"matchLabels": {"app": "api"}})));
        assert!(!of(&json!({"matchLabels": {"app": "api", "tier": "web"}})));
        assert!(one("app", "In", json!(["web", "api"])) && !one("app", "In", json!(["web"])));
        assert!(one("app", "NotIn", json!(["web"])) && !one("app", "NotIn", json!(["api"])));
        assert!(one("tier", "NotIn", json!(["web"])), "NotIn holds without the label");
        assert!(one("app", "Exists", json!([])) && !one("tier", "Exists", json!([])));
        assert!(one("tier", "DoesNotExist", json!([])) && !one("app", "DoesNotExist", json!([])));
        assert!(!one("app", "Later", json!([])));
    }
}
