//! Who else depends on what is broken: pods of the same ServiceAccount, ServiceAccounts of the same role,
//! groups of nodes with the same role, network, launch template or cluster.

use crate::{
    facts::{Facts, Group, OtherGroup, RoleObject, ServiceAccountObject, aws::Presence},
    pattern::Names,
};

/// Beyond this many, a count says more than names.
const NAMED: usize = 5;

pub(super) fn affected(facts: &Facts) -> Vec<String> {
    let mut affected = named("pod", pods(facts));
    affected.extend(named("ServiceAccount", service_accounts(facts)));
    affected
}

/// The other groups of the cluster's nodes that have in common with this one what the link is about.
pub(super) fn groups(facts: &Facts, link: &str, names: &Names) -> Vec<String> {
    let group = &facts.account.group;
    let shares = |it: &&OtherGroup| match link {
        "cluster" | "endpoint-access" | "control-plane-network" | "vpc-dns" => true,
        "node-role" | "node-policies" | "access" => same_role(group, it),
        "launch-template" | "user-data" | "imds" => same_template(group, it),
        "subnet-addresses" | "path-to-cluster" | "path-to-services" => same_way(group, it, names),
        _ => false,
    };
    let others = group.others.iter().filter(shares).map(|it| it.name.clone());
    named("group of nodes", others.filter(|it| *it != facts.subject.name).collect())
}

/// By its ARN; a path is part of it.
fn same_role(group: &Group, other: &OtherGroup) -> bool {
    let managed = group.nodegroup.value().and_then(Presence::present).map(|it| &it.node_role);
    let role = group.role.value().and_then(RoleObject::present).map(|it| &it.arn);
    [managed, role].iter().flatten().any(|it| !it.is_empty() && **it == other.role_arn)
}

/// By the one that the group was given, or by that which EKS made of it.
fn same_template(group: &Group, other: &OtherGroup) -> bool {
    let managed = group.nodegroup.value().and_then(Presence::present);
    let given = managed.and_then(|it| it.launch_template.as_ref()).map(|it| &it.id);
    let used = group.launch_template.value().and_then(Presence::present);
    let used = used.map(|it| &it.launch_template_id);
    [given, used].iter().flatten().any(|it| !it.is_empty() && **it == other.launch_template)
}

/// The subnet or the security groups that the fault names, else any subnet of its own.
fn same_way(group: &Group, other: &OtherGroup, names: &Names) -> bool {
    let list = |name: &str| {
        let all = names.get(name).into_iter();
        all.flat_map(|it| it.split([' ', ','])).filter(|it| !it.is_empty()).collect::<Vec<_>>()
    };
    let subnets = [list("subnet"), list("subnets")].concat();
    let subnets = if subnets.is_empty() { group.own_subnets() } else { subnets };
    let groups = [list("security-group"), list("security-groups")].concat();
    let in_subnet = other.subnets.iter().any(|it| subnets.contains(&it.as_str()));
    in_subnet || other.security_groups.iter().any(|it| groups.contains(&it.as_str()))
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
    let many = match kind.split_once(' ') {
        Some((first, rest)) => format!("{first}s {rest}"),
        None => format!("{kind}s"),
    };
    first.chain((more > 0).then(|| format!("{more} more {many}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Observed, Role, ServiceAccount, Source, Subject};

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

    fn other(name: &str) -> OtherGroup {
        OtherGroup {
            name: name.to_owned(),
            role_arn: "arn:aws:iam::111122223333:role/eks-node".to_owned(),
            subnets: vec!["subnet-0aa".to_owned()],
            ..OtherGroup::default()
        }
    }

    #[test]
    fn groups_with_the_same_role_or_subnet_are_touched_by_what_is_about_it() {
        let mut facts = Facts::default();
        let group = &mut facts.account.group;
        let role = Role { arn: other("").role_arn, ..Role::default() };
        group.role = Observed::seen(RoleObject::Present(role), Source::default());
        let elsewhere = OtherGroup {
            role_arn: "arn:aws:iam::111122223333:role/batch".to_owned(),
            subnets: vec!["subnet-0bb".to_owned()],
            security_groups: vec!["sg-0nodes".to_owned()],
            ..other("batch")
        };
        group.others = vec![other("system"), elsewhere];
        let names = Names::from([("subnet", "subnet-0bb".to_owned())]);
        assert_eq!(groups(&facts, "node-policies", &names), ["group of nodes system"]);
        assert_eq!(groups(&facts, "path-to-services", &names), ["group of nodes batch"]);
        let names = Names::from([("security-groups", "sg-0nodes, sg-0x".to_owned())]);
        assert_eq!(groups(&facts, "path-to-cluster", &names), ["group of nodes batch"]);
        assert_eq!(groups(&facts, "endpoint-access", &names).len(), 2);
        assert!(groups(&facts, "scaling", &names).is_empty());
        facts.account.group.others = (0..8).map(|it| other(&it.to_string())).collect();
        let touched = groups(&facts, "node-role", &names);
        assert_eq!(touched.last().map(String::as_str), Some("3 more groups of nodes"));
    }
}
