//! Of all lines those about the subject: one about another is never evidence.

use std::collections::BTreeMap;

use diagnosis::document::paste::About;
use diagnosis::facts::{Facts, Line, RegisteredNode, Subject};

use super::Given;

/// What every pod depends on is no other subject.
const SERVES: [&str; 4] = ["aws-node-", "coredns-", "kube-proxy-", "eks-pod-identity-agent-"];

/// Events come first, by their times; logs stay as they were written.
pub(super) fn fill(facts: &mut Facts, given: &mut Given, subject: &Subject, whom: &Whom) {
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    let mut events: Vec<Line> = Vec::new();
    for (about, line) in std::mem::take(&mut given.events) {
        if whom.concerned(&about, subject) {
            events.push(line);
        } else {
            *others.entry(line.place).or_default() += 1;
        }
    }
    // A table has no times, but ages: the oldest first, as it happened.
    events.sort_by(|a, b| a.at.cmp(&b.at).then(age(b).cmp(&age(a))));
    facts.lines.extend(events);
    facts.lines.append(&mut given.lines);
    for (place, count) in others {
        given.told(&place, format!("{count} lines about others, not used"));
    }
}

/// Seconds since, as kubectl writes `6m12s` or `2d3h`: the first word that is nothing else.
fn age(line: &Line) -> Option<u64> {
    line.text.split_whitespace().take(4).find_map(|word| {
        let (mut seconds, mut number) = (0_u64, None::<u64>);
        for char in word.chars() {
            if let Some(digit) = char.to_digit(10) {
                let tens = number.unwrap_or(0).checked_mul(10)?;
                number = tens.checked_add(u64::from(digit));
                continue;
            }
            let unit = match char {
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => return None,
            };
            seconds = seconds.checked_add(number.take()?.checked_mul(unit)?)?;
        }
        (number.is_none() && !word.is_empty()).then_some(seconds)
    })
}

/// Who else a line about the subject may name.
#[derive(Default)]
pub(super) struct Whom {
    pub(super) node: Option<String>,
    pub(super) service_account: Option<String>,
    /// Names of roles that the subject is meant to be.
    pub(super) roles: Vec<String>,
}

impl Whom {
    pub(super) fn of(facts: &Facts, nodes: &[(RegisteredNode, diagnosis::facts::Source)]) -> Self {
        let pod = facts.cluster.pod.value().and_then(|it| it.present());
        let account = facts.cluster.service_account.value().and_then(|it| it.present());
        let injected = pod.and_then(|it| it.own()).and_then(|it| it.identity.role_arn.as_ref());
        let roles = account.and_then(|it| it.role_arn.as_ref()).into_iter().chain(injected);
        let only = || match nodes {
            [(one, _)] => Some(one.name.clone()),
            _ => None,
        };
        Self {
            node: pod.and_then(|it| it.node.clone()).or_else(only),
            service_account: pod
                .map(|it| &it.service_account)
                .or(account.map(|it| &it.name))
                .cloned(),
            roles: roles.filter_map(|it| it.rsplit('/').next()).map(str::to_owned).collect(),
        }
    }

    fn concerned(&self, about: &About, subject: &Subject) -> bool {
        let About { kind, namespace, name } = about;
        let here =
            namespace.is_empty() || subject.namespace.is_empty() || *namespace == subject.namespace;
        match (kind.as_str(), subject.kind.as_str()) {
            ("pod", "pod") => {
                (here && *name == subject.name) || SERVES.iter().any(|it| name.starts_with(it))
            }
            ("serviceaccount", "pod" | "serviceaccount") => {
                here && self.service_account.as_ref().is_none_or(|it| it == name)
            }
            // Pods of a ReplicaSet are named after it.
            ("replicaset", "pod") => here && subject.name.starts_with(name),
            ("node", _) => self.node.as_ref().is_none_or(|it| it == name),
            ("role", _) => self.roles.is_empty() || self.roles.contains(name),
            // The cluster's own parts serve every namespace.
            _ => here || namespace == "kube-system",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_subject_concerns_it() {
        let subject = Subject {
            kind: "pod".to_owned(),
            namespace: "prod".to_owned(),
            name: "api-7d9f-x".to_owned(),
        };
        let whom = Whom {
            node: Some("a".to_owned()),
            service_account: Some("api".to_owned()),
            roles: vec!["api-reader".to_owned()],
        };
        for (kind, namespace, name, concerned) in [
            ("pod", "prod", "api-7d9f-x", true),
            ("pod", "dev", "api-7d9f-x", false),
            ("pod", "prod", "web-1", false),
            ("pod", "kube-system", "aws-node-x", true),
            ("replicaset", "prod", "api-7d9f", true),
            ("node", "", "a", true),
            ("node", "default", "b", false),
            ("serviceaccount", "prod", "web", false),
            ("role", "", "api-reader", true),
            ("role", "", "web", false),
            ("daemonset", "kube-system", "aws-node", true),
            ("", "", "", true),
        ] {
            let about = About::new(kind, namespace, name);
            assert_eq!(whom.concerned(&about, &subject), concerned, "{about:?}");
        }
    }
}
