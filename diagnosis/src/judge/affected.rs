//! Who else depends on what is broken: pods of the same ServiceAccount, ServiceAccounts of the same role.

use crate::facts::{Facts, ServiceAccountObject};

/// Beyond this many, a count says more than names.
const NAMED: usize = 5;

pub(super) fn affected(facts: &Facts) -> Vec<String> {
    let mut affected = named("pod", pods(facts));
    affected.extend(named("ServiceAccount", service_accounts(facts)));
    affected
}

fn pods(facts: &Facts) -> Vec<String> {
    let all = facts.cluster.sharing_pods.value().cloned().unwrap_or_default();
    let own = &facts.subject;
    let own = |name: &String| own.kind == "pod" && *name == own.name;
    all.into_iter().filter(|name| !own(name)).collect()
}

fn service_accounts(facts: &Facts) -> Vec<String> {
    let Some(ServiceAccountObject::Present(own)) = facts.cluster.service_account.value() else {
        return Vec::new();
    };
    let all = facts.cluster.annotated.value().map(Vec::as_slice).unwrap_or_default();
    let same_role = |it: &&crate::facts::ServiceAccount| {
        own.role_arn.is_some()
            && it.role_arn == own.role_arn
            && (&it.namespace, &it.name) != (&own.namespace, &own.name)
    };
    all.iter().filter(same_role).map(|it| format!("{}/{}", it.namespace, it.name)).collect()
}

fn named(kind: &str, names: Vec<String>) -> Vec<String> {
    let more = names.len().saturating_sub(NAMED);
    let first = names.into_iter().take(NAMED).map(|name| format!("{kind} {name}"));
    first.chain((more > 0).then(|| format!("{more} more {kind}s"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Observed, ServiceAccount, Source, Subject};

    fn account(namespace: &str, name: &str, role: &str) -> ServiceAccount {
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        ServiceAccount {
            namespace,
            name,
            role_arn: Some(role.to_owned()),
            ..ServiceAccount::default()
        }
    }

    #[test]
    fn the_subject_itself_and_other_roles_are_not_also_touched() {
        let mut facts = Facts {
            subject: Subject { kind: "pod".into(), namespace: "prod".into(), name: "api-1".into() },
            ..Facts::default()
        };
        let own = account("prod", "api", "arn:aws:iam::111122223333:role/api");
        let source = Source::default;
        facts.cluster.service_account =
            Observed::seen(ServiceAccountObject::Present(own.clone()), source());
        let all = vec![
            account("prod", "worker", "arn:aws:iam::111122223333:role/api"),
            own,
            account("prod", "other", "arn:aws:iam::111122223333:role/other"),
        ];
        facts.cluster.annotated = Observed::seen(all, source());
        let pods = (1..=7).map(|it| format!("api-{it}")).collect();
        facts.cluster.sharing_pods = Observed::seen(pods, source());
        let affected = affected(&facts);
        assert_eq!(affected.len(), 7, "{affected:?}");
        assert_eq!(affected[0], "pod api-2");
        assert_eq!(affected[5], "1 more pods");
        assert_eq!(affected[6], "ServiceAccount prod/worker");
    }
}
