//! The vocabulary of a report's texts, filled from the facts.

use super::Row;
use crate::{
    aws::{self, RoleArn},
    facts::{Facts, RoleDocument, RoleObject, TokenFile, UserData, aws::Presence},
    os,
    pattern::Names,
};

/// What a link says itself wins over what the facts say.
pub(super) fn names(facts: &Facts, row: Option<&Row>) -> Names {
    let mut names = Names::new();
    let mut put = |name: &'static str, value: &str| {
        if !value.is_empty() {
            names.insert(name, value.to_owned());
        }
    };
    put("taken-at", &facts.taken_at);
    host(facts, &mut put);
    let subject = match facts.subject.kind.as_str() {
        "pod" => "pod",
        "serviceaccount" => "service-account",
        "nodegroup" => "node-group",
        "autoscaling-group" => "scaling-group",
        "nodepool" => "node-pool",
        "cluster" => "cluster",
        _ => "node",
    };
    put(subject, &facts.subject.name);
    put("namespace", &facts.subject.namespace);
    if let Some(name) = facts.node.name.value() {
        put("node", name);
    }
    if let Some(it) = facts.node.instance.value() {
        put("instance", &it.instance_id);
        put("instance-type", &it.instance_type);
        put("region", &it.region);
        put("domain", &it.domain);
        put("partition", &it.partition);
        put("account", &it.account_id);
    }
    group(facts, &mut put);
    node_role(facts, &mut put);
    let described = facts.node.described.value().map(|it| &it.vpc_id);
    let vpc = described.or(facts.account.cluster.value().map(|it| &it.vpc_id));
    put("vpc", vpc.map_or("", String::as_str));
    if let Some(it) = facts.pod.identity.value() {
        put("region", it.region.as_deref().unwrap_or_default());
        role(it.role_arn.as_deref(), &mut put);
    }
    if let Some(subject) = facts.pod.service_account.value() {
        service_account(subject, &mut put);
    }
    if let Some(TokenFile::Claims(it)) = facts.pod.token.value() {
        put("issuer", &it.issuer);
        put("subject", &it.subject);
        put("token-audience", &it.audience.join(", "));
        service_account(&it.subject, &mut put);
    }
    if let Some(it) = facts.cluster.pod.value().and_then(|it| it.present()) {
        put("namespace", &it.namespace);
        put("pod", &it.name);
        put("node", it.node.as_deref().unwrap_or_default());
        put("container", &it.container);
        put("workload", it.controller.as_deref().unwrap_or_default());
        put("service-account", &it.service_account);
        role(it.own().and_then(|it| it.identity.role_arn.as_deref()), &mut put);
    }
    if let Some(it) = facts.cluster.service_account.value().and_then(|it| it.present()) {
        put("namespace", &it.namespace);
        put("service-account", &it.name);
        role(it.role_arn.as_deref(), &mut put);
    }
    association(facts, &mut put);
    provider(&mut names);
    source(&mut names, row);
    names.extend(row.map(|row| row.verdict.names.clone()).unwrap_or_default());
    session(facts, row, &mut names);
    region(&mut names, row);
    names
}

/// What the account says of the group of nodes.
fn group(facts: &Facts, put: &mut impl FnMut(&'static str, &str)) {
    let group = &facts.account.group;
    if let Some(it) = group.cluster.value().and_then(Presence::present) {
        put("cluster", &it.name);
        put("vpc", &it.resources_vpc_config.vpc_id);
        put("cluster-security-group", &it.resources_vpc_config.cluster_security_group_id);
        let mut arn = it.arn.split(':');
        for name in ["", "partition", "", "region", "account"] {
            let part = arn.next().unwrap_or_default();
            if !name.is_empty() {
                put(name, part);
            }
        }
    }
    if let Some(it) = group.nodegroup.value().and_then(Presence::present) {
        put("cluster", &it.cluster_name);
        put("node-group", &it.nodegroup_name);
        put("node-role-arn", &it.node_role);
        put("node-role", it.node_role.rsplit('/').next().unwrap_or_default());
        let scaling = it.resources.auto_scaling_groups.first();
        put("scaling-group", scaling.map_or("", |it| &it.name));
    }
    if let Some(it) = group.scaling_group.value().and_then(Presence::present) {
        put("scaling-group", &it.auto_scaling_group_name);
    }
    if let Some(it) = group.launch_template.value().and_then(Presence::present) {
        put("launch-template", &it.launch_template_id);
        put("template-version", &it.version_number.to_string());
        put("ami", &it.launch_template_data.image_id);
    }
    if let Some(it) = group.role.value().and_then(RoleObject::present) {
        put("node-role-arn", &it.arn);
        put("node-role", it.arn.rsplit('/').next().unwrap_or_default());
    }
    if let Some(it) = group.instance_profile.value().and_then(Presence::present) {
        put("instance-profile", &it.instance_profile_name);
    }
    // The one to ask about is one that failed, and the newest of them.
    let instances = group.instances.value().into_iter().flatten();
    let newest = instances.max_by_key(|it| (it.state.name != "running", &it.launch_time));
    if let Some(it) = newest.filter(|_| facts.node.instance.value().is_none()) {
        put("instance", &it.instance_id);
    }
    if let Some(it) = group.vpc.value() {
        put("vpc", &it.vpc_id);
        put("dhcp-options", &it.dhcp_options_id);
    }
}

/// The node's own: its role, and the cluster that it was given.
fn node_role(facts: &Facts, put: &mut impl FnMut(&'static str, &str)) {
    if let Some(RoleDocument::Document { role, .. }) = facts.node.role.value() {
        put("node-role", role);
    }
    if let Some(it) = facts.node.host.kubeconfig.value() {
        put("cluster", it.cluster.as_deref().unwrap_or_default());
        put("region", it.region.as_deref().unwrap_or_default());
    }
}

/// What is where on the node's image; on one that is not known, as most images have it.
fn host(facts: &Facts, put: &mut impl FnMut(&'static str, &str)) {
    let os = facts.node.host.os.value();
    let image = os.and_then(os::image).unwrap_or(&os::AL2023);
    put("journal", image.journal);
    put("kubeconfig", image.kubeconfig);
    put("kubelet-config", image.kubelet_config);
    put("kubelet-unit", image.kubelet_unit);
    put("runtime-unit", image.runtime_unit);
    let units: Vec<_> = image.bootstrap_units.iter().map(|it| format!("-u {it}")).collect();
    put("bootstrap-units", &units.join(" "));
    // As the node was told; whoever asked the cluster itself knows better.
    let told = match facts.node.user_data.value() {
        Some(UserData::NodeConfig(it)) => it.name.as_deref(),
        Some(UserData::Bootstrap { cluster, .. } | UserData::Settings { cluster }) => {
            cluster.as_deref()
        }
        _ => None,
    };
    put("cluster", told.unwrap_or_default());
}

/// Where nothing else says it, the hosts do that decide: `ec2.eu-west-1.amazonaws.com`.
fn region(names: &mut Names, row: Option<&Row>) {
    let evidence = row.into_iter().flat_map(|row| &row.verdict.evidence);
    let mut found = evidence
        .flat_map(|it| it.quote.match_indices(".amazonaws.com").map(|(at, _)| &it.quote[..at]));
    let label = |host: &str| {
        let label = host.rsplit(|it: char| !it.is_ascii_alphanumeric() && it != '-').next()?;
        aws::looks_like_region(label).then(|| label.to_owned())
    };
    if !names.contains_key("region")
        && let Some(region) = found.find_map(label)
    {
        names.insert("region", region);
    }
}

fn association(facts: &Facts, put: &mut impl FnMut(&'static str, &str)) {
    if let Some(it) = facts.account.cluster.value() {
        put("cluster", &it.name);
    }
    let Some(it) = facts.account.association.value().and_then(|it| it.present()) else {
        return;
    };
    put("association", &it.id);
    put("external-id", it.external_id.as_deref().unwrap_or_default());
    put("association-role-arn", &it.role_arn);
    put("association-role", RoleArn::parse(&it.role_arn).map_or("", |it| it.name));
    if let Some(target) = it.target_role_arn.as_deref().and_then(RoleArn::parse) {
        put("target-role", target.name);
        put("target-account", target.account);
    }
}

/// Who asks: what a node does for itself it asks from its own network.
fn source(names: &mut Names, row: Option<&Row>) {
    let node = row.is_some_and(|row| matches!(row.chain.id, "node-join" | "image-pull"));
    let source = match (node, names.get("namespace"), names.get("pod"), names.get("node")) {
        (true, .., Some(node)) => format!("node {node}"),
        (true, ..) => "this node".to_owned(),
        (false, Some(namespace), Some(pod), _) => format!("pod {namespace}/{pod}"),
        _ => "this pod".to_owned(),
    };
    names.insert("source", source);
}

/// Its ARN follows from the issuer and the account of the role; whether it exists does not.
fn provider(names: &mut Names) {
    let Some(issuer) = names.get("issuer").and_then(|it| it.strip_prefix("https://")) else {
        return;
    };
    let host = issuer.split('/').next().unwrap_or_default().to_owned();
    let role = names.get("role-arn").and_then(|it| RoleArn::parse(it));
    let arn =
        role.map(|it| format!("arn:{}:iam::{}:oidc-provider/{issuer}", it.partition, it.account));
    names.extend(arn.map(|it| ("oidc-provider", it)));
    names.insert("issuer-host", host);
}

/// As whom the workload calls once its identity is right: `get-caller-identity` prints a name more.
fn session(facts: &Facts, row: Option<&Row>, names: &mut Names) {
    let association = facts.account.association.value().and_then(|it| it.present());
    let acts_as = association.map(|it| it.target_role_arn.as_ref().unwrap_or(&it.role_arn));
    let role = match row.map(|it| it.chain.id) {
        Some("pod-identity") => acts_as.and_then(|it| RoleArn::parse(it)),
        // As the fix writes it, where that differs from what is there.
        Some("irsa") => ["partition", "account", "role"]
            .map(|it| names.get(it).map(String::as_str))
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .map(|it| RoleArn { partition: it[0], account: it[1], name: it[2] }),
        _ => None,
    };
    if let Some(RoleArn { partition, account, name }) = role {
        let session = format!("arn:{partition}:sts::{account}:assumed-role/{name}/…");
        names.insert("session", session);
    }
}

/// A token says whom it was made for: `system:serviceaccount:<namespace>:<name>`.
fn service_account(subject: &str, put: &mut impl FnMut(&'static str, &str)) {
    let mut parts = subject.split(':').skip(2);
    put("namespace", parts.next().unwrap_or_default());
    put("service-account", parts.next().unwrap_or_default());
}

fn role(arn: Option<&str>, put: &mut impl FnMut(&'static str, &str)) {
    if let Some((arn, parsed)) = arn.and_then(|arn| Some((arn, RoleArn::parse(arn)?))) {
        put("role-arn", arn);
        put("role", parsed.name);
        put("account", parsed.account);
        put("partition", parsed.partition);
    }
}
